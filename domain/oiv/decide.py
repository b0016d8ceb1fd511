"""The rules of the OIV's acts: what they speak of is there, what they answer was asked, a draw can be repeated."""

import hashlib
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

from domain.errors import AlreadyThere, NoChange, NotFound, OutsidePlan
from domain.oiv.commands import AnswerFlag, DrawSample, GiveAnswer, GiveOpinion, MakeRemark, MakeRequest, ValidateReport
from domain.oiv.events import (
    AnswerGiven,
    FlagAnswered,
    OpinionGiven,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.plans.decide import require_plan_year
from domain.plans.state import PlanState
from domain.proposals.decide import Lives, require_proposal
from domain.timelines import Timelines

NO_PROPOSALS: Lives = MappingProxyType({})
OFTEN = {"opinion": "parere", "remark": "rilievo", "request": "richiesta", "answer": "risposta", "sample": "campione"}


def day_of(stated: date | None, today: date) -> date:
    """The day of what is said, today when it is not stated; nobody has said anything on a day to come."""
    if stated is not None and stated > today:
        accepted = f"una data fino al {today:%d/%m/%Y}"
        raise OutsidePlan(f"il {stated:%d/%m/%Y} è nel futuro", accepted=accepted, where="on")
    return stated or today


def opinion(
    review: Timelines, state: PlanState, head: int, command: GiveOpinion, proposals: Lives = NO_PROPOSALS
) -> OpinionGiven:
    """Refused when it is about what is not in the plan, or about a proposal that did not wait for a decision that day."""
    _there(state, head, command.about, command.versions, proposals, opinion=True)
    name = _named(review, "opinion", command.opinion)
    return OpinionGiven(
        opinion=name,
        judgement=command.judgement,
        about=command.about,
        versions=command.versions,
        year=command.year,
    )


def remark(
    review: Timelines, state: PlanState, head: int, command: MakeRemark, proposals: Lives = NO_PROPOSALS
) -> RemarkMade:
    """Refused when it is about what is not in the plan."""
    _there(state, head, command.about, command.versions, proposals)
    return RemarkMade(remark=_named(review, "remark", command.remark), about=command.about, versions=command.versions)


def request(
    review: Timelines, state: PlanState, head: int, command: MakeRequest, proposals: Lives = NO_PROPOSALS
) -> RequestMade:
    """Refused when it is about what is not in the plan, or due before it is made."""
    _there(state, head, command.about, command.versions, proposals)
    if command.due is not None and command.due < state.on:
        raise OutsidePlan(f"la scadenza {command.due:%d/%m/%Y} è già passata", accepted="una data futura", where="due")
    return RequestMade(
        request=_named(review, "request", command.request),
        about=command.about,
        versions=command.versions,
        due=command.due,
    )


def answer_remark(review: Timelines, command: GiveAnswer) -> AnswerGiven:
    """Refused when nothing of that name was remarked or asked."""
    if not (review.known(f"remark/{command.to}") or review.known(f"request/{command.to}")):
        there = [key.partition("/")[2] for kind in ("remark/", "request/") for key in review.objects(kind)]
        accepted = f"uno fra: {', '.join(there[:20]) or 'nessuno finora'}"
        raise NotFound(f"non c'è un rilievo o una richiesta {command.to!r}", accepted=accepted, where="to")
    return AnswerGiven(answer=_named(review, "answer", command.answer), to=command.to)


def validation(review: Timelines, state: PlanState, command: ValidateReport) -> ReportValidated | ReportNotValidated:
    """Refused for a year outside the plan or not ended, or when the same was said already."""
    require_plan_year(state, command.year)
    if state.on.year <= command.year:
        accepted = f"una data dal 01/01/{command.year + 1} in poi"
        raise OutsidePlan(f"l'anno {command.year} non è ancora finito", accepted=accepted, where="year")
    entries = review.entries("report", f"validated/{command.year}")
    if entries and entries[-1].value is command.validated:
        raise NoChange(f"per la relazione {command.year} l'OIV si è già espresso così", accepted="l'esito opposto")
    outcome = ReportValidated if command.validated else ReportNotValidated
    return outcome(year=command.year, sha256=command.sha256)


def flag_answer(raised: Sequence[str], command: AnswerFlag) -> FlagAnswered:
    """Refused when no such flag is raised."""
    if command.flag not in raised:
        accepted = f"una fra: {', '.join(raised[:20]) or 'nessuna segnalazione'}"
        raise NotFound(f"la segnalazione {command.flag!r} non c'è", accepted=accepted, where="flag")
    return FlagAnswered(flag=command.flag, rule=command.flag.partition("/")[0])


def sample(review: Timelines, population: Sequence[str], known: int, command: DrawSample, seed: str) -> SampleDrawn:
    """Refused when there is nothing to draw from; a sample larger than the population is all of it.

    `population` names each measurement as "series newline period newline version"; `known` is the version of the
    administration's stream that it was read at.
    """
    if not population:
        raise NotFound(f"nel {command.year} non c'è nessuna misurazione da estrarre", where="year")
    drawn = draw(population, seed, command.size)
    return SampleDrawn(
        sample=_named(review, "sample", command.sample),
        year=command.year,
        seed=seed,
        known=known,
        population=len(population),
        drawn=tuple(drawn),
    )


def draw(population: Sequence[str], seed: str, size: int) -> list[str]:
    """The same measurements for the same seed: the first of their ranking."""
    return [measurement for _, measurement in ranking(population, seed)[:size]]


def ranking(population: Sequence[str], seed: str) -> list[tuple[str, str]]:
    """The population in the order of a draw: by SHA-256(seed newline measurement), in hexadecimal, lowest first."""
    ranked = sorted(
        (hashlib.sha256(f"{seed}\n{measurement}".encode()).hexdigest(), measurement) for measurement in population
    )
    return [(digest, measurement.replace("\n", " ")) for digest, measurement in ranked]


def _there(
    state: PlanState,
    head: int,
    about: str,
    versions: Sequence[int],
    proposals: Lives,
    *,
    opinion: bool = False,
) -> None:
    kind, _, id_ = about.partition("/")
    if kind == "proposal":
        require_proposal(proposals, id_, state.on, opinion=opinion)
    if kind in {"objective", "indicator"} and not state.timelines.known(about):
        raise NotFound(f"{about} non è nel piano", accepted="obiettivo/ID oppure indicatore/ID", where="about")
    for version in versions:
        if version > head:
            raise NotFound(f"l'evento {version} non c'è", accepted=f"da 1 a {head}", where="versions")


def _named(review: Timelines, kind: str, name: str | None) -> str:
    if name is None:
        return f"{OFTEN[kind]}-{len(review.objects(f'{kind}/')) + 1}"
    if review.known(f"{kind}/{name}"):
        raise AlreadyThere(f"{OFTEN[kind]} {name} c'è già", accepted="un altro identificativo", where=kind)
    return name
