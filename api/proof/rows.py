"""Checkpoints and verdicts as JSON: the same on the command line and over HTTP."""

from initinere_verify.sources import Verdict
from initinere_verify.trees import Failed
from projections.proof.checkpoints import Checkpoint
from projections.proof.notes import encode
from projections.store.envelope import write_instant


def checkpoint_row(made: Checkpoint) -> dict[str, object]:
    """A checkpoint as JSON; `note` is what was signed, as it is to be kept."""
    said = made.text
    return {
        "number": made.number,
        "origin": said.origin,
        "streams": said.streams,
        "events": said.events,
        "root": encode(said.root),
        "made_at": write_instant(said.made_at),
        "occasion": said.occasion,
        "stamped": made.stamped is not None,
        "note": made.note,
    }


def verdict_row(verdict: Verdict) -> dict[str, object]:
    """A verdict as JSON."""
    return {
        "verified": True,
        "events": verdict.events,
        "streams": verdict.streams,
        "checkpoints": verdict.checkpoints,
        "texts": verdict.texts,
        "redacted": verdict.redacted,
        "uncovered": verdict.uncovered,
        "last": verdict.last.number if verdict.last else None,
        "against": verdict.against.number if verdict.against else None,
        "new_streams": verdict.new_streams,
        "statement": verdict.statement(),
    }


def failure_row(failure: Failed) -> dict[str, object]:
    """A failure as JSON."""
    return {
        "verified": False,
        "kind": failure.kind,
        "where": failure.where,
        "expected": failure.expected,
        "found": failure.found,
        "statement": f"NON VERIFICATO: {failure}",
    }
