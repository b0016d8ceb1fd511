"""The typesetter: a paper that is ready to be set, as JSON, to the bytes of its PDF. It imports nothing of the product.

A service has it done in a process of its own (`api/formats/readers.py`), whose time and memory are limited and given back;
a command, which ends with it, in its own.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Compiler

TASK = "api.paper.setting:set_pdf"
DRAWING_TASK = "api.paper.setting:set_drawing"
PIXELS = 3
"""How many pixels of a picture stand for each of its drawing."""
HERE = Path(__file__).parent


def set_pdf(ready: bytes, _: object = None) -> bytes:
    """The PDF of what `ready_to_set` gave."""
    inputs = json.loads(ready)
    made = _compiler().compile(
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime.fromisoformat(inputs["made_at"]),
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def set_drawing(ready: bytes, _: object = None) -> bytes:
    """A drawing as PNG, for formats that take no SVG; `ready` is its SVG and its width in pixels, as JSON."""
    made = _compiler("drawing.typ").compile(sys_inputs=json.loads(ready), format="png", ppi=72 * PIXELS)
    if not isinstance(made, bytes):
        raise TypeError("a drawing is one picture")
    return made


@cache
def _compiler(source: str = "paper.typ") -> "Compiler":
    """The typesetter with our typefaces and no others; it reads this folder and nothing else."""
    import typst  # noqa: PLC0415 - no start of the service waits for it

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
    return typst.Compiler(str(HERE / source), root=str(HERE), font_paths=fonts)
