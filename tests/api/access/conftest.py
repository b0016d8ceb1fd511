"""Providers of identities, honest and not, and what the service is set up with towards them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.https import certificates
from tests.support.lying_provider import RETURN, Clock, LyingProvider, lying_provider
from tests.support.sign_in import ROLES, SignIn

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy this machine has, loopback is reached directly."""
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def certificate_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The authority of the servers of these tests, and the certificate of one."""
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def authority(certificate_files: tuple[Path, Path]) -> str:
    """The file of the authority."""
    return str(certificate_files[0])


@pytest.fixture(scope="session")
def serving_liar(certificate_files: tuple[Path, Path]) -> Iterator[LyingProvider]:
    """The server of a provider that lies, for all the tests."""
    with lying_provider(certificate_files[1]) as provider:
        yield provider


@pytest.fixture
def liar(serving_liar: LyingProvider) -> LyingProvider:
    """The same, honest until a test says otherwise."""
    serving_liar.publish()
    serving_liar.asked.clear()
    return serving_liar


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture(scope="session")
def pyop(certificate_files: tuple[Path, Path]) -> Iterator[str]:
    """The address of a real provider, in a process of its own: what it warns of is not ours."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.support.pyop_provider", str(certificate_files[1]), RETURN]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the provider did not start"
        try:
            yield address
        finally:
            process.terminate()


@pytest.fixture
def sign_in(liar: LyingProvider, authority: str, clock: Clock) -> SignIn:
    """A sign-in that is under way, and would end well."""
    begun = SignIn(liar, authority, clock)
    begun.answer()
    return begun


@pytest.fixture
def roles_file(tmp_path: Path) -> str:
    """The declared mapping."""
    path = tmp_path / "ruoli.json"
    path.write_text(json.dumps(ROLES), encoding="utf-8")
    return str(path)
