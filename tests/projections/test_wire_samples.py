"""One stored envelope of every event is kept as it was written: what was stored once is read for ever.

A new event wants an example in EXAMPLES; `python -m tests.projections.test_wire_samples` then writes and prints the
samples that are missing. A sample that is there is never written over: if it no longer agrees, the event has changed
its shape, and needs a higher class version, an `upcast_v1_v2`, and a second sample beside the first.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, get_args

import orjson
import pytest

from domain.access import events as access
from domain.access.decide import ACCOUNTS
from domain.acts.model import Act
from domain.administrations import events as administrations
from domain.annulments.events import EventsAnnulled
from domain.benchmarks.events import BenchmarkPublished, BenchmarkRestated
from domain.catalogue import (
    ACCESS_EVENTS,
    ADMINISTRATION_EVENTS,
    INSTALLATION_EVENTS,
    LIBRARY_EVENTS,
    OIV_EVENTS,
    PROPOSAL_EVENTS,
    TOPICS,
)
from domain.deviations.events import (
    CorrectiveActionEnded,
    CorrectiveActionPlanned,
    CorrectiveActionRescheduled,
    DeviationExplained,
)
from domain.errors import UnknownRecord
from domain.event import Event, Occurrence
from domain.facts import PLAN, Fact
from domain.formulas.events import FormulaConfirmed
from domain.formulas.model import Binary, FormulaTerm, Percent, Term
from domain.indicators import events as indicators
from domain.indicators.card import Card
from domain.installation.events import SigningKeyLost, SigningKeyMade, SigningKeyRotated
from domain.library.decide import LIBRARY
from domain.library.entry import LibraryEntry
from domain.library.events import LibraryEntryStated, LibraryEntryWithdrawn
from domain.measurements.events import Evidence, MeasurementRecorded, MeasurementRestated, StatusReported
from domain.measurements.values import Benchmark, NumberValue
from domain.names import Names
from domain.objectives import events as objectives
from domain.oiv import events as oiv
from domain.oiv.year_record import OIV_ACTS
from domain.plans import events as plans
from domain.proposals import events as proposals
from domain.recording import Pending, Recorded, SaltedText
from domain.redactions.events import TextRedacted
from domain.rounds.events import RoundClosed, RoundOpened
from domain.rounds.model import Scope
from domain.scoring.events import ScoreOverridden
from domain.targets.events import TargetInterpreted, TargetReferenceResolved, TargetRevised, TargetSet, TargetWithdrawn
from domain.targets.model import Deadline, Reference, Threshold, Unread
from domain.trees import events as trees
from domain.vocabulary import JsonValue
from domain.webhooks import events as webhooks
from initinere_verify import shown
from initinere_verify.fold import facts
from initinere_verify.listed import CLASSIFICATION, OF_A_YEAR, OF_THE_STRUCTURE, SAID_BY_THE_OIV, aspect_of
from projections.plan_in_force import AssignmentInForce, IndicatorInForce, ObjectiveInForce, PlanHead
from projections.store.envelope import EnvelopeMapper, Recordable, read_envelope, read_instant, stamp

SAMPLES = Path(__file__).parents[1] / "samples" / "events"
RECORDED_AT = "2022-10-03T08:15:30.123456Z"
VERSION = 7
DAY = date(2022, 9, 30)
ACCOUNT = "acc-k3v5o2aq7x4mlc6e"
WEBHOOK = "wh-k3v5o2aq7x4mlc6e"
TOKEN = "tok-k3v5o2aq7x4mlc6e"
ACT = "delibera-giunta-9-2022-09-30"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
KEY = "initinere.cciaa-prova.it+1a2b3c4d+AeTnQxT1m6yDPhFAdBZ5rXyoQ4z0vD0F1kVdO0oLz5Y="
OLDER_KEY = "initinere.cciaa-prova.it+0f1e2d3c+Aa4c1Vw0Q5nqv4a3J8m1bG5oXo1Jv0n6R2tYd9s8KkM="
REASON = SaltedText(salt="c2FsZQ", text="La norma ha sospeso i termini di riscossione.")
WORDS = SaltedText(salt="c2FsZS0y", text="Si veda la relazione del servizio.")
THRESHOLD = Threshold(text=">= 70,34%", comparator=">=", value=Decimal("70.34"), unit="%")
LOWER = Threshold(text=">= 68%", comparator=">=", value=Decimal(68), unit="%")
OBSERVED = NumberValue(text="", value=Decimal("69.70"), unit="%", numerator=Decimal(697), denominator=Decimal(1000))


def _decided(event: Event) -> Pending:
    """An event of an approved plan: by an act, for a reason, from a cause."""
    return Pending(event, DAY, act=ACT, cause="legal", justification=REASON)


EXAMPLES: tuple[Pending, ...] = (
    # the plan
    Pending(
        plans.PlanDrafted(
            plan="prova-2022-2024",
            administration="cciaa-prova",
            title="Piano della performance 2022-2024",
            first_year=2022,
            last_year=2024,
            drafted_on=date(2022, 1, 31),
            levels=("strategico", "operativo"),
            predecessor="prova-2021-2023",
        ),
        date(2022, 1, 31),
        act="delibera-giunta-1-2022-01-31",
        retrospective=True,
    ),
    Pending(plans.PlanApproved(year=2022), date(2022, 1, 31), act="delibera-giunta-1-2022-01-31"),
    _decided(plans.YearApproved(year=2023)),
    Pending(plans.YearClosed(year=2022), date(2023, 6, 30), act="delibera-giunta-7-2023-06-30"),
    Pending(plans.ApprovalAnnulled(year=2023), date(2023, 3, 15), act="tar-112-2023-03-15"),
    Pending(plans.ClosingAnnulled(year=2022), date(2023, 9, 15), act="delibera-giunta-9-2023-09-15"),
    _decided(plans.PlanSucceeded(by="prova-2023-2025")),
    _decided(plans.PlanAmended(last_year=2025, levels=("ambito", "operativo"), objectives={"ambito": ("a1", "a2")})),
    _decided(plans.MeasurementSystemAdopted(year=2022, system={"name": "SMVP 2022", "cut_at": "100", "bands": []})),
    # objectives
    Pending(
        objectives.ObjectiveAdded(
            objective="a1",
            level="operativo",
            code="1.1",
            title="Incassare il diritto annuale",
            parent="a",
            weight=Decimal("60.00"),
            classifications={"missione": "012"},
            offices=("Servizio Bilancio",),
            condition="se la norma è convertita",
            period="2022-2024",
        ),
        date(2022, 1, 31),
    ),
    _decided(objectives.ObjectiveReworded(objective="a1", title="Riscuotere il diritto annuale")),
    Pending(
        objectives.ObjectiveMoved(objective="a1", parent=None),
        DAY,
        claim="reclassification",
        justification=REASON,
    ),
    _decided(objectives.ObjectiveReweighted(objective="a1", weight=None)),
    Pending(
        objectives.ObjectiveReclassified(objective="a1", code=None, offices=("Servizio Bilancio", "Area Economica")),
        DAY,
        justification=REASON,
    ),
    _decided(
        objectives.ObjectiveRedefined(
            objective="a1",
            description="Più incassi spontanei",
            budget_amount=Decimal(150000),
            tags=("trasparenza",),
            staff=None,
        )
    ),
    Pending(
        trees.TreeNodeStated(
            tree="mission",
            node="prg032-003",
            level="program",
            code="003",
            title="Affari generali",
            order=1,
            parent="mis032",
        ),
        DAY,
        justification=REASON,
    ),
    _decided(trees.TreeNodeReweighted(tree="mission", node="prg032-003", weight=Decimal("33.30"))),
    Pending(trees.TreeNodeWithdrawn(tree="mission", node="prg032-003"), DAY, justification=REASON),
    _decided(objectives.ObjectiveWithdrawn(objective="a2")),
    _decided(objectives.ObjectiveReinstated(objective="a2")),
    _decided(objectives.ObjectiveMerged(objective="a2", into="a1")),
    _decided(objectives.ObjectiveNeutralised(objective="a2", year=2022)),
    _decided(objectives.ObjectiveConditionMet(objective="a1")),
    _decided(objectives.ObjectiveConditionFailed(objective="a2")),
    # indicators
    Pending(
        indicators.IndicatorAdded(
            indicator="incasso",
            series="prova-2022-2024.incasso",
            card=Card(
                name="Percentuale di incasso",
                formula="incassato / dovuto * 100",
                unit="%",
                polarity="up",
                polarity_basis="inferred",
                source="Contabilità",
                kind="efficacia",
                frequency="semestrale",
                owner="Servizio Bilancio",
                baseline="69%",
                code="KPISTD46",
                codes={"OC": "OC3.1"},
                common=True,
            ),
        ),
        date(2022, 1, 31),
    ),
    _decided(indicators.IndicatorRedefined(indicator="incasso", card=Card(formula="incassato / emesso", unit=None))),
    Pending(
        indicators.IndicatorReclassified(indicator="incasso", card=Card(owner="Area Economica", code=None)),
        DAY,
        justification=REASON,
    ),
    Pending(indicators.PolarityStated(indicator="incasso", polarity="up"), DAY),
    Pending(
        indicators.IndicatorAssigned(indicator="incasso", objective="a1", weight=Decimal("33.33"), feeds="objective"),
        date(2022, 1, 31),
    ),
    _decided(indicators.IndicatorUnassigned(indicator="incasso", objective="a2")),
    _decided(indicators.IndicatorReweighted(indicator="incasso", objective="a1", weight=Decimal(40))),
    _decided(indicators.IndicatorFeedsChanged(indicator="incasso", objective="a1", feeds="objective; dirigenti")),
    _decided(indicators.IndicatorWithdrawn(indicator="cassetto")),
    _decided(indicators.IndicatorReinstated(indicator="cassetto")),
    # targets
    Pending(TargetSet(indicator="incasso", year=2022, target=THRESHOLD), date(2022, 1, 31)),
    Pending(
        TargetRevised(indicator="incasso", year=2022, before=THRESHOLD, target=LOWER),
        DAY,
        act=ACT,
        cause="new_data",
        claim="correction",
        restores=(5,),
        justification=REASON,
    ),
    _decided(
        TargetWithdrawn(
            indicator="regolamento",
            year=2022,
            ordinal=2,
            before=Deadline(text="entro il 31/12", value=date(2022, 12, 31)),
        )
    ),
    _decided(
        TargetReferenceResolved(
            indicator="tempi",
            year=2022,
            target=Reference(
                text="≤ dato medio nazionale",
                comparator="<=",
                value=Decimal("12.5"),
                reference="dato medio nazionale",
            ),
        )
    ),
    Pending(
        TargetInterpreted(
            indicator="sportello",
            year=2022,
            target=Threshold(text="sei sportelli", comparator=">=", value=Decimal(6), meaning=">= 6"),
        ),
        date(2022, 1, 31),
    ),
    # what is observed
    Pending(
        StatusReported(
            subject="objective", id="a1", status="at_risk", progress=Decimal(45), reported_on=date(2022, 6, 30)
        ),
        date(2022, 6, 30),
        note=WORDS,
    ),
    Pending(
        MeasurementRecorded(
            series="prova-2022-2024.incasso",
            period="2022-H1",
            observed=NumberValue(
                text="69,7% (media naz.: 68)",
                value=Decimal("69.7"),
                unit="%",
                benchmarks=(Benchmark(name="media naz.", value=Decimal(68)),),
            ),
            finality="provisional",
            data_as_at=date(2022, 6, 30),
            office="Servizio Bilancio",
            evidence=Evidence(reference="prot. 123/2022", sha256=SHA256),
            terms={"incassato": Decimal(697), "dovuto": Decimal(1000)},
        ),
        date(2022, 6, 30),
        note=WORDS,
    ),
    Pending(
        MeasurementRestated(
            series="prova-2022-2024.incasso",
            period="2022-H1",
            before=NumberValue(text="69,7%", value=Decimal("69.7"), unit="%"),
            observed=OBSERVED,
            finality="final",
            data_as_at=date(2022, 6, 30),
        ),
        date(2022, 7, 20),
        note=WORDS,
    ),
    Pending(
        BenchmarkPublished(
            series="prova-2022-2024.incasso",
            whose="nation",
            period="2022",
            value=Decimal("71.2"),
            unit="%",
            published_on=date(2023, 4, 30),
            source="osservatorio camerale",
        ),
        date(2023, 4, 30),
    ),
    Pending(
        BenchmarkRestated(
            series="prova-2022-2024.incasso",
            whose="nation",
            period="2022",
            value=Decimal("71.4"),
            unit="%",
            published_on=date(2023, 5, 31),
            source="osservatorio camerale, edizione corretta",
            before=Decimal("71.2"),
        ),
        date(2023, 5, 31),
        note=WORDS,
    ),
    Pending(
        FormulaConfirmed(
            indicator="incasso",
            formula="incassato / dovuto * 100",
            terms=(FormulaTerm(id="incassato", phrase="incassato"), FormulaTerm(id="dovuto", phrase="dovuto")),
            expression=Percent(operand=Binary(operator="/", left=Term(id="incassato"), right=Term(id="dovuto"))),
            unit="%",
        ),
        date(2022, 2, 10),
    ),
    Pending(
        ScoreOverridden(subject="indicator", id="incasso", year=2022, calculated=Decimal("96.67"), forced=Decimal(100)),
        date(2023, 5, 2),
        act=ACT,
        justification=REASON,
    ),
    Pending(
        RoundOpened(
            round="2022-06-30",
            as_at=date(2022, 6, 30),
            opened_on=date(2022, 7, 1),
            due_by=date(2022, 7, 20),
            scope=Scope(offices=("Servizio Bilancio",)),
        ),
        date(2022, 7, 1),
    ),
    Pending(RoundClosed(round="2022-06-30", closed_on=date(2022, 7, 25)), date(2022, 7, 25)),
    Pending(
        DeviationExplained(
            subject="indicator", id="incasso", period="2022-H1", cause="exogenous", explained_on=date(2022, 7, 10)
        ),
        date(2022, 7, 10),
        note=SaltedText(salt="40" * 16, text="I versamenti sono stati prorogati."),
    ),
    Pending(
        CorrectiveActionPlanned(
            action="azione-1",
            subject="indicator",
            id="incasso",
            period="2022-H1",
            remedy="Solleciti mensili alle imprese che non hanno versato",
            office="Servizio Bilancio",
            due_by=date(2022, 10, 31),
            planned_on=date(2022, 7, 10),
        ),
        date(2022, 7, 10),
    ),
    Pending(
        CorrectiveActionRescheduled(
            action="azione-1",
            office="Servizio Bilancio",
            due_by=date(2022, 11, 30),
            rescheduled_on=date(2022, 10, 20),
        ),
        date(2022, 10, 20),
        note=SaltedText(salt="41" * 16, text="Il gestionale arriva in novembre."),
    ),
    Pending(CorrectiveActionEnded(action="azione-1", outcome="done", ended_on=date(2022, 11, 28)), date(2022, 11, 28)),
    # what is left out, and what is removed by order
    Pending(
        EventsAnnulled(versions=(5, 6), reason="recorded_by_mistake"), DAY, claim="correction", justification=REASON
    ),
    Pending(TextRedacted(digests=(REASON.digest,)), DAY, act=ACT),
    # the administration
    Pending(
        administrations.AdministrationRegistered(
            administration="cciaa-prova", name="Camera di Commercio di Prova", ipa_code="cciaa_pr"
        ),
        date(2022, 1, 31),
    ),
    Pending(administrations.AdministrationRenamed(name="Camera di Commercio di Prova e Saggio"), DAY, act=ACT),
    Pending(
        administrations.AdministrationSucceeded(how="merger", predecessors=("cciaa-prova", "cciaa-saggio")),
        DAY,
        act=ACT,
    ),
    Pending(
        administrations.OfficeRegistered(
            office="servizio-bilancio",
            name="Servizio Bilancio",
            aliases=("Serv. Bilancio", "Bilancio"),
            valid_from=date(2022, 1, 1),
        ),
        date(2022, 1, 1),
    ),
    Pending(
        administrations.OfficeRenamed(office="servizio-bilancio", name="Servizio Bilancio e Finanza"), DAY, act=ACT
    ),
    Pending(
        administrations.AdministrationSystemAdopted(year=2022, system={"name": "SMVP 2022", "bare_value": "up"}),
        DAY,
        act=ACT,
    ),
    Pending(administrations.OfficeClosed(office="servizio-bilancio"), DAY, act=ACT),
    Pending(
        administrations.ActRegistered(
            act=Act(
                id=ACT,
                body="Giunta",
                type="delibera",
                number="9",
                date=DAY,
                title="Variazione del piano",
                protocol="4521/2022",
                sha256=SHA256,
                ratifies=("decreto-presidente-3-2022-09-12",),
            )
        ),
        DAY,
    ),
    Pending(
        administrations.ActCompleted(act=ACT, protocol="4521/2022", sha256=SHA256, title="Variazione del piano"), DAY
    ),
    Pending(
        administrations.LayoutRemembered(lines=(("Ente", "Comune di Prova"), ("Colonna C (KPI)", "indicatore"))), DAY
    ),
    # the OIV
    Pending(
        oiv.OpinionGiven(
            opinion="parere-1", judgement="conditional", about="proposal/variazione-1", versions=(5, 6), year=2022
        ),
        DAY,
        note=WORDS,
    ),
    Pending(oiv.RemarkMade(remark="rilievo-1", about="indicator/incasso", versions=(5,)), DAY, note=WORDS),
    Pending(oiv.RequestMade(request="richiesta-1", about="objective/a1", due=date(2022, 10, 31)), DAY, note=WORDS),
    Pending(oiv.AnswerGiven(answer="risposta-1", to="rilievo-1"), DAY, note=WORDS),
    Pending(oiv.ReportValidated(year=2022, sha256=SHA256), date(2023, 6, 20), note=WORDS),
    Pending(oiv.ReportNotValidated(year=2022), date(2023, 6, 20), note=WORDS),
    Pending(
        oiv.SampleDrawn(
            sample="campione-2022",
            year=2022,
            seed="2c26b46b",
            known=42,
            population=120,
            drawn=("prova-2022-2024.incasso 2022 17",),
        ),
        date(2023, 5, 2),
    ),
    Pending(oiv.FlagAnswered(flag="eased_late/5", rule="eased_late"), DAY, note=WORDS),
    Pending(oiv.DocumentOpened(what="/v1/plans/prova-2022-2024", as_of=DAY, known=12), DAY),
    Pending(oiv.PackTaken(year=2022, sha256=SHA256, checkpoint=3), DAY),
    # the installation
    Pending(SigningKeyMade(origin="initinere.cciaa-prova.it", key=OLDER_KEY), date(2022, 1, 1)),
    Pending(
        SigningKeyRotated(origin="initinere.cciaa-prova.it", key=KEY, before=OLDER_KEY, endorsement="c2lnbmVk"),
        DAY,
    ),
    Pending(SigningKeyLost(origin="initinere.cciaa-prova.it", key=KEY, before=OLDER_KEY), DAY),
    # the library of indicators
    Pending(
        LibraryEntryStated(
            entry=LibraryEntry(
                scheme="KPISTD",
                code="84",
                name="Percentuale di incasso del diritto annuale",
                formula="incassato / dovuto * 100",
                terms=("incassato: riscossioni dell'anno", "dovuto: diritto dell'anno"),
                unit="%",
                polarity="up",
                source="contabilità",
            )
        ),
        DAY,
    ),
    Pending(LibraryEntryWithdrawn(scheme="KPISTD", code="84"), DAY),
    # the accounts
    Pending(access.AccountOpened(account=ACCOUNT, administration="cciaa-prova"), DAY),
    Pending(access.AccountSuspended(account=ACCOUNT), DAY),
    Pending(access.SessionsEnded(account=ACCOUNT), DAY),
    Pending(access.AccountResumed(account=ACCOUNT), DAY),
    Pending(access.PersonErased(account=ACCOUNT), DAY),
    Pending(
        access.RoleGiven(account=ACCOUNT, role="responsible", administration="cciaa-prova", offices=("tributi",)), DAY
    ),
    Pending(access.RoleTaken(account=ACCOUNT, role="responsible", administration="cciaa-prova"), DAY),
    Pending(access.CredentialAdded(account=ACCOUNT, kind="passkey"), DAY),
    Pending(access.CredentialRemoved(account=ACCOUNT, kind="password"), DAY),
    Pending(
        access.TokenIssued(account=ACCOUNT, token=TOKEN, rights=("planner@cciaa-prova",), expires_on=date(2023, 6, 30)),
        DAY,
    ),
    Pending(access.TokenRevoked(account=ACCOUNT, token=TOKEN), DAY),
    Pending(access.SignInRefused(account=ACCOUNT, method="password", reason="wrong_secret", times=5), DAY),
    Pending(access.RemindersChosen(account=ACCOUNT, reminders=False), DAY),
    # subscriptions
    Pending(
        webhooks.WebhookSubscribed(
            webhook=WEBHOOK,
            administration="cciaa-prova",
            host="eventi.ente.example",
            drafts=True,
            topics=("target-revised",),
        ),
        DAY,
    ),
    Pending(webhooks.WebhookSecretReplaced(webhook=WEBHOOK, administration="cciaa-prova"), DAY),
    Pending(webhooks.WebhookRedeliveryAsked(webhook=WEBHOOK, administration="cciaa-prova", position=12), DAY),
    Pending(webhooks.WebhookEnded(webhook=WEBHOOK, administration="cciaa-prova"), DAY),
    # proposals
    Pending(
        proposals.ProposalDrafted(proposal="proposta-1", changes=2, measurements=1, statuses=1, sha256=SHA256),
        date(2022, 9, 20),
        justification=SaltedText(salt="c2FsZTM", text="Rimodulazione dopo il monitoraggio"),
        note=SaltedText(salt="c2FsZTQ", text='{"plan":"prova-2022-2024"}'),
    ),
    Pending(
        proposals.ProposalAmended(proposal="proposta-1", changes=1),
        date(2022, 9, 21),
        note=SaltedText(salt="c2FsZTU", text='{"plan":"prova-2022-2024","changes":[]}'),
    ),
    Pending(
        proposals.ProposalSubmitted(
            proposal="proposta-1", text=2, as_of=DAY, plan_version=17, administration_version=3, years=(2022,)
        ),
        date(2022, 9, 22),
        note=SaltedText(salt="c2FsZTY", text='{"preview":true}'),
    ),
    Pending(proposals.ProposalCommented(proposal="proposta-1", comment="commento-1"), date(2022, 9, 22), note=WORDS),
    Pending(
        proposals.ProposalOpinionAsked(proposal="proposta-1", due=date(2022, 9, 28)), date(2022, 9, 22), note=WORDS
    ),
    Pending(proposals.ProposalWithdrawn(proposal="proposta-1"), date(2022, 9, 23), justification=REASON),
    Pending(
        proposals.ProposalRejected(proposal="proposta-1", submission=3),
        DAY,
        act=ACT,
        justification=REASON,
        act_date=DAY,
    ),
    Pending(
        proposals.ProposalEnacted(
            proposal="proposta-1", submission=3, plan_versions=(18, 19), administration_versions=(4, 4)
        ),
        DAY,
        act=ACT,
        note=SaltedText(salt="c2FsZTc", text='{"preview":true,"plan":"prova-2022-2024"}'),
    ),
    Pending(
        proposals.SeparationWaived(rule="drafter_does_not_enact", about="proposal/proposta-1"), DAY, act=ACT, note=WORDS
    ),
)
BY_TOPIC = {pending.event.topic: pending for pending in EXAMPLES}


def test_every_topic_has_an_example_and_a_committed_sample() -> None:
    hint = "add an example to EXAMPLES, then run: python -m tests.projections.test_wire_samples"
    assert set(BY_TOPIC) == set(TOPICS), hint
    assert {path.stem for path in SAMPLES.glob("*.json")} == set(TOPICS), hint


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_sample_reads_as_the_event_that_it_was(topic: str) -> None:
    pending = BY_TOPIC[topic]
    expected = Recorded(
        event=pending.event,
        effective_on=pending.effective_on,
        stream=stream_of(pending.event),
        version=VERSION,
        recorded_at=read_instant(RECORDED_AT),
        actor="ufficio-performance",
        command_id=f"campione-{topic}",
        act=pending.act,
        cause=pending.cause,
        claim=pending.claim,
        restores=pending.restores,
        retrospective=pending.retrospective,
        justification=pending.justification.digest if pending.justification else None,
        note=pending.note.digest if pending.note else None,
    )
    assert read_envelope(topic, sample(topic)) == expected


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_what_a_sample_says_is_written_again_to_the_same_bytes(topic: str) -> None:
    read = read_envelope(topic, sample(topic))
    assert envelope(BY_TOPIC[topic]._replace(event=read.event)) == sample(topic)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_fields_of_a_sample_stand_in_the_order_of_the_documentation(topic: str) -> None:
    order = ["recorded_at", "stream", "version", "topic", "class_version", "effective_on", "actor", "command_id", "act",
             "cause", "claim", "restores", "retrospective", "justification", "note", "body"]  # fmt: skip
    said = list(orjson.loads(sample(topic)))
    assert said == [field for field in order if field in said]


def test_an_unknown_topic_is_refused() -> None:
    with pytest.raises(UnknownRecord, match="target-softened"):
        read_envelope("target-softened", sample("target-set"))


def test_a_newer_class_version_is_refused() -> None:
    with pytest.raises(UnknownRecord, match="più nuova"):
        read_envelope("target-set", altered("target-set", class_version=TargetSet.class_version + 1))


def test_a_body_with_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownRecord, match="target-set"):
        read_envelope("target-set", altered("target-set", body={"indicator": "incasso", "softened": True}))


def test_an_older_class_version_is_brought_to_the_shape_of_today_before_it_is_validated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(TOPICS, "plan-archived", PlanArchived)
    old = altered("plan-approved", topic="plan-archived", class_version=1, body={"anno": 2022})
    assert read_envelope("plan-archived", old).event == PlanArchived(year=2022, shelf="unknown")
    new = altered("plan-approved", topic="plan-archived", class_version=2, body={"year": 2022, "shelf": "b"})
    assert read_envelope("plan-archived", new).event == PlanArchived(year=2022, shelf="b")


def test_an_unread_target_stays_the_text_that_it_was() -> None:
    unread = Unread(text="circa metà", reason="non si legge", at=0)
    event = TargetSet(indicator="incasso", year=2022, target=unread)
    assert read_envelope("target-set", envelope(Pending(event, DAY))).event == event


class PlanArchived(Occurrence):
    """An event whose shape changed once: its first version said `anno`, and no shelf."""

    topic = "plan-archived"
    class_version: ClassVar[int] = 2

    year: int
    shelf: str

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, "shelf", self.shelf)]

    def sentence(self, names: Names) -> str:
        return f"Archiviato il piano {self.year} in {self.shelf}: {names.called(PLAN)}"

    @staticmethod
    def upcast_v1_v2(state: dict[str, JsonValue]) -> None:
        """The second version says `year`, and where the plan stands."""
        state |= {"year": state.pop("anno"), "shelf": "unknown"}


def sample(topic: str) -> bytes:
    """The committed bytes of a topic's sample."""
    return (SAMPLES / f"{topic}.json").read_bytes()


