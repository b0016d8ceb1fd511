"""The rules of proposals: what may still become of one, on which day, by which act, by whom."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from domain.acts.decide import CONFIRMED
from domain.acts.model import Act
from domain.errors import ActDateDoubtful, AlreadyThere, NotFound, OutsidePlan, Refusal, VersionOutdated
from domain.proposals.events import (
    ProposalAmended,
    ProposalCommented,
    ProposalDrafted,
    ProposalEnacted,
    ProposalOpinionAsked,
    ProposalRejected,
    ProposalSubmitted,
    ProposalWithdrawn,
    VersionSpan,
)
from domain.proposals.life import ProposalLife, ProposalOpinion
from domain.proposals.status import OPEN, STATUS_NAMES
from domain.recording import Recorded

Lives = Mapping[str, ProposalLife]
"""The proposals of a plan, by id."""


class ProposalClosed(Refusal):
    """A proposal that was withdrawn, rejected or enacted: nothing more becomes of it."""

    name = "proposal_closed"
    title = "Proposta chiusa"


class ProposalNotSubmitted(Refusal):
    """What is done only to a proposal that was submitted as it stands."""

    name = "proposal_not_submitted"
    title = "Proposta non presentata"


class ProposalStale(Refusal):
    """The plan moved since a proposal was submitted, or its effects are no longer those that were shown: the list says what."""

    name = "proposal_stale"
    title = "Proposta superata"


class ProposalRedacted(Refusal):
    """A proposal whose change file was redacted by order: what it would change nobody can read."""

    name = "proposal_redacted"
    title = "Testo della proposta oscurato"


class ProposalsOpen(Refusal):
    """A draft plan of which changes are still proposed, and so is not discarded: the list says which proposals are open."""

    name = "proposals_open"
    title = "Proposte ancora aperte"


class ActReused(Refusal):
    """An act that decided something else already, or the number of one of another date: nobody said that it is meant."""

    name = "act_reused"
    title = "Atto già usato"


class OpinionAwaited(Refusal):
    """An act would enact a proposal on which the OIV was asked, and still has time to answer: nobody said that it is meant."""

    name = "opinion_awaited"
    title = "Parere dell'OIV ancora atteso"


class FileCounts(NamedTuple):
    """How much a change file holds, and the digest of the workbook that it was made of."""

    changes: int
    measurements: int
    statuses: int
    sha256: str | None = None


def proposal_named(proposals: Lives, name: str) -> ProposalLife:
    """The proposal of that name; NotFound with those that there are."""
    if name not in proposals:
        accepted = f"una fra: {', '.join([*proposals][:20]) or 'nessuna finora'}"
        raise NotFound(f"la proposta {name[:120]!r} non c'è", accepted=accepted, where="proposal")
    return proposals[name]


def require_proposal(proposals: Lives, name: str, day: date, *, opinion: bool, where: str = "about") -> None:
    """Refuses to speak of a proposal that is not there, or was not there yet on a day; an opinion is on what waits for one.

    An opinion is given from the submission of the text on, and until the proposal is decided or withdrawn: what comes
    after that was seen by nobody who decided.
    """
    if name not in proposals:
        accepted = f"una fra: {', '.join(f'proposal/{each}' for each in [*proposals][:20]) or 'nessuna finora'}"
        raise NotFound(f"la proposta {name!r} non c'è", accepted=accepted, where=where)
    life = proposals[name]
    since, verb = (life.submitted_on, "presentata") if opinion else (life.records[0].effective_on, "redatta")
    if since is None:
        changed = "è stata modificata dopo la presentazione" if life.submission else "è una bozza"
        raise ProposalNotSubmitted(
            f"la proposta {name} {changed}", accepted="un parere dopo che è presentata", where=where
        )
    until = life.closed_on if opinion else None
    if day < since:
        raise OutsidePlan(
            f"la proposta {name} è stata {verb} il {since:%d/%m/%Y}, dopo il {day:%d/%m/%Y}",
            accepted=f"una data dal {since:%d/%m/%Y}" + (f" al {until:%d/%m/%Y}" if until else ""),
            where="on",
        )
    if until is not None and day > until:
        raise ProposalClosed(
            f"la proposta {name} è {STATUS_NAMES[life.status]} dal {until:%d/%m/%Y}: un parere del {day:%d/%m/%Y} "
            "non l'ha potuto vedere nessuno",
            accepted=f"un parere con una data dal {since:%d/%m/%Y} al {until:%d/%m/%Y}; oppure un rilievo",
            where="on",
        )


def require_none_open(proposals: Lives) -> None:
    """Refuses to discard a draft plan of which changes are still proposed: another plan of its id would be taken for theirs."""
    waiting = [life for life in proposals.values() if life.status in OPEN]
    if waiting:
        raise ProposalsOpen(
            "per la bozza ci sono proposte ancora aperte",
            accepted="prima il ritiro (o il rigetto) di ciascuna",
            where="plan",
            listed=tuple(f"{life.proposal}: {STATUS_NAMES[life.status]}" for life in waiting),
        )


def day_of_event(life: ProposalLife | None, stated: date | None, today: date) -> date:
    """The day of what is done to a proposal, today when it is not stated; never in the future, nor before its last event."""
    if stated is not None and stated > today:
        accepted = f"una data fino al {today:%d/%m/%Y}"
        raise OutsidePlan(f"il {stated:%d/%m/%Y} è nel futuro", accepted=accepted, where="on")
    if life is None:
        return stated or today
    if stated is not None and stated < life.last_day:
        accepted = f"una data dal {life.last_day:%d/%m/%Y}"
        raise OutsidePlan(
            f"il {stated:%d/%m/%Y} viene prima di ciò che ne è già registrato", accepted=accepted, where="on"
        )
    return stated or max(today, life.last_day)


def drafted(proposals: Lives, name: str | None, file: FileCounts) -> ProposalDrafted:
    """Refused under a name that is taken; numbered where it has none."""
    if name is not None and name in proposals:
        raise AlreadyThere(f"la proposta {name} c'è già", accepted="un altro identificativo", where="proposal")
    number = len(proposals) + 1
    while name is None:
        candidate = f"proposta-{number}"
        name, number = (None if candidate in proposals else candidate), number + 1
    return ProposalDrafted(proposal=name, **file._asdict())


def amended(life: ProposalLife, file: FileCounts) -> ProposalAmended:
    """Refused once it is closed."""
    _require_open(life)
    return ProposalAmended(proposal=life.proposal, **file._asdict())


def submitted(life: ProposalLife, as_of: date, versions: tuple[int, int], years: Collection[int]) -> ProposalSubmitted:
    """Refused once it is closed; `versions` are those of the plan and of its administration that the effects rest on."""
    _require_open(life)
    plan, administration = versions
    return ProposalSubmitted(
        proposal=life.proposal,
        text=life.text.version,
        as_of=as_of,
        plan_version=plan,
        administration_version=administration,
        years=tuple(sorted(years)),
    )


def commented(life: ProposalLife) -> ProposalCommented:
    """Refused once it is closed; comments are numbered."""
    _require_open(life)
    number = sum(isinstance(record.event, ProposalCommented) for record in life.records) + 1
    return ProposalCommented(proposal=life.proposal, comment=f"commento-{number}")


def opinion_asked(life: ProposalLife, due: date | None, day: date) -> ProposalOpinionAsked:
    """Refused unless it is submitted as it stands, or due before it is asked."""
    _require_submitted(life)
    if due is not None and due < day:
        raise OutsidePlan(f"il {due:%d/%m/%Y} è già passato", accepted=f"una data dal {day:%d/%m/%Y}", where="due")
    return ProposalOpinionAsked(proposal=life.proposal, due=due)


def withdrawn(life: ProposalLife) -> ProposalWithdrawn:
    """Refused once it is closed."""
    _require_open(life)
    return ProposalWithdrawn(proposal=life.proposal)


def rejected(life: ProposalLife) -> ProposalRejected:
    """Refused unless it is submitted as it stands."""
    record, _ = _require_submitted(life)
    return ProposalRejected(proposal=life.proposal, submission=record.version)


def submission_to_enact(life: ProposalLife, seen: int | None) -> tuple[Recorded, ProposalSubmitted]:
    """The submission that is enacted: the latest, of the text as it stands, and the one that was seen where that is said."""
    record, event = _require_submitted(life)
    if seen is not None and seen != record.version:
        found = f"la proposta {life.proposal} è stata presentata di nuovo (versione {record.version}), chi adotta ha visto la {seen}"
        raise VersionOutdated(found, accepted="rileggerla e riprovare", where="submission")
    return record, event


def enacted(life: ProposalLife, plan: VersionSpan | None, administration: VersionSpan | None) -> ProposalEnacted:
    """The enactment, with the versions that it made."""
    record, _ = _require_submitted(life)
    return ProposalEnacted(
        proposal=life.proposal,
        submission=record.version,
        plan_versions=plan,
        administration_versions=administration,
    )


def require_act_after_text(life: ProposalLife, act: Act) -> None:
    """Refuses an act from before the text that it would decide was written, until its date is confirmed: it may be a slip."""
    written = life.text.effective_on
    if act.date_confirmed or act.date >= written:
        return
    verb = "redatta" if len(life.texts) == 1 else "modificata"
    raise ActDateDoubtful(
        f"l'atto è datato {act.date:%d/%m/%Y}, la proposta {life.proposal} è stata {verb} il {written:%d/%m/%Y}",
        accepted=CONFIRMED,
        where="act",
    )


def require_act_unused(
    act: Act, decided: Collection[str], registered: Collection[Act], *, meant: bool, said: str = "«stesso atto»"
) -> None:
    """Refuses an act that decided something else already, or whose number an act of another date of that year has.

    `decided` says in words what is recorded by it; `registered` are the acts of the administration;
    `said` is how whoever asks says that it is meant.
    """
    if meant:
        return
    listed = [*decided]
    listed += [
        f"{other}: stesso organo e stesso numero, altra data"
        for other in registered
        if act.number and other.id != act.id and other.date.year == act.date.year and _numbered_alike(act, other)
    ]
    if listed:
        raise ActReused(
            f"{act} ha già deciso altro, o un altro atto ha quel numero",
            accepted=f"l'atto giusto; oppure {said}, se è proprio lo stesso",
            where="act",
            listed=tuple(listed[:20]),
        )


def require_opinion_not_awaited(
    life: ProposalLife, opinions: Collection[ProposalOpinion], act: Act, *, meant: bool
) -> None:
    """Refuses to enact before the OIV has spoken of this text, while the time that it was given still runs."""
    if meant or life.asked is None or any(not opinion.on_earlier_text for opinion in opinions):
        return
    due = life.asked[1].due
    if due is None or act.date <= due:
        until = f"entro il {due:%d/%m/%Y}" if due else "senza un termine"
        raise OpinionAwaited(
            f"sulla proposta {life.proposal} si aspetta il parere dell'OIV, chiesto {until}, e l'atto è del "
            f"{act.date:%d/%m/%Y}",
            accepted="il parere, o il termine passato; oppure «senza attendere il parere», se l'organo decide prima",
            where="before_opinion",
        )


def _numbered_alike(act: Act, other: Act) -> bool:
    return act.identity[:3] == other.identity[:3] and act.date != other.date


def _require_open(life: ProposalLife) -> None:
    if life.status not in OPEN:
        last = life.records[-1]
        by = f", con {last.act}" if last.act else ""
        raise ProposalClosed(
            f"la proposta {life.proposal} è già {STATUS_NAMES[life.status]}, dal {last.effective_on:%d/%m/%Y}{by}",
            accepted="una proposta aperta, o una nuova",
            where="proposal",
        )


def _require_submitted(life: ProposalLife) -> tuple[Recorded, ProposalSubmitted]:
    _require_open(life)
    submission = life.submission
    if life.status != "submitted" or submission is None:
        changed = "è stata modificata dopo la presentazione" if submission else "è ancora una bozza"
        raise ProposalNotSubmitted(
            f"la proposta {life.proposal} {changed}", accepted="prima presentarla così com'è", where="proposal"
        )
    return submission
