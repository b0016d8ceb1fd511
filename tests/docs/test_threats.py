"""The page of threats: each defence has a test, and each test that the page names is there; the headers are those that are sent."""

import re
from pathlib import Path

import pytest

from api.http.headers import SECURITY_HEADERS, STRICT_TRANSPORT

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/minacce.md").read_text(encoding="utf-8")
TESTS = {
    name
    for module in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", module.read_text(encoding="utf-8"), re.MULTILINE)
}
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
ATTACKERS = re.findall(r"^## ((?!Che cosa).+)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_page_names_is_there(name: str) -> None:
    assert name in TESTS


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_each_defence_has_its_test_and_each_attacker_what_is_left_to_it(attacker: str) -> None:
    section = PAGE.split(f"## {attacker}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!vuole|---)(.+) \|$", section, re.MULTILINE)
    assert rows
    for row in rows:
        assert re.search(r"`test_\w+`$", row), row
    assert "**Non lo ferma:**" in section


def test_the_page_speaks_of_every_attacker() -> None:
    words = ("passa", "altro sito", "altra amministrazione", "ente", "utenze", "macchina", "fornitore", "proxy")
    assert len(ATTACKERS) == len(words)
    assert all(any(word in attacker for attacker in ATTACKERS) for word in words)


def test_the_headers_of_the_page_are_those_that_are_sent() -> None:
    rows = dict(re.findall(r"^\| `([A-Z][\w-]+)` \| `([^`]+)` \|", PAGE, re.MULTILINE))
    sent = {**SECURITY_HEADERS, "Strict-Transport-Security": STRICT_TRANSPORT}
    assert {name: rows[name] for name in sent} == sent
