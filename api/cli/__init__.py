"""The command line: each command reads the request, calls the service or a projection, and prints."""

from api.cli import (
    across,
    administrations,
    changes,
    demo,
    formulas,
    history,
    measurements,
    oversight,
    plans,
    proof,
    rounds,
    scores,
    server,
    store,
    systems,
    targets,
    workbooks,
)
from api.cli.app import app, main

__all__ = [
    "across",
    "administrations",
    "app",
    "changes",
    "demo",
    "formulas",
    "history",
    "main",
    "measurements",
    "oversight",
    "plans",
    "proof",
    "rounds",
    "scores",
    "server",
    "store",
    "systems",
    "targets",
    "workbooks",
]
