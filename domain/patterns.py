"""Regular expressions that are compiled when they are first asked: a process asks few of the hundreds that there are.

A module says `NUMBER = regex(r"[0-9]+")` where it would say `re.compile`, and uses what it has as any pattern.
"""

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - stands for a function
        """A pattern that is not compiled yet: whatever it is asked, the compiled one answers."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self.pattern, self._said = pattern, flags

        @cached_property
        def _compiled(self) -> re.Pattern:
            return re.compile(self.pattern, self._said)

        def __getattr__(self, name: str) -> object:
            asked = getattr(self._compiled, name)
            setattr(self, name, asked)  # the next time it is found without coming here
            return asked


__all__ = ["regex"]
