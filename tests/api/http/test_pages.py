"""The pages as the service gives them: with a policy, and with files of its own that are there."""

import re

import pytest

from api.http.headers import SECURITY_HEADERS
from tests.api.http.client import Client


@pytest.mark.parametrize("address", ["/", "/checkpoint"])
def test_a_page_takes_in_files_that_the_service_has(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
    taken_in = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    assert len(taken_in) >= 2
    for file in taken_in:
        answer = client.get(file)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].partition(";")[0] in {"text/css", "image/svg+xml"}


def test_no_other_file_is_served(client: Client) -> None:
    assert client.get("/static/frame.py").status_code == 404
    assert client.get("/static/../frame.py").status_code == 404
