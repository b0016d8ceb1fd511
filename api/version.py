"""What the service is called, and the version of the program."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from domain.late import late

with late:  # read where the package is not installed
    from tomllib import loads

NAME = "In Itinere"


def _version() -> str:
    try:
        return version("in-itinere")
    except PackageNotFoundError:  # run from its folder, not installed
        project = Path(__file__).parents[1] / "pyproject.toml"
        return str(loads(project.read_text(encoding="utf-8"))["project"]["version"])


VERSION = _version()
