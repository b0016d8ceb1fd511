import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from api.settings import Settings
from tests.support.harness import PLAN

Run = Callable[..., Result]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What the server was started with; it does not really start."""
    started: list[Settings] = []
    monkeypatch.setattr("uvicorn.run", lambda app, **_: started.append(app.state.settings))
    monkeypatch.setattr("api.http.workers.configure_logs", lambda *_, **__: None)
    return started


def test_serve_listens_on_this_machine(run: Run, served: list[Settings]) -> None:
    done = run("serve", "--port", "8765")
    assert done.exit_code == 0
    assert "http://127.0.0.1:8765" in done.stderr
    assert [(one.host, one.port) for one in served] == [("127.0.0.1", 8765)]


def test_serve_says_which_archive_it_serves_and_the_plans_in_it(
    office: Run, served: list[Settings], tmp_path: Path
) -> None:
    told = office("serve", "--port", "8765").stderr
    assert f"Archivio: {tmp_path / 'archivio.sqlite'}, 1 piano: {PLAN}\n" in told
    assert "demo" not in told
    assert len(served) == 1


def test_serve_offers_the_demonstration_where_the_archive_is_not_there_and_says_where_it_is(
    run: Run, served: list[Settings], tmp_path: Path
) -> None:
    told = run("serve", "--port", "8765").stderr
    assert f"Archivio: {tmp_path / 'archivio.sqlite'}, ancora senza piani\n" in told
    assert "initinere import FILE" in told
    assert "make demo" in told
    assert run("demo").exit_code == 0
    again = run("serve", "--port", "8765").stderr
    assert f"initinere serve --database {tmp_path / 'demo.sqlite'};" in again
    shown = run("serve", "--port", "8765", "--database", tmp_path / "demo.sqlite").stderr
    assert "5 piani: " in shown
    assert len(served) == 3


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org", ""])  # noqa: S104 - refused
def test_serve_refuses_any_other_address_with_the_reason(run: Run, served: list[Settings], host: str) -> None:
    refused = run("serve", "--host", host)
    assert refused.exit_code == 1
    assert "credenziali" in refused.stderr
    assert served == []


def test_the_first_link_stands_on_a_line_of_its_own_however_narrow_the_terminal(
    run: Run, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = run("serve", "--port", "8765").stderr
    assert re.search(r"^http://localhost:8765/accesso/link/[\w-]{30,}$", told, re.MULTILINE), told
    assert len(served) == 1


def test_a_provider_that_does_not_answer_is_said_and_the_service_starts(
    run: Run, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        issuer = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        for name, value in {"ISSUER": issuer, "CLIENT_ID": "in-itinere", "CLIENT_SECRET": "segreto-71b4"}.items():
            monkeypatch.setenv(f"INITINERE_OIDC_{name}", value)
        told = run("serve", "--port", "8765").stderr
    assert f"{issuer} non risponde come dovrebbe" in told
    assert len(served) == 1


def test_serve_says_when_the_port_is_taken(run: Run, served: list[Settings]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = run("serve", "--port", other.getsockname()[1])
    assert (refused.exit_code, "Indirizzo non disponibile" in refused.stderr) == (1, True)
    assert served == []
