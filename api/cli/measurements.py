"""The commands of what is observed: measure, restate, status. No act: they are no changes of the plan."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from api.cli import options as o
from api.cli import session
from api.cli.app import command
from api.cli.changes import answer
from api.commands.service import series_of
from api.formats.json_reader import into
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.measurements.events import STATUS_WORDS, StatusWord
from domain.point import today
from domain.vocabulary import JsonValue
from projections.history import object_key
from projections.store.store import now_in_utc
from projections.streams import find_plan

_STATUSES = ", ".join(f"{code} ({words})" for code, words in STATUS_WORDS.items())

OfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="UFFICIO", help="L'ufficio che misura: deve esserne responsabile.")
]
TermOption = Annotated[
    list[str] | None,
    typer.Option("--term", metavar="NOME=VALORE", help="Un termine della formula confermata; si ripete."),
]
ConfirmUnit = Annotated[
    bool, typer.Option("--confirm-unit", help="Il valore è proprio questo, anche se sembra in un'altra unità.")
]


@command()
def measure(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    indicator: o.IndicatorArgument,
    *,
    period: o.PeriodOption,
    data_as_at: o.DataAsAt,
    value: o.ValueOption = None,
    numerator: o.NumeratorOption = None,
    denominator: o.DenominatorOption = None,
    provisional: o.Provisional = False,
    note: o.NoteOption = None,
    office: OfficeOption = None,
    term: TermOption = None,
    confirm_unit: ConfirmUnit = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Registra il valore osservato di un indicatore per un periodo."""
    said = _said(period, data_as_at, value, numerator, denominator, note, provisional=provisional)
    said |= {"office": office, "terms": _terms(term), "confirm_unit": confirm_unit}
    command = into(RecordMeasurement, said | {"series": _series(database, plan, indicator)})
    with session.serving(database) as service:
        answer(service, service.measure(plan, command, session.caller(actor, command_id)), as_json=as_json)


@command()
def restate(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    indicator: o.IndicatorArgument,
    *,
    period: o.PeriodOption,
    data_as_at: o.DataAsAt,
    value: o.ValueOption = None,
    numerator: o.NumeratorOption = None,
    denominator: o.DenominatorOption = None,
    provisional: o.Provisional = False,
    note: o.NoteOption = None,
    office: OfficeOption = None,
    term: TermOption = None,
    confirm_unit: ConfirmUnit = False,
    effective_on: Annotated[
        date | None,
        typer.Option(
            "--effective-on", parser=o.read_day, metavar="DATA", help="Da quando vale; da oggi, se non si dice."
        ),
    ] = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Rettifica un valore già registrato; il vecchio resta scritto."""
    said = _said(period, data_as_at, value, numerator, denominator, note, provisional=provisional)
    said |= {"office": office, "terms": _terms(term), "confirm_unit": confirm_unit}
    on = effective_on or today(now_in_utc())
    command = into(
        RestateMeasurement, said | {"series": _series(database, plan, indicator), "effective_on": on.isoformat()}
    )
    with session.serving(database) as service:
        answer(service, service.restate(plan, command, session.caller(actor, command_id)), as_json=as_json)


@command()
def status(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    subject: o.SubjectArgument,
    *,
    status_: Annotated[
        StatusWord,
        typer.Option(
            "--status", parser=o.read_status, metavar="STATO", help=f"Lo stato: {_STATUSES}.", show_default=False
        ),
    ],
    progress: Annotated[
        Decimal | None,
        typer.Option("--progress", parser=o.read_figure, metavar="PERCENTO", help="L'avanzamento, in percento."),
    ] = None,
    on: Annotated[
        date | None, typer.Option("--on", parser=o.read_day, metavar="DATA", help="A quale data; oggi, se non si dice.")
    ] = None,
    note: o.NoteOption = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Registra come sta un indicatore o un obiettivo."""
    with session.reading(database) as reader:
        kind, _, one = object_key(reader, find_plan(reader, plan), subject).partition("/")
    said: dict[str, JsonValue] = {"subject": kind, "id": one, "status": status_, "note": note}
    said |= {"progress": _decimal(progress), "reported_on": (on or today(now_in_utc())).isoformat()}
    with session.serving(database) as service:
        outcome = service.report_status(plan, into(ReportStatus, said), session.caller(actor, command_id))
        answer(service, outcome, as_json=as_json)


def _said(
    period: str,
    data_as_at: date,
    value: str | None,
    numerator: Decimal | None,
    denominator: Decimal | None,
    note: str | None,
    *,
    provisional: bool,
) -> dict[str, JsonValue]:
    made: dict[str, JsonValue] = {"period": period, "data_as_at": data_as_at.isoformat(), "note": note}
    made |= {"numerator": _decimal(numerator), "denominator": _decimal(denominator)}
    if value is not None:
        made |= _value(value)
    return made | {"finality": "provisional" if provisional else "final"}


def _terms(said: list[str] | None) -> dict[str, JsonValue] | None:
    """The terms, each as `nome=valore`."""
    if not said:
        return None
    made: dict[str, JsonValue] = {}
    for one in said:
        name, sign, value = one.partition("=")
        try:
            figure = o.read_figure(value) if sign else None
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--term") from None
        if figure is None or name.strip() in made:
            raise typer.BadParameter(f"{one!r}: scrivere nome=valore, ogni nome una volta", param_hint="--term")
        made[name.strip()] = str(figure)
    return made


def _value(text: str) -> dict[str, JsonValue]:
    """A plain number as a number; anything else (67,46%, Sì, n.d.) as a text, which is read."""
    if any(c not in "+-0123456789.," for c in text.strip()) or not text.strip():
        return {"text": text}
    try:
        return {"value": str(o.read_figure(text))}
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--value") from None


def _series(database: str | None, plan: str, indicator: str) -> str:
    with session.reading(database) as reader:
        return series_of(reader, plan, indicator)[1]


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
