"""The names of the streams: one a plan, one an administration."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain.errors import NotFound
from domain.facts import PLAN
from domain.point import Point
from projections.store.append import Head
from projections.store.reader import Known, Reader

PLANS = "plan/"
ADMINISTRATIONS = "administration/"
REVIEWS = "review/"
DILIGENCES = "diligence/"
PROPOSALS = "proposals/"
OF_A_PLAN = frozenset({PLANS, REVIEWS, DILIGENCES, PROPOSALS})
"""What the names of the streams begin with that a plan has."""


def plan_stream(plan: str) -> str:
    """The stream of a plan."""
    return PLANS + plan


def administration_stream(administration: str) -> str:
    """The stream of an administration: its offices, its acts, the measurements of its series."""
    return ADMINISTRATIONS + administration


class PlanKnown(NamedTuple):
    """A plan as known at an instant: its streams, and the version of each then."""

    plan: str
    stream: str
    known: Known
    administration: str
    administration_stream: str
    administration_known: Known


def plan_is_there(reader: Reader, plan: str) -> bool:
    """Whether there is a plan of this id; one that was discarded as a draft is not."""
    stream = plan_stream(plan)
    version = reader.head(stream).version
    return bool(version) and not _discarded(reader, stream, version)


def discarded(reader: Reader, plan: PlanKnown) -> bool:
    """Whether a plan is, as it is known, a draft that was discarded."""
    return _discarded(reader, plan.stream, plan.known.version)


def _discarded(reader: Reader, stream: str, version: int) -> bool:
    """Whether the draft that a stream began with was discarded, and none took its place, as known at a version."""
    return 1 in reader.annulled(stream, version) and not reader.timelines(stream, version).entries(PLAN, "drafted_on")


def unknown_plan(plan: str) -> NotFound:
    """What is answered of a plan that is not there, and of one that is not for whoever asks: the same."""
    return NotFound(f"il piano {plan[:120]!r} non c'è", accepted="uno dell'elenco dei piani", where="plan")


def find_plan(
    reader: Reader, plan: str, known_at: datetime | None = None, *, even_discarded: bool = False
) -> PlanKnown:
    """The streams of a plan and their versions at an instant; NotFound when nothing was known of it then.

    A draft that was discarded is not found, but by whoever asks for the record itself.
    """
    stream = plan_stream(plan)
    known = reader.known(stream, known_at)
    if not known.version:
        if reader.head(stream).version:
            problem = f"del piano {plan} non si sapeva ancora nulla a quell'istante"
            raise NotFound(
                problem, accepted="una data successiva alla prima registrazione in «noto al»", where="known_at"
            )
        raise unknown_plan(plan)
    if not even_discarded and _discarded(reader, stream, known.version):
        problem = f"la bozza {plan} è stata scartata"
        accepted = "una data anteriore in «noto al»; il registro la mostra ancora"
        raise NotFound(problem, accepted=accepted, where="plan")
    # Whose plan it is was said when it was drafted, and never changes.
    administration = str(reader.only_value(stream, PLAN, "administration") or "")
    owner = administration_stream(administration)
    return PlanKnown(plan, stream, known, administration, owner, reader.known(owner, known_at))


def heads_now(reader: Reader, streams: Iterable[str], known_at: datetime | None) -> tuple[Head, ...] | None:
    """What is another as soon as one of these streams is another record, with as many events too; None for a past knowledge.

    A database that was restored, or a standby that took over, may give a version once more: the instants differ.
    """
    return tuple(reader.head(stream) for stream in streams) if known_at is None else None


def etag(reader: Reader, plan_known: PlanKnown, point: Point, *beside: int) -> str:
    """The identity of an answer about a plan: its date, the versions that it rests on, how much was redacted by then."""
    versions = (plan_known.known.version, plan_known.administration_known.version, *beside)
    return tag_of(reader, point, *versions)


def tag_of(reader: Reader, point: Point, *versions: int) -> str:
    """The identity of an answer: its date, the versions that it rests on, how much was redacted by then, if anything."""
    return tag_at(point.as_of, reader.redacted_texts(), *versions)


def tag_at(as_of: date, redacted: int, *versions: int) -> str:
    """The same, where it is known how many texts were redacted."""
    return ";".join([as_of.isoformat(), *map(str, versions), *([f"r{redacted}"] if redacted else [])])


def review_stream(plan: str) -> str:
    """The stream of what the OIV says of a plan, and of what it is answered."""
    return REVIEWS + plan


def diligence_stream(plan: str) -> str:
    """The stream of what the OIV opened of a plan."""
    return DILIGENCES + plan


def proposals_stream(plan: str) -> str:
    """The stream of what is proposed for a plan, and of what becomes of it."""
    return PROPOSALS + plan


def all_plans_of(reader: Reader, administration: str) -> list[str]:
    """Every plan that an administration ever drafted, in the order of entry, discarded ones as well."""
    return [stream.removeprefix(PLANS) for stream in reader.plans_of([administration])]


def plans_of(reader: Reader, administration: str) -> list[str]:
    """The plans of an administration that are there, in the order of entry."""
    return [plan for plan in all_plans_of(reader, administration) if plan_is_there(reader, plan)]


def find_administration(reader: Reader, administration: str, known_at: datetime | None) -> Known:
    """What is known of an administration at an instant; NotFound when nothing was."""
    stream = administration_stream(administration)
    known = reader.known(stream, known_at)
    if known.version:
        return known
    if reader.head(stream).version:
        problem = f"dell'amministrazione {administration} non si sapeva ancora nulla a quell'istante"
        raise NotFound(problem, accepted="una data successiva alla prima registrazione in «noto al»", where="known_at")
    raise unknown_administration(
        administration, [name.removeprefix(ADMINISTRATIONS) for name in reader.streams(ADMINISTRATIONS)]
    )


def unknown_administration(administration: str, told: Sequence[str]) -> NotFound:
    """What is answered of an administration that is not there, and of one of which whoever asks is not told: the same."""
    accepted = f"una fra: {', '.join(told[:20]) or 'nessuna'}"
    return NotFound(f"l'amministrazione {administration[:120]!r} non c'è", accepted=accepted, where="administration")