def altered(topic: str, /, **said: object) -> bytes:
    """A sample that says something else."""
    return orjson.dumps(orjson.loads(sample(topic)) | said)


def stream_of(event: Event) -> str:
    """The stream that an event of this kind stands in."""
    if isinstance(event, ACCESS_EVENTS):
        return ACCOUNTS
    if isinstance(event, LIBRARY_EVENTS):
        return LIBRARY
    if isinstance(event, INSTALLATION_EVENTS):
        return "installation"
    if isinstance(event, ADMINISTRATION_EVENTS):
        return "administration/cciaa-prova"
    if isinstance(event, oiv.DocumentOpened | oiv.PackTaken):
        return "diligence/prova-2022-2024"
    if isinstance(event, PROPOSAL_EVENTS):
        return "proposals/prova-2022-2024"
    return "review/prova-2022-2024" if isinstance(event, OIV_EVENTS) else "plan/prova-2022-2024"


def envelope(pending: Pending) -> bytes:
    """The stored bytes of an example, instant and all."""
    command_id = f"campione-{pending.event.topic}"
    recordable = Recordable(stream_of(pending.event), VERSION, pending, "ufficio-performance", command_id)
    return stamp(EnvelopeMapper().to_stored_event(recordable).state, RECORDED_AT)


def write_missing() -> list[str]:
    """Writes and prints the sample of every example that has none; what is there is left as it is."""
    made = []
    for topic, pending in BY_TOPIC.items():
        path = SAMPLES / f"{topic}.json"
        if not path.exists():
            path.write_bytes(envelope(pending))
            made.append(topic)
            print(envelope(pending).decode())  # noqa: T201 - what it is for
    return made


