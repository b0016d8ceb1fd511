"""What is proposed for a plan, and what became of it: the list with its counts, and one proposal with its whole life."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple, get_args

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from domain.oiv.events import JUDGEMENT_WORDS, Judgement
from domain.point import Point, today
from domain.proposals.annulled import EnactmentAnnulled, NoLongerCounting, enactment_annulled, left_out_of
from domain.proposals.decide import proposal_named
from domain.proposals.events import ProposalEnacted, ProposalSubmitted, SeparationWaived, proposal_key
from domain.proposals.life import ProposalLife, ProposalOpinion, lives, opinions_on_proposal
from domain.proposals.status import ProposalStatus
from domain.recording import Recorded
from domain.vocabulary import Identifier, JsonValue, Year
from projections.answers import Count, Day, Instant, Name, OfPlan, Text, Version
from projections.audit import names_of
from projections.proof.redactions import Redaction, redactions
from projections.proposal_effects import EffectsShown, Foreseen, effects_kept, oiv_time
from projections.reviews import Words
from projections.roles import role_of
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, proposals_stream, review_stream

STATUSES: tuple[ProposalStatus, ...] = get_args(ProposalStatus)


class ProposalCounts(TypedDict):
    """Quante proposte, per esito."""

    draft: Count
    submitted: Count
    withdrawn: Count
    rejected: Count
    enacted: Count


class AnnulledEnactment(TypedDict):
    """L'annullamento di ciò che un'adozione ha registrato: tutto (`whole`), o gli eventi del piano elencati."""

    on: Annotated[Day, Field(description="La data dell'atto che annulla; senza un atto, quella in cui è registrato.")]
    act: Identifier | None
    whole: bool
    versions: Annotated[list[Version], Field(description="Gli eventi del piano che non contano più.")]
    stream: Name
    version: Annotated[Version, Field(description="L'evento che annulla, nel flusso indicato.")]


class ProposalRow(TypedDict):
    """Una proposta, in breve; `version` è quella del suo ultimo evento.

    Un'adozione annullata resta un'adozione: `annulled` dice quando e da che cosa fu annullata.
    """

    proposal: Identifier
    title: Text | None
    status: ProposalStatus
    changes: Count
    years: list[Year]
    drafted_on: Day
    last_on: Day
    act: Identifier | None
    annulled: AnnulledEnactment | None
    opinion_due: Day | None
    opinions: Count
    version: Version


class ProposalList(OfPlan):
    """Le proposte di un piano, e quante per esito; i conteggi sono di tutte, anche dove se ne elencano alcune."""

    counts: ProposalCounts
    annulled: Annotated[Count, Field(description="Quante fra le adottate sono state poi annullate.")]
    proposals: list[ProposalRow]


class ProposalLifeEvent(TypedDict):
    """Un evento della vita di una proposta."""

    version: Version
    event: Name
    sentence: Text
    on: Day
    recorded_at: Instant
    actor: Name
    role: Name
    act: Identifier | None
    justification: Text | None
    words: Words | None
    redaction: Redaction | None
    body: dict[str, JsonValue]


class OpinionOnProposal(TypedDict):
    """Un parere dell'OIV sulla proposta; tardivo dopo la scadenza, sul testo di prima se poi fu modificata.

    `recorded_late` se la sua data è entro la scadenza, ed è stato registrato dopo.
    """

    opinion: Identifier
    judgement: Judgement
    judgement_words: Text
    on: Day
    recorded_at: Instant
    due: Day | None
    late: bool
    recorded_late: bool
    on_earlier_text: bool
    words: Words | None
    redaction: Redaction | None
    version: Version


class SubmissionShown(TypedDict):
    """Una presentazione, con gli effetti com'erano mostrati; `current` se è del testo com'è ora."""

    version: Version
    on: Day
    as_of: Day
    text: Version
    plan_version: Version
    administration_version: Version
    years: list[Year]
    current: bool
    effects: Annotated[EffectsShown | None, Field(description="Null se il testo è stato oscurato.")]


class EnactmentShown(TypedDict):
    """L'adozione: l'atto, gli eventi che ha registrato, gli effetti mostrati allora."""

    version: Version
    on: Day
    act: Identifier
    plan_versions: list[Version] | None
    administration_versions: list[Version] | None
    effects: Annotated[EffectsShown | None, Field(description="Null se il testo è stato oscurato.")]


class WaiverRow(TypedDict):
    """Un'eccezione alla separazione dei compiti, col suo perché."""

    rule: Name
    about: Name
    what: Text
    on: Day
    actor: Name
    words: Words | None
    redaction: Redaction | None
    version: Version


