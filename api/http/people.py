"""The addresses for people: a first page, and the last checkpoint to be read and printed."""

from fastapi.responses import Response

from api.http.query_request import InQuery
from api.pages.checkpoint import checkpoint_page
from api.pages.home import home_page
from domain.point import Point, today
from projections.plans import plans
from projections.proof.checkpoints import latest
from projections.proof.log import public_keys


def first_page(context: InQuery) -> Response:
    """What this is, and which plans there are."""
    day = today(context.now)
    with context.store.reading() as reader:
        return home_page(plans(reader, Point(day)), day)


def last_checkpoint(context: InQuery) -> Response:
    """The last checkpoint, with the public keys."""
    with context.store.reading() as reader:
        return checkpoint_page(latest(reader.cursor), public_keys(reader))


PAGES = {"/": first_page, "/checkpoint": last_checkpoint}
