"""Two years of two offices, recorded command by command: all that the questions of the table ask about."""

from typing import Any, NamedTuple

from api.commands.handler import Caller
from api.commands.proposals import draft_proposal
from api.formats.json_reader import into
from api.operations.model import CommandContext
from api.operations.proposals import read_proposed
from api.operations.table import COMMANDS
from domain.documents.changes import ChangeFile
from tests.support.harness import PLAN, ServiceHarness, document

OFFICE = "cciaa-prova"
OTHER = "altra-2022-2024"
SUCCESSOR = "prova-2023-2025"
DRAFT = "bozza-2024-2026"
"""A plan that no act has approved."""
BY_ACT = {
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
}


class Given(NamedTuple):
    """One command: on which day, which row of the table, of what, with which input, by whom."""

    day: str
    name: str
    subject: str
    content: dict[str, Any]
    actor: str = "ufficio-performance"
    part: str = ""


def _value(indicator: str, period: str, text: str, data_as_at: str) -> dict[str, Any]:
    return {"indicator": indicator, "period": period, "text": text, "data_as_at": data_as_at}


def _status(subject: str, id_: str, status: str, day: str, **more: str) -> dict[str, Any]:
    return {"subject": subject, "id": id_, "status": status, "reported_on": day} | more


def _change(*changes: dict[str, Any], **ground: Any) -> dict[str, Any]:
    return BY_ACT | ground | {"changes": list(changes)}


def _proposed(title: str, target: str, **ground: Any) -> dict[str, Any]:
    changes = [{"verb": "revise_target", "object": "cassetto", "year": 2023, "target": target}]
    reason = {"justification": "dati del monitoraggio", "cause": "new_data"}
    return {"title": title, "changes": changes} | reason | ground


