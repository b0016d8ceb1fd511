"""The digest of the verifier that docs/prova.md publishes is that of the verifier of this version."""

import hashlib
from pathlib import Path

from api.proof.verifier import verifier_program


def test_the_published_digest_is_that_of_the_verifier() -> None:
    page = Path(__file__).parents[2] / "docs" / "prova.md"
    digest = hashlib.sha256(verifier_program()).hexdigest()
    assert f"SHA-256 {digest}" in page.read_text(encoding="utf-8"), digest
