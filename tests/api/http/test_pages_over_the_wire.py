"""Pages over the wire: compressed where that is taken and tells no secret, and within what a first visit may cost."""

import re

import pytest

from tests.api.http.client import Client

FIRST_VISIT = 120_000
"""Bytes that the first page of a plan may take with all that it takes in."""


@pytest.mark.parametrize("address", ["/accessibilita", "/guida", "/static/style.css", "/static/icons.svg"])
def test_it_is_compressed_for_whoever_takes_it(client: Client, address: str) -> None:
    plain = client.http.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.http.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_a_first_visit_is_within_its_budget(client: Client) -> None:
    page = client.http.get("/", headers={"Accept-Encoding": "gzip"})
    taken_in = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    style = client.http.get("/static/style.css").text
    taken_in |= {f"/static/{font}" for font in re.findall(r'url\("(fonts/[^"]+)"\)', style)}
    sizes = [
        int(client.http.get(one, headers={"Accept-Encoding": "gzip"}).headers["content-length"]) for one in taken_in
    ]
    assert len(sizes) >= 8
    assert int(page.headers["content-length"]) + sum(sizes) < FIRST_VISIT


def test_what_holds_the_secret_of_a_form_is_not(client: Client) -> None:
    answer = client.http.get("/accesso", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
