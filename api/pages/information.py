"""The pages that explain: the guide with its glossary, the accessibility statement, the legal notes."""

from starlette.responses import Response

from api.pages.frame import Frame, render
from api.settings import Language


def guide_page(frame: Frame, language: Language) -> Response:
    """How a plan is read in time, and what the words mean."""
    return render("guide.html", "Guida", frame, language, scripts=("pages.js",))


def accessibility_page(frame: Frame, language: Language) -> Response:
    """What is accessible, how that was tried, what is not known to be."""
    return render("accessibility.html", "Dichiarazione di accessibilità", frame, language)


def legal_page(frame: Frame, language: Language, session_cookie: str, recorded_cookie: str) -> Response:
    """Which cookies there are, what is noted of a request, under which licences data and program stand."""
    title = "Note legali e privacy"
    return render("legal.html", title, frame, language, session_cookie=session_cookie, recorded_cookie=recorded_cookie)
