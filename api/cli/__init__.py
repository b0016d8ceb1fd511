"""The command line: each command reads the request, calls the service or a projection, and prints."""

import os

from projections.store.gc_tuning import starting

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Nothing that lies installed beside has a say in our models; to look for it, every start would read what all packages declare."""
with starting():
    from api.cli.app import app, main

__all__ = ["app", "main"]