REVISION = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
HISTORY = (
    Given(
        "2022-02-10",
        "change_plan",
        PLAN,
        _change(
            {"verb": "adopt_system", "year": 2022, "system": {"preset": "due-decimali", "change_rate_ceiling": "20"}},
            act="delibera di Giunta n. 2 del 10/02/2022",
        ),
    ),
    Given("2022-07-01", "open_round", PLAN, {"as_at": "2022-06-30", "opened_on": "2022-07-01", "due_by": "2022-07-15"}),
    Given("2022-07-05", "record_measurement", PLAN, _value("incasso", "2022-H1", "67,75%", "2022-06-30")),
    Given("2022-07-06", "report_status", PLAN, _status("indicator", "incasso", "in_line", "2022-06-30", progress="45")),
    Given("2022-07-06", "report_status", PLAN, _status("objective", "a2", "in_line", "2022-06-30", note="In corso")),
    Given("2022-07-18", "record_measurement", PLAN, _value("cassetto", "2022-H1", "13,5%", "2022-06-30")),
    Given("2022-07-20", "close_round", PLAN, {"closed_on": "2022-07-20"}, part="2022-06-30"),
    Given("2022-10-03", "change_plan", PLAN, _change(REVISION)),
    Given(
        "2022-10-03",
        "change_plan",
        PLAN,
        _change(
            {"verb": "reword_objective", "object": "a2", "title": "Digitalizzare i servizi"},
            {"verb": "revise_target", "object": "cassetto", "year": 2023, "target": ">= 16%"},
        ),
    ),
    Given("2022-10-03", "change_plan", OTHER, _change({"verb": "withdraw_target", "object": "cassetto", "year": 2022})),
    Given(
        "2022-10-05",
        "restate_measurement",
        PLAN,
        _value("incasso", "2022-H1", "67,9%", "2022-06-30") | {"effective_on": "2022-10-05", "note": "riversamento"},
    ),
    Given(
        "2022-10-06",
        "register_office",
        OFFICE,
        {"name": "Servizio Bilancio e Contabilità", "office": "servizio-bilancio", "aliases": ["Ragioneria"]},
    ),
    Given("2022-10-06", "register_office", OFFICE, {"name": "Ufficio Protocollo", "office": "protocollo"}),
    Given("2022-10-06", "register_office", OFFICE, {"name": "Ufficio Studi", "office": "studi"}),
    Given("2022-10-07", "close_office", OFFICE, {"office": "studi"}),
    Given("2022-10-07", "register_act", OFFICE, {"act": "determina del Segretario Generale n. 41 del 05/10/2022"}),
    Given(
        "2022-10-10",
        "give_opinion",
        PLAN,
        {"judgement": "conditional", "versions": [22], "words": "Si prende atto; si chiede la fonte."},
        actor="oiv",
    ),
    Given("2022-10-10", "make_remark", PLAN, {"about": "indicator/incasso", "words": "Manca la fonte."}, actor="oiv"),
    Given("2022-10-10", "make_request", PLAN, {"due": "2022-12-31", "words": "Il dettaglio."}, actor="oiv"),
    Given("2022-10-11", "give_answer", PLAN, {"to": "rilievo-1", "words": "Contabilità generale."}),
    Given("2022-10-12", "draw_sample", PLAN, {"year": 2022, "size": 1, "seed": "12 ottobre 2022"}, actor="oiv"),
    Given("2022-10-12", "log_opened", PLAN, {"what": "Cruscotto degli incassi"}, actor="oiv"),
    Given("2022-10-20", "annul_events", PLAN, {"versions": [20], "justification": "trascritto male"}),
    Given("2022-11-02", "open_round", PLAN, {"as_at": "2022-10-31", "due_by": "2022-11-15"}),
    Given(
        "2022-12-12",
        "answer_flag",
        PLAN,
        {"flag": "eased_after_bad_value/22", "year": 2022, "words": "Viene dalla media del triennio."},
    ),
    Given(
        "2022-12-13",
        "redact_texts",
        PLAN,
        {"version": 20, "act": "decreto del Presidente n. 2 del 11/12/2022", "justification": "dato personale"},
    ),
    Given("2023-01-10", "record_measurement", PLAN, _value("incasso", "2022", "66%", "2022-12-31")),
    Given("2023-01-10", "record_measurement", PLAN, _value("cassetto", "2022", "14,2%", "2022-12-31")),
    Given(
        "2023-01-20",
        "override_score",
        PLAN,
        {
            "subject": "indicator",
            "id": "incasso",
            "year": 2022,
            "forced": "100",
            "justification": "riversamenti di fine anno",
            "act": "determina del Segretario Generale n. 4 del 20/01/2023",
        },
    ),
    Given(
        "2023-01-31",
        "change_plan",
        PLAN,
        _change(
            {"verb": "approve_year", "year": 2023}, act="delibera di Giunta n. 1 del 31/01/2023", approves_year=2023
        ),
    ),
    Given("2023-02-01", "validate_report", PLAN, {"year": 2022, "words": "Coerente con i dati."}, actor="oiv"),
    Given("2023-03-01", "draft_proposal", OTHER, _proposed("Adesione al cassetto", ">= 14%")),
    Given("2023-03-01", "draft_proposal", OTHER, _proposed("Di più", ">= 30%", effective_on="2023-03-31")),
    Given("2023-03-01", "draft_proposal", OTHER, _proposed("Di meno", ">= 10%")),
    Given("2023-03-02", "submit_proposal", OTHER, {}, part="proposta-1"),
    Given("2023-03-02", "submit_proposal", OTHER, {}, part="proposta-2"),
    Given("2023-03-03", "ask_opinion", OTHER, {"due": "2023-03-20", "words": "Sulla fonte."}, part="proposta-2"),
    Given("2023-03-03", "comment_proposal", OTHER, {"words": "Di quanto?"}, actor="responsabile", part="proposta-2"),
    Given(
        "2023-03-21",
        "give_opinion",
        OTHER,
        {"about": "proposal/proposta-2", "judgement": "contrary", "words": "Troppo."},
        actor="oiv",
    ),
    Given(
        "2023-03-22",
        "reject_proposal",
        OTHER,
        {"justification": "non raggiungibile", "act": "delibera di Giunta n. 3 del 22/03/2023"},
        actor="giunta",
        part="proposta-2",
    ),
    Given(
        "2023-04-28",
        "change_plan",
        PLAN,
        _change(
            {"verb": "set_target", "object": "cassetto", "year": 2024, "target": "sei su dieci", "accept_unread": True},
            act="delibera di Giunta n. 5 del 28/04/2023",
        ),
    ),
    Given(
        "2023-06-30",
        "change_plan",
        PLAN,
        _change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 8 del 30/06/2023"),
    ),
    Given(
        "2023-06-30",
        "change_plan",
        PLAN,
        _change({"verb": "succeed_plan", "by": SUCCESSOR}, act="delibera di Giunta n. 8 del 30/06/2023"),
    ),
    Given(
        "2023-06-20",
        "plan_corrective_action",
        PLAN,
        {
            "subject": "indicator",
            "id": "incasso",
            "period": "2023",
            "remedy": "Solleciti mensili",
            "office": "Servizio Bilancio",
            "due_by": "2023-10-31",
            "planned_on": "2023-06-20",
            "action": "solleciti",
        },
    ),
)


