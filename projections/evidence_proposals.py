"""What was proposed and rejected, or enacted and annulled, and where the separation of duties was waived, in the evidence on a year."""

from domain.flags.context import StreamName
from domain.oiv.events import JUDGEMENT_WORDS
from domain.proposals.events import ProposalRejected, ProposedText
from domain.proposals.life import ProposalLife
from domain.recording import Recorded
from projections.evidence_answer import AnnulledEnactmentRow, RejectedProposalRow, SeparationWaivedRow
from projections.evidence_sources import EvidenceSources, cited_events
from projections.store.envelope import write_instant


def rejected_proposals(sources: EvidenceSources) -> list[RejectedProposalRow]:
    """The proposals that were rejected by the date, in the order in which they were drafted."""
    return [
        _rejected(sources, life, record, record.event)
        for life in sources.proposed.lives().values()
        for record in life.records
        if isinstance(record.event, ProposalRejected)
    ]


def _rejected(
    sources: EvidenceSources, life: ProposalLife, record: Recorded, event: ProposalRejected
) -> RejectedProposalRow:
    proposed = sources.proposed
    submission = life.submission
    changes = life.text.event.changes if isinstance(life.text.event, ProposedText) else 0
    submitted, years = (submission[0], submission[1].years) if submission else (life.text, ())
    return {
        "proposal": life.proposal,
        "title": proposed.text(life.title),
        "years": list(years),
        "changes": changes,
        "drafted_on": life.records[0].effective_on.isoformat(),
        "submitted_on": submitted.effective_on.isoformat(),
        "rejected_on": record.effective_on.isoformat(),
        "act": sources.act(record),
        "reason": proposed.text(record.justification),
        "reason_redaction": proposed.removed.get(record.justification or ""),
        "opinions": [
            {
                "opinion": opinion.event.opinion,
                "judgement": JUDGEMENT_WORDS[opinion.event.judgement],
                "words": proposed.text(opinion.record.note),
                "on": opinion.record.effective_on.isoformat(),
                "recorded_at": write_instant(opinion.record.recorded_at),
                "due": opinion.due.isoformat() if opinion.due else None,
                "late": opinion.late,
                "on_earlier_text": opinion.on_earlier_text,
                "events": cited_events("review", [opinion.record.version]),
            }
            for opinion in proposed.opinions(life)
        ],
        "events": cited_events("proposals", [life.records[0].version, event.submission, record.version]),
    }


def annulled_enactments(sources: EvidenceSources) -> list[AnnulledEnactmentRow]:
    """The proposals that were enacted by the date, and whose events were annulled since, as known at the point."""
    rows: list[AnnulledEnactmentRow] = []
    for life in sources.proposed.lives().values():
        annulment = sources.proposed.annulled(life)
        if life.enactment is None or annulment is None:
            continue
        enacted, by = life.enactment[0], annulment.last
        stream: StreamName = "plan" if by.stream == sources.known.stream else "administration"
        rows.append(
            {
                "proposal": life.proposal,
                "title": sources.proposed.text(life.title),
                "enacted_on": enacted.effective_on.isoformat(),
                "act": sources.act(enacted),
                "whole": annulment.whole,
                "annulled_at": write_instant(by.recorded_at),
                "annulling_act": sources.act(by),
                "events": [*cited_events("proposals", [enacted.version]), *cited_events(stream, [by.version])],
            }
        )
    return rows


def separation_waived(sources: EvidenceSources) -> list[SeparationWaivedRow]:
    """The exceptions to the separation of duties by the date, of proposals first, then of validations."""
    return [
        {
            "what": event.sentence(sources.names),
            "rule": event.rule,
            "about": event.about,
            "on": record.effective_on.isoformat(),
            "words": sources.proposed.text(record.note),
            "redaction": sources.proposed.removed.get(record.note or ""),
            "events": cited_events("proposals" if of_proposals else "review", [record.version]),
        }
        for record, event in sources.proposed.waivers()
        for of_proposals in [record.stream == sources.proposed.stream]
    ]
