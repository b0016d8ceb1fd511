"""One of every event that a plan, its administration or its OIV may record: the pack is verified, whatever it holds."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from api.commands.service import Service
from domain.catalogue import ADMINISTRATION_EVENTS, OIV_EVENTS, PLAN_EVENTS, PROPOSAL_EVENTS
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, PolarityStated
from domain.proposals import events as proposals
from domain.recording import Pending, SaltedText
from domain.targets.events import TargetInterpreted, TargetReferenceResolved, TargetRevised, TargetSet
from domain.targets.model import Reference, Unread
from initinere_verify.pack import verify_pack
from projections.proof.log import Log
from projections.store.append import Append, StreamAppend
from tests.projections.test_wire_samples import BY_TOPIC, stream_of
from tests.support.forging import pack_of
from tests.support.harness import ServiceHarness

LOADED = {"plan-drafted", "plan-approved", "administration-registered"}
"""What the plan was loaded with: it is recorded once."""


def _before(event: Event) -> Iterator[Event]:
    """What has to be there for an event to follow the rules."""
    match event:
        case TargetInterpreted(indicator=indicator, target=target):
            yield IndicatorAdded(indicator=indicator, series=f"prova.{indicator}", card=Card(name=indicator))
            yield TargetSet(indicator=indicator, year=2022, target=Unread(text=target.text, reason="?", at=0))
        case TargetReferenceResolved(indicator=indicator, target=Reference() as target):
            yield IndicatorAdded(indicator=indicator, series=f"prova.{indicator}", card=Card(name=indicator))
            asked = target.model_copy(update={"value": None})
            yield TargetSet(indicator=indicator, year=2022, target=asked)
        case proposals.ProposalWithdrawn() | proposals.ProposalRejected() | proposals.ProposalEnacted():
            drafted, submitted = (BY_TOPIC[topic].event for topic in ("proposal-drafted", "proposal-submitted"))
            yield from (one.model_copy(update={"proposal": event.topic}) for one in (drafted, submitted))
        case _:
            pass


def _recorded(pending: Pending, version: int) -> Pending:
    """The example of an event as it may follow on what is there: in the record, at the version after `version`."""
    event = pending.event
    if isinstance(event, proposals.ProposalWithdrawn | proposals.ProposalRejected | proposals.ProposalEnacted):
        said: dict[str, object] = {"proposal": event.topic, "submission": version}
        event = event.model_copy(update={name: said[name] for name in said.keys() & type(event).model_fields})
    if isinstance(event, PolarityStated):
        event = event.model_copy(update={"indicator": "regolamento"})
    if isinstance(event, TargetRevised):
        pending = pending._replace(claim=None, restores=())
    return pending._replace(
        event=event,
        effective_on=min(pending.effective_on, date(2022, 12, 1)),
        justification=_salted(pending.justification),
        note=_salted(pending.note),
    )


def _salted(text: SaltedText | None) -> SaltedText | None:
    return text and SaltedText(salt=uuid4().hex, text=text.text)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    yield harness
    harness.store.close()


def _record(harness: ServiceHarness, stream: str, pending: Pending) -> None:
    """Appends an event as it is, past every rule of deciding."""
    head = harness.store.head(stream).version
    harness.store.append(Append(uuid4().hex, "", "prova", (StreamAppend(stream, head, (pending,)),)))


def test_the_pack_is_verified_after_one_of_every_event(harness: ServiceHarness, tmp_path: Path) -> None:
    events: tuple[type[Event], ...] = (*PLAN_EVENTS, *ADMINISTRATION_EVENTS, *OIV_EVENTS, *PROPOSAL_EVENTS)
    for topic in (event.topic for event in events if event.topic not in LOADED):
        example = BY_TOPIC[topic]
        stream = stream_of(example.event)
        for event in _before(example.event):
            _record(harness.on("2022-12-01"), stream, Pending(event, date(2022, 1, 31)))
        _record(harness.on("2022-12-01"), stream, _recorded(example, harness.store.head(stream).version))
    verify_pack(pack_of(harness, tmp_path / "fascicolo.zip"))


def test_a_year_that_an_amendment_adds_has_targets(harness: ServiceHarness, tmp_path: Path) -> None:
    harness.on("2022-10-03").change({"verb": "amend_plan", "last_year": 2025})
    harness.change({"verb": "set_target", "object": "incasso", "year": 2025, "target": ">= 72%"})
    verify_pack(pack_of(harness, tmp_path / "fascicolo.zip"))
