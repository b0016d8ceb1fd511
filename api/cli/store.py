"""The commands of the store itself: rebuild."""

import sys

from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from projections.rebuild import rebuild as rebuild_projections


@command()
def rebuild(*, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Ricostruisce dagli eventi tutto ciò che se ne deriva; le risposte restano le stesse."""
    with session.serving(database) as service:
        read = rebuild_projections(service.store, _progress)
    if as_json:
        output.emit({"events": read})
    else:
        output.show(Text(f"Ricostruite le proiezioni da {read} eventi."))


def _progress(done: int, total: int) -> None:
    """A line that grows on a terminal, a line each time elsewhere."""
    terminal = sys.stderr.isatty()
    end = "\n" if not terminal or done == total else ""
    sys.stderr.write(f"{chr(13) if terminal else ''}{done} eventi di {total}{end}")
    sys.stderr.flush()
