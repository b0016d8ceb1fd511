"""Proposals in the evidence: how many came to what, those that were rejected, exceptions; and what a forger may not hide."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.commands.handler import Caller
from api.commands.oversight import redact_texts, say
from api.commands.proposals import act_on_proposal, amend_proposal, draft_proposal, enact_proposal, submit_proposal
from api.proof import pack
from api.proof.page import report_page
from domain.documents.proposal import ProposedChanges
from domain.event import Event
from domain.oiv.commands import GiveOpinion
from domain.proposals.commands import AskOpinion, EnactProposal, RejectProposal, SubmitProposal, WithdrawProposal
from domain.proposals.events import ProposalDrafted, ProposalEnacted, ProposalRejected, ProposalWithdrawn
from domain.recording import Pending
from domain.redactions.commands import RedactTexts
from initinere_verify.pack import verify_pack
from projections.evidence import evidence
from projections.plan_in_force import plan_in_force
from projections.proof.bundle import Included
from projections.proof.checkpoints import checkpoint_number
from projections.proof.log import public_keys
from projections.store.append import Append, StreamAppend
from projections.streams import plan_stream, proposals_stream
from tests.support.forging import judged, judged_live, key_of, pack_of, signed_pack_at, taken
from tests.support.harness import PLAN, ServiceHarness, point
from tests.support.packs import Files, files_of, spelt

OFFICE, GIUNTA = Caller("ufficio-performance"), Caller("giunta")
AT = point("2022-12-31")
STREAM = f"proposals_{PLAN}.jsonl"


@pytest.fixture
def proposals(harness: ServiceHarness) -> ServiceHarness:
    """The record of the forgeries, and on it: one proposal rejected with an opinion, one enacted by exception, one withdrawn."""
    harness.on("2022-11-02")
    for target in (">= 60%", ">= 65%", ">= 61%"):
        change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": target}
        content = {"plan": PLAN, "title": f"Verso {target}", "justification": "dati", "cause": "new_data"}
        proposed = ProposedChanges.model_validate(content | {"changes": [change]})
        name = str(draft_proposal(harness.service, PLAN, proposed, OFFICE).proposal)
        submit_proposal(harness.service, PLAN, name, SubmitProposal(), OFFICE)
    opinion = GiveOpinion(judgement="contrary", about="proposal/proposta-1", words="Troppo.")
    say(harness.service, PLAN, opinion, Caller("oiv"))
    rejection = {"justification": "resta raggiungibile", "act": "delibera di Giunta n. 15 del 02/11/2022"}
    act_on_proposal(harness.service, PLAN, "proposta-1", RejectProposal.model_validate(rejection), GIUNTA)
    enactment = {"act": "delibera di Giunta n. 16 del 02/11/2022", "exception": "urgenza"}
    enact_proposal(harness.service, PLAN, "proposta-2", EnactProposal.model_validate(enactment), OFFICE)
    act_on_proposal(harness.service, PLAN, "proposta-3", WithdrawProposal(), OFFICE)
    return harness


def test_the_evidence_tells_what_was_rejected_and_counts_the_rest(proposals: ServiceHarness) -> None:
    found = proposals.ask(evidence, PLAN, 2022, AT)
    assert found["proposals"] == {"draft": 0, "submitted": 0, "withdrawn": 1, "rejected": 1, "enacted": 1}
    (row,) = found["rejected_proposals"]
    assert (row["title"], row["reason"], row["years"], row["changes"]) == (
        "Verso >= 60%",
        "resta raggiungibile",
        [2022],
        1,
    )
    assert row["act"] == "delibera della Giunta n. 15 del 02/11/2022"
    assert [(opinion["judgement"], opinion["words"]) for opinion in row["opinions"]] == [("contrario", "Troppo.")]
    (opinion,) = row["opinions"]
    assert (opinion["on"], opinion["due"], opinion["late"], opinion["on_earlier_text"]) == (
        "2022-11-02",
        None,
        False,
        False,
    )
    assert row["events"] == [{"in": "proposals", "version": version} for version in (1, 2, 7)]
    assert found["annulled_enactments"] == []
    (waiver,) = found["separation_waived"]
    assert (waiver["words"], waiver["about"]) == ("urgenza", "proposal/proposta-2")


@pytest.fixture
def annulled(proposals: ServiceHarness) -> ServiceHarness:
    """The same, after what was enacted was annulled by an act, and an opinion came late, on an earlier text."""
    change = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 62%"}
    content = {"plan": PLAN, "title": "Verso 62", "justification": "dati", "cause": "new_data", "changes": [change]}
    proposed = ProposedChanges.model_validate(content)
    name = str(draft_proposal(proposals.service, PLAN, proposed, OFFICE).proposal)
    submit_proposal(proposals.service, PLAN, name, SubmitProposal(), OFFICE)
    act_on_proposal(proposals.service, PLAN, name, AskOpinion(due=date(2022, 11, 3)), OFFICE)
    proposals.on("2022-11-04")
    opinion = GiveOpinion(judgement="contrary", about=f"proposal/{name}", words="No.")
    say(proposals.service, PLAN, opinion, Caller("oiv"))
    amend_proposal(proposals.service, PLAN, name, proposed, OFFICE)
    submit_proposal(proposals.service, PLAN, name, SubmitProposal(), OFFICE)
    act_on_proposal(proposals.service, PLAN, name, RejectProposal(justification="come dice l'OIV"), GIUNTA)
    version = proposals.store.head(plan_stream(PLAN)).version
    proposals.annul(version, act="delibera di Giunta n. 17 del 04/11/2022")
    return proposals


def test_the_evidence_tells_what_was_annulled_since_and_which_opinions_came_late(
    annulled: ServiceHarness, tmp_path: Path
) -> None:
    found = annulled.ask(evidence, PLAN, 2022, AT)
    assert (found["proposals"]["enacted"], found["proposals"]["rejected"]) == (1, 2)
    (row,) = found["annulled_enactments"]
    assert (row["proposal"], row["title"], row["whole"]) == ("proposta-2", "Verso >= 65%", True)
    assert (row["act"], row["annulling_act"]) == (
        "delibera della Giunta n. 16 del 02/11/2022",
        "delibera della Giunta n. 17 del 04/11/2022",
    )
    assert [event["in"] for event in row["events"]] == ["proposals", "plan"]
    (opinion,) = found["rejected_proposals"][1]["opinions"]
    assert (opinion["on"], opinion["due"], opinion["late"], opinion["on_earlier_text"]) == (
        "2022-11-04",
        "2022-11-03",
        True,
        True,
    )
    path = pack_of(annulled, tmp_path / "fascicolo.zip")
    verify_pack(path, taken(annulled))
    page = files_of(path)["index.html"].decode()
    for words in (
        "Adottata e poi annullata: Verso &gt;= 65%",
        "chiesto entro il 03/11/2022, tardivo, sul testo di prima",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    "forge",
    [
        lambda report: report["annulled_enactments"].clear(),
        lambda report: report["annulled_enactments"][0].update(whole=False),
        lambda report: report["annulled_enactments"][0].update(annulling_act=None),
        lambda report: report.pop("annulled_enactments"),
        lambda report: report["rejected_proposals"][1]["opinions"][0].update(late=False),
        lambda report: report["rejected_proposals"][1]["opinions"][0].update(on_earlier_text=False),
        lambda report: report["rejected_proposals"][1]["opinions"][0].update(on="2022-11-03"),
    ],
)
def test_what_was_annulled_or_late_is_not_hidden_nor_said_otherwise(
    annulled: ServiceHarness, tmp_path: Path, forge: Callable[[dict[str, Any]], object]
) -> None:
    files = files_of(pack_of(annulled, tmp_path / "fascicolo.zip"))
    forged = files | _report(forge)(files)
    forged["proofs/inclusion.jsonl"] = _cited_only(forged)
    words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(annulled)), taken(annulled))
    assert words.startswith("report_differs: "), words


def test_the_evidence_on_an_earlier_day_counts_as_of_then(proposals: ServiceHarness) -> None:
    earlier = proposals.ask(evidence, PLAN, 2022, point("2022-11-01"))
    assert (sum(earlier["proposals"].values()), earlier["rejected_proposals"], earlier["separation_waived"]) == (
        0,
        [],
        [],
    )


def test_a_pack_with_proposals_verifies_and_says_what_was_recomputed(proposals: ServiceHarness, tmp_path: Path) -> None:
    path = pack_of(proposals, tmp_path / "fascicolo.zip")
    assert f"events/{STREAM}" in files_of(path)
    verdict = verify_pack(path, taken(proposals))
    assert any("proposte respinte, eccezioni alla separazione" in note for note in verdict.notes)


def test_the_page_of_a_pack_shows_them(proposals: ServiceHarness) -> None:
    def page(reader: Any) -> str:
        report = evidence(reader, PLAN, 2022, AT)
        document = plan_in_force(reader, PLAN, AT)
        return report_page(report, document, checkpoint_number(reader.cursor, number), public_keys(reader))

    number = taken(proposals).number
    shown = proposals.ask(page)
    for words in ("Verso &gt;= 60%", "resta raggiungibile", "Parere contrario dell&#39;OIV", "urgenza"):
        assert words in shown, words


def _report(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        report = json.loads(files["report.json"])
        change(report)
        return {"report.json": spelt(report)}

    return changed


@pytest.mark.parametrize(
    "forge",
    [
        lambda report: report["rejected_proposals"].clear(),
        lambda report: report["rejected_proposals"][0].update(reason="ritirata d'accordo"),
        lambda report: report["rejected_proposals"][0].update(opinions=[]),
        lambda report: report["rejected_proposals"][0].update(title="Altro"),
        lambda report: report["proposals"].update(rejected=0, withdrawn=2),
        lambda report: report["separation_waived"].clear(),
        lambda report: report["separation_waived"][0].update(words="concordata"),
        lambda report: (report.pop("proposals"), report.pop("separation_waived")),
    ],
)
def test_what_was_rejected_or_waived_is_not_hidden_nor_said_otherwise(
    proposals: ServiceHarness, tmp_path: Path, forge: Callable[[dict[str, Any]], object]
) -> None:
    files = files_of(pack_of(proposals, tmp_path / "fascicolo.zip"))
    forged = files | _report(forge)(files)
    forged["proofs/inclusion.jsonl"] = _cited_only(forged)
    words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(proposals)), taken(proposals))
    assert words.startswith("report_differs: "), words


def _cited_only(files: Files) -> bytes:
    """The proofs of what the report still cites."""
    report, about = json.loads(files["report.json"]), json.loads(files["pack.json"])
    roles = {name: row["role"] for name, row in about["streams"].items()}
    cited = _citations(report)
    lines = files["proofs/inclusion.jsonl"].splitlines()
    return b"".join(
        line + b"\n" for line in lines for row in [json.loads(line)] if (roles[row["stream"]], row["version"]) in cited
    )


def _citations(node: Any) -> set[tuple[str, int]]:
    if isinstance(node, list):
        return set().union(*map(_citations, node))
    if not isinstance(node, dict):
        return set()
    own = {(one["in"], one["version"]) for one in node.get("events", ())}
    return own.union(*(_citations(value) for value in node.values()))


def test_the_stream_of_proposals_is_not_left_out(
    proposals: ServiceHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a program of before would have made it: without the stream, and with nothing of proposals in the report."""
    included = pack._included

    def without_proposals(*asked: Any) -> list[Included]:
        return [stream for stream in included(*asked) if stream.role != "proposals"]

    def earlier(*asked: Any) -> Any:
        report = {**evidence(*asked), "rejected_proposals": []}
        del report["proposals"], report["separation_waived"], report["annulled_enactments"]
        return report

    monkeypatch.setattr(pack, "_included", without_proposals)
    monkeypatch.setattr(pack, "evidence", earlier)
    monkeypatch.setattr(pack, "report_page", lambda *_: "")
    assert judged(pack_of(proposals, tmp_path / "forged.zip")).startswith("stream_vanished: ")


