"""The address of the page that follows, with the same question."""

from datetime import datetime
from urllib.parse import urlencode

from domain.vocabulary import Frozen
from projections.store.envelope import write_instant


def next_page(path: str, of: Frozen, after: str | None, **fixed: str) -> str | None:
    """Where a question goes on, after what its page ended with; None where it ends."""
    if after is None:
        return None
    parameters = {
        name: write_instant(value) if isinstance(value, datetime) else str(value)
        for name, value in of
        if value is not None
    }
    return f"/v1/{path}?{urlencode(parameters | fixed | {'after': after})}"
