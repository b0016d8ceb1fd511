"""The commands across administrations: across rates, across changes; and follow, which keeps their tables."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from math import inf
from threading import Event as Signal
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.groups import group
from api.cli.words import CAUSES, DIRECTIONS, KINDS, VARIANTS, counted, day, instant, number, plain, said
from domain.changes.kinds import Kind
from domain.errors import Malformed, Problem, Refusal
from domain.point import ROME, today
from domain.vocabulary import Cause, JsonValue
from projections.across.changes import ChangeAcross, ChangeFilter, ChangesAcross, changes_across, read_key
from projections.across.follower import catch_up, refresh
from projections.across.follower import follow as follow_on
from projections.across.leader_lock import leading
from projections.across.rates import RatesAcross, rates_across
from projections.across.view import Followed, followed
from projections.change_rate import PlainRate, PlainRates
from projections.store.store import now_in_utc

across = group("across", "Domande su tutte le amministrazioni insieme.")


class FollowedElsewhere(Refusal):
    """Another process leads: one at a time follows the record."""

    name = "followed_elsewhere"
    title = "Un altro processo tiene dietro al registro"


def read_morning(text: str) -> datetime:
    """An instant, or the beginning of a day in Rome."""
    if "T" in text or ":" in text:
        return o.read_known_at(text)
    return datetime.combine(o.read_day(text), time.min, ROME).astimezone(UTC)


After = Annotated[
    str | None, typer.Option("--after", metavar="CHIAVE", help="Dopo questa, come la dà la pagina prima.")
]
Limit = Annotated[int, typer.Option("--limit", parser=o.read_positive, metavar="N", help="Quante righe al più.")]


@command()
def follow(
    *,
    once: Annotated[bool, typer.Option("--once", help="Si mette al passo e finisce.")] = False,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Tiene dietro al registro per le domande fra amministrazioni, finché non lo si ferma; uno alla volta per archivio."""
    with session.serving(database) as service, _stopping() as stopped:
        store = service.store
        if not once:
            output.note("In attesa di poter tenere dietro al registro. Ctrl+C per finire.")
        with leading(store, lambda: not once and not stopped.is_set()) as leads:
            if not leads:
                raise FollowedElsewhere(
                    "un altro processo tiene già dietro al registro", accepted="riprovare più tardi"
                )
            done = catch_up(store, _progress)
            if not once:
                output.note("Al passo col registro.")
                follow_on(store, stopped)
        with store.reading() as reader:
            place = followed(reader)
    if as_json:
        output.emit({"events": done, **place})
    else:
        output.show(Text(f"Seguiti {counted(done, 'evento', 'eventi')}. {_up_to(place)}"))


