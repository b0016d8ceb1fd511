"""The succession of the signing keys as it lies in the database: nothing is signed over one that is broken."""

from initinere_verify.sources import Row
from initinere_verify.succession import INSTALLATION, succession_of
from projections.proof.checkpoints import RecordAltered
from projections.store.owners import OF_STREAM
from projections.store.reader import Reader, state_bytes


def require_unbroken(reader: Reader) -> None:
    """RecordAltered where an event of a key does not follow from those before it, by the verifier's own rules.

    The recorder takes none such: somebody wrote it past the program, and whoever signed over it would stand for it.
    """
    sql = f"""
SELECT position, originator_version, topic, state FROM stored_events
WHERE {OF_STREAM} ORDER BY originator_version"""  # noqa: S608
    rows = reader.cursor_of([INSTALLATION]).execute(sql, reader.key(INSTALLATION)).fetchall()
    succession = succession_of(
        Row(int(at), int(version), str(topic), state_bytes(state)) for at, version, topic, state in rows
    )
    if (fault := succession.fault) is not None:
        raise RecordAltered(
            f"la successione delle chiavi di firma è spezzata: {fault.where}, attesa {fault.expected}, trovato {fault.found}",
            accepted="initinere verify; initinere restore, di una copia in cui è intera",
        )
