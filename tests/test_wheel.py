"""The wheel: built from these folders, installed with what the lock names, tried where there is nothing else."""

import json
import os
import shutil
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "domain", "examples", "initinere_verify", "projections")
NOT_PACKED = {"examples/README.md", "api/language/translations/en/LC_MESSAGES/initinere.po"}
IMPORT_ALL = """
import pkgutil, sys
from importlib import import_module
for package in sys.argv[1:]:
    for module in pkgutil.walk_packages(import_module(package).__path__, package + "."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
"""


def run(folder: Path, *command: str | Path) -> str:
    """What a command prints in a folder; the environment tells it nothing of this one, nor of Python's own settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("INITINERE_", "PYTHON"))}
    done = subprocess.run(
        [str(one) for one in command], cwd=folder, env=env, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_wheel_has_every_file_and_works_where_nothing_else_is(tmp_path: Path) -> None:
    source, away, bare = tmp_path / "source", tmp_path / "away", tmp_path / "bare"
    away.mkdir()
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in ("pyproject.toml", "setup.py", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, source)
    run(tmp_path, sys.executable, *build)
    (wheel,) = tmp_path.glob("*.whl")

    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = {path.relative_to(source).as_posix() for one in PACKAGES for path in (source / one).rglob("*.*")}
    assert packed == {name for name in there if (source / name).is_file()} - NOT_PACKED

    venv.create(bare, with_pip=False, symlinks=True)
    wanted = tmp_path / "wanted.txt"
    digest = sha256(wheel.read_bytes()).hexdigest()
    wanted.write_text(f"in-itinere @ {wheel.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
    locked = ("--require-hashes", "--requirement", wanted, "--constraint", ROOT / "requirements.lock")
    run(away, sys.executable, "-m", "pip", "--python", bare / "bin" / "python", "install", *locked)

    run(away, bare / "bin" / "python", "-c", IMPORT_ALL, *PACKAGES)
    program = bare / "bin" / "initinere"
    assert run(away, program, "--version").startswith("In Itinere ")
    run(away, program, "demo", "--database", "demo.sqlite")
    plans = json.loads(run(away, program, "plans", "--json", "--database", "demo.sqlite"))
    assert len(plans) == 5
    pack = away / "fascicolo.zip"
    of = ("riviere-di-liguria-2022-2024", "--year", "2022", "--database", "demo.sqlite")
    run(away, program, "pack", *of, "--output", pack)
    assert run(away, program, "verify", "--database", "demo.sqlite").startswith("VERIFICATO")
    assert run(away, bare / "bin" / "python", "-m", "initinere_verify", pack).startswith("VERIFICATO")
