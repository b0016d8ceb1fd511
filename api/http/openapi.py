"""Writes the description of the interface to docs/openapi.json, and the pages on each address to docs/http.md.

Run as `python -m api.http.openapi`; a test compares.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from api.documentation import http as pages
from api.http.app import create_app
from api.http.description import INFO, written
from api.settings import Settings

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def openapi_document() -> dict[str, Any]:
    """The description, of an application made for it."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(database=str(Path(folder) / "described.sqlite"), sign_in="open"))
        try:
            return app.openapi()
        finally:
            app.state.store.close()


def main() -> None:
    """Writes the description, and the pages on each address."""
    COMMITTED.write_text(written(openapi_document()), encoding="utf-8")
    pages.PAGE.write_text(pages.http_page(INFO["tags"]), encoding="utf-8")
    sys.stdout.write(f"{COMMITTED}\n{pages.PAGE}\n")


if __name__ == "__main__":
    main()
