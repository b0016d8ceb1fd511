"""The fields of a form of work: what each asks, by which means, of which choices, with what is written in it so far.

A field is asked as the input model of its command describes it: a closed list is chosen from, a date is a date, a list is
one line each. The words for it are those of the command at every door, unless they would speak of ids or codes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import UnionType
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.language.closed_lists import code_words
from domain.patterns import regex
from domain.vocabulary import JsonValue

Means = Literal[
    "line",
    "words",
    "date",
    "number",
    "radios",
    "cards",
    "select",
    "check",
    "lines",
    "pairs",
    "suggest",
    "several",
    "named",
]
"""How a field is asked: a line, words over several lines, one of a closed list (as cards, where each has something beside
it), yes or no, one thing a line, `a = b`; several of what is known, each ticked; a value for each thing that has a name."""

PART = "/"
"""What stands in the name of a part of a field, between the field and what the part is of: `offices/Servizio Bilancio`."""
TICKED = "sì"
ANOTHER, ITS_VALUE = "+", "+="
"""The parts in which is written what is not known yet: another one of a list, and its value where it has one."""

PROSE = frozenset(
    {
        *("justification", "words", "note", "retroactive", "exception", "formula", "condition", "title"),
        *("description", "benefits", "remedy"),
    }
)
SUGGESTED = frozenset(
    {"act", "whose", "office", "owner", "measured_by", "unit", "source", "frequency", "indicator_kind"}
)
"""Fields that are written, with what is known offered."""
SEVERAL = frozenset({"offices", "co_owners", "levels", "rights"})
"""Lists of which several known things are ticked."""
WIDENED = frozenset({"offices", "co_owners", "level", "classifications", "codes"})
"""Fields in which what is not known yet may be written, too."""
MOST_RADIOS = 8
ISO_DATE = regex("[0-9]{4}-[0-9]{2}-[0-9]{2}")
HINTS = {
    "target": "Come lo scrive l'ufficio: «≥ 25%», «entro il 31/7», «≤ 20 gg.», «≥ Medio».",
    "justification": "Che cosa è cambiato, e da quali dati risulta. Entra nella Relazione e nei dati aperti: niente nomi "
    "di persone né dati sulla salute.",
    "act": "Organo, tipo, numero e data: per esempio «delibera di Giunta n. 9 del 30/09/2022».",
    "text": "Come lo scrive l'ufficio: 67,46%, 12, Sì, 28/07/2022.",
    "classifications": "Dove sta negli altri alberi del piano.",
    "codes": "Come lo chiamano altri sistemi.",
    "terms": "Quanto vale ciascun termine della formula: il valore si calcola da questi.",
    "offices": "Quelli che ne rispondono; mai persone.",
    "scope.offices": "Tutti, se non se ne sceglie nessuno.",
    "scope.levels": "Tutti, se non se ne sceglie nessuno.",
    "as_at": "Di solito la metà o la fine dell'anno.",
    "due_by": "Chi risponde dopo questo giorno risulta in ritardo.",
    "system": "Accanto a ciascuno, le regole che cambierebbero.",
    "corrects": "Solo per rettificare ciò che fu registrato male: resta nel registro, annullato.",
    "restores": "Solo con «rettifica materiale»: quale registrazione sbagliata si rimette a posto.",
    "version": "Ciascun evento con l'inizio delle parole che gli stanno accanto.",
    "seed": "Una parola o un numero: con lo stesso si estrae lo stesso campione. Vuoto, si sceglie a caso.",
    "sha256": "Per legare la validazione al file della relazione; vuota, se non serve.",
    "weight": "In punti; vuoto, se non ne ha.",
    "progress": "In percento.",
    "expression": "L'espressione corretta, sui termini proposti; vuota, per prenderla com'è proposta.",
    "ordinal": "Quale, dove l'anno ne ha più d'uno.",
}
"""What is said of a field beneath its label, where its description speaks to programs."""

UNSAID = frozenset(
    {
        "object",
        "objective",
        "action",
        "period",
        "parent",
        "into",
        "indicator",
        "id",
        "about",
        "to",
        "flag",
        "year",
        "round",
        "versions",
        "by",
    }
)
"""Fields that are chosen from a list, which says all that there is to say."""


class FieldOption(NamedTuple):
    """One of the choices of a field, with what stands there today."""

    value: str
    words: str
    note: str = ""


class Control(NamedTuple):
    """A field of a form of work, with what is written in it; `is_named`: its label is a name that an office gave."""

    name: str
    label: str
    hint: str
    means: Means
    options: tuple[FieldOption, ...]
    required: bool
    value: str
    widened: bool = False
    is_named: bool = False

    @property
    def chosen(self) -> list[str]:
        """What is chosen of it, where several may be."""
        return [line.strip() for line in self.value.splitlines() if line.strip()]

    @property
    def named(self) -> dict[str, str]:
        """What is written of each thing that has a name."""
        pairs = (line.partition("=") for line in self.chosen)
        return {name.strip(): text.strip() for name, _, text in pairs}

    @property
    def unlisted(self) -> list[str]:
        """What is written that is none of the known."""
        known = {option.value for option in self.options}
        return [each for each in (self.named if self.means == "named" else self.chosen) if each not in known]

    @property
    def another(self) -> str:
        """The first of these; empty for none."""
        return next(iter(self.unlisted), "")

    @property
    def shown(self) -> str:
        """What is written in it, as people read it."""
        if self.means == "check":
            return "sì" if self.value else ""
        if self.means == "date" and ISO_DATE.fullmatch(self.value):
            return f"{self.value[8:]}/{self.value[5:7]}/{self.value[:4]}"
        if self.means == "several":
            words = {option.value: option.words for option in self.options}
            return "\n".join(words.get(each, each) for each in self.chosen)
        if self.means == "named":
            words = {option.value: option.words for option in self.options}
            return "\n".join(f"{words.get(name, name)}: {text}" for name, text in self.named.items() if text)
        if self.options:
            return next((option.words for option in self.options if option.value == self.value), self.value)
        return self.value


def control(
    model: type[BaseModel],
    name: str,
    value: str = "",
    options: Sequence[FieldOption] | None = None,
    *,
    required: bool | None = None,
) -> Control:
    """A field of a model, asked as it is described; `options` where what it may name is to be chosen."""
    field = field_named(model, name)
    last = name.rpartition(".")[2]
    base = _base(field.annotation)
    closed = closed_list(base)
    choices = tuple(options) if options is not None else closed
    means = _means(base, last, choices, closed=bool(closed), offered=options is not None)
    hint = HINTS.get(name, "" if name in UNSAID or closed else _capital(field.description or ""))
    is_required = field.is_required() and not _may_be_empty(field.annotation) if required is None else required
    widened = last in WIDENED and "." not in name and options is not None
    return Control(name, _capital(field.title or last), hint, means, choices, is_required, value, widened)


def closed_list(base: object) -> tuple[FieldOption, ...]:
    """The choices of a closed list, in words; none of any other field."""
    if get_origin(base) is not Literal:
        return ()
    return tuple(FieldOption(code, word) for code, word in code_words(tuple(map(str, get_args(base)))).items())


def field_named(model: type[BaseModel], name: str) -> FieldInfo:
    """A field of a model, or of one within it (`scope.offices`)."""
    first, _, rest = name.partition(".")
    field = model.model_fields[first]
    inner = _base(field.annotation)
    if rest and isinstance(inner, type) and issubclass(inner, BaseModel):
        return field_named(inner, rest)
    return field


def stated(model: type[BaseModel], name: str, written: str) -> JsonValue:
    """What is written in a field as its command takes it; a text where it is to be read there."""
    base = _base(field_named(model, name).annotation)
    text = written.strip()
    if base is bool:
        return text not in {"", "no"}
    if not text:
        return None
    if base is int and text.isdecimal():
        return int(text)
    if get_origin(base) is tuple:
        items = [line.strip() for line in text.splitlines() if line.strip()]
        return [int(item) if item.isdecimal() and name in {"versions", "restores"} else item for item in items]
    if get_origin(base) is dict:
        pairs = (line.partition("=") for line in text.splitlines() if line.strip())
        return {key.strip(): value.strip() for key, _, value in pairs}
    return text


def gathered(sent: Mapping[str, str], name: str) -> str:
    """What is written in a field, and in its parts: one thing a line, as `a = b` what a thing with a name is said of."""
    own = sent.get(name, "")
    parts = {key.removeprefix(name + PART): text.strip() for key, text in sent.items() if key.startswith(name + PART)}
    if not parts:
        return own
    another, its_value = parts.pop(ANOTHER, ""), parts.pop(ITS_VALUE, None)
    lines = [key if text == TICKED else f"{key} = {text}" for key, text in parts.items() if text]
    if its_value is not None:
        lines += [f"{another} = {its_value}"] if another and its_value else []
        return "\n".join(lines)
    if own and another and not lines:  # one of the known was chosen, and another one written: what is written counts
        return another
    return "\n".join([*filter(None, [own]), *lines, *filter(None, [another])])


def as_written(value: object) -> str:
    """What is stored as somebody would write it in a field."""
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else ""
        case dict():
            return "\n".join(f"{key} = {item}" for key, item in value.items())
        case list() | tuple():
            return "\n".join(map(str, value))
        case _:
            return str(value)


def _means(base: object, name: str, options: tuple[FieldOption, ...], *, closed: bool, offered: bool) -> Means:
    if base is bool:
        return "check"
    if closed:
        return "radios" if len(options) <= MOST_RADIOS else "select"
    if any(option.note for option in options):
        return "cards"
    if isinstance(base, type) and issubclass(base, date):
        return "date"
    if offered and get_origin(base) is dict:
        return "named"
    if offered and name in SEVERAL:
        return "several"
    if offered:
        return "suggest" if name in SUGGESTED else "select"
    if get_origin(base) is tuple:
        return "lines"
    if get_origin(base) is dict:
        return "pairs"
    if base is int:
        return "number"
    return "words" if name in PROSE else "line"


def _base(annotation: object) -> object:
    """The type that an annotation comes down to, without what is said of it, and without none."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _base(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return _base(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation


def _may_be_empty(annotation: object) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _may_be_empty(get_args(annotation)[0])
    return origin in {Union, UnionType} and type(None) in get_args(annotation)


def may_be_empty(model: type[BaseModel], name: str) -> bool:
    """Whether a field that must be said may be said to have nothing in it."""
    field = field_named(model, name)
    return field.is_required() and _may_be_empty(field.annotation)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
