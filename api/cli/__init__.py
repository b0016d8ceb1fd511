"""The command line: each command reads the request, calls the service or a projection, and prints."""

from projections.store.gc_tuning import starting

with starting():
    from api.cli.app import app, main

__all__ = ["app", "main"]
