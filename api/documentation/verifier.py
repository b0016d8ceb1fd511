"""Writes down the digests that follow from the sources: of the schemas, for the verifier; of the verifier, in docs/prova.md.

python -m api.documentation.verifier
"""

import hashlib
import re
from pathlib import Path

from api.proof.verifier import verifier_program
from initinere_verify.enclosed import digest_of
from projections.proof.bundle import schema_files

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Brings both up to date; the second follows from the first."""
    _written(ROOT / "initinere_verify" / "enclosed.py", r'^SCHEMAS = "([0-9a-f]{64})"$', digest_of(schema_files()))
    digest = hashlib.sha256(verifier_program()).hexdigest()
    _written(ROOT / "docs" / "prova.md", r"^SHA-256 ([0-9a-f]{64})$", digest)


def _written(path: Path, pattern: str, digest: str) -> None:
    text = path.read_text(encoding="utf-8")
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(path)
    path.write_text(text[: match.start(1)] + digest + text[match.end(1) :], encoding="utf-8")


if __name__ == "__main__":
    main()
