"""Kept previews held against their seals."""

from collections.abc import Collection, Mapping

from initinere_verify.trees import Failed
from projections.store.cursor import Cursor
from projections.store.owners import NOBODY, PLAN
from projections.store.previews import OF_PROCESS, Seal, read_sealed


def verify_previews(cursor: Cursor, seal: Seal, former: Collection[str], owners: Mapping[str, str]) -> None:
    """Failed when a preview is not as it was sealed, or was sealed by nobody, or lies under another's name.

    Passed over, for nothing is answered from them: those of a program that sealed none, of a key that was rotated away
    (`former`, by name), of a process that had no key.
    """
    for administration, id_ in cursor.execute("SELECT administration, id FROM preview ORDER BY id").fetchall():
        sql = """
SELECT id, plan, version, created_at, expires_at, state, said, shown, file FROM preview
WHERE administration = ? AND id = ?"""
        row = cursor.execute(sql, (administration, id_)).fetchone()
        where = f"tabella preview, id={id_}"
        owner = owners.get(f"{PLAN}{row[1]}", NOBODY) if row else NOBODY
        if administration != owner:
            expected, found = (f"l'amministrazione {name!r}" for name in (owner, administration))
            raise Failed("preview_altered", where, expected, found)
        try:
            sealed = None if row is None else read_sealed(row)
        except (AttributeError, TypeError, ValueError) as error:
            raise Failed("preview_altered", where, "un'anteprima sigillata", str(error)) from None
        if sealed is None or (
            sealed.name != seal.name and (sealed.name in former or sealed.name.startswith(OF_PROCESS))
        ):
            continue
        if sealed.name != seal.name:
            raise Failed("preview_altered", where, f"il sigillo della chiave {seal.name}", f"quello di {sealed.name}")
        if not sealed.is_whole(seal):
            raise Failed("preview_altered", where, "ciò che fu sigillato", "un'altra anteprima sotto lo stesso sigillo")
        if not sealed.has_its_file():
            raise Failed("preview_altered", where, f"file {sealed.file_digest}", "un altro file")
