"""The verifier as one file, to be taken from the office's site, or from the product, and not from the pack that it judges."""

from initinere_verify.archive import write_archive
from initinere_verify.enclosed import own_sources

START = b"import sys\n\nfrom initinere_verify.__main__ import main\n\nsys.exit(main())\n"


def verifier_program() -> bytes:
    """The verifier as a program that Python runs (a zipapp): the same bytes for the same sources."""
    return write_archive({"__main__.py": START, **own_sources()})