class Staleness(TypedDict):
    """Se la proposta si può ancora adottare come fu presentata, e che cosa collide se no."""

    stale: bool
    listed: list[Text]


class ProposalWhole(ProposalRow):
    """Una proposta con tutta la sua vita: il file di modifiche, gli effetti mostrati, i pareri, i commenti, l'esito."""

    plan: Identifier
    as_of: Day
    drafters: list[Name]
    file: Annotated[dict[str, JsonValue] | None, Field(description="Il file di modifiche; null se è stato oscurato.")]
    redaction: Redaction | None
    submissions: list[SubmissionShown]
    opinions_given: list[OpinionOnProposal]
    enactment: EnactmentShown | None
    separation_waived: list[WaiverRow]
    events: list[ProposalLifeEvent]
    staleness: Annotated[
        Staleness | None, Field(description="Di una proposta presentata, come è noto adesso; null di ogni altra.")
    ]


class ProposalsKnown(NamedTuple):
    """What is known at a point of what was proposed for a plan, and of what the OIV said.

    `records` hold by the date that is asked about, `everything` is known whatever its date; `stream` is that of both.
    `left_out` are what counts no more of the plan, and of its administration.
    Texts are read when they are asked for: a change file, or effects as they were shown, may be large.
    """

    reader: Reader
    known: PlanKnown
    point: Point
    left_out: tuple[NoLongerCounting, NoLongerCounting]
    stream: str
    everything: list[Recorded]
    records: list[Recorded]
    reviews: list[Recorded]
    removed: Mapping[str, Redaction]

    def lives(self) -> dict[str, ProposalLife]:
        """Every proposal."""
        return lives(self.records)

    def text(self, digest: str | None) -> str | None:
        """The words that an event names by digest; None where there are none, or they were removed."""
        return self.reader.texts([digest], self.stream).get(digest or "")

    def opinions(self, life: ProposalLife) -> list[ProposalOpinion]:
        """What the OIV said of a proposal."""
        return opinions_on_proposal(life, self.reviews)

    def annulled(self, life: ProposalLife) -> EnactmentAnnulled | None:
        """The annulment of what its enactment recorded."""
        if life.enactment is None:
            return None
        event, (plan, administration) = life.enactment[1], self.left_out
        if not plan.within(event.plan_versions) and not administration.within(event.administration_versions):
            return None
        recorded: dict[str, list[Recorded]] = {}
        for name, stream, span, gone in (
            ("plan", self.known.stream, event.plan_versions, plan),
            ("administration", self.known.administration_stream, event.administration_versions, administration),
        ):
            mine = range(span[0], span[1] + 1) if span else range(0)
            recorded[name] = self.reader.records(stream, [*mine, *gone.within(span).values()])
        return enactment_annulled(life, plan, administration, recorded)

    def waivers(self) -> list[tuple[Recorded, SeparationWaived]]:
        """The exceptions to the separation of duties, of proposals and of validations."""
        both = (*self.records, *self.reviews)
        return [(record, record.event) for record in both if isinstance(record.event, SeparationWaived)]


