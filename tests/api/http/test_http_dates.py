"""The two dates over HTTP, and what they mean for a cache."""

from urllib.parse import quote

import pytest

from tests.api.http.client import Client, P, problem
from tests.support.harness import PLAN, ServiceHarness
from tests.support.problem_places import place_of


@pytest.fixture
def revised(harness: ServiceHarness) -> ServiceHarness:
    """The example of the design: 70.34; 68 by an act of 30 September; then an act of 30 June surfaces that had set 69."""
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-11-15").revise(">= 69%", "2022-06-30")
    return harness.on("2022-12-01")


def _target(client: Client, as_of: str, known_at: str) -> str:
    answer = client.get(f"{P}/indicators/incasso?as_of={as_of}&known_at={known_at}")
    return str(answer.json()["indicator"]["targets"][0]["text"])


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    ("as_of", "august", "october", "december"),
    [
        ("2022-03-15", ">= 70,34%", ">= 70,34%", ">= 70,34%"),
        ("2022-07-15", ">= 70,34%", ">= 70,34%", ">= 69%"),
        ("2022-10-10", ">= 70,34%", ">= 68%", ">= 68%"),
    ],
)
def test_three_dates_have_nine_answers(client: Client, as_of: str, august: str, october: str, december: str) -> None:
    assert _target(client, as_of, "2022-08-01") == august
    assert _target(client, as_of, "2022-10-10") == october
    assert _target(client, as_of, "2022-12-01") == december


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    ("known_at", "target"),
    [
        ("2022-10-02", ">= 70,34%"),
        ("2022-10-03", ">= 68%"),
        ("2022-10-03T08:59:59Z", ">= 70,34%"),
        ("2022-10-03T11:30:00+02:00", ">= 68%"),
        ("2022-10-03T10:30+02:00", ">= 70,34%"),
        ("2100-01-01", ">= 68%"),
    ],
)
def test_known_at_is_a_day_to_its_end_in_rome_or_an_instant(client: Client, known_at: str, target: str) -> None:
    assert _target(client, "2022-10-10", quote(known_at)) == target


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    "path", [P, f"{P}/objectives", f"{P}/audit", "/v1/plans", "/v1/administrations/cciaa-prova/acts"]
)
@pytest.mark.parametrize(
    "said",
    [
        "as_of=0",
        "as_of=1767225600",
        "as_of=31/02/2022",
        "as_of=2022-02-31",
        "as_of=2022-2-3",
        "as_of=2022-02-03T00:00:00",
        "as_of=",
        "as_of=oggi",
        "known_at=0",
        "known_at=1767225600",
        "known_at=2022-02-31",
        "known_at=2022-10-03T09:30:00",
        "known_at=2022-10-03T09:30:00+02:00",
        "known_at=9999-12-31T23:59:59-14:00",
        "known_at=0001-01-01",
        "known_at=0900-01-01",
        "as_of=2022-01-01&as_of=2022-01-02",
        "asof=2022-01-01",
    ],
)
def test_what_is_no_date_is_malformed_and_says_what_a_date_is(client: Client, path: str, said: str) -> None:
    told = problem(client.get(f"{path}?{said}"), 422, "malformed")
    assert place_of(told["problems"][0]) == said.partition("=")[0]
    assert told["problems"][0]["found"]


@pytest.mark.usefixtures("revised")
def test_the_tag_of_an_answer_is_its_date_and_its_versions(client: Client) -> None:
    # when
    answer = client.get(f"{P}?as_of=2022-10-10")
    # then
    plan, administration = (
        answer.json()["version"],
        client.get("/v1/administrations/cciaa-prova/acts").json()["version"],
    )
    assert answer.headers["etag"] == f'"2022-10-10;{plan};{administration}"'


