"""What became of an enactment whose events were annulled since: it was enacted all the same, and no longer counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.administrations.events import ActCompleted, ActRegistered, LayoutRemembered, OfficeEvent
from domain.annulments.events import EventsAnnulled
from domain.facts import ANNULLED, PLAN
from domain.proposals.life import ProposalLife, made_in
from domain.recording import Recorded
from domain.timelines import Timelines, annulled

BESIDE = (ActRegistered, ActCompleted, LayoutRemembered, OfficeEvent, EventsAnnulled)
"""What an enactment enters on the way: acts and offices stay where what they came with is left out."""
SEALS = ("approved/", "closed/")


class NoLongerCounting(NamedTuple):
    """What counts no more of a stream: each version, and the version of what annulled it."""

    by: Mapping[int, int]

    def within(self, span: tuple[int, int] | None) -> dict[int, int]:
        """Of the versions of one append."""
        return {version: by for version, by in self.by.items() if made_in(span, version)}


class EnactmentAnnulled(NamedTuple):
    """The annulment of an enactment: `whole`, or of some of what it recorded; `versions` are those of the plan.

    `last` is what annulled it, the latest where there were several.
    """

    last: Recorded
    versions: tuple[int, ...]
    whole: bool


def left_out_of(annulments: Mapping[int, Sequence[int]], known: int, plan: Timelines | None = None) -> NoLongerCounting:
    """What was annulled of a stream, as known at a version; of a plan, the approvals and closings too that another act annulled."""
    by: dict[int, int] = {}
    gone = annulled(annulments, known)
    for version in sorted(annulments):
        if version <= known and version not in gone:
            by |= dict.fromkeys(annulments[version], version)
    for field, entries in plan.fields(PLAN).items() if plan is not None else ():
        if field.startswith(SEALS):
            for entry in entries:
                if entry.value == ANNULLED:
                    sealed = [e.version for e in entries if e.version < entry.version and e.value != ANNULLED]
                    by |= dict.fromkeys(sealed[-1:], entry.version)
    return NoLongerCounting(by)


def enactment_annulled(
    life: ProposalLife,
    plan: NoLongerCounting,
    administration: NoLongerCounting,
    recorded: Mapping[str, Iterable[Recorded]],
) -> EnactmentAnnulled | None:
    """What annulled an enactment; None where it counts, or was put right by a correction.

    `recorded` are, by "plan" and "administration", what it recorded and what annulled it.
    """
    if life.enactment is None:
        return None
    _, event = life.enactment
    brought: list[tuple[str, Recorded]] = []
    left_out: list[Recorded] = []
    versions: list[int] = []
    for stream, span, gone in (
        ("plan", event.plan_versions, plan),
        ("administration", event.administration_versions, administration),
    ):
        records = {record.version: record for record in recorded.get(stream, ())}
        mine = [r for r in records.values() if made_in(span, r.version) and not isinstance(r.event, BESIDE)]
        brought += [(stream, record) for record in mine]
        for record in mine:
            by = records.get(gone.by.get(record.version, 0))
            if by is None or (
                isinstance(by.event, EventsAnnulled) and by.event.reason in {"corrected", "dated_by_act"}
            ):
                continue
            left_out.append(by)
            versions += [record.version] if stream == "plan" else []
    if not left_out:
        return None
    last = max(left_out, key=lambda record: (record.recorded_at, record.version))
    return EnactmentAnnulled(last, tuple(sorted(versions)), len(left_out) == len(brought))
