"""Beyond this machine: under which name the service is reached, through which proxies, and what it refuses to start without."""

import pytest

from api.access.credentials_key import make_credentials_key
from api.access.one_time_links import mint_link
from api.commands.accounts import suspend_account
from api.commands.handler import Caller
from api.http.app import create_app
from api.http.client_address import TrustedProxies, counted_as
from api.http.connections import ConnectionLimits
from api.http.network import AddressRefused, SignInNotReady, require_declared, require_somebody_can_enter
from api.settings import Settings
from domain.access.commands import SuspendAccount
from projections.access import door
from tests.api.http.client import Client, P, problem
from tests.support.accounts import account_with, cookie_header, session_of
from tests.support.harness import ServiceHarness, document
from tests.support.problem_places import place_of

PUBLIC = "https://piani.esempio.it"
OWN = {"Host": "piani.esempio.it"}
BEYOND = {"host": "0.0.0.0", "public_address": PUBLIC, "proxies": "10.0.0.0/24"}  # noqa: S104 - what it takes is tried


@pytest.fixture
def public(harness: ServiceHarness) -> Client:
    """A client of a service that has a name, and lets whoever is on its machine do everything once it is through."""
    harness.load()
    return Client(harness, public_address=PUBLIC, proxies="10.0.0.0/24", peer="10.0.0.5")


# -- the name of the service -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["piani.esempio.it", "PIANI.esempio.it", "piani.esempio.it:443"])
def test_a_service_with_a_name_answers_to_it(public: Client, host: str) -> None:
    assert public.get(P, Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1:8000", "esempio.it", "piani.esempio.it.altro.it", "piani.esempio.it:8000", "", "10.0.0.1"],
)
def test_a_service_with_a_name_answers_to_no_other(public: Client, host: str) -> None:
    told = problem(public.get(P, Host=host), 421, "host-refused")
    assert (place_of(told), told["accepted"]) == ("Host", "piani.esempio.it")


def test_a_program_on_the_machine_may_ask_whether_the_service_is_there_and_nothing_else(public: Client) -> None:
    for path in ("/status", "/v1/status"):
        assert public.get(path, Host="127.0.0.1:8000").status_code == 200
        assert public.get(path, Host="esempio.it").status_code == 421
    assert public.get("/", Host="127.0.0.1:8000").status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://esempio.it"},
        {"Origin": "http://piani.esempio.it"},
        {"Origin": "https://piani.esempio.it:8443"},
        {"Origin": "https://piani.esempio.it.altro.it"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_elsewhere_cannot_write_to_a_service_with_a_name(public: Client, headers: dict[str, str]) -> None:
    answer = public.http.post("/v1/plans", json=document(), headers=OWN | headers)
    assert problem(answer, 403, "origin-refused")["where"] in {"Origin", "Sec-Fetch-Site"}


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": PUBLIC}, {"Sec-Fetch-Site": "none"}, {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}]
)
def test_a_page_of_its_own_and_a_program_can(harness: ServiceHarness, headers: dict[str, str]) -> None:
    client = Client(harness, public_address=PUBLIC)
    assert client.http.post("/v1/plans", json=document(), headers=OWN | headers).status_code == 201


def test_a_page_elsewhere_that_says_no_origin_cannot_write_here_either(client: Client) -> None:
    problem(client.post("/v1/plans", document(), Sec_Fetch_Site="cross-site"), 403, "origin-refused")


def test_a_cookie_alone_writes_nothing(harness: ServiceHarness) -> None:
    harness.load()
    client = Client(harness, sign_in="required", public_address=PUBLIC)
    opened = session_of(client.app, account_with(client.app, "planner", "cciaa-prova"))
    headers = OWN | cookie_header(client.app, opened) | {"Origin": PUBLIC}
    problem(client.http.post(f"{P}/annulments", json={}, headers=headers), 403, "csrf-refused")


# -- through which proxies ---------------------------------------------------------------------------------------------


