"""Where a problem document says that something is wrong, as the path that a program would follow."""

import re
from collections.abc import Mapping


def place_of(problem: Mapping[str, str]) -> str:
    """The place of a problem: `indicators[0].weight` for the pointer `/indicators/0/weight`, else what is said in words."""
    pointer = problem.get("pointer")
    if not pointer:
        return problem.get("where", "")
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", pointer.removeprefix("/").replace("/", "."))
