"""Rows that are a node of the tree: `Area strategica 1 – Servizi`, `Obiettivo operativo: A.1.1 ...`; and codes in titles."""

import re
from typing import NamedTuple

from api.layout.vocabulary import LEVEL_WORD, YEAR, level_name
from domain.patterns import regex
from domain.spelling import folded

_ADJECTIVE = (
    r"(?:strategic[oaie]|operativ[oaie]|general[ei]|specific[oaih]+e?|esecutiv[oa]|gestional[ei]|individual[ei]|comun[ei]|trasversal[ei]|"
    r"prioritari[oa]|organizzativ[oa]|annual[ei]|triennal[ei]|istituzional[ei]|settorial[ei]|programmatic[oa]|tematic[oa]|politic[oa]|di ente|dell'ente|di mandato|di performance|"
    r"di valore pubblico|pubblico|di intervento|di struttura|di progetto|di budget|di servizio|di innovazione|di miglioramento|di sviluppo|d'azione|di azione|di bilancio|di spesa)"
)
_LABEL = regex(
    rf"^(?P<label>(?:macro[- ]?)?(?:sotto[- ]?)?(?:[a-zà]+\.?\s)??{LEVEL_WORD.pattern}(?:\s+{_ADJECTIVE})*)"
    r"(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
CODE = r"(?:[A-Za-z]{1,5}[.\-_ ]?[0-9]{1,3}(?:[.\-_][0-9A-Za-z]{1,4})*|[A-Z](?:\.[0-9]{1,3})+|[0-9]{1,3}(?:\.[0-9]{1,3})+[a-z]?|[0-9]{1,4}[a-z]?|[A-Z]|[IVX]{1,5})"
_AFTER_LABEL = regex(
    rf"^\s*(?:n\.?|nr\.?|n°|num\.?)?\s*(?P<mark>[:\-–—.]?)\s*(?:\(?(?P<code>{CODE})\)?(?P<after>\s*[:\-–—.)]+\s*(?![0-9])|\s+(?=[\"“«A-ZÀ-Ý])|(?<=[.][0-9a-z])\s+(?=\S)|(?<=[.][0-9]{2})\s+(?=\S)|\s*$))?(?P<title>.*)$",
    re.DOTALL,
)
_PARENTHESISED = regex(rf"^[(\[](?P<code>{CODE})[)\]]\s*[:\-–—.]?\s*(?P<title>\S.*)$", re.DOTALL)
_MARKED = regex(
    rf"^(?P<code>{CODE})\s*(?:[:–—)]|\s[-–—]|[.](?=\s|[A-ZÀ-Ý])|-(?=\s)|_(?=\w))\s*(?P<title>\S.*)$", re.DOTALL
)
_DOTTED = regex(
    r"^(?P<code>[A-Z]{1,4}\.?[0-9]{1,3}(?:[.\-][0-9]{1,3})*|[A-Z]{1,4} ?[0-9]{1,3}(?:[.\-][0-9]{1,3})+|[A-Z](?:\.[0-9]{1,3})+|[0-9]{1,3}(?:\.[0-9]{1,3})+)\.?\s+(?P<title>[\"“«(A-ZÀ-Ýa-zà-ý].*)$",
    re.DOTALL,
)


class SectionRow(NamedTuple):
    """A node that a row is: the name of its level, its printed code, its title."""

    level: str
    code: str
    title: str


def section_of(text: str) -> SectionRow | None:
    """The node that a text is, where it begins with the name of a level; None for any other."""
    match = _LABEL.match(text)
    if match is None or len(text) > 600:
        return None
    label, rest = match["label"], match["rest"]
    if rest and re.match(r"[a-zà-ý]", rest):  # the word goes on: another word
        return None
    level = level_name(label)
    after = _AFTER_LABEL.match(rest)
    if after is None:
        return None
    code, title = (after["code"] or "").strip(), after["title"].strip()
    if code and YEAR.fullmatch(code):
        code, title = "", rest.strip(" :-–—.")
    if code and not (after["after"] or "").strip() and not any(c.isdigit() or c == "." for c in code) and len(code) > 1:
        code, title = "", rest.strip(" :-–—.")
    if span := re.match(r"\s*(?:19|20|21)[0-9]{2}(?:\s*[-–/]\s*(?:19|20|21)?[0-9]{2})?\s+(?=\S)", rest):
        return SectionRow(level, "", rest[span.end() :].strip(" :-–—."))
    if not after["mark"] and not code and " " in label.strip() and title[:1].isupper() and len(title.split()) > 1:
        return SectionRow(level, "", title) if _looks_like_title(text) else None
    if not after["mark"] and not code:
        is_title = title and text[:1].isupper() and not title[:1].islower() and _looks_like_title(text)
        return SectionRow(level, "", text.strip()) if is_title else None
    if not title and not code:
        return None
    return SectionRow(level, code, title.strip(" :-–—"))


def _looks_like_title(text: str) -> bool:
    """Whether a text without a sign after its level is a heading, and no sentence: capitals, or short and without a stop."""
    return text.isupper() or (len(text) <= 100 and not text.rstrip().endswith((".", ";")))


def level_label(text: str) -> str | None:
    """The level that a text names and nothing else; None for any other text."""
    match = _LABEL.match(text)
    if match is None:
        return None
    rest = re.sub(r"[\s:()\-–—.]|n°?|\b(?:19|20)[0-9]{2}\b", "", match["rest"].casefold())
    return level_name(match["label"]) if not rest else None


def coded(text: str, *, bare: bool = False) -> tuple[str, str]:
    """The code that a title begins with, and the title; an empty code where there is none for certain.

    `bare` where the other titles of the column have codes of this form too.
    """
    for pattern in (_PARENTHESISED, _MARKED, _DOTTED):
        match = pattern.match(text)
        if match is None:
            continue
        code = match["code"]
        if YEAR.fullmatch(code) or (pattern is _MARKED and not _is_code(code)):
            continue
        return code, match["title"].strip()
    if (
        bare
        and (match := re.match(rf"^(?P<code>{CODE})\s+(?P<title>[\"“«(A-ZÀ-Ý].*)$", text, re.DOTALL))
        and _is_code(match["code"])
    ):
        return match["code"], match["title"].strip()
    return "", text


def _is_code(text: str) -> bool:
    """Whether the beginning of a title is a code: figures, one letter, letters and figures; a word is none."""
    return any(c.isdigit() for c in text) or len(text) == 1 or bool(re.fullmatch(r"[IVX]+", text))


def is_code(text: str) -> bool:
    """Whether a text is a code and nothing else."""
    return len(text) <= 20 and bool(re.fullmatch(rf"\(?{CODE}\.?\)?", text.strip())) and _is_code(text.strip("(). "))


def same_title(first: str, second: str) -> bool:
    """Whether two titles are one, whatever their case, accents and signs."""
    return folded(first) == folded(second)
