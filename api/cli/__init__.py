"""The command line: each command reads the request, calls the service or a projection, and prints."""

from api.cli.app import app, main

__all__ = ["app", "main"]