def _scope(peer: str, *headers: tuple[str, str]) -> dict[str, object]:
    return {
        "type": "http",
        "client": (peer, 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }


@pytest.mark.parametrize(
    ("peer", "sent", "client"),
    [
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("10.0.0.5", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.5", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.5", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.5", ["203.0.113.9, 10.0.0.6"], "203.0.113.9"),
        ("10.0.0.5", ["10.0.0.9, 203.0.113.9, 10.0.0.6"], "203.0.113.9"),
        ("10.0.0.5", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.5", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.5", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.5", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.5", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.5", ["203.0.113.9, pippo"], "10.0.0.5"),
        ("10.0.0.5", ["203.0.113.9, unknown, 10.0.0.6"], "10.0.0.6"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", [""], "10.0.0.5"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_proxy_of_ours(peer: str, sent: list[str], client: str) -> None:
    proxies = TrustedProxies.of(Settings(proxies="10.0.0.0/24"))  # type: ignore[arg-type]  # as in the environment
    scope = _scope(peer, *(("X-Forwarded-For", line) for line in sent), ("Forwarded", "for=1.2.3.4"))
    assert proxies.client_of(scope) == client


@pytest.mark.parametrize(
    ("sent", "client"),
    [
        ("for=203.0.113.9;proto=https;by=10.0.0.5", "203.0.113.9"),
        ('for=1.2.3.4, proto=https;For="203.0.113.9:80"', "203.0.113.9"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=203.0.113.9, for=10.0.0.6", "203.0.113.9"),
        ("for=203.0.113.9, for=_hidden", "10.0.0.5"),
        ("proto=https", "10.0.0.5"),
    ],
)
def test_the_standard_header_is_believed_where_it_is_the_one_that_is_declared(sent: str, client: str) -> None:
    proxies = TrustedProxies.of(Settings(proxies="10.0.0.0/24", proxy_header="forwarded"))  # type: ignore[arg-type]
    assert proxies.client_of(_scope("10.0.0.5", ("Forwarded", sent), ("X-Forwarded-For", "1.2.3.4"))) == client


def test_whoever_has_a_network_of_the_sixth_version_counts_once() -> None:
    assert counted_as("2001:db8::7") == counted_as("2001:db8::ffff:1") == "2001:db8::/64"
    assert counted_as("203.0.113.9") == "203.0.113.9"


def test_clients_behind_a_proxy_are_counted_each_by_itself_and_cannot_choose_as_whom(harness: ServiceHarness) -> None:
    client = Client(harness, requests_per_minute=3, peer="10.0.0.5", proxies="10.0.0.0/24")
    taken = [client.get("/v1/status", X_Forwarded_For=f"192.0.2.{n}, 203.0.113.9").status_code for n in range(8)]
    assert taken.count(429) >= 2  # a minute may have begun meanwhile
    assert client.get("/v1/status", X_Forwarded_For="203.0.113.10").status_code == 200
    stranger = Client(harness, requests_per_minute=3, peer="192.0.2.200", proxies="10.0.0.0/24")
    taken = [stranger.get("/v1/status", X_Forwarded_For=f"192.0.2.{n}").status_code for n in range(8)]
    assert taken.count(429) >= 2


def test_a_proxy_may_have_as_many_connections_as_there_are() -> None:
    limits = ConnectionLimits.of(Settings(proxies="10.0.0.5", workers=4, max_connections=100))  # type: ignore[arg-type]
    assert (limits.total, limits.proxies.trusts("10.0.0.5"), limits.proxies.trusts("10.0.0.6")) == (25, True, False)


@pytest.mark.parametrize("proxies", ["proxy", "10.0.0.1/99", "10.0.0.1/8", "*"])
def test_what_is_no_network_is_no_proxy(proxies: str) -> None:
    with pytest.raises(ValueError, match="proxies"):
        Settings(proxies=proxies)  # type: ignore[arg-type]


@pytest.mark.parametrize("peer", ["10.0.1.5", "127.0.0.1", "::1", "203.0.113.9"])
def test_what_comes_past_the_declared_proxies_is_refused(harness: ServiceHarness, peer: str) -> None:
    harness.load()
    client = Client(harness, public_address=PUBLIC, proxies="10.0.0.0/24", peer=peer, sign_in="required")
    for path in (P, "/accesso", "/v1/nulla"):
        told = problem(client.http.get(path, headers=OWN | {"X-Forwarded-For": "10.0.0.5"}), 421, "proxy-bypassed")
        assert PUBLIC in told["accepted"]
        assert "10.0.0" not in str(told)
    on_this_machine = 200 if peer in {"127.0.0.1", "::1"} else 421
    assert client.http.get("/v1/status", headers={"Host": "localhost"}).status_code == on_this_machine


# -- what it takes to start --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"sign_in": "open"}, "INITINERE_SIGN_IN"),
        ({"public_address": None}, "INITINERE_HOST"),
        ({"proxies": ""}, "INITINERE_PROXIES"),
        ({"sign_in": "open", "host": "127.0.0.1"}, "INITINERE_SIGN_IN"),
        ({"proxies": "", "host": "127.0.0.1"}, "INITINERE_PROXIES"),
        ({"proxies": "10.0.0.5,0.0.0.0/0"}, "INITINERE_PROXIES"),
        ({"proxies": "::/0"}, "INITINERE_PROXIES"),
        ({"proxies": "0.0.0.0/1,128.0.0.0/1", "host": "127.0.0.1"}, "INITINERE_PROXIES"),
        ({"sign_in": "open", "public_address": None}, "INITINERE_SIGN_IN"),
    ],
)
def test_beyond_this_machine_nothing_starts_that_is_not_declared(changed: dict[str, object], where: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        require_declared(Settings(**(BEYOND | changed)))  # type: ignore[arg-type]
    assert refused.value.problem.where == where
    assert any(word in refused.value.problem.found for word in ("credenziali", "chiunque"))


@pytest.mark.parametrize("settings", [BEYOND, BEYOND | {"host": "127.0.0.1"}, {}, {"sign_in": "open"}])
def test_what_is_declared_starts(settings: dict[str, object]) -> None:
    require_declared(Settings(**settings))  # type: ignore[arg-type]


def test_beyond_this_machine_somebody_must_be_able_to_come_in(harness: ServiceHarness) -> None:
    settings = Settings(database=harness.store.location, **BEYOND)  # type: ignore[arg-type]
    app = create_app(settings, harness.store)
    with pytest.raises(SignInNotReady, match="amministratore"):
        require_somebody_can_enter(harness.store, settings)
    account_with(app, "planner", "cciaa-prova")
    with pytest.raises(SignInNotReady):
        require_somebody_can_enter(harness.store, settings)
    account = account_with(app, "administrator", None)
    require_somebody_can_enter(harness.store, settings)  # by its link
    _, link = mint_link(make_credentials_key(), account, harness.store.clock())
    harness.now = link.expires_at
    with pytest.raises(SignInNotReady):
        require_somebody_can_enter(harness.store, settings)
    by_provider = settings.model_copy(update={"oidc_issuer": "https://accesso.esempio.it"})
    with pytest.raises(SignInNotReady):  # who it is, it says, and nobody has a role
        require_somebody_can_enter(harness.store, by_provider)
    require_somebody_can_enter(harness.store, by_provider.model_copy(update={"oidc_roles": "ruoli.json"}))
    require_somebody_can_enter(harness.store, Settings(database=harness.store.location))


def test_an_administrator_who_is_suspended_cannot_come_in(harness: ServiceHarness) -> None:
    settings = Settings(database=harness.store.location, **BEYOND)  # type: ignore[arg-type]
    app = create_app(settings, harness.store)
    account = account_with(app, "administrator", "cciaa-prova")
    require_somebody_can_enter(harness.store, settings)
    suspend_account(
        app.state.service, SuspendAccount(account=account, leaves_nobody=True), Caller("ufficio-performance")
    )
    with pytest.raises(SignInNotReady):
        require_somebody_can_enter(harness.store, settings)
    with harness.store.reading() as reader:
        assert door.of_account(reader.cursor, account, "link")


# -- how many requests -------------------------------------------------------------------------------------------------


def test_an_account_is_counted_wherever_it_asks_from(harness: ServiceHarness) -> None:
    harness.load()
    client = Client(harness, sign_in="required", peer="10.0.0.5", proxies="10.0.0.5", requests_per_minute=4)
    accounts = [account_with(client.app, "planner", "cciaa-prova", login=name) for name in ("anna", "bruno")]
    cookies = [cookie_header(client.app, session_of(client.app, account)) for account in accounts]
    answers = [client.http.get(P, headers=cookies[0] | {"X-Forwarded-For": f"203.0.113.{n // 2}"}) for n in range(10)]
    told = problem(next(one for one in answers if one.status_code != 200), 429, "too-many-requests")
    assert "utenza" in told["detail"]
    refused = next(one for one in answers if one.status_code == 429)
    assert refused.headers["retry-after"] == refused.headers["x-ratelimit-reset"]
    assert refused.headers["x-ratelimit-remaining"] == "0"
    other = client.http.get(P, headers=cookies[1] | {"X-Forwarded-For": "203.0.113.200"})
    assert other.status_code == 200
    assert other.headers["ratelimit-policy"] == '"address";q=4;w=60, "account";q=4;w=60'
    assert other.headers["ratelimit"].startswith('"address";r=3;t=')


def test_what_is_asked_without_an_account_is_counted_by_address(client: Client) -> None:
    answer = client.get("/v1/status")
    assert answer.headers["ratelimit-policy"] == '"address";q=30000;w=60'
