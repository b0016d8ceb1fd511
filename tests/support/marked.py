"""A catalogue that marks what it translates: what a page shows unmarked was never given to it."""

import gettext
import re
from html.parser import HTMLParser

OPENS, CLOSES = "⟦", "⟧"
_MARKED = re.compile(f"{OPENS}[^{OPENS}{CLOSES}]*{CLOSES}")
SHOWN_ATTRIBUTES = frozenset({"alt", "aria-label", "data-label", "placeholder", "title"})
SAME_IN_BOTH = frozenset(
    {"API", "CSV", "ENG", "Excel", "ITA", "In", "Itinere", "JSON", "OIV", "Passkey", "Password", "Target"}
)


class Marked(gettext.NullTranslations):
    """The catalogue."""

    def gettext(self, message: str) -> str:
        """A text between marks."""
        return f"{OPENS}{message}{CLOSES}"


class _Shown(HTMLParser):
    """What a page shows: its texts, and those of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"code", "pre", "style", "script"}
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"code", "pre", "style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def unmarked_words(html: str) -> set[str]:
    """The words of a page that are not its catalogue's, but for names and what is the same in both languages."""
    shown = _Shown()
    shown.feed(html)
    return {word for word in unmarked("\n".join(shown.texts)) if word not in SAME_IN_BOTH}


def unmarked(text: str) -> list[str]:
    """The words of a text outside of all marks, one within another."""
    while (less := _MARKED.sub(" ", text)) != text:
        text = less
    return re.findall(r"[^\W\d_]{2,}", text)
