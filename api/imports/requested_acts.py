"""The acts that the changes which a file asks for by name cite: read, and one alone."""

from collections.abc import Sequence

from api.commands.administration_writer import act_as_written
from domain.acts.model import Act
from domain.documents.uploaded import UploadedPlan
from domain.errors import Malformed, Problem, Refusals


def act_requested(uploaded: UploadedPlan) -> str | None:
    """The act that the changes that are asked for by name cite first."""
    return next((row.act for row in uploaded.requests if row.act), None)


def require_acts_read(uploaded: UploadedPlan, known: Sequence[Act]) -> None:
    """Malformed, by its cells, where a change that is asked for by name cites what is no act."""
    refusals = Refusals()
    for row in uploaded.requests:
        if row.act is not None:
            try:
                act_as_written(row.act, known)
            except Malformed as error:
                where = uploaded.location(row.where, "act")
                refusals.errors.append(Malformed([p.model_copy(update={"where": where}) for p in error.problems]))
    refusals.require_none()


def require_one_act(uploaded: UploadedPlan, act: Act | None, known: Sequence[Act]) -> None:
    """Malformed, by its cells, where the changes that are asked for by name cite other acts than that of the file."""
    others = [row for row in uploaded.requests if row.act and act and act_as_written(row.act, known).id != act.id]
    if others:
        accepted = "un atto solo: un file per ogni atto"
        raise Malformed(
            [
                Problem(
                    where=uploaded.location(row.where, "act"),
                    found=f"{row.act!r} non è l'atto delle altre modifiche del file",
                    accepted=accepted,
                )
                for row in others
            ]
        )
