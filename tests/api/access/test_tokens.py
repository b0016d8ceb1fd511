"""API tokens: their form, what is stored of them, and what never shows."""

import re
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.credentials_key import CredentialsKey
from api.access.tokens import DIGITS, ApiToken, TokenMistyped, mint_token, parse_token, token_digest

KEY = CredentialsKey(bytes(range(32)))
TOKEN = parse_token("iit_" + "0" * 42 + "1" + "4PpVOG")


def test_a_token_is_what_the_documentation_says() -> None:
    token = mint_token().text
    assert re.fullmatch(r"iit_[0-9A-Za-z]{49}", token)
    checksum = 0
    for character in token[-6:]:
        checksum = checksum * 62 + DIGITS.index(character)
    assert checksum == crc32(token[:-6].encode())
    assert 62**42 < 2**256 < 62**43
    assert parse_token(token).text == token


def test_no_two_tokens_are_the_same() -> None:
    assert len({mint_token().text[4:-6] for _ in range(500)}) == 500


@given(place=st.integers(0, 52), character=st.sampled_from(DIGITS + "_-. àé\n\x00"))
def test_a_token_with_another_character_is_told_before_any_look_up(place: int, character: str) -> None:
    text = TOKEN.text[:place] + character + TOKEN.text[place + 1 :]
    if text != TOKEN.text:
        with pytest.raises(TokenMistyped) as refused:
            parse_token(text)
        assert refused.value.status == 401
        assert text not in str(refused.value)


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(TokenMistyped):
        parse_token(text)


@pytest.mark.parametrize(
    "text", ["", "iit_", TOKEN.text[:-1], TOKEN.text + "0", TOKEN.text + "\n", " " + TOKEN.text, TOKEN.text.upper()]
)
def test_a_token_that_is_cut_short_or_has_more_is_none(text: str) -> None:
    with pytest.raises(TokenMistyped):
        parse_token(text)


def test_what_is_stored_is_a_keyed_digest_of_tokens_alone() -> None:
    digest = token_digest(KEY, TOKEN)
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert digest != token_digest(CredentialsKey(bytes(32)), TOKEN)
    assert digest not in {KEY.digest("link", TOKEN.text), KEY.digest("session", TOKEN.text)}
    assert digest == token_digest(KEY, ApiToken(TOKEN.text))
    assert digest != token_digest(KEY, mint_token())


def test_neither_a_token_nor_the_key_shows_when_it_is_printed() -> None:
    for shown in (repr(TOKEN), f"{TOKEN}", repr([TOKEN]), repr(KEY), f"{KEY}"):
        assert TOKEN.text[4:] not in shown
        assert bytes(range(32)).hex() not in shown
    assert repr(TOKEN) == "ApiToken()"
    assert ApiToken(TOKEN.text) == TOKEN
