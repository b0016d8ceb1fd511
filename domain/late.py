"""Imports that wait until what they name is used: a command needs a few of the modules that its module could need.

    with late:
        from projections.rebuild import migrate

`migrate` is the function, to mypy and to whoever reads; its module is imported when it is first called. It is what the
language itself gets as `lazy from ... import ...` (PEP 810, Python 3.15), for what is called, asked for an attribute,
or stands in `isinstance`: functions, classes, modules. What a class derives from, what pydantic reads, what `except`
or `case` names is imported as ever, and so is a constant, for it would be equal to nothing.
"""

import builtins
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import SimpleNamespace

_import = builtins.__import__
_waiting: set[int] = set()
"""The modules within such a block just now, by their namespaces."""


class _Promised:
    """What an import would have given; once it is used, the real one stands in its place."""

    __slots__ = ("_module", "_name", "_namespace")

    def __init__(self, module: str, name: str, namespace: dict[str, object]) -> None:
        self._module, self._name, self._namespace = module, name, namespace

    def _found(self) -> object:
        module = import_module(self._module)
        if not hasattr(module, self._name):
            import_module(f"{self._module}.{self._name}")
        found: object = getattr(module, self._name)
        for name in [name for name, value in self._namespace.items() if value is self]:
            self._namespace[name] = found
        return found

    def __call__(self, *arguments: object, **named: object) -> object:
        return self._found()(*arguments, **named)  # type: ignore[operator]  # mypy knows what it stands for

    def __getattr__(self, name: str) -> object:
        return getattr(self._found(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._found())  # type: ignore[arg-type]  # as above

    def __or__(self, other: object) -> "_Promised":
        del other  # in an annotation, which is read by mypy alone
        return self

    __ror__ = __or__

    def __repr__(self) -> str:
        return f"<{self._module}.{self._name}, not imported yet>"


class _Late:
    """The block; `late` is the one that there is."""

    def __enter__(self) -> None:
        _waiting.add(id(sys._getframe(1).f_globals))  # noqa: SLF001 - whose imports they are, nothing else says
        builtins.__import__ = _promised  # type: ignore[assignment]  # what it gives is no module

    def __exit__(self, *_: object) -> None:
        _waiting.discard(id(sys._getframe(1).f_globals))  # noqa: SLF001 - as above
        # Another thread may be within a block of its own: at worst its imports are made at once.
        if not _waiting:
            builtins.__import__ = _import


def _promised(
    name: str,
    globals: dict[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> object:
    if globals is None or id(globals) not in _waiting:
        return _import(name, globals, locals, fromlist or (), level)
    if not fromlist or level:
        raise ImportError("only `from ... import ...` can be late", name=name)
    if any(one.isupper() for one in fromlist):
        raise ImportError("no constant of `from ... import ...` can be late", name=name)
    return SimpleNamespace(**{one: _Promised(name, one, globals) for one in fromlist})


late = _Late()

__all__ = ["late"]