@across("rates")
def rates(
    *,
    year: o.YearOption,
    level: Annotated[
        str | None, typer.Option("--level", metavar="LIVELLO", help="Solo gli obiettivi di questo livello.")
    ] = None,
    as_of: o.AsOf = None,
    after: After = None,
    limit: Limit = 50,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra il tasso di modifica di tutte le amministrazioni in un anno: in totale, per livello, per causa, per piano."""
    on = as_of or today(now_in_utc())
    with session.serving(database) as service:
        refresh(service.store, inf, _progress)
        with service.store.reading() as reader:
            answer = rates_across(reader, year, on, level=level, after=after or "", limit=limit)
    if as_json:
        output.emit(answer)
    else:
        print_rates(answer)


@across("changes")
def changes(  # noqa: PLR0913 - each option is a parameter
    *,
    recorded_since: Annotated[
        datetime | None,
        typer.Option("--recorded-since", parser=read_morning, metavar="DATA|ISTANTE", help="Registrate da allora."),
    ] = None,
    recorded_until: Annotated[
        datetime | None,
        typer.Option(
            "--recorded-until", parser=o.read_known_at, metavar="DATA|ISTANTE", help="Registrate fino ad allora."
        ),
    ] = None,
    since: Annotated[
        date | None, typer.Option("--since", parser=o.read_day, metavar="DATA", help="In vigore da questa data.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", parser=o.read_day, metavar="DATA", help="Fino a questa, compresa.")
    ] = None,
    administration: Annotated[
        str | None, typer.Option("--administration", metavar="ENTE", help="L'id dell'amministrazione.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", metavar="PIANO", help="L'id del piano.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="RUOLO", help="Registrate da questo ruolo.")] = None,
    kind: Annotated[
        Kind | None,
        typer.Option("--kind", parser=o.read_kind, metavar="NATURA", help=f"La natura: {', '.join(KINDS)}."),
    ] = None,
    cause: Annotated[
        Cause | None, typer.Option("--cause", parser=o.read_cause, metavar="CAUSA", help="Per questa causa.")
    ] = None,
    after: After = None,
    limit: Limit = 50,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra chi ha modificato che cosa in un periodo, nei piani di tutte le amministrazioni."""
    wanted = ChangeFilter(recorded_since, recorded_until, since, until, administration, plan, actor, kind, cause)
    try:
        key = read_key(after) if after is not None else None
    except ValueError:
        accepted = "quella che la pagina prima dà alla fine"
        raise Malformed([Problem(where="--after", found=f"{after!r} non è una chiave", accepted=accepted)]) from None
    with session.serving(database) as service:
        refresh(service.store, inf, _progress)
        with service.store.reading() as reader:
            answer = changes_across(reader, wanted, after=key, limit=limit)
    if as_json:
        output.emit(answer)
    else:
        print_changes(answer)


def print_rates(answer: RatesAcross) -> None:
    """The totals, then the plans."""
    level = f", livello {answer['level']}" if answer["level"] else ""
    numbers = f"{counted(answer['administrations'], 'amministrazione', 'amministrazioni')}, "
    numbers += counted(answer["plans"], "piano", "piani")
    heading = f"in vigore al {day(answer['as_of'])} · noto adesso · {numbers}\n{_up_to(answer['followed'])}"
    output.show(output.title(f"Tasso di modifica {answer['year']}{level} · tutte le amministrazioni", heading))
    total = answer["total"]
    table = output.table("", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    output.rows(table, [("In tutto", *_line(total["change_rate"]))])
    output.rows(table, [(f"Livello {name}", *_line(rates)) for name, rates in total["by_level"].items()])
    output.rows(
        table,
        [(f"Per {CAUSES.get(name, 'causa non detta')}", *_line(rates)) for name, rates in total["by_cause"].items()],
    )
    output.show(table)
    if not answer["rows"]:
        return
    table = output.table("Piano", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    for row in answer["rows"]:
        note = "" if row["counted"] else "\n(nei totali conta il piano successivo)"
        output.rows(table, [(f"{row['name']}\n{row['plan']}{note}", *_line(row["change_rate"]))])
    output.show(table)
    _next(answer["next"])


def print_changes(answer: ChangesAcross) -> None:
    """The changes, one after the other."""
    by = "di registrazione" if answer["order"] == "recorded_at" else "di effetto"
    what = counted(len(answer["changes"]), "modifica", "modifiche")
    output.show(output.title("Chi ha modificato che cosa", f"{what}, in ordine {by}\n{_up_to(answer['followed'])}"))
    for change in answer["changes"]:
        head = Text(plain(f"{change['plan']}: {_what(change)}"), style="bold")
        kind = KINDS[change["kind"]] + (f", {DIRECTIONS[change['direction']]}" if change["direction"] else "")
        cause = f" ({CAUSES[change['cause']]})" if change["cause"] else ""
        why = "testo oscurato per ordine" if change["redacted"] else f"perché: {change['justification'] or '—'}{cause}"
        who = f"registrato il {instant(change['recorded_at'])} da {change['actor']}, versione {change['version']}"
        lines = [
            kind,
            f"{_said(change['before'])} → {_said(change['after'])}",
            f"atto: {change['act'] or '—'}",
            why,
            who,
        ]
        output.show(output.entry(day(change["effective_on"]), head, lines))
    _next(answer["next"])


def _what(change: ChangeAcross) -> str:
    touched = ", ".join(change["objectives"])
    return (
        f"{change['event']} {change['indicator']} ({touched})"
        if change["indicator"]
        else f"{change['event']} {touched}"
    )


def _said(value: JsonValue) -> str:
    if isinstance(value, dict) and len(value) > 3 and "text" not in value:
        return f"{len(value)} campi"
    return said(value)


def _line(rates: PlainRates) -> list[str]:
    return [_rate(rates["any"]), _rate(rates["substance"]), _rate(rates["easier"])]


def _rate(rate: PlainRate) -> str:
    percent = "—" if rate["rate"] is None else f"{number(rate['rate'])}%"
    return f"{percent}\n{rate['numerator']} su {rate['denominator']}"


def _next(key: str | None) -> None:
    if key:
        output.show(Text(""))
        output.copied(f"Il seguito: --after {key}")


def _up_to(place: Followed) -> str:
    """Up to where an answer holds, in words."""
    if place["recorded_at"] is None:
        return "Nessun evento seguito finora."
    words = f"Aggiornato al {instant(place['recorded_at'])}, posizione {place['position']}"
    if place["behind"]:
        words += f"; {counted(place['behind'], 'evento atteso', 'eventi attesi')}"
    return words + "."


def _progress(done: int, total: int) -> None:
    """A line that grows on a terminal; elsewhere nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} eventi seguiti di {total}" + ("\n" if done == total else ""))
        sys.stderr.flush()


@contextmanager
def _stopping() -> Iterator[Signal]:
    """Is set when the process is asked to end: the step that is under way is finished first."""
    stopped = Signal()
    before = {one: signal.signal(one, lambda *_: stopped.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
