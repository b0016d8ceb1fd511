"""Forging a record and its packs, and what the verifier says of them."""

from pathlib import Path

from api.proof.pack import make_pack
from initinere_verify.pack import verify_pack
from initinere_verify.succession import Trusted
from initinere_verify.trees import (
    Checkpoint,
    Failed,
    Key,
    read_checkpoint,
)
from projections.proof.keys import read_key
from projections.proof.live_verification import verify_database
from projections.proof.notes import Signing
from tests.support.harness import PLAN, ServiceHarness, point
from tests.support.packs import Files, packed, signed_anew

AT = point("2022-12-31")


def key_of(harness: ServiceHarness) -> Signing:
    """The signing key of a harness."""
    key = read_key(harness.service.transparency_log.path)
    assert key is not None
    return key


def published_key(key: Signing) -> Key:
    """A key as the body publishes it."""
    return Key(*key.verifying)


def judged_live(harness: ServiceHarness, against: Checkpoint | None = None, published: Key | None = None) -> str:
    """The statement on the live database, or the kind and the words of what fails."""
    with harness.store.datastore.cursor() as cursor:
        try:
            return verify_database(cursor, against, trusted=Trusted(published)).statement()
        except Failed as failure:
            return f"{failure.kind}: {failure}"


def judged(path: Path, against: Checkpoint | None = None, published: Key | None = None) -> str:
    """The statement on a pack, or the kind and the words of what fails."""
    try:
        return verify_pack(path, against, published=published).statement()
    except Failed as failure:
        return f"{failure.kind}: {failure}"


def pack_of(harness: ServiceHarness, path: Path) -> Path:
    """The pack of a harness, at the end of its year."""
    path.write_bytes(make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    return path


def taken(harness: ServiceHarness) -> Checkpoint:
    """A checkpoint that somebody takes away."""
    return read_checkpoint(harness.service.transparency_log.checkpoint().note, "prova")


def signed_pack_at(path: Path, files: Files, key: Signing) -> Path:
    """A pack of other files, signed anew."""
    return packed(path, signed_anew(files, key))
