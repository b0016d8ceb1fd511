import socket
from collections.abc import Callable

import pytest
from click.testing import Result

from api.settings import Settings

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


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org", ""])  # noqa: S104 - refused
def test_serve_refuses_any_other_address_with_the_reason(run: Run, served: list[Settings], host: str) -> None:
    refused = run("serve", "--host", host)
    assert refused.exit_code == 1
    assert "credenziali" in refused.stderr
    assert served == []


def test_serve_says_when_the_port_is_taken(run: Run, served: list[Settings]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = run("serve", "--port", other.getsockname()[1])
    assert (refused.exit_code, "address_taken" in refused.stderr) == (1, True)
    assert served == []
