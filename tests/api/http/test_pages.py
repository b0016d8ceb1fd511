"""The pages as the service gives them: with a policy, and with files of its own that are there."""

import re

import pytest

from api.http.headers import SECURITY_HEADERS
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness


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


@pytest.mark.parametrize("point", ["as_of=1990-01-01", "as_of=2022-06-01&known_at=2020-01-01"])
def test_from_before_a_plan_one_is_led_to_where_it_begins(client: Client, harness: ServiceHarness, point: str) -> None:
    harness.load()
    answer = client.get(f"/piani/{PLAN}?{point}")
    assert answer.status_code == 404
    assert "A quel punto del tempo il piano non c'era ancora." in answer.text
    first, present = re.findall(r'href="(/piani/[^"]+)"', answer.text)
    assert client.get(first.replace("&amp;", "&")).status_code == client.get(present).status_code == 200


def test_a_plan_that_is_not_there_begins_nowhere(client: Client) -> None:
    assert "non c'era ancora" not in client.get("/piani/non-c-e?as_of=1990-01-01").text
