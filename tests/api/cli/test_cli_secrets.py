"""The password of a server's address is in nothing that anybody can read: outputs, logs, problems, the title of a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from click.testing import Result

from api.cli.secrets_said import warning_about
from domain.errors import StoreRefused
from projections.store import postgres
from projections.store.location import require_location, secrets_of, shown_location, without_secrets
from tests.support.harness import PLAN
from tests.support.server import OwnServer, own_server
from tests.support.serving import PROGRAM, serving

Run = Callable[..., Result]
SECRET = "S3gr:t@/o? #%&='ù"
PLAIN = "s3gr3t0-mai-detto"
COMMANDS = (
    ("plans",),
    ("show", PLAN),
    ("audit", PLAN, "--json"),
    ("export", PLAN),
    ("verify",),
    ("checkpoint",),
    ("keys", "show"),
    ("migrate",),
    ("migrate", "--json"),
    ("demo",),
    ("rebuild",),
    ("follow", "--once"),
    ("backup", "copia.sqlite"),
    ("restore", "copia.sqlite"),
    ("pack", PLAN, "--year", "2022", "--output", "fascicolo.zip"),
    ("import", "manca.json"),
    ("plans", "--boh"),
    ("plans", "troppo"),
    ("--help",),
    ("operations",),
)


class Guarded(NamedTuple):
    """A server that asks for a password, and where: a role, a database of its own, the folder of the socket."""

    server: OwnServer
    folder: str


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    """A server on which `ufficio` has a password."""
    with own_server() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for role, password in (("ufficio", SECRET), ("servizio", PLAIN)):
                written = password.replace("'", "''")
                connection.execute(f"create role {role} login superuser password '{written}'".encode())
                connection.execute(f"create database {role} owner {role} template template0".encode())
        access = server._data / "pg_hba.conf"
        access.write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="ascii")
        server.restart()
        yield Guarded(server, str(server._folder))


def _forms(guarded: Guarded, password: str, role: str, database: str | None = None) -> dict[str, str]:
    """How an address can say a password."""
    host, escaped, database = quote(guarded.folder, safe=""), quote(password, safe=""), database or role
    return {
        "user and password": f"postgresql://{role}:{escaped}@/{database}?host={host}",
        "the short scheme": f"postgres://{role}:{escaped}@/{database}?host={host}",
        "a parameter": f"postgresql:///{database}?user={role}&password={escaped}&host={host}",
        "a parameter, escaped": f"postgresql:///{database}?user={role}&p%61ssword={escaped}&host={host}",
        "both": f"postgresql://{role}:altra@/{database}?password={escaped}&host={host}",
        "a password of a key": f"postgresql://{role}:{escaped}@/{database}?sslpassword=chi4ve-c1frata&host={host}",
    }


def _secrets(password: str) -> set[str]:
    return {password, quote(password, safe=""), quote(password), "chi4ve-c1frata"}


def _leaks(text: str, password: str) -> list[str]:
    return [secret for secret in _secrets(password) if secret in text]


@pytest.mark.parametrize(("role", "password"), [("ufficio", SECRET), ("servizio", PLAIN)])
@pytest.mark.parametrize("said", ["by the environment", "by an option"])
def test_no_command_prints_the_password_whether_it_goes_well_or_not(
    run: Run, guarded: Guarded, monkeypatch: pytest.MonkeyPatch, role: str, password: str, said: str
) -> None:
    good = _forms(guarded, password, role)
    somewhere = guarded._replace(folder="/non/c-e")
    addresses = {
        **good,
        "another database": _forms(guarded, password, role, "manca")["user and password"],
        "another role": good["user and password"].replace(f"//{role}:", "//nessuno:"),
        "a wrong password": good["user and password"].replace(quote(password, safe=""), quote(f"{password}x", safe="")),
        "no server there": _forms(somewhere, password, role)["user and password"],
        "no such host": f"postgresql://{role}:{quote(password, safe='')}@nessuno.invalid/x",
        "a port that is closed": f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:1/x",
        "a port that is none": f"postgresql://{role}:{quote(password, safe='')}@localhost:porta/x",
        "not escaped": f"postgresql://{role}:{password}@localhost/x",
        "an unknown parameter": f"postgresql://{role}:{quote(password, safe='')}@localhost/x?boh=1",
        "another scheme": f"mysql://{role}:{password}@localhost/x",
        "another case": f"POSTGRESQL://{role}:{password}@localhost/x",
        "a slash too few": f"postgresql:/{role}:{password}@localhost/x",
        "words and values": f"host=localhost user={role} password='{password}' dbname=x",
        "a file": f"file:///{role}:{password}@x",
    }
    leaks: dict[tuple[str, ...], list[str]] = {}
    went_well = 0
    for name, address in addresses.items():
        option: tuple[str, ...] = ()
        if said == "by an option":
            option = ("--database", address)
        else:
            monkeypatch.setenv("INITINERE_DATABASE", address)
        commands = COMMANDS if name == "user and password" else COMMANDS[:1] + COMMANDS[7:8] + COMMANDS[16:18]
        for words in commands:
            done = run(*words, *(option if words not in {("--help",), ("operations",)} else ()))
            went_well += done.exit_code == 0
            if found := _leaks(done.stdout + done.stderr, password):
                leaks[name, *words] = found
            assert "Traceback" not in done.stderr
    assert leaks == {}
    assert went_well > len(good)


@pytest.mark.parametrize("said", ["by the environment", "by an option"])
def test_a_service_prints_no_password_and_its_title_has_none(guarded: Guarded, tmp_path: Path, said: str) -> None:
    address = _forms(guarded, PLAIN, "servizio")["a password of a key"]
    postgres.migrate(address)
    option = ("--database", address) if said == "by an option" else ()
    with serving(address if not option else "", tmp_path, *option) as served:
        served.until(200)
        served.ask("/v1/plans/manca")
        served.ask("/boh")
        shown = Path(f"/proc/{served.process.pid}/cmdline").read_bytes().decode()
        assert "serve" in shown
        assert _leaks(shown, PLAIN) == []
        listed = subprocess.run(
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(served.process.pid)], capture_output=True, check=True
        )
        assert _leaks(listed.stdout.decode(), PLAIN) == []
        guarded.server.restart()
        served.until(200)
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)
        assert "postgresql://servizio@/servizio" in served.told
        assert _leaks(served.told, PLAIN) == []
        assert ("PGPASSFILE" in served.told) == bool(option)
    log = guarded.server.log()
    assert _leaks(log, PLAIN) == []


def test_the_title_of_a_command_loses_the_password_before_the_database_is_asked(tmp_path: Path) -> None:
    address = f"postgresql://ufficio:{PLAIN}@10.255.255.1/x?connect_timeout=20"
    for words in (["--database", address], [f"--database={address}"]):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "plans", *words], stderr=subprocess.PIPE, cwd=tmp_path, text=True
        ) as process:
            assert process.stderr is not None
            assert "PGPASSFILE" in process.stderr.readline() + process.stderr.readline()
            shown, until = PLAIN, time.monotonic() + 5
            while PLAIN in shown and time.monotonic() < until:
                time.sleep(0.02)
                shown = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
            process.kill()
        assert ("plans" in shown, PLAIN in shown) == (True, False)


def test_a_password_comes_from_a_file_or_from_the_environment_of_libpq(
    run: Run, guarded: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = quote(guarded.folder, safe="")
    address = f"postgresql://servizio@/servizio?host={host}"
    postgres.migrate(_forms(guarded, PLAIN, "servizio")["user and password"])
    assert run("plans", "--database", address).exit_code == 1
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"{guarded.folder}:*:servizio:servizio:{PLAIN}\n", encoding="ascii")
    passwords.chmod(0o600)
    assert run("plans", "--database", f"{address}&passfile={quote(str(passwords), safe='')}").exit_code == 0
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    done = run("plans", "--database", address)
    assert (done.exit_code, "PGPASSFILE" in done.stderr) == (0, False)
    monkeypatch.delenv("PGPASSFILE")
    monkeypatch.setenv("PGPASSWORD", PLAIN)
    assert run("plans", "--database", address).exit_code == 0


def test_the_examples_beside_an_archive_on_a_server_lie_among_the_data_of_the_user(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INITINERE_DATABASE", f"postgresql://ufficio:{PLAIN}@localhost/x")
    done = run("demo")
    assert done.exit_code == 0
    assert [path.name for path in tmp_path.rglob("*.sqlite")] == ["demo.sqlite"]
    assert not [path for path in tmp_path.rglob("*") if PLAIN in str(path)]


def test_what_nobody_foresaw_is_told_without_the_password(tmp_path: Path) -> None:
    address = f"postgresql://ufficio:{PLAIN}@localhost/x"
    program = (
        "import sys, api.cli; app = sys.modules['api.cli.app']\n"
        "def broken(): raise RuntimeError(sys.argv[-1])\n"
        "app.settings = broken\n"
        "app.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "plans", "--database", address], capture_output=True, text=True, check=False,
        cwd=tmp_path, env={**os.environ},
    )  # fmt: skip
    assert ("RuntimeError" in done.stderr, PLAIN in done.stderr) == (True, False)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("archivio.sqlite", "archivio.sqlite"),
        ("C:/archivi/a.sqlite", "C:/archivi/a.sqlite"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql://u:pw1@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql://u:p%40w@h1:1,h2:2/d", "postgresql://u@h1:1,h2:2/d"),
        ("postgresql://u:pw1@[::1]:5432/d", "postgresql://u@[::1]:5432/d"),
        ("postgresql://u%40ente:pw1@h/d", "postgresql://u%40ente@h/d"),
        ("postgresql://u:pw1@/d?host=%2Ftmp%2Fx", "postgresql://u@/d?host=%2Ftmp%2Fx"),
        ("postgresql://u@h/d?sslpassword=pw1", "postgresql://u@h/d"),
        ("postgresql://u@h/d?passfile=/etc/pw1", "postgresql://u@h/d"),
        ("postgresql://u@h/d?options=-c%20a.b%3Dpw1", "postgresql://u@h/d"),
        ("postgresql://u:pw1#x?y@h/d", "postgresql://u@h/d"),
        ("postgresql://u:pw1@x@h/d", "postgresql://***"),
        ("postgresql://u:pw1/x@h/d", "postgresql://***"),
        ("postgresql://u:pw1/x?y@h/d", "postgresql://***"),
        ("postgresql://u:%zz@h/d", "postgresql://***"),
        ("postgresql://u:pw1@h:porta/d", "postgresql://***"),
        (" postgresql://u:pw1@h/d", "***"),
        ("postgresql+psycopg://u:pw1@h/d", "***"),
        ("host=h password = pw1", "***"),
    ],
)
def test_a_location_shows_no_more_than_who_where_and_which(location: str, shown: str) -> None:
    assert shown_location(location) == shown
    assert "pw1" not in without_secrets(f"connecting to {location} failed", location)


@pytest.mark.parametrize("location", ["host=h password=pw1", "mysql://u:pw1@h", " postgresql://h/d", "POSTGRES://h/d"])
def test_what_is_no_address_and_no_path_is_refused_without_being_repeated(location: str) -> None:
    with pytest.raises(StoreRefused) as refused:
        require_location(location)
    assert "pw1" not in str(refused.value)
    assert "postgresql://utente@macchina" in str(refused.value)


def test_an_address_without_a_password_has_no_secret() -> None:
    assert secrets_of("postgresql://u@h:5432/d?sslmode=require") == set()
    assert urlsplit("postgresql://u@h").password is None


def test_a_secret_in_another_address_is_not_called_that_of_the_archive() -> None:
    assert "archivio" in warning_about(["plans", "--database", "postgresql://u:p4ssw0rd@h/d"])
    told = warning_about(["webhooks", "subscribe", "https://h.example/x?token=SEGRETO"])
    assert told
    assert "archivio" not in told
    assert warning_about(["plans"]) == ""