def proposals_known(reader: Reader, plan: str, point: Point) -> ProposalsKnown:
    """Reads it all."""
    streams = (proposals_stream(plan), review_stream(plan))
    everything, reviewed = (
        reader.records(stream, upto=reader.known(stream, point.known_at).version) for stream in streams
    )
    records, reviews = (
        [record for record in recorded if record.effective_on <= point.as_of] for recorded in (everything, reviewed)
    )
    known = find_plan(reader, plan, point.known_at)
    left_out = NoLongerCounting({}), NoLongerCounting({})
    if any(isinstance(record.event, ProposalEnacted) for record in records):
        version, owned = known.known.version, known.administration_known.version
        left_out = (
            left_out_of(reader.annulments(known.stream), version, reader.timelines(known.stream, version)),
            left_out_of(reader.annulments(known.administration_stream), owned),
        )
    removed = redactions(reader, streams)
    return ProposalsKnown(reader, known, point, left_out, streams[0], everything, records, reviews, removed)


def annulled_on(annulment: EnactmentAnnulled) -> date:
    """The day of the act that annulled an enactment; of what was recorded by mistake, the one on which that was said."""
    return annulment.last.effective_on if annulment.last.act else today(annulment.last.recorded_at)


def proposal_counts(proposals: Mapping[str, ProposalLife]) -> ProposalCounts:
    """How many proposals came to what."""
    counted = Counter(life.status for life in proposals.values())
    return {
        "draft": counted["draft"],
        "submitted": counted["submitted"],
        "withdrawn": counted["withdrawn"],
        "rejected": counted["rejected"],
        "enacted": counted["enacted"],
    }


def proposal_titles(reader: Reader, plan: str) -> dict[str, str]:
    """How the proposals of a plan are called, by object; what was redacted has no title."""
    stream = proposals_stream(plan)
    life_of = lives(reader.records(stream))
    texts = reader.texts([life.title for life in life_of.values()], stream)
    return {proposal_key(name): title for name, life in life_of.items() if (title := texts.get(life.title or ""))}


def proposal_list(reader: Reader, plan: str, point: Point, status: ProposalStatus | None = None) -> ProposalList:
    """The proposals of a plan in the order in which they were drafted; those of one status, where it is said."""
    known = find_plan(reader, plan, point.known_at)
    proposed = proposals_known(reader, plan, point)
    proposals = proposed.lives()
    rows = [_row(proposed, life) for life in proposals.values()]
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": known.known.version,
        "counts": proposal_counts(proposals),
        "annulled": sum(row["annulled"] is not None for row in rows),
        "proposals": [row for row in rows if status is None or row["status"] == status],
    }


def proposal_whole(
    reader: Reader,
    plan: str,
    name: str,
    point: Point,
    staleness: Staleness | None = None,
    now: date | None = None,
) -> ProposalWhole:
    """One proposal, whole; NotFound where nothing was known of it at the point.

    The time that is left to the OIV is that of the day of the question, where it says which is `now`.
    """
    names = names_of(reader, find_plan(reader, plan, point.known_at))
    proposed = proposals_known(reader, plan, point)
    life = proposal_named(proposed.lives(), name)
    file = proposed.text(life.text.note)
    enacted = next((r for r in life.records if isinstance(r.event, ProposalEnacted)), None)
    latest = life.submission[0].version if life.submission and life.status == "submitted" else None
    return {
        **_row(proposed, life),
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "drafters": sorted(life.drafters),
        "file": None if file is None else orjson.loads(file),
        "redaction": proposed.removed.get(life.text.note or ""),
        "submissions": [
            _submission(proposed, record, record.event, life if record.version == latest else None, now)
            for record in life.records
            if isinstance(record.event, ProposalSubmitted)
        ],
        "opinions_given": [_opinion(proposed, opinion) for opinion in proposed.opinions(life)],
        "enactment": None
        if enacted is None or not isinstance(enacted.event, ProposalEnacted)
        else _enactment(proposed, enacted, enacted.event),
        "separation_waived": [
            {
                "rule": event.rule,
                "about": event.about,
                "what": event.sentence(names),
                "on": record.effective_on.isoformat(),
                "actor": record.actor,
                "words": proposed.text(record.note),
                "redaction": proposed.removed.get(record.note or ""),
                "version": record.version,
            }
            for record, event in proposed.waivers()
            if event.about == proposal_key(name)
        ],
        "events": [
            {
                "version": record.version,
                "event": record.event.topic,
                "sentence": record.event.sentence(names),
                "on": record.effective_on.isoformat(),
                "recorded_at": write_instant(record.recorded_at),
                "actor": record.actor,
                "role": role_of(record.actor),
                "act": record.act,
                "justification": proposed.text(record.justification),
                "words": None if record.event.holds_document else proposed.text(record.note),
                "redaction": proposed.removed.get(record.note or "")
                or proposed.removed.get(record.justification or ""),
                "body": record.event.model_dump(mode="json", exclude_none=True),
            }
            for record in life.records
        ],
        "staleness": staleness if latest is not None else None,
    }


