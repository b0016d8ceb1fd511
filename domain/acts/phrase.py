"""Reads the phrase by which an office cites an act: "delibera di Giunta n. 9 del 30/09/2022"."""

import re
import unicodedata

from domain.acts.model import Act, ActType
from domain.errors import Malformed, Problem
from domain.italian import read_date

_TYPES: dict[str, ActType] = {
    "delibera": "delibera",
    "deliberazione": "delibera",
    "determina": "determina",
    "determinazione": "determina",
    "decreto": "decreto",
    "ordinanza": "ordinanza",
}
_BODIES = {
    "giunta": "Giunta",
    "giunta camerale": "Giunta",
    "consiglio": "Consiglio",
    "consiglio camerale": "Consiglio",
    "presidente": "Presidente",
    "segretario generale": "Segretario Generale",
    "sg": "Segretario Generale",
    "commissario straordinario": "Commissario straordinario",
}
_USUAL_TYPE: dict[str, ActType] = {"Giunta": "delibera", "Consiglio": "delibera", "Segretario Generale": "determina"}

_PHRASE = re.compile(
    r"^\s*(?P<what>[^0-9]*?)\s*"
    r"(?:(?:n(?:r|umero)?\s*[.°º]*|[°º])\s*(?P<number>[0-9][\w./-]*)(?![\w./-])\s*(?:,\s*)?)?"
    r"(?:\b(?:del|dell'|in data|data|datat[ao])\s*|\s*)(?P<date>[0-9]{1,4}[\s./-].*?[0-9]{1,4}|[0-9]{1,2}[°º]?\s+[a-zà]+\s+[0-9]{4})"
    r"\s*(?P<assumed>\((?:data )?(?:presunta|assunta)\))?\s*(?P<confirmed>\((?:data )?confermata\))?\s*(?P<is_body>\(organo confermato\))?\s*$",
    re.IGNORECASE,
)
EXAMPLE = "delibera di Giunta n. 9 del 30/09/2022"


def slug(text: str, limit: int = 60) -> str:
    """A readable id made of a text: lower-case ASCII words joined by dashes, at most `limit` characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")
    return words[:limit].strip("-") or "senza-nome"


def act_id(body: str, type_: str, number: str | None, day: str) -> str:
    """The id of an act: what it is, its number and its date."""
    return slug("-".join(filter(None, (type_, body, number, day))), 100)


def read_act(phrase: str, where: str = "act") -> Act:
    """The act that a phrase cites; Malformed when there is no kind of act, or no date, to be read."""
    match = _PHRASE.match(phrase) if len(phrase) <= 400 else None
    day = read_date(match["date"]) if match else None
    if match is None or day is None:
        raise Malformed([Problem(where=where, found=f"l'atto {phrase[:120]!r} non si legge", accepted=f'"{EXAMPLE}"')])
    words = re.sub(r"\b(?:(?:di|della|del|dello|dal|dalla)\b|dell['’])\s*", " ", match["what"], flags=re.IGNORECASE)
    words = re.sub(r"\s+", " ", words.replace(",", " ")).strip()
    # "delibera di Giunta" and "Giunta camerale, deliberazione" say the same.
    type_ = next((_TYPES[word.casefold()] for word in words.split() if word.casefold() in _TYPES), None)
    body = " ".join(word for word in words.split() if word.casefold() not in _TYPES)
    body = _BODIES.get(body.casefold(), body)
    if type_ is None:
        type_ = _USUAL_TYPE.get(body, "altro")
    if not body:
        problem = f"l'atto {phrase[:120]!r} non dice l'organo"
        raise Malformed([Problem(where=where, found=problem, accepted=f'"{EXAMPLE}"')])
    return Act(
        id=act_id(body, type_, match["number"], day.isoformat()),
        body=body,
        type=type_,
        number=match["number"],
        date=day,
        assumed=bool(match["assumed"]),
        date_confirmed=bool(match["confirmed"]),
        body_confirmed=bool(match["is_body"]),
    )
