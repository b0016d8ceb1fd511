"""The examples of the description and of the documentation: one conversation that really took place.

tests/api/http/scenario.py holds it, and writes it to examples.json.
"""

import json
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).with_name("examples.json")

Conversation = list[dict[str, Any]]


def conversation() -> Conversation:
    """Every request with its answer, in order."""
    made: Conversation = json.loads(WRITTEN.read_text(encoding="utf-8"))
    return made


def requests(told: Conversation, operation: str) -> dict[str, Any]:
    """The bodies that an operation was sent, by title."""
    return {one["title"]: one["request"]["body"] for one in told if one["operation"] == operation}


def response(told: Conversation, operation: str, status: str) -> Any:  # noqa: ANN401 - JSON
    """The first body that an operation answered with a status; None when the conversation has none."""
    bodies = (
        one["response"]["body"]
        for one in told
        if one["operation"] == operation and str(one["response"]["status"]) == status
    )
    return next(bodies, None)