def _row(proposed: ProposalsKnown, life: ProposalLife) -> ProposalRow:
    asked, submission, last = life.asked, life.submission, life.records[-1]
    body = life.text.event.model_dump(include={"changes", "measurements", "statuses"})
    return {
        "proposal": life.proposal,
        "title": proposed.text(life.title),
        "status": life.status,
        "changes": sum(body.values()),
        "years": list(submission[1].years) if submission else [],
        "drafted_on": life.records[0].effective_on.isoformat(),
        "last_on": life.last_day.isoformat(),
        "act": last.act,
        "annulled": _annulled(proposed, life),
        "opinion_due": asked[1].due.isoformat() if asked and asked[1].due else None,
        "opinions": len(proposed.opinions(life)),
        "version": last.version,
    }


def _annulled(proposed: ProposalsKnown, life: ProposalLife) -> AnnulledEnactment | None:
    annulment = proposed.annulled(life)
    if annulment is None or annulled_on(annulment) > proposed.point.as_of:
        return None
    return {
        "on": annulled_on(annulment).isoformat(),
        "act": annulment.last.act,
        "whole": annulment.whole,
        "versions": list(annulment.versions),
        "stream": annulment.last.stream,
        "version": annulment.last.version,
    }


def _submission(
    proposed: ProposalsKnown,
    record: Recorded,
    event: ProposalSubmitted,
    current: ProposalLife | None,
    now: date | None,
) -> SubmissionShown:
    """A submission as it was shown; of the `current` one, of a proposal that is open, the OIV's time is told anew."""
    effects = _effects(proposed, record)
    if effects is not None and current is not None and now is not None:
        foreseen = Foreseen(event.as_of, life=current, opinions=tuple(proposed.opinions(current)))
        effects = {**effects, "oiv": oiv_time(foreseen, min(now, proposed.point.as_of))}
    return {
        "version": record.version,
        "on": record.effective_on.isoformat(),
        "as_of": event.as_of.isoformat(),
        "text": event.text,
        "plan_version": event.plan_version,
        "administration_version": event.administration_version,
        "years": list(event.years),
        "current": current is not None,
        "effects": effects,
    }


def _enactment(proposed: ProposalsKnown, record: Recorded, event: ProposalEnacted) -> EnactmentShown:
    return {
        "version": record.version,
        "on": record.effective_on.isoformat(),
        "act": str(record.act),
        "plan_versions": list(event.plan_versions) if event.plan_versions else None,
        "administration_versions": list(event.administration_versions) if event.administration_versions else None,
        "effects": _effects(proposed, record),
    }


def _effects(proposed: ProposalsKnown, record: Recorded) -> EffectsShown | None:
    text = proposed.text(record.note)
    return None if text is None else effects_kept(text)


def _opinion(proposed: ProposalsKnown, opinion: ProposalOpinion) -> OpinionOnProposal:
    record, event = opinion.record, opinion.event
    return {
        "opinion": event.opinion,
        "judgement": event.judgement,
        "judgement_words": JUDGEMENT_WORDS[event.judgement],
        "on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "due": opinion.due.isoformat() if opinion.due else None,
        "late": opinion.late,
        "recorded_late": opinion.recorded_late,
        "on_earlier_text": opinion.on_earlier_text,
        "words": proposed.text(record.note),
        "redaction": proposed.removed.get(record.note or ""),
        "version": record.version,
    }
