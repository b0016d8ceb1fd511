"""Files of keys: one line each, readable by their owner only, made where there are none."""

import base64
import binascii
import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Refusal
from domain.proof.public_keys import ALGORITHM, Verifying, encode, key_id
from initinere_verify.files import LARGEST_TEXT, read_regular
from projections.proof.notes import Signing
from projections.store.disk_full import store_full
from projections.store.previews import Seal

KEY_BEGINNING = b"PRIVATE+KEY+"
"""What a file begins with that holds a key: the one that signs, or the one of the credentials."""


class KeyUnusable(Refusal):
    """A key of the installation is missing, is not the one that the record names, or is readable by others."""

    name = "key_unusable"
    title = "Chiave non utilizzabile"


def make_key(name: str) -> Signing:
    """A new key, at random."""
    return Signing(name, secrets.token_bytes(32))


def read_key(path: Path) -> Signing | None:
    """The key in a file, or None when there is no file; KeyUnusable when it is no key, or others may read it."""
    text = private_text(path)
    if text is None:
        return None
    parts = text.removeprefix("PRIVATE+KEY+").split("+", 2)
    try:
        data = base64.b64decode(parts[-1], validate=True)
    except binascii.Error:
        data = b""
    if len(parts) != 3 or data[:1] != ALGORITHM or len(data) != 33:
        raise KeyUnusable(f"il file {path} non contiene una chiave", accepted="il file come fu creato")
    return Signing(parts[0], data[1:])


def private_text(path: Path) -> str | None:
    """The line in a file of a key, or None when there is no file; KeyUnusable when others may read it."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyUnusable(f"la chiave {path} è leggibile da altri", accepted="permessi 0600 (chmod 600)")
        return read_regular(path, LARGEST_TEXT).decode("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = str(getattr(error, "strerror", "") or type(error).__name__)
        raise KeyUnusable(f"la chiave {path} non si legge: {reason}", accepted="il file come fu creato") from error


def preview_seal(key: Signing) -> Seal:
    """The seal of previews that is derived from a signing key; its name is the id of the key."""
    return Seal(key_id(key.name, key.verifying.public).hex(), hmac.digest(key.seed, b"initinere preview", "sha256"))


def preview_seal_in(path: Path) -> Seal | None:
    """The seal of the key in a file; None where there is none to use."""
    key = _usable_key(path)
    return preview_seal(key) if key is not None else None


def public_half_in(path: Path) -> Verifying | None:
    """The public half of the key in a file; None where there is none to use."""
    key = _usable_key(path)
    return key.verifying if key is not None else None


def _usable_key(path: Path) -> Signing | None:
    try:
        return read_key(path)
    except KeyUnusable:
        return None


def write_key(path: Path, key: Signing, *, replace: bool = False) -> bool:
    """Writes a key whole or not at all, for its owner only; False when there is one already, and it is to stay."""
    if replace:
        read_key(path)  # what is there and is no key is not written over
    line = f"PRIVATE+KEY+{key.name}+{key_id(key.name, key.verifying.public).hex()}+{encode(ALGORITHM + key.seed)}\n"
    return write_private(path, line, replace=replace)


def write_private(path: Path, line: str, *, replace: bool = False) -> bool:
    """Writes the line of a key whole or not at all, for its owner only; False when there is a file already, and it is to stay."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with private_draft(path, line) as draft:
            if replace:
                draft.replace(path)
                return True
            try:
                os.link(draft, path)
            except FileExistsError:
                return False
    except OSError as error:
        if store_full(error) is not None:
            raise
        reason = error.strerror or error
        raise KeyUnusable(f"la chiave {path} non si scrive: {reason}", accepted="una cartella scrivibile") from error
    return True


@contextmanager
def private_draft(path: Path, text: str) -> Iterator[Path]:
    """A text in a file of its own beside a path, written whole, for its owner only; it goes, unless it was moved."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
