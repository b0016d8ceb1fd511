"""The options that commands share, and how their texts are read: a date, an instant, a year, an account."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, get_args

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.words import CAUSES, KINDS
from api.settings import Actor
from domain.catalogue import TOPICS
from domain.italian import read_number
from domain.measurements.events import STATUS_WORDS, StatusWord
from domain.point import Point, end_of_day, today
from domain.vocabulary import Cause, CommandId, Period, Year, last_day
from projections.roles import EVERY_ROLE
from projections.store.store import now_in_utc

DATE_FORMS = "AAAA-MM-GG oppure GG/MM/AAAA, per esempio 2022-09-30"


def read_day(text: str) -> date:
    """A day written 2022-09-30 or 30/09/2022."""
    written = text.strip()
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", written)
    parts = match.groups() if match else ()
    if not match and (match := re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", written)):
        parts = match.groups()[::-1]
    try:
        return date(*(int(part) for part in parts))
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{text!r} non è una data: scrivere {DATE_FORMS}")


def read_known_at(text: str) -> datetime:
    """An instant, or the end of a day in Rome."""
    try:
        if "T" not in text and ":" not in text:
            return end_of_day(read_day(text))
        made = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
        if made.tzinfo is not None:
            return made.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} non è un istante: scrivere una data, oppure 2022-10-10T12:00:00+02:00 col fuso orario")


def read_year(text: str) -> int:
    """A year of four digits."""
    try:
        return TypeAdapter(Year).validate_python(text if re.fullmatch(r"[0-9]{4}", text) else None)
    except ValidationError:
        raise ValueError(f"{text!r} non è un anno: scrivere quattro cifre, per esempio 2022") from None


def read_positive(text: str | int) -> int:
    """A whole number from 1 on; the library hands defaults to a parser too."""
    if re.fullmatch(r"[0-9]{1,9}", str(text)) and int(text) > 0:
        return int(text)
    raise ValueError(f"{text!r} non è un numero intero da 1 in su")


def read_ordinal(text: str | int) -> int:
    """Which of the targets of a cell, from 1 to 9."""
    if re.fullmatch(r"[1-9]", str(text)):
        return int(text)
    raise ValueError(f"{text!r} non è un ordine: scrivere un numero da 1 a 9")


def read_port(text: str) -> int:
    """A port of this machine."""
    if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) < 65_536:
        return int(text)
    raise ValueError(f"{text!r} non è una porta: scrivere un numero da 1 a 65535")


def read_figure(text: str) -> Decimal:
    """A number, as `12345`, `1234,5` or `1234.5`; one that may mean two things, as `3.500`, is refused."""
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", text.strip()):
        plain, with_comma = text.replace(".", ""), text.replace(".", ",")
        raise ValueError(f"{text!r} può essere due numeri: scrivere {plain} oppure {with_comma}")
    number = read_number(text)
    if number is None and re.fullmatch(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?", text.strip()):
        number = Decimal(text.strip())
    if number is None:
        raise ValueError(f"{text!r} non è un numero: scrivere per esempio 1234,5")
    return number


def read_period(text: str) -> str:
    """What a figure describes: a year, a half, a quarter, a month."""
    try:
        last_day(text)
        return TypeAdapter(Period).validate_python(text)
    except ValueError:
        raise ValueError(f"{text!r} non è un periodo: scrivere 2022, 2022-H1, 2022-Q3 oppure 2022-09") from None


def read_actor(text: str) -> str:
    """An account or a role, never a person's name."""
    try:
        return TypeAdapter(Actor).validate_python(text)
    except ValidationError:
        words = "non è un ruolo: scrivere lettere minuscole, cifre, punti e trattini, per esempio ufficio-performance"
        raise ValueError(f"{text!r} {words}") from None


def read_command_id(text: str) -> str:
    """What makes a repeated command the same command."""
    try:
        return TypeAdapter(CommandId).validate_python(text)
    except ValidationError:
        raise ValueError(
            f"{text!r} non è un identificativo: scrivere lettere, cifre, punti, due punti e trattini"
        ) from None


def read_cause(text: str) -> Cause:
    """One of the causes of a change."""
    return _among(text, {name: name for name in get_args(Cause)}, "una causa")  # type: ignore[return-value]


def read_status(text: str) -> StatusWord:
    """How an objective stands, in code or in Italian."""
    words = {italian: code for code, italian in STATUS_WORDS.items()}
    return _among(text, words | {name: name for name in get_args(StatusWord)}, "uno stato")  # type: ignore[return-value]


def read_kind(text: str) -> str:
    """One of the kinds of change."""
    return _among(text, {name: name for name in KINDS}, "una natura")


