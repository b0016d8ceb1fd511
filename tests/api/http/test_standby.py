"""Where a question is asked of a service that has a standby beside its primary: whoever reads sees what they wrote."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import pytest

from api.commands.handler import Outcome
from domain.errors import StandbyBehind, StoreRefused
from projections.store.instants import SETTLED
from projections.store.replication import ReplicationState
from projections.store.standby import Needs, Standby
from projections.streams import plan_stream
from tests.api.http.test_sign_in_forms import cheaply_hashing
from tests.api.http.test_work_pages import post
from tests.support.chamber import OWN, PUBLISHED, Browser, Chambers, signed_in
from tests.support.harness import ServiceHarness
from tests.support.server import HotStandby, OwnServer, databases, hot_standby, own_server

PLAN = PUBLISHED[OWN]
ADDRESS = f"/v1/plans/{PLAN}"
PAGE = f"/piani/{PLAN}/indicatori/incasso"
WRITES_AT = "https://piani.camera.example"
BEFORE = "as_of=2022-12-31&known_at=2022-09-01T00:00:00Z"


class Pair(NamedTuple):
    """A primary, its standby, and a service that has both."""

    primary: OwnServer
    standby: HotStandby
    chambers: Chambers

    def revise(self, target: str) -> int:
        """Records a revision on the primary; the version of the plan that it made."""
        outcome: Outcome = self.chambers.harness.revise(target, "2022-09-30", indicator="incasso")
        return outcome.versions[plan_stream(PLAN)][1]

    def accept(self, seconds: int) -> None:
        """Takes an answer of now that lags so much."""
        assert self.chambers.harness.store.standby is not None
        self.chambers.harness.store.standby.accepted_lag = timedelta(seconds=seconds)

    def ask(self, path: str = f"{ADDRESS}?as_of=2022-12-31", **headers: str) -> httpx2.Response:
        """A question by nobody in particular."""
        return self.chambers.ask("GET", path, **headers)

    def version(self, **headers: str) -> int:
        """The version of the plan as it is answered now."""
        answer = self.ask(**headers)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["version"])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with own_server() as primary, databases(primary.url) as make, hot_standby(primary) as standby:
        location = make()
        folder = tmp_path_factory.mktemp("coppia")
        standby.catch_up()
        with cheaply_hashing(Chambers(folder, location, public=True, writes_at=WRITES_AT)) as chambers:
            chambers.harness.on("2022-10-05")
            replica = urlsplit(standby.url)._replace(path=urlsplit(location).path).geturl()
            chambers.harness.store.standby = Standby(replica, timedelta(0), chambers.harness.store.datastore)
            yield Pair(primary, standby, chambers)


@pytest.fixture
def pair(servers: Pair) -> Iterator[Pair]:
    """The pair with a standby that has all but the last revision of the plan."""
    servers.revise(">= 68%")
    servers.standby.catch_up()
    servers.standby.hold_back()
    servers.revise(">= 67%")
    yield servers
    servers.accept(0)
    servers.standby.go_on()
    servers.standby.catch_up()


def last(pair: Pair) -> int:
    return pair.chambers.harness.store.head(plan_stream(PLAN)).version


def test_now_is_asked_of_the_primary_unless_a_version_is_said_that_the_standby_has(pair: Pair) -> None:
    now = last(pair)
    assert pair.version() == now
    assert pair.version(Version_At_Least=str(now)) == now
    # What the standby holds is enough to whoever says so, in whichever words.
    behind = now - 1
    for said in (str(behind), f'"2022-12-31;{behind};1"', f"plan/{PLAN}:{behind}, administration/{OWN}:1"):
        assert pair.version(Version_At_Least=said) == behind
    pair.standby.go_on()
    pair.standby.catch_up()
    assert pair.version(Version_At_Least=str(behind)) == now


def test_a_lag_that_is_taken_never_leads_back_behind_what_was_seen(pair: Pair) -> None:
    now = last(pair)
    pair.accept(3_600)
    assert pair.version() == now - 1
    tag = f'"2022-12-31;{now};1"'
    assert pair.version(If_None_Match=tag) == now
    assert pair.version(Cookie=f"initinere-recorded=plan/{PLAN}:{now}") == now
    assert pair.version(Cookie="initinere-recorded=nulla") == now - 1
    pair.accept(0)
    assert pair.version() == now


def test_a_page_after_a_form_shows_what_the_form_recorded(servers: Pair) -> None:
    servers.revise(">= 69%")
    servers.standby.catch_up()
    _, planner = signed_in(servers.chambers, "anna", "planner")
    work = f"/piani/{PLAN}/lavoro/revise_target"
    typed = {
        "year": "2022",
        "target": ">= 61%",
        "cause": "new_data",
        "justification": "x y z",
        "act": "delibera di Giunta n. 12 del 04/10/2022",
    }
    servers.standby.catch_up()
    servers.standby.hold_back()
    servers.accept(3_600)
    try:
        planner.open(f"{work}?object=incasso&year=2022")
        checked = post(planner, work, "check", **typed)
        assert checked.status_code == 200, checked.text
        recorded = post(planner, work, "record")
        assert recorded.status_code == 303, recorded.text
        assert f"plan/{PLAN}:{last(servers)}" in str(recorded.headers.get_list("set-cookie"))
        assert "61%" in planner.open(PAGE).text
        # Another reader is shown the standby still.
        assert "61%" not in Browser(servers.chambers).open(PAGE).text
    finally:
        servers.accept(0)
        servers.standby.go_on()
        servers.standby.catch_up()


def test_without_a_primary_the_past_and_what_the_standby_has_are_answered_and_the_rest_is_told(pair: Pair) -> None:
    now = last(pair)
    token = pair.chambers.token("planner")
    pair.standby.go_on()
    pair.standby.catch_up()
    pair.standby.hold_back()
    now = pair.revise(">= 66%")
    past = pair.ask(f"{ADDRESS}?{BEFORE}").json()
    pair.primary._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
    try:
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            assert pair.ask(f"{ADDRESS}?{BEFORE}", **headers).json() == past
            assert pair.version(Version_At_Least=str(now - 1), **headers) == now - 1
            assert pair.ask(f"{ADDRESS}/objectives?{BEFORE}", **headers).status_code == 200
            assert pair.ask(f"/piani/{PLAN}?{BEFORE}", **headers).status_code == 200
            behind = pair.ask(Version_At_Least=str(now), **headers)
            assert (behind.status_code, behind.json()["type"]) == (503, "urn:in-itinere:problem:standby-behind")
            assert f"plan/{PLAN} è alla versione {now - 1}" in behind.json()["detail"]
            assert WRITES_AT in behind.json()["accepted"]
            assert int(behind.headers["retry-after"]) > 0
            assert pair.ask(**headers).json()["type"] == "urn:in-itinere:problem:store-busy"
        status = pair.ask("/v1/status")  # it is there for whoever it can answer
        assert (status.status_code, "il primario non risponde" in status.json()["detail"]) == (200, True)
        pair.accept(3_600)
        assert pair.version() == now - 1
        assert pair.ask("/v1/change-rates?year=2022").status_code == 200
        pair.standby.go_on()
        while pair.version() != now:  # it had received it
            time.sleep(0.02)
        assert pair.version(Version_At_Least=str(now)) == now
    finally:
        pair.primary._run("pg_ctl", "start", "--wait", "--silent", f"--log={pair.primary._folder / 'log'}")
        pair.primary._connected().close()


def test_what_a_standby_takes_itself_for_is_enough_only_where_it_stands_alone() -> None:
    mark = datetime(2022, 10, 5, 9, tzinfo=UTC)
    heard = ReplicationState(is_standby=True, level_at=mark + 2 * SETTLED, mark=mark, lag=timedelta(0))
    for known_at in (mark - SETTLED, mark - timedelta(days=30)):
        heard._replace(level_at=None).require_come_to(known_at, or_level=False)
    heard.require_come_to(mark + SETTLED)
    for state, known_at, or_level in (
        (heard, mark, False),
        (heard, mark + SETTLED + timedelta(seconds=1), True),
        (heard._replace(level_at=None), mark, True),
    ):
        with pytest.raises(StandbyBehind):
            state.require_come_to(known_at, or_level=or_level)


@pytest.mark.parametrize(("said", "status"), [("999999", 412), ("plan/altro:1", 412), ("domani", 422), ('"x"', 422)])
def test_a_version_that_nobody_recorded_and_what_is_none_are_refused(servers: Pair, said: str, status: int) -> None:
    answer = servers.ask(Version_At_Least=said)
    assert (answer.status_code, answer.json().get("where", "Version-At-Least")) == (status, "Version-At-Least")
    assert servers.ask("/v1/plans", Version_At_Least="12").status_code == 422
    assert servers.ask("/v1/plans", Version_At_Least=f"plan/{PLAN}:1").status_code == 200


def test_the_standby_of_another_archive_is_never_asked(servers: Pair) -> None:
    own = servers.chambers.harness.store
    with databases(servers.primary.url) as make:
        location = make()
        other = ServiceHarness(location)
        other.load()
        other.store.close()
        servers.standby.catch_up()
        replica = urlsplit(servers.standby.url)._replace(path=urlsplit(location).path).geturl()
        with closing(Standby(replica, timedelta(0), own.datastore)) as standby, ExitStack() as stack:
            needs = Needs((datetime(2022, 9, 1, tzinfo=UTC),))
            assert standby.settled() is None
            assert standby.reader(stack, needs, own.clock()) is None
            with pytest.raises(StoreRefused, match="di un altro archivio"):
                standby.require_of_primary()


def test_a_standby_that_is_none_and_one_that_is_not_there_are_named_as_such(servers: Pair) -> None:
    own = servers.chambers.harness.store
    with closing(Standby(own.location, timedelta(0), own.datastore)) as primary:
        assert "scrive" in primary.require_of_primary()
    wrong = urlsplit(own.location)._replace(path="/non-ce").geturl()
    with pytest.raises(StoreRefused) as refused:
        Standby(wrong, timedelta(0), own.datastore)
    assert (refused.value.problem.where, "replica" in refused.value.problem.found) == ("INITINERE_STANDBY", True)