PARTS = [
    f"{P}?as_of=2022-10-10",
    f"{P}/objectives?as_of=2022-10-10",
    f"{P}/objectives/a1?as_of=2022-10-10",
    f"{P}/indicators?as_of=2022-10-10",
    f"{P}/indicators/incasso/history?as_of=2022-10-10",
    f"{P}/measurements?as_of=2022-10-10",
    f"{P}/changes?year=2022&as_of=2022-10-10",
    f"{P}/change-rates?year=2022&as_of=2022-10-10",
    f"{P}/differences?from=2022-01-31&to=2022-10-10",
    f"{P}/audit?as_of=2022-10-10",
    f"{P}/events",
    f"{P}/events/1",
    f"{P}/acts?as_of=2022-10-10",
    f"{P}/offices?as_of=2022-10-10",
    "/v1/plans?as_of=2022-10-10",
    "/v1/administrations/cciaa-prova/acts?as_of=2022-10-10",
    "/v1/events",
]


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize("path", PARTS)
def test_who_holds_the_answer_is_told_so_without_a_body(client: Client, path: str) -> None:
    # given
    tag = client.get(path).headers["etag"]
    # then
    for held in (tag, f"W/{tag}", f'"altro", {tag}', "*"):
        again = client.get(path, If_None_Match=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "content-type" not in again.headers
    assert client.get(path, If_None_Match='"altro"').status_code == 200


def test_the_tag_changes_when_the_plan_does(revised: ServiceHarness, client: Client) -> None:
    # given
    tag = client.get(P).headers["etag"]
    # when
    revised.revise(">= 67%", "2022-11-30")
    # then
    assert client.get(P, If_None_Match=tag).status_code == 200


@pytest.mark.usefixtures("revised")
def test_what_is_not_there_is_not_found_whatever_the_client_holds(client: Client) -> None:
    problem(client.get(f"{P}/objectives/nessuno", If_None_Match="*"), 404, "not-found")


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    ("said", "lasts"),
    [
        ("as_of=2022-10-10&known_at=2022-10-10", True),
        ("as_of=2022-10-10&known_at=2022-11-30T23:59:59Z", True),
        ("as_of=2022-10-10&known_at=2022-12-01", False),
        ("as_of=2022-10-10&known_at=2100-01-01", False),
        ("as_of=2022-10-10", False),
        ("known_at=2022-10-10", False),
        ("", False),
    ],
)
def test_only_an_address_with_both_dates_in_the_past_lasts_for_ever(client: Client, said: str, *, lasts: bool) -> None:
    kept = client.get(f"{P}?{said}").headers["cache-control"]
    assert kept == ("private, immutable, max-age=31536000" if lasts else "no-cache")


@pytest.mark.usefixtures("revised")
def test_a_list_of_what_there_is_is_asked_for_again_whoever_asks_may_be_given_more_to_read(client: Client) -> None:
    for path in ("/v1/plans", "/v1/change-rates"):
        answer = client.get(f"{path}?as_of=2022-10-10&known_at=2022-10-10")
        assert "immutable" not in answer.headers["cache-control"], path


def test_an_address_with_both_dates_shows_the_same_for_ever(revised: ServiceHarness, client: Client) -> None:
    # given
    address = f"{P}?as_of=2022-10-10&known_at=2022-10-10"
    before = client.get(address)
    # when
    revised.revise(">= 67%", "2022-10-01")
    revised.annul(2, act="delibera di Giunta n. 12 del 20/10/2022", take_along=True)
    # then
    after = client.get(address)
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]


@pytest.mark.usefixtures("revised")
def test_differences_are_typed_and_ask_from_two_points(client: Client) -> None:
    # when
    told = client.get(f"{P}/differences?from=2022-09-29&to=2022-09-30&known_from=2022-10-10&known_to=2022-10-10").json()
    # then
    assert (told["plan"], told["from"]["as_of"], told["to"]["as_of"]) == (PLAN, "2022-09-29", "2022-09-30")
    (one,) = told["differences"]
    assert (one["type"], one["object"], one["direction"]) == ("target_revised", "indicator/incasso", "easier")
    assert (one["before"]["text"], one["after"]["text"]) == (">= 70,34%", ">= 68%")


@pytest.mark.usefixtures("revised")
def test_differences_between_two_knowledges_of_one_date_show_what_surfaced(client: Client) -> None:
    told = client.get(f"{P}/differences?from=2022-07-15&to=2022-07-15&known_from=2022-10-10&known_to=2022-11-30").json()
    assert [one["after"]["text"] for one in told["differences"]] == [">= 69%"]


@pytest.mark.usefixtures("revised")
def test_before_it_was_drafted_or_known_a_plan_is_empty(client: Client) -> None:
    told = client.get(f"{P}/differences?from=2021-01-01&to=2022-01-31&known_from=2021-01-01").json()
    assert {one["type"] for one in told["differences"]} == {"added"}


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    "said", ["", "from=0", "from=2022-01-01&to=0", "from=2022-01-01&known_to=0", "from=2022-01-01&fro=1"]
)
def test_differences_want_two_dates(client: Client, said: str) -> None:
    problem(client.get(f"{P}/differences?{said}"), 422, "malformed")