def test_a_pack_of_a_program_without_proposals_still_verifies(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    del report["proposals"], report["separation_waived"], report["annulled_enactments"]
    earlier = signed_pack_at(tmp_path / "earlier.zip", files | {"report.json": spelt(report)}, key_of(harness))
    verify_pack(earlier, taken(harness))
    report["rejected_proposals"] = [{"proposal": "inventata", "events": []}]
    forged = signed_pack_at(tmp_path / "forged.zip", files | {"report.json": spelt(report)}, key_of(harness))
    assert judged(forged, taken(harness)).startswith("report_differs: ")


def test_redacted_words_are_told_with_their_order_and_verify(proposals: ServiceHarness, tmp_path: Path) -> None:
    order = RedactTexts(version=7, of="proposals")
    redact_texts(proposals.service, PLAN, order, "decreto del Presidente n. 2 del 02/11/2022", OFFICE)
    (row,) = proposals.ask(evidence, PLAN, 2022, AT)["rejected_proposals"]
    assert row["reason"] is None
    assert row["reason_redaction"]["stream"] == proposals_stream(PLAN)
    verify_pack(pack_of(proposals, tmp_path / "fascicolo.zip"), taken(proposals))


@pytest.mark.parametrize(
    "event",
    [
        ProposalDrafted(proposal="proposta-1", changes=1),
        ProposalWithdrawn(proposal="proposta-1"),
        ProposalEnacted(proposal="proposta-2", submission=4),
        ProposalWithdrawn(proposal="mai-redatta"),
    ],
)
def test_an_event_past_the_rules_of_proposals_is_found(proposals: ServiceHarness, event: Event) -> None:
    _record(proposals, event)
    assert judged_live(proposals).startswith("rule_broken: ")


def test_an_outcome_of_what_was_not_submitted_last_is_found(proposals: ServiceHarness) -> None:
    _record(proposals, ProposalDrafted(proposal="nuova", changes=1))
    _record(proposals, ProposalRejected(proposal="nuova", submission=2))
    assert judged_live(proposals).startswith("rule_broken: ")


def _record(harness: ServiceHarness, event: Event) -> None:
    """Writes an event past the rules of the product."""
    stream = proposals_stream(PLAN)
    pending = (Pending(event, date(2022, 11, 2)),)
    append = Append(
        f"forged-{event.topic}", "", "ufficio", (StreamAppend(stream, harness.store.head(stream).version, pending),)
    )
    harness.store.append(append)
