"""The command that keeps the tables of the questions across administrations up to the record: follow."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from typing import NamedTuple

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.across import up_to
from api.cli.frame import TranslatedCommand
from api.cli.words import counted
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from domain.errors import Refusal, StoreBusy
from projections.across.follower import catch_up
from projections.across.follower import follow as follow_on
from projections.across.leader_lock import leading
from projections.across.view import Followed, followed
from projections.store.failures import read_only
from projections.store.store import Store


class FollowedElsewhere(Refusal):
    """Another process leads: one at a time follows the record."""

    name = "followed_elsewhere"
    title = "Un altro processo tiene dietro al registro"


def _follow(*, once: bool, database: str | None, as_json: bool) -> None:
    """Follows the record until it is told to stop, or as far as it goes now; a database that is away is waited for."""
    with stopping() as stopped:
        while (far := _followed(database, stopped, once=once)) is None:
            stopped.wait(StoreBusy.retry_after)
    if as_json:
        output.emit({"events": far.events, **far.reached})
    else:
        output.show(Text(f"Seguiti {counted(far.events, 'evento', 'eventi')}. {up_to(far.reached)}"))


class _Far(NamedTuple):
    """How many events were caught up with, and how far the follower has come."""

    events: int
    reached: Followed


def _followed(database: str | None, stopped: Signal, *, once: bool) -> _Far | None:
    """How far it went; None when the database went away, and is to be asked again."""
    try:
        with session.serving(database) as service:
            store = service.store
            with store.reading() as reader:
                is_standby = store.datastore.replication_state(reader.cursor).is_standby
            if is_standby and once:
                raise read_only()
            if is_standby:
                output.note(
                    "L'archivio è una replica: tiene dietro al registro chi vi scrive. Si aspetta che sia promossa; Ctrl+C per finire."
                )
            elif not once:
                output.note("In attesa di poter tenere dietro al registro. Ctrl+C per finire.")
            with leading(store, lambda: not once and not stopped.is_set()) as lead:
                if lead is None and is_standby:
                    return _Far(0, _reached(store))
                if lead is None:
                    raise FollowedElsewhere(
                        "un altro processo tiene già dietro al registro", accepted="riprovare più tardi"
                    )
                events = catch_up(store, _progress)
                if not once:
                    output.note("Al passo col registro.")
                    follow_on(store, stopped, lead)
            return _Far(events, _reached(store))
    except StoreBusy as error:
        if once or stopped.is_set():
            raise
        output.note(f"{error.problem.found}. Si riprova.")
        return None


def _reached(store: Store) -> Followed:
    with store.reading() as reader:
        return followed(reader)


def _progress(done: int, total: int) -> None:
    """A line that grows on a terminal; elsewhere nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} eventi seguiti di {total}" + ("\n" if done == total else ""))
        sys.stderr.flush()


@contextmanager
def stopping() -> Iterator[Signal]:
    """Is set when the process is asked to end: the step that is under way is finished first."""
    stopped = Signal()
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


COMMANDS: dict[str, click.Command] = {
    "follow": TranslatedCommand(
        "follow",
        help=row_named(UPKEEP, "follow", Operation).description,
        params=[o.switch("--once", "Si mette al passo e finisce."), o.DATABASE, o.AS_JSON],
        callback=_follow,
    )
}
