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
from projections.across.changes import Wanted, changes_across, read_key
from projections.across.follower import catch_up, refresh
from projections.across.follower import follow as follow_on
from projections.across.leader_lock import leading
from projections.across.rates import change_rates
from projections.across.view import Followed, followed
from projections.store.store import now_in_utc

Row = dict[str, JsonValue]
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
        output.emit({"events": done} | place._asdict())
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
            found = change_rates(reader, year, on, level=level, after=after or "", limit=limit)
    if as_json:
        output.emit(found)
    else:
        print_rates(found)


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
    wanted = Wanted(recorded_since, recorded_until, since, until, administration, plan, actor, kind, cause)
    try:
        key = read_key(after) if after is not None else None
    except ValueError:
        accepted = "quella che la pagina prima dà alla fine"
        raise Malformed([Problem(where="--after", found=f"{after!r} non è una chiave", accepted=accepted)]) from None
    with session.serving(database) as service:
        refresh(service.store, inf, _progress)
        with service.store.reading() as reader:
            found = changes_across(reader, wanted, after=key, limit=limit)
    if as_json:
        output.emit(found)
    else:
        print_changes(found)


def print_rates(found: Row) -> None:
    """The totals, then the plans."""
    level = f", livello {found['level']}" if found["level"] else ""
    numbers = f"{counted(_int(found['administrations']), 'amministrazione', 'amministrazioni')}, "
    numbers += counted(_int(found["plans"]), "piano", "piani")
    heading = f"in vigore al {day(found['as_of'])} · noto adesso · {numbers}\n{_up_to(_followed(found))}"
    output.show(output.title(f"Tasso di modifica {found['year']}{level} · tutte le amministrazioni", heading))
    total = _object(found, "total")
    table = output.table("", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    output.rows(table, [("In tutto", *_line(_object(total, "change_rate")))])
    output.rows(table, [(f"Livello {name}", *_line(of)) for name, of in _objects(total, "by_level")])
    output.rows(
        table, [(f"Per {CAUSES.get(name, 'causa non detta')}", *_line(of)) for name, of in _objects(total, "by_cause")]
    )
    output.show(table)
    listed = _rows(found, "rows")
    if not listed:
        return
    table = output.table("Piano", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    for one in listed:
        note = "" if one["counted"] else "\n(nei totali conta il piano successivo)"
        output.rows(table, [(f"{one['name']}\n{one['plan']}{note}", *_line(_object(one, "change_rate")))])
    output.show(table)
    _next(found)


def print_changes(found: Row) -> None:
    """The changes, one after the other."""
    by = "di registrazione" if found["order"] == "recorded_at" else "di effetto"
    listed = _rows(found, "changes")
    what = counted(len(listed), "modifica", "modifiche")
    output.show(output.title("Chi ha modificato che cosa", f"{what}, in ordine {by}\n{_up_to(_followed(found))}"))
    for one in listed:
        head = Text(plain(f"{one['plan']}: {_what(one)}"), style="bold")
        kind = KINDS[str(one["kind"])] + (f", {DIRECTIONS[str(one['direction'])]}" if one["direction"] else "")
        cause = f" ({CAUSES[str(one['cause'])]})" if one["cause"] else ""
        why = "testo oscurato per ordine" if one["redacted"] else f"perché: {one['justification'] or '—'}{cause}"
        who = f"registrato il {instant(one['recorded_at'])} da {one['actor']}, versione {one['version']}"
        lines = [kind, f"{_said(one['before'])} → {_said(one['after'])}", f"atto: {one['act'] or '—'}", why, who]
        output.show(output.entry(day(one["effective_on"]), head, lines))
    _next(found)


def _what(one: Row) -> str:
    objectives = one["objectives"]
    touched = ", ".join(map(str, objectives)) if isinstance(objectives, list) else ""
    return f"{one['event']} {one['indicator']} ({touched})" if one["indicator"] else f"{one['event']} {touched}"


def _said(value: JsonValue) -> str:
    if isinstance(value, dict) and len(value) > 3 and "text" not in value:
        return f"{len(value)} campi"
    return said(value)


def _line(of: Row) -> list[str]:
    return [_rate(_object(of, variant)) for variant in VARIANTS]


def _rate(one: Row) -> str:
    rate = "—" if one["rate"] is None else f"{number(one['rate'])}%"
    return f"{rate}\n{one['numerator']} su {one['denominator']}"


def _next(found: Row) -> None:
    if found["next"]:
        output.show(Text(""))
        output.copied(f"Il seguito: --after {found['next']}")


def _up_to(place: Followed) -> str:
    """Up to where an answer holds, in words."""
    if place.recorded_at is None:
        return "Nessun evento seguito finora."
    words = f"Aggiornato al {instant(place.recorded_at)}, posizione {place.position}"
    if place.behind:
        words += f"; {counted(place.behind, 'evento atteso', 'eventi attesi')}"
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


def _followed(found: Row) -> Followed:
    place = _object(found, "followed")
    return Followed(
        _int(place["position"]), str(place["recorded_at"]) if place["recorded_at"] else None, _int(place["behind"])
    )


def _int(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0


def _object(found: Row, field: str) -> Row:
    value = found[field]
    return value if isinstance(value, dict) else {}


def _objects(found: Row, field: str) -> list[tuple[str, Row]]:
    return [(name, one) for name, one in _object(found, field).items() if isinstance(one, dict)]


def _rows(found: Row, field: str) -> list[Row]:
    listed = found[field]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
