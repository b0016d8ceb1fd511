"""Whatever has words and an address is one operation: the command line and HTTP answer, record and refuse alike.

The tables of arguments below have an entry for each such row, and no other: a new row without one fails.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from api.operations.dated import Dated
from api.operations.library import LIBRARY
from api.operations.model import Command
from api.operations.papers import PAPERS
from api.operations.table import COMMANDS, QUESTIONS
from tests.api.operations.doors import NOW, Doors, Reply
from tests.api.operations.history import DRAFT, FIRST, OFFICE, OTHER, SECOND, SUCCESSOR, THIRD, TOKEN, WEBHOOK
from tests.support.harness import PLAN, document
from tests.support.problem_places import place_of

P = f"/plans/{PLAN}"

Parameters = Mapping[str, str]
POINTS: tuple[Parameters, ...] = (
    {},
    {"as_of": "2022-09-30"},
    {"as_of": "2022-12-31", "known_at": "2022-10-02"},
    {"as_of": "31/12/2022", "known_at": "03/10/2022"},
    {"as_of": "2022-12-31", "known_at": "2022-10-03T09:00:05+02:00"},
    {"as_of": "2024-12-31", "known_at": "2099-01-01"},
    {"known_at": "2023-01-15"},
    {"as_of": "2021-01-01"},
    {"known_at": "2021-12-31"},
)
"""Where a question is asked from: now, then, with the knowledge of then and of a day to come, in both spellings."""


class Asked(NamedTuple):
    """A question: its words, its address, the parameters beside the two dates, and those that the words call otherwise.

    `spoken` are the parameters whose option is not their name.
    """

    words: str
    address: str
    parameters: tuple[Parameters, ...] = ({},)
    spoken: Mapping[str, tuple[str, ...]] = {}

    def arguments(self, parameters: Parameters) -> list[str]:
        """What is said on the command line."""
        said = self.words.split("|")
        for name, value in parameters.items():
            said += self.spoken.get(f"{name}={value}", (f"--{name.rstrip('_').replace('_', '-')}", value))
        return said

    def target(self, parameters: Parameters) -> str:
        """What is asked over HTTP."""
        if not parameters:
            return self.address
        return self.address + ("&" if "?" in self.address else "?") + urlencode(parameters)


YEARS = ({"year": "2022"}, {"year": "2023"})
OF_LEVELS = (*YEARS, {"year": "2022", "level": "operational"}, {"year": "2022", "level": "nessuno"})
EX_ANTE = {"basis=ex_ante": ("--ex-ante",)}
OF_SCORES = (*YEARS, {"year": "2022", "basis": "ex_ante"}, {"year": "2022", "feeds": "individual"})
OF_WATCH = (*YEARS, {"year": "2022", "lack": "no_office"})
ABSENT = "non-ce-2022"
QUESTIONS_ASKED: Mapping[str, tuple[Asked, ...]] = {
    "list_plans": (Asked("plans", "/plans"),),
    "show_plan": tuple(Asked(f"show|{plan}", f"/plans/{plan}") for plan in (PLAN, OTHER, ABSENT)),
    "show_objective_history": (
        Asked(f"history|{PLAN}|a2", f"{P}/objectives/a2/history"),
        Asked(f"history|{ABSENT}|a2", f"/plans/{ABSENT}/objectives/a2/history"),
    ),
    "show_indicator_history": (
        Asked(f"history|{PLAN}|incasso", f"{P}/indicators/incasso/history"),
        Asked(f"history|{OTHER}|cassetto", f"/plans/{OTHER}/indicators/cassetto/history"),
    ),
    "list_changes": (
        Asked(f"changes|{PLAN}", f"{P}/changes", OF_LEVELS),
        Asked(f"changes|{OTHER}", f"/plans/{OTHER}/changes", YEARS),
        Asked(f"changes|{ABSENT}", f"/plans/{ABSENT}/changes", YEARS),
    ),
    "show_differences": (
        Asked(
            f"diff|{PLAN}",
            f"{P}/differences",
            (
                {"from": "2022-09-29", "to": "2022-09-30"},
                {"from": "29/09/2022", "to": "30/09/2022"},
                {"from": "2022-01-01"},
                {"from": "2022-12-31", "known_from": "2022-10-02", "to": "2022-12-31"},
                {"from": "2022-12-31", "known_from": "02/10/2022", "to": "31/12/2022", "known_to": "2022-10-04"},
                {"from": "2022-12-31", "to": "2023-12-31", "known_to": "2099-01-01"},
            ),
        ),
        Asked(f"diff|{ABSENT}", f"/plans/{ABSENT}/differences", ({"from": "2022-01-01"},)),
    ),
    "show_predecessor_differences": (
        Asked(
            f"plan|compare|{SUCCESSOR}",
            f"/plans/{SUCCESSOR}/predecessor-differences",
            ({}, {"before": PLAN}, {"before": OTHER}, {"before": ABSENT}),
        ),
        Asked(f"plan|compare|{PLAN}", f"{P}/predecessor-differences"),
        Asked(f"plan|compare|{ABSENT}", f"/plans/{ABSENT}/predecessor-differences"),
    ),
    "list_change_rates": (
        Asked(
            "across|rates",
            "/change-rates",
            (
                *YEARS,
                {"year": "2022", "as_of": "2022-12-31"},
                {"year": "2022", "as_of": "31/12/2022", "level": "operational"},
                {"year": "2022", "limit": "1"},
                {"year": "2022", "limit": "1", "after": OTHER},
            ),
        ),
    ),
    "list_changes_across": (
        Asked(
            "across|changes",
            "/changes",
            (
                {},
                {"limit": "2"},
                {"recorded_since": "2022-10-01", "recorded_until": "2022-10-31"},
                {"recorded_since": "01/10/2022", "recorded_until": "31/10/2022", "limit": "1"},
                {"since": "2022-09-01", "until": "2022-12-31", "limit": "1"},
                {"recorded_since": "2022-10-03T08:00:00Z", "kind": "in_year_revision"},
                {"plan": OTHER},
                {"administration": OFFICE, "cause": "new_data", "actor": "ufficio-performance"},
                {"after": "boh"},
            ),
        ),
    ),
    "list_rounds": (Asked(f"round|status|{PLAN}", f"{P}/rounds"),),
    "show_round": (
        Asked(f"round|status|{PLAN}|2022-06-30", f"{P}/rounds/2022-06-30"),
        Asked(f"round|status|{PLAN}|monitoraggio-2022-10-31", f"{P}/rounds/monitoraggio-2022-10-31"),
        Asked(f"round|status|{PLAN}|2022-01-01", f"{P}/rounds/2022-01-01"),
    ),
    "list_deviations": (
        Asked(f"deviation|list|{PLAN}", f"{P}/deviations", YEARS),
        Asked(f"deviation|list|{ABSENT}", f"/plans/{ABSENT}/deviations", YEARS),
    ),
    "list_corrective_actions": (
        Asked(f"deviation|actions|{PLAN}", f"{P}/corrective-actions"),
        Asked(f"deviation|actions|{ABSENT}", f"/plans/{ABSENT}/corrective-actions"),
    ),
    "list_benchmarks": (
        Asked(f"benchmark|list|{PLAN}", f"{P}/benchmarks"),
        Asked(f"benchmark|list|{ABSENT}", f"/plans/{ABSENT}/benchmarks"),
    ),
    "list_trees": (
        Asked(f"tree|list|{PLAN}", f"{P}/trees"),
        Asked(f"tree|list|{ABSENT}", f"/plans/{ABSENT}/trees"),
    ),
    "list_library": (Asked("library|list", "/library", ({}, {"scheme": "KPISTD"}, {"text": "incasso"})),),
    "compare_with_library": (
        Asked(f"library|compare|{PLAN}", f"{P}/library"),
        Asked(f"library|compare|{ABSENT}", f"/plans/{ABSENT}/library"),
    ),
    "list_dues": (Asked(f"round|due|{PLAN}", f"{P}/dues"), Asked(f"round|due|{ABSENT}", f"/plans/{ABSENT}/dues")),
    "list_watch": (Asked(f"plan|watch|{PLAN}", f"{P}/watch", OF_WATCH),),
    "list_contradictions": (
        Asked(f"round|check|{PLAN}|2022-06-30", f"{P}/rounds/2022-06-30/contradictions"),
        Asked(f"round|check|{PLAN}|2022-10-31", f"{P}/rounds/2022-10-31/contradictions"),
    ),
    "show_scores": (
        Asked(f"score|{PLAN}", f"{P}/scores", OF_SCORES, EX_ANTE),
        Asked(f"score|{OTHER}", f"/plans/{OTHER}/scores", YEARS),
    ),
    "explain_score": tuple(
        Asked(f"score|{PLAN}|--explain|{node}", f"{P}/scores/{node}", OF_SCORES, EX_ANTE)
        for node in ("body", "a2", "incasso", "nulla")
    ),
    "list_undetermined": (
        Asked(f"undetermined|{PLAN}", f"{P}/undetermined"),
        Asked(f"undetermined|{ABSENT}", f"/plans/{ABSENT}/undetermined"),
    ),
    "show_system": (
        Asked(f"system|show|{PLAN}", f"{P}/system", YEARS),
        Asked(f"system|show|{OTHER}", f"/plans/{OTHER}/system", YEARS),
    ),
    "list_systems": (
        Asked(f"system|list|{OFFICE}", f"/administrations/{OFFICE}/systems"),
        Asked(f"system|list|{ABSENT}", f"/administrations/{ABSENT}/systems"),
    ),
    "list_audit": (
        Asked(
            f"audit|{PLAN}",
            f"{P}/audit",
            (
                {},
                {"limit": "3"},
                {"limit": "3", "offset": "3"},
                {"since": "2022-09-01", "until": "2022-12-31"},
                {"actor": "oiv"},
                {"role": "oiv"},
                {"kind": "in_year_revision", "limit": "1"},
                {"object": "incasso"},
                {"event": "target-revised"},
                {"event": "nessuno"},
                {"cause": "new_data", "text": "monitoraggio", "limit": "1"},
                {"act": "giunta-2022-09-30-9"},
                {"recorded_since": "2022-10-01", "recorded_until": "2022-10-31"},
            ),
        ),
        Asked(f"audit|{ABSENT}", f"/plans/{ABSENT}/audit"),
    ),
    "list_flags": (
        Asked(f"flags|{PLAN}", f"{P}/flags", YEARS),
        Asked(f"flags|{OTHER}", f"/plans/{OTHER}/flags", YEARS),
    ),
    "show_blame": (
        Asked(f"blame|{PLAN}", f"{P}/blame"),
        Asked(f"blame|{PLAN}|incasso", f"{P}/blame?object=incasso"),
        Asked(f"blame|{PLAN}|nulla", f"{P}/blame?object=nulla"),
    ),
    "list_reviews": (Asked(f"oiv|acts|{PLAN}", f"{P}/reviews"),),
    "list_proposals": (
        Asked(f"proposal|list|{OTHER}", f"/plans/{OTHER}/proposals", ({}, {"status": "rejected"}, {"status": "boh"})),
        Asked(f"proposal|list|{ABSENT}", f"/plans/{ABSENT}/proposals"),
    ),
    "show_proposal": tuple(
        Asked(f"proposal|show|{plan}|{name}", f"/plans/{plan}/proposals/{name}")
        for plan, name in ((OTHER, "proposta-1"), (OTHER, "proposta-2"), (OTHER, "proposta-3"), (PLAN, "proposta-1"))
    ),
    "list_diligence": (Asked(f"oiv|diary|{PLAN}", f"{P}/diligence"),),
    "list_accounts": (Asked("account|list", "/accounts"),),
    "list_deadlines": (
        Asked(f"dues|list|{PLAN}", f"{P}/deadlines"),
        Asked(f"dues|list|{ABSENT}", f"/plans/{ABSENT}/deadlines"),
    ),
    "list_webhooks": (
        Asked(f"webhooks|list|{OFFICE}", f"/administrations/{OFFICE}/webhooks"),
        Asked(f"webhooks|list|{ABSENT}", f"/administrations/{ABSENT}/webhooks"),
    ),
    "list_undelivered": (
        Asked(f"webhooks|undelivered|{OFFICE}|{WEBHOOK}", f"/administrations/{OFFICE}/webhooks/{WEBHOOK}/undelivered"),
        Asked(f"webhooks|undelivered|{OFFICE}|wh-x", f"/administrations/{OFFICE}/webhooks/wh-x/undelivered"),
    ),
    "draw_sample_again": (
        Asked(f"oiv|redraw|{PLAN}|campione-1", f"{P}/samples/campione-1"),
        Asked(f"oiv|redraw|{PLAN}|campione-9", f"{P}/samples/campione-9"),
    ),
}
RULES = {"rules": {"preset": "raggiunto-o-no"}}
COMPARISON = f"system|compare|{PLAN}|--preset|raggiunto-o-no"
ROW = {"target": ">= 70,34%", "observed": "68%", "rounding": "half_up:0.01", "year": 2022}
FORMULA = "pratiche evase / pratiche totali * 100"


class Written(NamedTuple):
    """A question whose command, or endpoint, is written out: its words, and its request."""

    words: str
    address: str
    body: object = None


WRITTEN_OUT: Mapping[str, tuple[Written, ...]] = {
    "compute_achievement": (
        Written("achieve|--target|>= 70,34%|--observed|68%|--rounding|half_up:0.01|--year|2022", "/achievements", ROW),
        Written(
            "achieve|--target|<= 12 giorni|--numerator|1200,5|--denominator|100|--polarity|down",
            "/achievements",
            {"target": "<= 12 giorni", "numerator": "1200,5", "denominator": "100", "polarity": "down"},
        ),
        Written("achieve|--target|bah|--observed|68%", "/achievements", {"target": "bah", "observed": "68%"}),
        Written(
            "achieve|--target|>= 1|--observed|2|--rounding|a caso",
            "/achievements",
            {"target": ">= 1", "observed": "2", "rounding": "a caso"},
        ),
    ),
    "compare_systems": (
        Written(f"{COMPARISON}|--year|2022", f"{P}/system-comparisons?year=2022", RULES),
        Written(
            f"{COMPARISON}|--year|2022|--as-of|31/12/2022|--known-at|2022-12-31",
            f"{P}/system-comparisons?year=2022&as_of=2022-12-31&known_at=31/12/2022",
            RULES,
        ),
        Written(
            f"{COMPARISON}|--year|2023|--known-at|2099-01-01",
            f"{P}/system-comparisons?year=2023&known_at=2099-01-01",
            RULES,
        ),
        Written(f"{COMPARISON}|--year|2030", f"{P}/system-comparisons?year=2030", RULES),
        Written(
            f"system|compare|{PLAN}|--year|2022|--preset|nessuno",
            f"{P}/system-comparisons?year=2022",
            {"rules": {"preset": "nessuno"}},
        ),
        Written(
            f"system|compare|{ABSENT}|--year|2022|--preset|raggiunto-o-no",
            f"/plans/{ABSENT}/system-comparisons?year=2022",
            RULES,
        ),
    ),
    "read_formula": (
        Written(f"formula|{FORMULA}", f"/formulas?{urlencode({'text': FORMULA})}"),
        Written("formula|Sì/No", f"/formulas?{urlencode({'text': 'Sì/No'})}"),
    ),
    "show_checkpoint": (
        Written("checkpoint|--number|1", "/checkpoint?number=1"),
        Written("checkpoint|--number|7", "/checkpoint?number=7"),
    ),
    "list_keys": (Written("keys|show", "/keys"),),
}
FILES_ASKED: Mapping[str, tuple[Written, ...]] = {
    "export_plan": tuple(
        Written(f"export|{plan}|--format|{form}{words}", f"/plans/{plan}/export?format={form}{parameters}")
        for plan in (PLAN, ABSENT)
        for form in ("json", "xlsx", "csv")
        for words, parameters in (
            ("", ""),
            ("|--as-of|31/12/2022|--known-at|2022-10-02", "&as_of=2022-12-31&known_at=02/10/2022"),
        )
    ),
    "prepare_next_plan": (
        *(
            Written(
                f"plan|next|{plan}|--years|2025-2027|--format|{form}{words}",
                f"/plans/{plan}/next?years=2025-2027&format={form}{parameters}",
            )
            for plan in (PLAN, ABSENT)
            for form in ("json", "xlsx", "csv")
            for words, parameters in (
                ("", ""),
                ("|--as-of|31/12/2022|--known-at|2022-10-02", "&as_of=2022-12-31&known_at=02/10/2022"),
                ("|--title|Piano nuovo|--id|nuovo", "&title=Piano+nuovo&id=nuovo"),
            )
        ),
        Written(f"plan|next|{PLAN}|--years|2025-2027|--id|{OTHER}", f"{P}/next?years=2025-2027&id={OTHER}"),
    ),
    "export_round": (
        *(
            Written(f"round|export|{PLAN}|{name}{words}", f"{P}/rounds/{name}/export{parameters}")
            for name in ("2022-06-30", "monitoraggio-2022-10-31", "2022-01-01")
            for words, parameters in (
                ("", ""),
                ("|--office|Servizio Bilancio", "?office=Servizio+Bilancio"),
                ("|--office|Nessuno", "?office=Nessuno"),
            )
        ),
        Written(f"round|export|{ABSENT}|2022-06-30", f"/plans/{ABSENT}/rounds/2022-06-30/export"),
    ),
    "template": (Written("template|--year|2023", "/template?year=2023"), Written("template", "/template")),
    "export_audit": tuple(
        Written(f"audit|{PLAN}|--format|{form}{words}", f"{P}/audit-export?format={form}{parameters}")
        for form in ("csv", "jsonl")
        for words, parameters in (
            ("", ""),
            ("|--kind|in_year_revision|--known-at|31/12/2022", "&kind=in_year_revision&known_at=2022-12-31"),
        )
    ),
    "take_pack": (
        Written(f"pack|{PLAN}|--year|2022", f"{P}/pack?year=2022"),
        Written(
            f"pack|{PLAN}|--year|2022|--as-of|2022-12-31|--known-at|31/12/2022",
            f"{P}/pack?year=2022&as_of=31/12/2022&known_at=2022-12-31",
        ),
        Written(f"pack|{ABSENT}|--year|2022", f"/plans/{ABSENT}/pack?year=2022"),
    ),
}

BOTH = {
    name: {row.name for row in rows.values() if row.cli is not None and row.path is not None}
    for name, rows in (("questions", QUESTIONS), ("commands", COMMANDS))
}


def test_every_question_with_words_and_an_address_is_asked_at_both_doors() -> None:
    assert [*QUESTIONS_ASKED, *FILES_ASKED, *WRITTEN_OUT] == list(
        dict.fromkeys([*QUESTIONS_ASKED, *FILES_ASKED, *WRITTEN_OUT])
    )
    # A paper says the address of its service, which a command has only where the settings say it: it has tests at each door.
    papers = {row.name for row in PAPERS} | {"show_tree", "show_library_entry", "export_library"}
    assert set(QUESTIONS_ASKED) | set(FILES_ASKED) | set(WRITTEN_OUT) | papers == BOTH["questions"]


@pytest.mark.parametrize("name", QUESTIONS_ASKED)
def test_a_question_has_one_answer_at_both_doors(doors: Doors, name: str) -> None:
    points = POINTS if issubclass(QUESTIONS[name].query, Dated) else ({},)
    answered = 0
    for asked in QUESTIONS_ASKED[name]:
        for parameters in asked.parameters:
            for point in points:
                address = asked.target({**parameters, **point})
                over_http = doors.http("GET", address)
                _alike(doors.cli(*asked.arguments({**parameters, **point}), "--json"), over_http, address)
                answered += over_http.accepted
    assert answered


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_question_that_is_written_out_has_one_answer_at_both_doors(doors: Doors, name: str) -> None:
    for written in WRITTEN_OUT[name]:
        over_http = doors.http(QUESTIONS[name].method, written.address, written.body)
        _alike(doors.cli(*written.words.split("|"), "--json"), over_http, written.words)


@pytest.mark.parametrize("name", FILES_ASKED)
def test_a_file_is_the_same_bytes_at_both_doors(doors: Doors, name: str, tmp_path: Path) -> None:
    for number, written in enumerate(FILES_ASKED[name]):
        over_http = doors.http("GET", written.address)
        file = tmp_path / f"{number}"
        on_the_line = doors.cli(*written.words.split("|"), "--output", str(file))
        assert on_the_line.accepted == over_http.accepted, (written.words, on_the_line.content, over_http.content)
        if over_http.accepted:
            assert file.read_bytes() == over_http.content, written.words
        else:
            assert over_http.document()["detail"] in " ".join(on_the_line.content.decode().split()), written.words


def _alike(on_the_line: Reply, over_http: Reply, what: object) -> None:
    assert over_http.accepted == on_the_line.accepted, (what, over_http.content, on_the_line.content)
    if over_http.accepted:
        assert on_the_line.document() == over_http.document(), what
    else:
        assert _without_places(on_the_line.refusal()) == _without_places(over_http.refusal()), what


def _without_places(refusal: dict[str, Any]) -> dict[str, Any]:
    """What is said, whatever the door calls the field; test_mistakes_at_both_doors compares that, too."""
    return refusal | {"problems": [problem | {"where": "", "pointer": ""} for problem in refusal.get("problems", ())]}


class Given(NamedTuple):
    """A command: its words, its address, its input; and the same with one mistake, which the domain refuses.

    `{0}` stands for the plan, or the administration, in words and address: `about` is the one that takes the command.
    """

    words: str
    address: str
    body: Mapping[str, Any]
    wrong_words: str
    wrong_body: Mapping[str, Any]
    role: str = ""
    part: str = ""
    about: str = ""


ACT = "delibera di Giunta n. 12 del 03/07/2023"


def _of(body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**body, **more}


OBSERVED = {"indicator": "cassetto", "period": "2023-H1", "text": "14,9%", "data_as_at": "2023-06-30"}
CAUSE = {"subject": "indicator", "id": "incasso", "period": "2023-H1", "cause": "exogenous", "words": "proroga"} | {
    "explained_on": "2023-07-03"
}
CAUSE_WORDS = "--period|2023-H1|--cause|esogena|--words|proroga|--on|2023-07-03"
ACTION = {"subject": "indicator", "id": "incasso", "period": "2023-H1", "remedy": "avvisi"} | {
    "office": "Servizio Bilancio",
    "due_by": "2023-10-31",
    "planned_on": "2023-07-03",
}
ACTION_WORDS = "--period|2023-H1|--remedy|avvisi|--office|Servizio Bilancio|--due-by|31/10/2023|--on|2023-07-03"
MOVED = {"action": "solleciti", "due_by": "2023-11-30", "words": "tardi", "rescheduled_on": "2023-07-03"}
ENDED = {"action": "solleciti", "words": "fatti", "ended_on": "2023-07-03"}
PUBLISHED = {"indicator": "incasso", "whose": "nation", "period": "2022", "text": "71,2%"} | {
    "published_on": "2023-04-30",
    "source": "osservatorio",
}
PUBLISHED_WORDS = "--whose|media nazionale|--period|2022|--value|71,2%|--on|2023-04-30|--source|osservatorio"
OBSERVED_WORDS = "--period|2023-H1|--value|14,9%|--data-as-at|30/06/2023"
RESTATED = {"indicator": "incasso", "period": "2022-H1", "numerator": "1200.5", "denominator": "1800"} | {
    "data_as_at": "2022-06-30",
    "effective_on": "2023-07-03",
    "note": "riversamento",
}
RESTATED_WORDS = "--period|2022-H1|--numerator|1200,5|--denominator|1800|--data-as-at|2022-06-30|--note|riversamento"
STATUS = {"subject": "indicator", "id": "incasso", "status": "at_risk", "progress": "40", "reported_on": "2023-06-30"}
STATUS_WORDS = "--status|at_risk|--progress|40|--on|30/06/2023"
FORCED = {"subject": "indicator", "id": "cassetto", "year": 2023, "forced": "80", "justification": "errore", "act": ACT}
FORCED_WORDS = f"--score|80|--justification|errore|--act|{ACT}"
WORDS = {"words": "Si prende atto."}
ABOUT = "--words|Si prende atto."
COMMANDS_GIVEN: Mapping[str, Given] = {
    "annul_events": Given(
        f"annul|{{0}}|23|--justification|errore|--act|{ACT}",
        "/plans/{0}/annulments",
        {"versions": [23], "justification": "errore", "act": ACT},
        "annul|{0}|999|--justification|errore",
        {"versions": [999], "justification": "errore"},
    ),
    "discard_draft": Given(
        "discard|{0}|--justification|caricato il file sbagliato",
        "/plans/{0}/discard",
        {"justification": "caricato il file sbagliato"},
        "discard|{0}|--justification|una bozza",
        {"justification": "una bozza"},
        about=DRAFT,
    ),
    "record_measurement": Given(
        f"measure|{{0}}|cassetto|{OBSERVED_WORDS}",
        "/plans/{0}/measurements",
        OBSERVED,
        f"measure|{{0}}|nulla|{OBSERVED_WORDS}",
        _of(OBSERVED, indicator="nulla"),
    ),
    "restate_measurement": Given(
        f"restate|{{0}}|incasso|{RESTATED_WORDS}",
        "/plans/{0}/restatements",
        RESTATED,
        f"restate|{{0}}|regolamento|{RESTATED_WORDS}",
        _of(RESTATED, indicator="regolamento"),
    ),
    "report_status": Given(
        f"status|{{0}}|incasso|{STATUS_WORDS}",
        "/plans/{0}/statuses",
        STATUS,
        "status|{0}|incasso|--status|in_line|--progress|45|--on|30/06/2022",
        _of(STATUS, status="in_line", progress="45", reported_on="2022-06-30"),
    ),
    "explain_deviation": Given(
        f"deviation|explain|{{0}}|incasso|{CAUSE_WORDS}",
        "/plans/{0}/deviations",
        CAUSE,
        f"deviation|explain|{{0}}|incasso|{CAUSE_WORDS.replace('2023-H1', '2031')}",
        _of(CAUSE, period="2031"),
    ),
    "plan_corrective_action": Given(
        f"deviation|act|{{0}}|incasso|{ACTION_WORDS}",
        "/plans/{0}/corrective-actions",
        ACTION,
        f"deviation|act|{{0}}|incasso|{ACTION_WORDS.replace('Servizio Bilancio', 'Nessuno')}",
        _of(ACTION, office="Nessuno"),
    ),
    "reschedule_corrective_action": Given(
        "deviation|reschedule|{0}|solleciti|--due-by|30/11/2023|--words|tardi|--on|2023-07-03",
        "/plans/{0}/corrective-action-reschedulings",
        MOVED,
        "deviation|reschedule|{0}|nulla|--due-by|30/11/2023|--words|tardi|--on|2023-07-03",
        _of(MOVED, action="nulla"),
    ),
    "end_corrective_action": Given(
        "deviation|end|{0}|solleciti|--words|fatti|--on|2023-07-03",
        "/plans/{0}/corrective-action-conclusions",
        ENDED,
        "deviation|end|{0}|nulla|--words|fatti|--on|2023-07-03",
        _of(ENDED, action="nulla"),
    ),
    "publish_benchmark": Given(
        f"benchmark|publish|{{0}}|incasso|{PUBLISHED_WORDS}",
        "/plans/{0}/benchmarks",
        PUBLISHED,
        f"benchmark|publish|{{0}}|incasso|{PUBLISHED_WORDS.replace('71,2%', 'molto')}",
        _of(PUBLISHED, text="molto"),
    ),
    "open_round": Given(
        "round|open|{0}|--as-at|30/06/2023|--due-by|2023-07-15|--office|Servizio Bilancio|--id|giugno",
        "/plans/{0}/rounds",
        {"as_at": "2023-06-30", "due_by": "2023-07-15", "scope": {"offices": ["Servizio Bilancio"]}, "round": "giugno"},
        "round|open|{0}|--as-at|31/10/2022",
        {"as_at": "2022-10-31"},
    ),
    "close_round": Given(
        "round|close|{0}|{1}",
        "/plans/{0}/rounds/{1}/closing",
        {},
        "round|close|{0}|{1}|--closed-on|2022-01-01",
        {"closed_on": "2022-01-01"},
        part="2022-10-31",
    ),
    "override_score": Given(
        f"override|{{0}}|cassetto|--year|2023|{FORCED_WORDS}",
        "/plans/{0}/overrides",
        FORCED,
        f"override|{{0}}|cassetto|--year|2022|{FORCED_WORDS}",
        _of(FORCED, year=2022),
    ),
    "adopt_system": Given(
        f"system|adopt|{{0}}|--year|2023|--preset|raggiunto-o-no|--act|{ACT}|--effective-on|2023-07-03",
        "/administrations/{0}/systems",
        {"year": 2023, "system": {"preset": "raggiunto-o-no"}, "act": ACT, "effective_on": "2023-07-03"},
        f"system|adopt|{{0}}|--year|2022|--preset|due-decimali|--act|{ACT}|--corrects|1|--justification|errore",
        {"year": 2022, "system": {"preset": "due-decimali"}, "act": ACT, "corrects": 1, "justification": "errore"},
    ),
    "state_polarities": Given(
        "polarity|{0}|--is|regolamento=up",
        "/plans/{0}/polarities",
        {"polarities": {"regolamento": "up"}},
        "polarity|{0}|--is|incasso=down",
        {"polarities": {"incasso": "down"}},
    ),
    "register_act": Given(
        f"act|{{0}}|{ACT}",
        "/administrations/{0}/acts",
        {"act": ACT},
        "act|{0}|una frase",
        {"act": "una frase"},
    ),
    "register_office": Given(
        "office|{0}|Ufficio Statistica|--alias|Statistiche|--alias|Dati|--id|statistica",
        "/administrations/{0}/offices",
        {"name": "Ufficio Statistica", "aliases": ["Statistiche", "Dati"], "office": "statistica"},
        "office|{0}|Ufficio Protocollo|--id|protocollo",
        {"name": "Ufficio Protocollo", "office": "protocollo"},
    ),
    "close_office": Given(
        f"administration|close-office|{{0}}|protocollo|--act|{ACT}",
        "/administrations/{0}/office-closings",
        {"office": "protocollo", "act": ACT},
        "administration|close-office|{0}|nullo",
        {"office": "nullo"},
    ),
    "succeed_administration": Given(
        f"administration|succeed|{{0}}|--how|merger|--predecessor|cciaa-altra|--act|{ACT}",
        "/administrations/{0}/succession",
        {"how": "merger", "predecessors": ["cciaa-altra"], "act": ACT},
        "administration|succeed|{0}|--how|merger|--predecessor|cciaa-prova",
        {"how": "merger", "predecessors": ["cciaa-prova"]},
    ),
    "answer_flag": Given(
        "reply|{0}|eased_after_bad_value/22|--year|2022|--words|Dal triennio.|--on|03/07/2023",
        "/plans/{0}/flag-answers",
        {"flag": "eased_after_bad_value/22", "year": 2022, "words": "Dal triennio.", "on": "2023-07-03"},
        "reply|{0}|eased_after_bad_value/99|--year|2022|--words|Dal triennio.",
        {"flag": "eased_after_bad_value/99", "year": 2022, "words": "Dal triennio."},
    ),
    "give_opinion": Given(
        f"oiv|opinion|{{0}}|--judgement|favourable|--version|23|--version|24|{ABOUT}",
        "/plans/{0}/opinions",
        _of(WORDS, judgement="favourable", versions=[23, 24]),
        f"oiv|opinion|{{0}}|--judgement|favourable|--version|999|{ABOUT}",
        _of(WORDS, judgement="favourable", versions=[999]),
        role="oiv",
    ),
    "make_remark": Given(
        f"oiv|remark|{{0}}|--about|indicator/incasso|{ABOUT}",
        "/plans/{0}/remarks",
        _of(WORDS, about="indicator/incasso"),
        f"oiv|remark|{{0}}|--about|indicator/nulla|{ABOUT}",
        _of(WORDS, about="indicator/nulla"),
        role="oiv",
    ),
    "make_request": Given(
        f"oiv|request|{{0}}|--about|report|--due|31/12/2023|{ABOUT}",
        "/plans/{0}/requests",
        _of(WORDS, about="report", due="2023-12-31"),
        f"oiv|request|{{0}}|--about|objective/nulla|{ABOUT}",
        _of(WORDS, about="objective/nulla"),
        role="oiv",
    ),
    "give_answer": Given(
        f"oiv|answer|{{0}}|--to|richiesta-1|{ABOUT}",
        "/plans/{0}/answers",
        _of(WORDS, to="richiesta-1"),
        f"oiv|answer|{{0}}|--to|richiesta-9|{ABOUT}",
        _of(WORDS, to="richiesta-9"),
    ),
    "validate_report": Given(
        f"oiv|validate|{{0}}|--year|2022|--refused|{ABOUT}",
        "/plans/{0}/validations",
        _of(WORDS, year=2022, validated=False),
        f"oiv|validate|{{0}}|--year|2024|{ABOUT}",
        _of(WORDS, year=2024),
        role="oiv",
    ),
    "submit_proposal": Given(
        "proposal|submit|{0}|{1}|--effective-on|31/07/2023|--on|03/07/2023",
        "/plans/{0}/proposals/{1}/submission",
        {"effective_on": "2023-07-31", "on": "2023-07-03"},
        "proposal|submit|{0}|{1}",
        {},
        part="proposta-3",
        about=OTHER,
    ),
    "comment_proposal": Given(
        f"proposal|comment|{{0}}|{{1}}|{ABOUT}",
        "/plans/{0}/proposals/{1}/comments",
        WORDS,
        f"proposal|comment|{{0}}|{{1}}|{ABOUT}|--on|2023-07-01",
        _of(WORDS, on="2023-07-01"),
        part="proposta-1",
        about=OTHER,
    ),
    "ask_opinion": Given(
        f"proposal|ask-opinion|{{0}}|{{1}}|--due|31/12/2023|{ABOUT}",
        "/plans/{0}/proposals/{1}/opinion-request",
        _of(WORDS, due="2023-12-31"),
        "proposal|ask-opinion|{0}|{1}",
        {},
        part="proposta-1",
        about=OTHER,
    ),
    "withdraw_proposal": Given(
        "proposal|withdraw|{0}|{1}|--justification|errore",
        "/plans/{0}/proposals/{1}/withdrawal",
        {"justification": "errore"},
        "proposal|withdraw|{0}|{1}",
        {},
        part="proposta-3",
        about=OTHER,
    ),
    "reject_proposal": Given(
        f"proposal|reject|{{0}}|{{1}}|--justification|non serve|--act|{ACT}",
        "/plans/{0}/proposals/{1}/rejection",
        {"justification": "non serve", "act": ACT},
        "proposal|reject|{0}|{1}|--justification|non serve",
        {"justification": "non serve"},
        role="giunta",
        part="proposta-1",
        about=OTHER,
    ),
    "enact_proposal": Given(
        f"proposal|enact|{{0}}|{{1}}|--act|{ACT}|--submission|4|--same-act",
        "/plans/{0}/proposals/{1}/enactment",
        {"act": ACT, "submission": 4, "same_act": True},
        f"proposal|enact|{{0}}|{{1}}|--act|{ACT}",
        {"act": ACT},
        role="giunta",
        part="proposta-1",
        about=OTHER,
    ),
    "draw_sample": Given(
        "oiv|sample|{0}|--year|2022|--size|2|--seed|3 luglio 2023",
        "/plans/{0}/samples",
        {"year": 2022, "size": 2, "seed": "3 luglio 2023"},
        "oiv|sample|{0}|--year|2024|--size|2|--seed|3 luglio 2023",
        {"year": 2024, "size": 2, "seed": "3 luglio 2023"},
        role="oiv",
    ),
    "redact_texts": Given(
        f"redact|{{0}}|--version|1|--of|review|--act|{ACT}|--justification|dato personale",
        "/plans/{0}/redactions",
        {"version": 1, "of": "review", "act": ACT, "justification": "dato personale"},
        f"redact|{{0}}|--version|1|--act|{ACT}",
        {"version": 1, "act": ACT},
    ),
    "confirm_formula": Given(
        "formula|--plan|{0}|--confirm|cassetto|--prose",
        "/plans/{0}/formulas",
        {"indicator": "cassetto", "prose": True},
        "formula|--plan|{0}|--confirm|cassetto|--expression|a +",
        {"indicator": "cassetto", "expression": "a +"},
    ),
    "interpret_target": Given(
        "interpret|{0}|cassetto|--year|2024|--meaning|>= 60%",
        "/plans/{0}/interpretations",
        {"indicator": "cassetto", "year": 2024, "meaning": ">= 60%"},
        "interpret|{0}|cassetto|--year|2024|--meaning|quanto basta",
        {"indicator": "cassetto", "year": 2024, "meaning": "quanto basta"},
    ),
    "open_account": Given(
        f"account|open|prova|--name|Prova|--administration|{OFFICE}",
        "/accounts",
        {"login": "prova", "name": "Prova", "administration": OFFICE},
        "account|open|aaa|--name|Prova",
        {"login": "aaa", "name": "Prova"},
    ),
    "make_link": Given(
        f"account|link|{THIRD}",
        "/account-links",
        {"account": THIRD},
        f"account|link|{SECOND}",
        {"account": SECOND},
    ),
    "end_sessions": Given(
        f"account|end-sessions|{THIRD}",
        "/account-session-endings",
        {"account": THIRD},
        f"account|end-sessions|{SECOND}",
        {"account": SECOND},
    ),
    "suspend_account": Given(
        f"account|suspend|{THIRD}",
        "/account-suspensions",
        {"account": THIRD},
        f"account|suspend|{SECOND}",
        {"account": SECOND},
    ),
    "resume_account": Given(
        f"account|resume|{SECOND}",
        "/account-resumptions",
        {"account": SECOND},
        f"account|resume|{THIRD}",
        {"account": THIRD},
    ),
    "erase_person": Given(
        f"account|erase|{THIRD}",
        "/erasures",
        {"account": THIRD},
        "account|erase|acc-dddddddddddddddd",
        {"account": "acc-dddddddddddddddd"},
    ),
    "give_role": Given(
        f"account|give|{FIRST}|responsible|--administration|{OFFICE}|--office|protocollo",
        "/roles",
        {"account": FIRST, "role": "responsible", "administration": OFFICE, "offices": ["protocollo"]},
        f"account|give|{FIRST}|responsible|--administration|{OFFICE}",
        {"account": FIRST, "role": "responsible", "administration": OFFICE},
    ),
    "take_role": Given(
        f"account|take|{FIRST}|planner|--administration|{OFFICE}",
        "/role-withdrawals",
        {"account": FIRST, "role": "planner", "administration": OFFICE},
        f"account|take|{FIRST}|oiv|--administration|{OFFICE}",
        {"account": FIRST, "role": "oiv", "administration": OFFICE},
    ),
    "issue_token": Given(
        f"token|issue|altro|--account|{FIRST}|--right|planner@{OFFICE}|--until|31/01/2024",
        "/tokens",
        {"name": "altro", "account": FIRST, "rights": [f"planner@{OFFICE}"], "expires_on": "2024-01-31"},
        f"token|issue|altro|--account|{FIRST}|--right|oiv@{OFFICE}|--until|31/01/2024",
        {"name": "altro", "account": FIRST, "rights": [f"oiv@{OFFICE}"], "expires_on": "2024-01-31"},
    ),
    "revoke_token": Given(
        f"token|revoke|{TOKEN}",
        "/token-revocations",
        {"token": TOKEN},
        "token|revoke|tok-dddddddddddddddd",
        {"token": "tok-dddddddddddddddd"},
    ),
    "choose_reminders": Given(
        f"account|reminders|--account|{FIRST}|--address|uno@ente.example|--language|en|--reminders|off",
        "/account-reminders",
        {"account": FIRST, "address": "uno@ente.example", "language": "en", "reminders": "off"},
        f"account|reminders|--account|{SECOND}|--address|uno@ente.example",
        {"account": SECOND, "address": "uno@ente.example"},
    ),
    "subscribe_webhook": Given(
        "webhooks|subscribe|{0}|https://altri.ente.example/|--topic|target-revised|--drafts|--after-position|0",
        "/administrations/{0}/webhooks",
        {
            "url": "https://altri.ente.example/",
            "topics": ["target-revised"],
            "drafts": True,
            "after_position": 0,
        },
        "webhooks|subscribe|{0}|https://10.0.0.1/",
        {"url": "https://10.0.0.1/"},
    ),
    "replace_webhook_secret": Given(
        f"webhooks|secret|{{0}}|{WEBHOOK}",
        "/administrations/{0}/webhook-secrets",
        {"webhook": WEBHOOK},
        "webhooks|secret|{0}|wh-aaaaaaaaaaaaaaaa",
        {"webhook": "wh-aaaaaaaaaaaaaaaa"},
    ),
    "send_again": Given(
        f"webhooks|resend|{{0}}|{WEBHOOK}|--position|3",
        "/administrations/{0}/webhook-redeliveries",
        {"webhook": WEBHOOK, "position": 3},
        f"webhooks|resend|{{0}}|{WEBHOOK}|--position|4",
        {"webhook": WEBHOOK, "position": 4},
    ),
    "end_webhook": Given(
        f"webhooks|end|{{0}}|{WEBHOOK}",
        "/administrations/{0}/webhook-endings",
        {"webhook": WEBHOOK},
        "webhooks|end|{0}|wh-aaaaaaaaaaaaaaaa",
        {"webhook": "wh-aaaaaaaaaaaaaaaa"},
    ),
}


def test_every_command_with_words_and_an_address_is_given_at_both_doors() -> None:
    by_tests_of_their_own = {"change_plan", "make_checkpoint", "log_opened", "load_plan"}
    by_tests_of_their_own |= {"draft_proposal", "amend_proposal", "propose_import"}
    by_tests_of_their_own |= {row.name for row in LIBRARY if isinstance(row, Command)}  # tests/api/test_library.py
    by_tests_of_their_own |= {"send_file", "send_plan_file", "confirm_import", "confirm_plan_import", "collect_round"}
    assert set(COMMANDS_GIVEN) | by_tests_of_their_own == BOTH["commands"]
    assert not set(COMMANDS_GIVEN) & by_tests_of_their_own


class Pair(NamedTuple):
    """Two copies of one installation: what is given at one door of the first is given at the other of the second."""

    first: Doors
    second: Doors

    def same_record(self) -> bool:
        """Whether they still hold the same events, byte for byte."""
        return self.first.events() == self.second.events()

    def same_facts(self) -> bool:
        """Whether they hold the same events, each bound to another request: a file is sent whole at one of the doors."""
        return list(map(_unbound, self.first.events())) == list(map(_unbound, self.second.events()))


def _unbound(event: Mapping[str, Any]) -> dict[str, Any]:
    return {**event, "envelope": {**event["envelope"], "receipt": None}}


@pytest.fixture
def pair(recorded: Path, tmp_path: Path) -> Iterator[Pair]:
    """Two copies of the history."""
    for name in ("first", "second"):
        shutil.copytree(recorded, tmp_path / name)
    pair = Pair(Doors(tmp_path / "first", NOW), Doors(tmp_path / "second", NOW))
    yield pair
    for doors in pair:
        doors.close()


@pytest.mark.parametrize("name", COMMANDS_GIVEN)
def test_a_command_records_and_answers_the_same_at_both_doors(pair: Pair, name: str) -> None:
    given, before = COMMANDS_GIVEN[name], pair.first.events()
    for repeated in (False, True):
        on_the_line, over_http = _give(pair, name, given.words, given.body)
        assert on_the_line.accepted, on_the_line.content
        _alike(on_the_line, over_http, name)
        assert on_the_line.document()["repeated"] is repeated
        assert pair.same_record()
    assert len(pair.first.events()) > len(before)


@pytest.mark.parametrize("name", COMMANDS_GIVEN)
def test_a_command_is_refused_the_same_at_both_doors_and_records_nothing(pair: Pair, name: str) -> None:
    given, before = COMMANDS_GIVEN[name], pair.first.events()
    on_the_line, over_http = _give(pair, name, given.wrong_words, given.wrong_body)
    assert not on_the_line.accepted, on_the_line.content
    _alike(on_the_line, over_http, name)
    if COMMANDS[name].scope != "installation":
        on_the_line, over_http = _give(pair, name, given.words, given.body, subject=ABSENT)
        assert not on_the_line.accepted, on_the_line.content
        _alike(on_the_line, over_http, name)
    assert pair.same_record()
    assert pair.first.events() == before


KEY: dict[str, Any] = {"Idempotency_Key": "comando-1"}


def _give(
    pair: Pair, name: str, words: str, body: Mapping[str, Any], subject: str | None = None
) -> tuple[Reply, Reply]:
    """A command, given on the command line of the first and over HTTP of the second."""
    given = COMMANDS_GIVEN[name]
    taken_by = given.about if words == given.words else ""
    about = subject or taken_by or (OFFICE if COMMANDS[name].scope == "administration" else PLAN)
    arguments = [argument.format(about, given.part) for argument in words.split("|")]
    headers = KEY | ({"Actor": given.role} if given.role else {})
    on_the_line = pair.first.cli(*arguments, "--command-id", "comando-1", "--json")
    return on_the_line, pair.second.http("POST", given.address.format(about, given.part), body, **headers)


REVISION = {"verb": "revise_target", "object": "cassetto", "year": 2023, "target": ">= 14%"}
FILE = {"act": ACT, "justification": "dati del monitoraggio", "cause": "new_data", "changes": [REVISION]}
UNCHANGED = FILE | {"changes": [REVISION | {"target": ">= 16%"}]}
ALONE = {name: value for name, value in FILE.items() if name != "changes"} | REVISION | {"target": ">= 16%"}
"""One change with what belongs to the file beside it: this one changes nothing, and is refused."""


@pytest.fixture
def save(tmp_path: Path) -> Callable[[object], str]:
    """Writes a document to a file, and gives its name."""

    def save(content: object) -> str:
        (tmp_path / "documento.json").write_text(json.dumps(content), encoding="utf-8")
        return str(tmp_path / "documento.json")

    return save


def test_a_change_file_does_the_same_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    before = pair.first.events()
    wrong = [(UNCHANGED, PLAN), (ALONE, PLAN), (FILE, ABSENT), (FILE | {"plan": OTHER}, PLAN), ([], PLAN)]
    wrong += [(FILE | {"verbo": 1}, PLAN), (ALONE | {"year": "x"}, PLAN)]
    for body, plan in wrong:
        on_the_line = pair.first.cli("change", plan, save(body), "--command-id", "comando-1", "--json")
        assert not on_the_line.accepted
        _alike(on_the_line, pair.second.http("POST", f"/plans/{plan}/changes", body, **KEY), body)
    for preview in (["--preview"], []):
        on_the_line = pair.first.cli("change", PLAN, save(FILE), *preview, "--command-id", "comando-1", "--json")
        assert on_the_line.accepted
        address = f"{P}/changes?preview=true" if preview else f"{P}/changes"
        _alike(on_the_line, pair.second.http("POST", address, FILE, **KEY), address)
        assert (pair.first.events() == before) is bool(preview)
    assert pair.same_record()


def test_the_effects_of_a_change_file_are_the_same_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    before = pair.first.events()
    on_the_line = pair.first.cli("change", PLAN, save(FILE), "--preview", "--effects", "--json")
    over_http = pair.second.http("POST", f"{P}/changes?preview=true&effects=true", FILE)
    _alike(on_the_line, over_http, "effects")
    told = over_http.document()
    assert set(told["scores"]) == set(told["flags"]) == set(told["change_rate"]) == {"2023"}
    assert [change["justification"] for change in told["changes"]] == ["dati del monitoraggio"]
    assert told["oiv"]["words"]
    assert pair.first.events() == before


def test_a_file_of_changes_without_end_is_refused_at_both_doors_before_any_is_judged(
    pair: Pair, save: Callable[[object], str]
) -> None:
    file = FILE | {"changes": [{}] * 5_001}
    on_the_line = pair.first.cli("change", PLAN, save(file), "--command-id", "comando-1", "--json")
    _alike(on_the_line, pair.second.http("POST", f"{P}/changes", file, **KEY), "5001")
    (problem,) = on_the_line.document()["problems"]
    assert (place_of(problem), problem["found"]) == ("changes", "5001 modifiche sono troppe: al più 5000")


PROPOSED = {"title": "Cassetto", "changes": [REVISION], "justification": "dati", "cause": "new_data"}


def test_a_proposal_is_drafted_and_amended_the_same_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    before = pair.first.events()
    wrong = [PROPOSED | {"act": ACT}, PROPOSED | {"plan": OTHER}, PROPOSED | {"title": ""}, PROPOSED | {"verbo": 1}]
    wrong += [{name: value for name, value in PROPOSED.items() if name != "title"}]
    wrong += [PROPOSED | {"changes": [REVISION | {"target": ">= 16%"}]}, PROPOSED | {"changes": [{}] * 5_001}]
    for body in wrong:
        on_the_line = pair.first.cli("proposal", "draft", PLAN, save(body), "--command-id", "comando-1", "--json")
        assert not on_the_line.accepted, body
        _alike(on_the_line, pair.second.http("POST", f"{P}/proposals", body, **KEY), body)
    for preview in (["--preview"], []):
        words = ["proposal", "draft", PLAN, save(PROPOSED), "--id", "cassetto", *preview]
        on_the_line = pair.first.cli(*words, "--command-id", "comando-1", "--json")
        address = f"{P}/proposals?preview=true" if preview else f"{P}/proposals"
        _alike(on_the_line, pair.second.http("POST", address, PROPOSED | {"proposal": "cassetto"}, **KEY), address)
        assert on_the_line.accepted
        assert (pair.first.events() == before) is bool(preview)
    amended = {name: PROPOSED[name] for name in ("justification", "cause")} | {
        "changes": [REVISION | {"target": "13%"}]
    }
    for name in ("cassetto", "nulla"):
        words = ["proposal", "amend", PLAN, name, save(amended), "--title", "Ancora", "--command-id", "comando-2"]
        on_the_line = pair.first.cli(*words, "--json")
        address = f"{P}/proposals/{name}/amendments"
        over_http = pair.second.http("POST", address, amended | {"title": "Ancora"}, Idempotency_Key="comando-2")
        _alike(on_the_line, over_http, name)
        assert on_the_line.accepted is (name == "cassetto")
    assert pair.same_record()


def test_a_preview_of_a_file_is_made_a_proposal_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    named = {"title": "Dal foglio", "justification": "dati", "cause": "new_data"}
    sent = pair.second.http("POST", f"{P}/imports", EDITED, **KEY).document()
    address = f"{P}/imports/{sent['id']}"
    words = [word for name, value in named.items() for word in (f"--{name}", value)]
    for _ in range(2):
        on_the_line = pair.first.cli(
            "proposal", "draft", PLAN, save(EDITED), *words, "--command-id", "comando-1", "--json"
        )
        assert on_the_line.accepted, on_the_line.content
        over_http = pair.second.http("POST", f"{address}/proposal", named, **KEY)
        _alike(on_the_line, over_http, address)
        assert pair.same_facts()
    assert pair.second.http("GET", address).document()["state"] == "proposed"
    with_act = pair.second.http("POST", f"{address}/proposal", named | {"act": ACT})
    assert (with_act.accepted, place_of(with_act.document()["problems"][0])) == (False, "act")


def test_a_checkpoint_is_the_same_at_both_doors(pair: Pair) -> None:
    given = COMMANDS_GIVEN["make_remark"]
    _give(pair, "make_remark", given.words, given.body)
    _alike(pair.first.cli("checkpoint", "--json"), pair.second.http("POST", "/checkpoint", {}), "checkpoint")


NEW = document(
    administration={"id": "cciaa-nuova", "name": "Camera di Commercio Nuova"},
    plan={"id": "nuova-2022-2024", "title": "Piano della nuova", "first_year": 2022, "last_year": 2024},
)
EDITED = document(act=None) | {"indicators": [card | {"targets": []} for card in document()["indicators"]]}


def test_a_file_is_previewed_and_recorded_the_same_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    said = {"act": ACT, "justification": "dati del monitoraggio", "cause": "new_data"}
    words = [word for name, value in said.items() for word in (f"--{name}", value)]
    for content, address, decisions, options in ((NEW, "/imports", {}, []), (EDITED, f"{P}/imports", said, words)):
        sent = pair.second.http("POST", address, content, **KEY).document()
        path = f"{address}/{sent['id']}/confirm"
        for preview in (["--preview"], []):
            arguments = ["import", save(content), *options, *preview, "--command-id", f"c{address.count('/')}"]
            on_the_line = pair.first.cli(*arguments, "--json")
            where = f"{path}?preview=true" if preview else path
            over_http = pair.second.http("POST", where, decisions, Idempotency_Key=f"c{address.count('/')}")
            assert on_the_line.accepted, on_the_line.content
            assert over_http.accepted, over_http.content
            _alike(on_the_line, over_http, where)
        assert pair.same_facts()


def test_the_plan_of_a_document_is_loaded_the_same_at_both_doors(pair: Pair, save: Callable[[object], str]) -> None:
    wrong = NEW | {"plan": {**NEW["plan"], "first_year": "boh"}}
    repeated: list[bool] = []
    for content in (wrong, NEW | {"act": "una frase"}, NEW, NEW):
        on_the_line = pair.first.cli("import", save(content), "--command-id", "comando-1", "--json")
        _alike(on_the_line, pair.second.http("POST", "/plans", content, **KEY), content)
        assert pair.same_facts()
        repeated += [on_the_line.document()["repeated"]] if on_the_line.accepted else []
    assert repeated == [False, True]


def test_a_system_to_adopt_is_previewed_the_same_at_both_doors(pair: Pair) -> None:
    before = pair.first.events()
    presets = ((OFFICE, "raggiunto-o-no"), (ABSENT, "raggiunto-o-no"), (OFFICE, "nessuno"))
    for act in ([], ["--act", ACT], ["--act", "delibera di Giunta n. 9 del 30/09/2030"]):
        for administration, preset in presets:
            words = (
                "system",
                "adopt",
                administration,
                "--year",
                "2023",
                "--preset",
                preset,
                *act,
                "--preview",
                "--json",
            )
            on_the_line = pair.first.cli(*words)
            address = f"/administrations/{administration}/systems?preview=true"
            body = {"year": 2023, "system": {"preset": preset}} | ({"act": act[1]} if act else {})
            _alike(on_the_line, pair.second.http("POST", address, body), words)
    of_plan = pair.first.cli(
        "system", "adopt", PLAN, "--year", "2023", "--preset", "raggiunto-o-no", "--act", ACT, "--preview", "--json"
    )
    assert [(each["plan"], each["year"]) for each in of_plan.document()["comparisons"]] == [(PLAN, 2022)]
    assert pair.first.events() == before


def test_a_system_is_refused_in_a_preview_where_its_adoption_is_refused(pair: Pair) -> None:
    rules = {"year": 2023, "system": {"preset": "raggiunto-o-no"}}
    address = f"/administrations/{OFFICE}/systems"
    refused: dict[str, dict[str, Any]] = {}
    adopted = pair.second.http("POST", address, rules | {"act": ACT})
    assert adopted.accepted, adopted.content
    before = pair.second.events()
    for body in (
        rules,
        rules | {"act": ACT},
        rules | {"system": {"preset": "nessuno"}, "act": ACT},
        {"year": 2024, "system": {"bare_value": "up"}, "act": "delibera di Giunta n. 9 del 30/09/2030"},
        rules | {"corrects": 10_000, "justification": "letta male"},
    ):
        preview = pair.second.http("POST", f"{address}?preview=true", body)
        recorded = pair.second.http("POST", address, body)
        assert not preview.accepted
        assert preview.document() == recorded.document()
        refused |= {str(recorded.document()["type"]).rpartition(":")[2]: body}
    assert list(refused) == ["motivation-missing", "no-change", "malformed", "act-date-doubtful", "claim-refused"]
    assert pair.second.events() == before


def test_a_preview_of_a_plan_warns_as_its_loading_does_at_either_door(
    pair: Pair, save: Callable[[object], str]
) -> None:
    act = "delibera di Giunta n. 30 del 15/06/2023"
    systems = f"/administrations/{OFFICE}/systems"
    for doors in pair:
        assert doors.http("POST", systems, {"year": 2023, "system": {"bare_value": "up"}, "act": act}).accepted
    content = document(
        plan={"id": "nudo-2023-2025", "title": "Valori nudi", "first_year": 2023, "last_year": 2025},
        act=act,
        objectives=[{"id": "a", "level": "operational", "title": "Incassare", "neutralised": [2030]}],
        indicators=[
            {
                "id": "nudo",
                "objective": "a",
                "name": "Sportelli",
                "weight": "90",
                "targets": [{"year": 2023, "text": "7"}],
            }
        ],
    )
    preview = pair.first.http("POST", "/plans?preview=true", content).document()["warnings"]
    assert {"polarity_unknown"}.isdisjoint(warning["name"] for warning in preview)
    assert {"left_alone", "weights_not_100"} <= {warning["name"] for warning in preview}
    on_the_line = pair.first.cli("import", save(content), "--json").document()["warnings"]
    assert preview == on_the_line
    assert preview == pair.second.http("POST", "/plans", content).document()["warnings"]


@pytest.mark.parametrize("forced", ["50,5", "1.000,0", "0050", "\u0665\u0660", "5_0", "1,2,3", "1,234.5", "5e1", ""])
def test_a_decimal_is_read_the_same_at_both_doors(pair: Pair, forced: str) -> None:
    words = f"override|{{0}}|cassetto|--year|2023|--score|{forced}|--justification|errore|--act|{ACT}"
    on_the_line, over_http = _give(pair, "override_score", words, _of(FORCED, forced=forced))
    assert on_the_line.accepted is (forced in {"50,5", "1.000,0", "0050", "5e1"}), on_the_line.content
    _alike(on_the_line, over_http, forced)
    assert pair.same_record()


@pytest.mark.parametrize("status", ["A RISCHIO", "At_risk", " a rischio", "rischio"])
def test_a_choice_is_its_word_or_its_code_at_both_doors(pair: Pair, status: str) -> None:
    words = f"status|{{0}}|incasso|--status|{status}|--progress|40|--on|30/06/2023"
    on_the_line, over_http = _give(pair, "report_status", words, _of(STATUS, status=status))
    assert on_the_line.accepted is (status != "rischio"), on_the_line.content
    _alike(on_the_line, over_http, status)


def test_what_is_said_twice_is_refused_in_the_same_words_at_both_doors(doors: Doors) -> None:
    on_the_line = doors.cli("changes", PLAN, "--year", "2022", "--year", "2023", "--json")
    over_http = doors.http("GET", f"{P}/changes?year=2022&year=2023")
    assert not on_the_line.accepted
    _alike(on_the_line, over_http, "year")
    assert [place_of(one) for one in on_the_line.refusal()["problems"]] == ["--year"]


def test_the_record_of_a_discarded_draft_is_shown_at_both_doors(pair: Pair) -> None:
    discarded = {"justification": "caricato il file sbagliato"}
    for doors in pair:
        assert doors.http("POST", f"/plans/{DRAFT}/discard", discarded).accepted
    on_the_line, over_http = pair.first.cli("audit", DRAFT, "--json"), pair.second.http("GET", f"/plans/{DRAFT}/audit")
    assert on_the_line.accepted, on_the_line.content
    assert over_http.accepted, over_http.content
    assert [event["event"] for event in over_http.document()["events"]] == [
        event["event"] for event in on_the_line.document()["events"]
    ]
    assert b"scartata" in pair.first.cli("audit", DRAFT).content
    assert pair.second.http("GET", f"/plans/{DRAFT}/audit-export").document()["total"] == over_http.document()["total"]
    assert pair.second.http("GET", f"/plans/{DRAFT}/events").document()["events"]
    for address in ("events/1", "events/1/proof"):
        assert pair.second.http("GET", f"/plans/{DRAFT}/{address}").accepted, address
    assert not pair.second.http("GET", f"/plans/{DRAFT}").accepted
    assert not pair.first.cli("show", DRAFT).accepted


@pytest.mark.parametrize(
    "name", ["register_act", "register_office", "close_office", "succeed_administration", "adopt_system"]
)
def test_who_names_no_administration_is_told_those_there_are(pair: Pair, name: str) -> None:
    given = COMMANDS_GIVEN[name]
    on_the_line, over_http = _give(pair, name, given.words, given.body, subject=ABSENT)
    for refusal in (on_the_line.refusal(), over_http.refusal()):
        assert refusal["accepted"].startswith("una fra: ")
        assert OFFICE in refusal["accepted"]
