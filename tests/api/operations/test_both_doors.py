"""Whatever has words and an address is one operation: the command line and HTTP answer, record and refuse alike.

The tables of arguments below have an entry for each such row, and no other: a new row without one fails.
"""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from api.operations.dated import Dated
from api.operations.table import COMMANDS, OPERATIONS, QUESTIONS
from tests.api.operations.doors import Doors, Reply
from tests.api.operations.history import OFFICE, OTHER, record
from tests.support.desk import PLAN, Desk

NOW = datetime(2023, 7, 3, 9, tzinfo=UTC)
"""A Monday: the year 2022 is closed, and another plan has taken the place of this one."""
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


YEARS = ({"year": "2022"}, {"year": "2023"})
OF_LEVELS = (*YEARS, {"year": "2022", "level": "operational"}, {"year": "2022", "level": "nessuno"})
EX_ANTE = {"basis=ex_ante": ("--ex-ante",)}
OF_SCORES = (*YEARS, {"year": "2022", "basis": "ex_ante"}, {"year": "2022", "feeds": "individual"})
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
    "show_system": (
        Asked(f"system|show|{PLAN}", f"{P}/system", YEARS),
        Asked(f"system|show|{OTHER}", f"/plans/{OTHER}/system", YEARS),
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
    "list_diligence": (Asked(f"oiv|diary|{PLAN}", f"{P}/diligence"),),
    "draw_sample_again": (
        Asked(f"oiv|redraw|{PLAN}|campione-1", f"{P}/samples/campione-1"),
        Asked(f"oiv|redraw|{PLAN}|campione-9", f"{P}/samples/campione-9"),
    ),
}
BY_OTHER_TESTS = {
    *("export_plan", "template", "export_audit", "take_pack"),  # they answer a file
    *("compute_achievement", "compare_systems", "read_formula", "show_checkpoint", "list_keys"),  # written out
}


def test_every_question_with_words_and_an_address_is_asked_at_both_doors() -> None:
    asked = {row.name for row in QUESTIONS.values() if row.cli is not None and row.path is not None}
    assert set(QUESTIONS_ASKED) | BY_OTHER_TESTS == asked
    assert not set(QUESTIONS_ASKED) & BY_OTHER_TESTS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of the whole history, and its key."""
    folder = tmp_path_factory.mktemp("storia")
    desk = Desk(folder / "archivio.sqlite")
    record(desk)
    desk.store.close()
    doors = Doors(folder, NOW)
    assert doors.cli("checkpoint", "--json").accepted  # from here on there is a key
    return folder


@pytest.mark.parametrize("name", QUESTIONS_ASKED)
def test_a_question_has_one_answer_at_both_doors(recorded: Path, name: str) -> None:
    doors = Doors(recorded, NOW)
    points = POINTS if issubclass(QUESTIONS[name].query, Dated) else ({},)
    with doors.client() as client:
        for asked in QUESTIONS_ASKED[name]:
            for parameters in asked.parameters:
                for point in points:
                    _same(doors, client, asked, {**parameters, **point})


def _same(doors: Doors, client: TestClient, asked: Asked, parameters: Parameters) -> None:
    address = asked.address
    if parameters:
        address += ("&" if "?" in address else "?") + urlencode(parameters)
    answer = client.get(f"/v1{address}")
    over_http = Reply(answer.is_success, answer.content)
    on_the_line = doors.cli(*asked.arguments(parameters), "--json")
    assert over_http.accepted == on_the_line.accepted, (address, over_http.content, on_the_line.content)
    if over_http.accepted:
        assert on_the_line.document() == over_http.document(), address
    else:
        assert on_the_line.refusal() == over_http.refusal(), address
