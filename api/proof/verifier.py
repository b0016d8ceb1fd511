"""The verifier as one file, to be taken from the office's site, or from the product, and not from the pack that it judges."""

from importlib.resources import files as resources

from initinere_verify.archive import write_archive

VERIFIER = "initinere_verify"
START = b"import sys\n\nfrom initinere_verify.__main__ import main\n\nsys.exit(main())\n"


def verifier_sources() -> dict[str, bytes]:
    """The source files of the verifier, by name."""
    return {
        f"{VERIFIER}/{source.name}": source.read_bytes()
        for source in sorted(resources(VERIFIER).iterdir(), key=lambda resource: resource.name)
        if source.name.endswith(".py")
    }


def verifier_program() -> bytes:
    """The verifier as a program that Python runs (a zipapp): the same bytes for the same sources."""
    return write_archive({"__main__.py": START, **verifier_sources()})
