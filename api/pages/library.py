"""The page of the library of indicators: its entries, found by scheme, code or words; one that is alone is shown whole."""

from collections.abc import Sequence

from starlette.responses import Response

from api.language.labels import POLARITIES
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import Frame, render
from api.settings import Language
from projections.library import EntryShown, LibraryList


def library_page(
    answer: LibraryList, asked: tuple[str, str, str], alone: EntryShown | None, frame: Frame, language: Language
) -> Response:
    """The entries that were asked for, by scheme, code and words."""
    scheme, code, text = asked
    return render(
        "library.html",
        "Biblioteca degli indicatori",
        frame,
        language,
        entries=answer["entries"],
        as_of=answer["as_of"],
        alone=alone,
        scheme=scheme,
        code=code,
        text=text,
        polarities=POLARITIES,
        action=addresses.LIBRARY,
        entry_address=library_address,
        files={kind.upper(): f"/v1/library/export?format={kind}" for kind in ("csv", "json")},
    )


def library_address(scheme: str, code: str) -> str:
    """The address of an entry."""
    return page_address(addresses.LIBRARY, {"schema": scheme, "codice": code})


def one_alone(entries: Sequence[object], scheme: str, code: str) -> bool:
    """Whether one entry was asked for, and found."""
    return bool(scheme and code) and len(entries) == 1