if __name__ == "__main__":
    write_missing()


OF_A_DOCUMENT = {"plan", "objective", "indicator", "assignment", "series", "office", "administration", "act"}
"""The objects that a plan document, and so a pack, is made of."""
BESIDE = {"id", "override", "confirmed_formula", "ipa_code", "predecessors", "how"}
"""Fields of them that no document shows."""


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_verifier_folds_what_the_product_folds(topic: str) -> None:
    envelope = json.loads(sample(topic))
    folded = {(key, field): value for key, field, value in facts({**envelope, "topic": topic})}
    of_product = {
        (fact.object, fact.field): fact.value
        for fact in BY_TOPIC[topic].event.facts()
        if fact.object.partition("/")[0] in OF_A_DOCUMENT and fact.field.partition("/")[0] not in BESIDE
    }
    assert {cell: folded.get(cell) for cell in of_product} == json_of(of_product)


def test_the_verifier_knows_which_events_change_a_plan_and_of_which_year() -> None:
    touched = {topic: pending.event.touch() for topic, pending in BY_TOPIC.items()}
    changing = {topic: touch for topic, touch in touched.items() if touch is not None}
    assert set(changing) == OF_A_YEAR | OF_THE_STRUCTURE
    assert {topic for topic, touch in changing.items() if touch.year} == OF_A_YEAR
    aspects = {topic: aspect_of({**json.loads(sample(topic)), "topic": topic}) for topic in changing}
    assert aspects == {topic: touch.aspect for topic, touch in changing.items()}
    assert {topic for topic, aspect in aspects.items() if aspect == "classification"} == CLASSIFICATION
    renamed = plans.PlanAmended(levels=("ambito", "operativo"), objectives={"ambito": ("a1",)})
    assert aspect_of({"topic": "plan-amended", "body": json.loads(renamed.body())}) == renamed.touch().aspect
    assert {event.topic for event in get_args(OIV_ACTS)} == SAID_BY_THE_OIV


def test_the_verifier_knows_every_field_of_a_plan_document() -> None:
    for known, of_product in (
        ({"id", "status", "years", "systems", *shown.PLAN_FIELDS, *shown.PLAN_WHERE_STATED}, PlanHead.__annotations__),
        (
            {
                *shown.OBJECTIVE,
                *shown.OBJECTIVE_WHERE_STATED,
                "id",
                "classifications",
                "offices",
                "condition_met",
                "neutralised",
            },
            ObjectiveInForce.__annotations__,
        ),
        (
            {*shown.CARD, *shown.CARD_WHERE_STATED, "id", "objective", "weight", "feeds", "assignments", "targets"},
            {**AssignmentInForce.__annotations__, **IndicatorInForce.__annotations__},
        ),
    ):
        assert known == set(of_product) - {"last_measured"}


def json_of(values: Mapping[tuple[str, str], object]) -> dict[tuple[str, str], object]:
    """The values as they are stored."""
    return {cell: json.loads(json.dumps(value, default=str)) for cell, value in values.items()}
