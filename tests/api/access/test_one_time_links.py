"""One-time links: usable once, for a day, by whoever holds the secret."""

from datetime import UTC, datetime, timedelta

import pytest

from api.access.credentials_key import CredentialsKey
from api.access.one_time_links import (
    LinkRefused,
    link_digest,
    mint_link,
    parse_link,
    require_usable,
    use_link,
)

KEY = CredentialsKey(bytes(range(32)))
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ACCOUNT = "acc-aaaaaaaaaaaaaaaa"


def test_a_link_is_found_by_its_digest_and_holds_a_day() -> None:
    secret, link = mint_link(KEY, ACCOUNT, NOW)
    assert link_digest(KEY, parse_link(secret.text)) == link.digest
    assert (link.account, link.expires_at, link.used_at) == (ACCOUNT, NOW + timedelta(hours=24), None)
    assert require_usable(link, NOW + timedelta(hours=23, minutes=59)) == link
    assert secret.text not in f"{secret!r} {link!r}"
    assert mint_link(KEY, ACCOUNT, NOW)[0] != secret


def test_it_is_used_once() -> None:
    _, link = mint_link(KEY, ACCOUNT, NOW)
    used = use_link(link, NOW)
    assert used.used_at == NOW
    with pytest.raises(LinkRefused, match="già stato usato"):
        use_link(used, NOW)


def test_it_ends_at_its_hour() -> None:
    _, link = mint_link(KEY, ACCOUNT, NOW, timedelta(minutes=10))
    with pytest.raises(LinkRefused, match="scaduto"):
        use_link(link, NOW + timedelta(minutes=10))


def test_one_that_is_not_there_is_refused() -> None:
    with pytest.raises(LinkRefused, match="non c'è"):
        require_usable(None, NOW)


@pytest.mark.parametrize("text", ["", "x" * 42, "x" * 44, "x" * 42 + "/", "è" * 43, "x" * 43 + "\n"])
def test_an_address_that_was_cut_is_told(text: str) -> None:
    with pytest.raises(LinkRefused, match="non è intero"):
        parse_link(text)
