"""The typesetter: a paper that is ready to be set, as JSON, to the bytes of its PDF. It imports nothing of the product.

A service has it done in a process of its own (`api/formats/readers.py`), whose time and memory are limited and given back;
a command, which ends with it, in its own.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Compiler

TASK = "api.paper.setting:set_pdf"
HERE = Path(__file__).parent


def set_pdf(ready: bytes, _: object = None) -> bytes:
    """The PDF of what `ready_to_set` gave."""
    inputs = json.loads(ready)
    paper = json.loads(inputs["paper"])
    made = _compiler().compile(
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime(**paper["date"], tzinfo=UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _compiler() -> "Compiler":
    """The typesetter with our typefaces and no others; it reads this folder and nothing else."""
    import typst  # noqa: PLC0415 - no start of the service waits for it

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
    return typst.Compiler(str(HERE / "paper.typ"), root=str(HERE), font_paths=fonts)
