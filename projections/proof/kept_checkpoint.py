"""The last checkpoint that a key signed, kept beside it: whoever alters the database cannot alter what lies with the key.

Without it the holder of the key would sign, unasked, whatever history the database was given.
"""

from contextlib import suppress
from pathlib import Path

from domain.errors import DomainError
from initinere_verify.files import LARGEST_TEXT, read_regular
from projections.proof.checkpoints import Checkpoint, RecordAltered, checkpoints_at
from projections.proof.keys import private_draft
from projections.proof.notes import read_checkpoint
from projections.store.cursor import Cursor


def kept_path(key: Path) -> Path:
    """Where the last checkpoint of a key lies."""
    return key.with_name(f"{key.name}.last")


def kept_note(key: Path) -> str | None:
    """The note that is kept beside a key; None where there is none that can be read."""
    try:
        note = read_regular(kept_path(key), LARGEST_TEXT).decode()
        read_checkpoint(note)
    except (OSError, ValueError, DomainError):
        return None
    return note


def keep_checkpoint(key: Path, checkpoint: Checkpoint) -> None:
    """Keeps a checkpoint in the place of an earlier one; where the folder takes no file, nothing is kept."""
    note = kept_note(key)
    if note is not None and read_checkpoint(note).number >= checkpoint.number:
        return
    with suppress(OSError), private_draft(key, checkpoint.note) as draft:
        draft.replace(kept_path(key))


def require_kept(cursor: Cursor, note: str | None, key: Path) -> None:
    """RecordAltered where the database no longer holds the checkpoint that is kept beside the key: nothing is signed over it.

    The note is read before the transaction begins: what was kept by then was committed, and the snapshot holds it.
    """
    if note is None:
        return
    kept = read_checkpoint(note)
    if any(checkpoint.text.root == kept.root for checkpoint in checkpoints_at(cursor, kept.number)):
        return
    raise RecordAltered(
        f"l'archivio non contiene il checkpoint n. {kept.number}, che questa chiave firmò il {kept.made_at:%d/%m/%Y}",
        accepted=f"initinere verify; initinere restore; o, se è voluto, si sposti {kept_path(key)}",
    )
