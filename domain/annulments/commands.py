"""The command that annuls."""

from typing import Annotated

from pydantic import Field

from domain.vocabulary import Frozen


class AnnulEvents(Frozen):
    """Leave out events of a stream, from now on; what hangs on them is refused, or taken along."""

    versions: Annotated[
        tuple[int, ...],
        Field(min_length=1, title="versioni", description="le versioni degli eventi da annullare", examples=[[7]]),
    ]
    justification: Annotated[
        str | None,
        Field(title="motivazione", description="perché si annulla", examples=["registrato per errore"]),
    ] = None
    take_along: Annotated[
        bool,
        Field(title="anche ciò che vi poggia", description="annulla anche gli eventi che poggiano su questi"),
    ] = False