def read_polarity(text: str) -> str:
    """Whether more is better, or less is."""
    return _among(text, {"up": "up", "down": "down"}, "una polarità")


def read_topic(text: str) -> str:
    """One of the types of event."""
    return _among(text, {name: name for name in TOPICS}, "un tipo di evento")


def read_role(text: str) -> str:
    """One of the roles under which an actor records."""
    return _among(text, {name: name for name in EVERY_ROLE}, "un ruolo")


def read_trail(text: str) -> str:
    """The format in which the trail is taken away."""
    return _among(text, {"csv": "csv", "jsonl": "jsonl"}, "un formato")


def read_format(text: str) -> str:
    """The format of an export."""
    return _among(text, {"json": "json", "xlsx": "xlsx", "csv": "csv"}, "un formato")


def _among(text: str, choices: dict[str, str], what: str) -> str:
    if text.strip().casefold() in choices:
        return choices[text.strip().casefold()]
    raise ValueError(f"{text!r} non è {what}: scrivere uno fra {', '.join(dict.fromkeys(choices.values()))}")


def point(as_of: date | None, known_at: datetime | None) -> Point:
    """The point of a question: today, and all that is known now, unless told."""
    return Point(as_of or today(now_in_utc()), known_at)


_CAUSES = ", ".join(f"{code} ({words})" for code, words in CAUSES.items())

PlanArgument = Annotated[
    str, typer.Argument(metavar="PIANO", help="L'id del piano, come lo elenca plans.", show_default=False)
]
IndicatorArgument = Annotated[
    str, typer.Argument(metavar="INDICATORE", help="L'id, il codice o il nome esatto.", show_default=False)
]
SubjectArgument = Annotated[
    str,
    typer.Argument(
        metavar="INDICATORE|OBIETTIVO", help="L'id, il codice, il nome o il titolo esatto.", show_default=False
    ),
]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="Un documento JSON; - per lo standard input.", show_default=False)
]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=read_day, metavar="DATA", help="In vigore a questa data; oggi, se non si dice."),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=read_known_at,
        metavar="DATA|ISTANTE",
        help="Come noto a questa data, o istante; adesso, se non si dice.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Risponde con un documento JSON, anche quando rifiuta.")]
Database = Annotated[
    str | None,
    typer.Option("--database", metavar="FILE", help="L'archivio; altrimenti INITINERE_DATABASE, o quello dell'utente."),
]
ActorOption = Annotated[
    str | None,
    typer.Option(
        "--actor", parser=read_actor, metavar="RUOLO", help="Chi registra: un ruolo, mai il nome di una persona."
    ),
]
CommandIdOption = Annotated[
    str | None,
    typer.Option(
        "--command-id",
        parser=read_command_id,
        metavar="ID",
        help="Lo stesso id ripetuto dà la stessa risposta, un evento solo.",
    ),
]
ActOption = Annotated[
    str | None,
    typer.Option("--act", metavar="FRASE", help='L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".'),
]
EffectiveOn = Annotated[
    date | None,
    typer.Option(
        "--effective-on", parser=read_day, metavar="DATA", help="Da quando vale; la data dell'atto, se non si dice."
    ),
]
Preview = Annotated[bool, typer.Option("--preview", help="Mostra che cosa cambierebbe, senza registrare nulla.")]
Justification = Annotated[str | None, typer.Option("--justification", metavar="TESTO", help="La motivazione.")]
CauseOption = Annotated[
    Cause | None, typer.Option("--cause", parser=read_cause, metavar="CAUSA", help=f"La causa: {_CAUSES}.")
]
YearOption = Annotated[
    int, typer.Option("--year", parser=read_year, metavar="ANNO", help="L'anno.", show_default=False)
]
PeriodOption = Annotated[
    str,
    typer.Option(
        "--period",
        parser=read_period,
        metavar="PERIODO",
        help="2022, 2022-H1, 2022-Q3 oppure 2022-09.",
        show_default=False,
    ),
]
ValueOption = Annotated[
    str | None, typer.Option("--value", metavar="VALORE", help="Il valore, come lo scrive l'ufficio: 67,46%, 12, Sì.")
]
NumeratorOption = Annotated[
    Decimal | None, typer.Option("--numerator", parser=read_figure, metavar="NUMERO", help="Il numeratore.")
]
DenominatorOption = Annotated[
    Decimal | None, typer.Option("--denominator", parser=read_figure, metavar="NUMERO", help="Il denominatore.")
]
DataAsAt = Annotated[
    date,
    typer.Option("--data-as-at", parser=read_day, metavar="DATA", help="A quale data sono i dati.", show_default=False),
]
Provisional = Annotated[
    bool, typer.Option("--provisional", help="Il valore è provvisorio; definitivo, se non si dice.")
]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="TESTO", help="Una nota.")]