FIRST, SECOND, THIRD = "acc-aaaaaaaaaaaaaaaa", "acc-bbbbbbbbbbbbbbbb", "acc-cccccccccccccccc"
TOKEN = "tok-ljnfuws2ljnfuws2"
"""The token whose random bytes are those of the test."""
WEBHOOK = "wh-ljnfuws2ljnfuws2"
"""The subscription, likewise."""
ACCOUNTS_KEPT: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        ("/accounts", {"name": f"Persona {account[-1]}", "login": account[-1] * 3, "account": account})
        for account in (FIRST, SECOND, THIRD)
    ),
    ("/account-suspensions", {"account": SECOND}),
    ("/roles", {"account": FIRST, "role": "planner", "administration": OFFICE}),
    (
        "/tokens",
        {"name": "invio", "account": FIRST, "rights": [f"planner@{OFFICE}"], "expires_on": "2024-01-31"},
    ),
    (f"/administrations/{OFFICE}/webhooks", {"url": "https://eventi.ente.example/"}),
)
"""Accounts, what they hold, a subscription to events; kept once there is a key."""


def record(harness: ServiceHarness) -> None:
    """Records the history on the store of a harness."""
    harness.on("2022-02-01").load()
    harness.load(
        administration={"id": "cciaa-altra", "name": "Camera di Commercio Altra"},
        plan={"id": OTHER, "title": "Piano dell'altra", "first_year": 2022, "last_year": 2024},
    )
    for given in HISTORY:
        harness.on(given.day)
        taken = CommandContext(harness.service, given.subject, Caller(given.actor), given.part)
        row = COMMANDS[given.name]
        if given.name == "draft_proposal":
            draft_proposal(harness.service, given.subject, read_proposed(given.subject, given.content), taken.caller)
        elif row.handler is None:  # a change file, which its own two doors read
            harness.service.change(into(ChangeFile, given.content | {"plan": given.subject}), taken.caller)
        else:
            row.handler(taken, into(row.inputs[0], given.content))
        if given.day == "2023-01-31":
            harness.load(
                plan={
                    "id": SUCCESSOR,
                    "title": "Piano 2023-2025",
                    "first_year": 2023,
                    "last_year": 2025,
                    "predecessor": PLAN,
                },
                act="delibera di Giunta n. 1 del 31/01/2023",
                indicators=[
                    card | {"targets": [target for target in card["targets"] if target["year"] == 2023]}
                    for card in document()["indicators"]
                ],
            )
    harness.load(
        administration={"id": "ente-in-bozza", "name": "Ente in bozza"},
        plan={"id": DRAFT, "title": "Bozza", "first_year": 2024, "last_year": 2026, "drafted_on": "2023-06-30"},
        act=None,
        objectives=[{"id": "a", "level": "operational", "title": "A"}],
        indicators=[],
    )
