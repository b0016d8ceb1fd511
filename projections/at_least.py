"""The versions that an answer must know of at the least: what whoever asks has recorded, or has seen."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.access.decide import ACCOUNTS
from domain.access.principal import Principal
from domain.facts import PLAN
from domain.library.decide import LIBRARY
from domain.point import Point
from projections.plans import may_read_plan, sees_administration
from projections.store.reader import Reader
from projections.streams import (
    ADMINISTRATIONS,
    DILIGENCES,
    PLANS,
    PROPOSALS,
    REVIEWS,
    administration_stream,
    plan_stream,
)

if TYPE_CHECKING:
    from domain.access.roles import Permission

_READ_BY: "dict[str, Permission]" = {
    PLANS: "read_plan",
    PROPOSALS: "read_proposals",
    REVIEWS: "read_oversight",
    DILIGENCES: "read_oversight",
}
"""Who may know of the streams of a plan that may be read, by what their names begin with."""


class AtLeast(NamedTuple):
    """Streams, each with a version; and of the administration of a plan, whose stream is named, the version of that."""

    streams: tuple[tuple[str, int], ...] = ()
    of_owners: tuple[tuple[str, int], ...] = ()

    def missing(self, reader: Reader) -> str:
        """The first that a snapshot does not hold, in words; empty where it holds all."""
        for stream, version in self.streams:
            if missing := _missing(reader, stream, version):
                return missing
        for plan, version in self.of_owners:
            owner = reader.only_value(plan, PLAN, "administration")
            if missing := _missing(reader, administration_stream(str(owner)), version):
                return missing
        return ""


class AtLeastToldTo(NamedTuple):
    """The same, as somebody says it: of a stream that is not for them they learn nothing, not even whether it is there."""

    versions: AtLeast
    asker: Principal
    today: date

    def missing(self, reader: Reader) -> str:
        """The first that a snapshot does not hold, or that whoever asks may not know of, in words; empty where it holds all."""
        for stream, _ in self.versions.streams:
            if not reader.head(stream).version or not may_know_of(reader, stream, self.asker, self.today):
                return f"di {stream} non risulta nulla a chi chiede"
        return self.versions.missing(reader)


def may_know_of(reader: Reader, stream: str, asker: Principal, today: date) -> bool:
    """Whether somebody may know how far a stream has come."""
    if asker.is_machine or stream == LIBRARY:
        return True
    if stream.startswith(ADMINISTRATIONS):
        return sees_administration(reader, stream.removeprefix(ADMINISTRATIONS), asker, Point(today))
    kind, _, plan = stream.partition("/")
    permission = _READ_BY.get(f"{kind}/")
    if permission is None:
        return asker.may("read_accounts" if stream == ACCOUNTS else "read_record", None)
    owner = reader.only_value(plan_stream(plan), PLAN, "administration")
    return asker.may(permission, str(owner)) and may_read_plan(reader, plan, asker, Point(today))


def _missing(reader: Reader, stream: str, version: int) -> str:
    head = reader.head(stream).version
    return "" if head >= version else f"{stream} è alla versione {head}, se ne chiede almeno la {version}"
