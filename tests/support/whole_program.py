"""All of the product at once: every module imported, every model built.

What is imported and built when it is first used would otherwise be made while time stands still in a test, of dates that
are none (freezegun).
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from pydantic import BaseModel

PACKAGES = ("api", "domain", "projections")


def modules() -> list[str]:
    """The names of the modules of the product, those that are run left out."""
    found = [
        module.name
        for package in PACKAGES
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}.")
    ]
    return [name for name in found if not name.endswith(".__main__")]


def models() -> list[type[BaseModel]]:
    """The models of the modules that are imported."""
    return [model for model in _below(BaseModel) if model.__module__.partition(".")[0] in PACKAGES]


def load_all() -> None:
    """Imports and builds everything."""
    for name in modules():
        import_module(name)
    for model in models():
        model.model_rebuild()


def _below(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _below(model)
