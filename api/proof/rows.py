"""Checkpoints and verdicts as JSON: the same on the command line and over HTTP."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from initinere_verify.sources import Verdict
from initinere_verify.trees import Failed
from projections.answers import Count, Instant, Name, Text, Version
from projections.proof.checkpoints import Checkpoint
from projections.proof.notes import encode
from projections.proof.receipt import Receipt, receipt
from projections.store.envelope import write_instant
from projections.store.reader import Reader


class CheckpointAnswer(TypedDict):
    """Un checkpoint: `note` è il testo firmato, da conservare così com'è."""

    number: Version
    origin: Name
    streams: Count
    events: Count
    root: Name
    made_at: Instant
    occasion: Text
    stamped: bool
    note: Annotated[str, Field(max_length=8000)]


class KeyList(TypedDict):
    """Le chiavi pubbliche con cui l'installazione ha firmato, l'attuale per ultima."""

    keys: list[Text]


class EventProof(Receipt):
    """La prova che un evento è nell'albero firmato: i suoi byte, il cammino, la testa del flusso, il checkpoint."""

    checkpoint: CheckpointAnswer


class VerdictAnswer(TypedDict):
    """What was verified, counted, and the words for it."""

    verified: Literal[True]
    events: int
    streams: int
    checkpoints: int
    texts: int
    redacted: list[str]
    uncovered: int
    last: int | None
    against: int | None
    new_streams: list[str]
    statement: str


class FailureAnswer(TypedDict):
    """Where the record does not verify, and how."""

    verified: Literal[False]
    kind: str
    where: str
    expected: str
    found: str
    statement: str


def checkpoint_row(checkpoint: Checkpoint) -> CheckpointAnswer:
    """A checkpoint as JSON; `note` is what was signed, as it is to be kept."""
    signed = checkpoint.text
    return {
        "number": checkpoint.number,
        "origin": signed.origin,
        "streams": signed.streams,
        "events": signed.events,
        "root": encode(signed.root),
        "made_at": write_instant(signed.made_at),
        "occasion": signed.occasion,
        "stamped": checkpoint.stamped is not None,
        "note": checkpoint.note,
    }


def event_proof(reader: Reader, stream: str, version: int) -> EventProof:
    """The proof of an event with the checkpoint that covers it; NotFound as `receipt` says."""
    proof, checkpoint = receipt(reader, stream, version)
    return {**proof, "checkpoint": checkpoint_row(checkpoint)}


def verdict_row(verdict: Verdict) -> VerdictAnswer:
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


def failure_row(failure: Failed) -> FailureAnswer:
    """A failure as JSON."""
    return {
        "verified": False,
        "kind": failure.kind,
        "where": failure.where,
        "expected": failure.expected,
        "found": failure.found,
        "statement": f"NON VERIFICATO: {failure}",
    }
