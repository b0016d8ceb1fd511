"""The page of the last checkpoint: to be read, printed, kept."""

from collections.abc import Sequence

from starlette.responses import Response

from api.pages.frame import Frame, render
from api.settings import Language
from domain.proof.public_keys import Verifying
from projections.proof.checkpoints import Checkpoint


def checkpoint_page(
    checkpoint: Checkpoint | None, keys: Sequence[Verifying], frame: Frame, language: Language
) -> Response:
    """The last checkpoint, if there is one, and the public keys."""
    return render("checkpoint.html", "Checkpoint del registro", frame, language, checkpoint=checkpoint, keys=keys)
