"""What pydantic finds wrong with a document, in words: one wording for every document, whoever reads it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic_core import ErrorDetails

from domain.errors import Problem
from domain.point import DAY_FORMS

MISSING = Problem(where="", found="manca", accepted="un valore")
"""Something that must be said and is not."""
UNEXPECTED = Problem(where="", found="non è previsto", accepted="ciò che la documentazione descrive")
"""Something that is said and has no meaning there."""
TWICE = Problem(where="", found="è detto più volte", accepted="una volta sola")
"""Something of which only one of several values could be taken."""

LONGEST_WORDS = 1_000
"""Characters of what is said of one value: a longer one only repeats the value."""

_WORDS = {
    "missing": (MISSING.found, MISSING.accepted),
    "extra_forbidden": (UNEXPECTED.found, UNEXPECTED.accepted),
    "string_type": ("non è un testo", "un testo fra virgolette"),
    "string_pattern_mismatch": ("ha una forma non ammessa", ""),
    "string_too_long": ("è troppo lungo", ""),
    "string_too_short": ("è vuoto", "almeno un carattere"),
    "int_type": ("non è un numero intero", "un numero intero"),
    "int_parsing": ("non è un numero intero", "un numero intero"),
    "int_from_float": ("non è un numero intero", "un numero intero"),
    "decimal_type": ("non è un numero", "un numero, per esempio 33,33"),
    "decimal_parsing": ("non è un numero", "un numero, per esempio 33,33"),
    "bool_type": ("non è vero o falso", "true oppure false"),
    "bool_parsing": ("non è vero o falso", "true oppure false"),
    "tuple_type": ("non è un elenco", "un elenco fra parentesi quadre"),
    "list_type": ("non è un elenco", "un elenco fra parentesi quadre"),
    "dict_type": ("non è un oggetto", "un oggetto fra parentesi graffe"),
    "model_type": ("non è un oggetto", "un oggetto fra parentesi graffe"),
    "model_attributes_type": ("non è un oggetto", "un oggetto fra parentesi graffe"),
    "too_long": ("ha troppe righe", ""),
    "too_short": ("è vuoto", "almeno un elemento"),
    "json_invalid": ("non è JSON", "un documento JSON in UTF-8"),
    "date_type": ("non è una data", DAY_FORMS),
    "date_from_datetime_parsing": ("non è una data", DAY_FORMS),
    "date_parsing": ("non è una data", DAY_FORMS),
    "ip_v4_network": ("non è un indirizzo né una rete", "per esempio 10.0.0.7 oppure 10.0.0.0/24"),
    "ip_v6_network": ("non è un indirizzo né una rete", "per esempio 10.0.0.7 oppure 10.0.0.0/24"),
    "union_tag_not_found": ("non dice il verbo", "verb, con uno dei verbi previsti"),
}
_RANGES = {
    "greater_than_equal": ("è troppo piccolo", "almeno {ge}"),
    "less_than_equal": ("è troppo grande", "al più {le}"),
    "greater_than": ("è troppo piccolo", "più di {gt}"),
    "less_than": ("è troppo grande", "meno di {lt}"),
}
_BOUNDS = _RANGES | {
    "literal_error": ("non è fra i valori ammessi", "{expected}"),
    "enum": ("non è fra i valori ammessi", "{expected}"),
    "union_tag_invalid": ("è un verbo sconosciuto", "{expected_tags}"),
}


def problem_of(error: ErrorDetails, where: str, forms: Mapping[str, str] = MappingProxyType({})) -> Problem:
    """A finding as a problem of a place; `forms` are the words for patterns."""
    kind = error["type"]
    if kind == "value_error":
        words = str(error["msg"]).removeprefix("Value error, ")
        return Problem(where=where, found=words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]}...")
    problem, accepted = _WORDS.get(kind, _BOUNDS.get(kind, ("non è valido", "")))
    context = {name: str(value) for name, value in error.get("ctx", {}).items()}
    if kind in _BOUNDS:
        accepted = accepted.format_map(context).replace("' or '", "' oppure '")
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        accepted = forms.get(pattern, f"un testo della forma {pattern}")
    if kind in {"string_too_long", "too_long"}:
        accepted = f"al più {context.get('max_length', '')}"
    value_text = ""
    if kind in _RANGES:
        # A number is the same whether it came as a number or as a text.
        value_text = f"{_shortened(str(error.get('input')))} "
    elif kind not in {"missing", "extra_forbidden", "union_tag_not_found", "json_invalid"}:
        value_text = f"{_shown(error.get('input'))} "
    return Problem(where=where, found=value_text + problem, accepted=accepted)


def _shown(value: object) -> str:
    match value:
        case None:
            return "il valore nullo"
        case dict():
            return "un oggetto"
        case list() | tuple():
            return "un elenco"
        case _:
            return _shortened(repr(value))


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def document_place(loc: Sequence[object], where: str, unsaid: frozenset[str] = frozenset()) -> str:
    """Where a finding is: `indicators[3].name`, beneath a place; `unsaid` is what names no part of the document."""
    place = where
    for part in loc:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part not in unsaid:
            name = _shortened(str(part))
            place += f".{name}" if place else name
    return place
