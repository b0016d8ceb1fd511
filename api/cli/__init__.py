"""The command line: each command reads the request, calls the service or a projection, and prints."""

from projections.store.gc_tuning import gc_tuned

with gc_tuned():  # what is imported stays
    from api.cli.app import app, main

__all__ = ["app", "main"]
