"""Compiles the catalogues of translations whenever the package is built or installed; all else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

CATALOGUES = Path(__file__).parent / "api" / "language" / "translations"


class BuildWithTranslations(build_py):  # type: ignore[misc]  # published without types
    """The build of the modules, with a .mo beside each .po."""

    def run(self) -> None:
        """Compiles, then builds."""
        for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as written, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(written))
        super().run()


setup(cmdclass={"build_py": BuildWithTranslations})
