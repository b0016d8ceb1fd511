"""A judge of Office files that is none of ours: the schemas and rules of Microsoft's Open XML SDK, in Python (`openxml-audit`)."""

from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from openxml_audit import OpenXmlValidator

OPTIONAL_PARTS = ("/fontTable'", "/theme'")
"""Parts that the judge asks for, and that the standard does not: ISO/IEC 29500-1, 11.3.5 and 14.2.7, "zero or one"."""


@cache
def _judge() -> OpenXmlValidator:
    return OpenXmlValidator()


def faults_of(content: bytes, ending: str) -> list[str]:
    """What is wrong with a file, in words; none of one that is valid."""
    with NamedTemporaryFile(suffix=ending) as file:
        Path(file.name).write_bytes(content)
        return [
            str(error)
            for error in _judge().validate(file.name).errors
            if not ("required relationship" in str(error) and any(part in str(error) for part in OPTIONAL_PARTS))
        ]
