"""What verification covers: every table of either store, and how what it answers is held against the events.

A table that is not listed here fails the test that reads the catalogues of both databases.
"""

from collections.abc import Iterator, Mapping

from initinere_verify.trees import Failed
from projections.store import schema
from projections.store.cursor import Cursor, on_sqlite

RECORD: Mapping[str, str] = {
    "stored_events": "ogni byte è riletto, e la sua foglia confrontata con quella firmata; il posto con la catena delle posizioni, la transazione con l'ordine del flusso, l'amministrazione con quella che il primo evento del piano dice",
    "text": "ogni testo ha l'impronta che il suo evento dice, sotto l'amministrazione dell'evento; ogni impronta ha il suo testo, se un ordine non lo oscurò",
    "checkpoint": "la firma di ognuno, e le colonne confrontate col testo firmato; la marca temporale, dove c'è",
    "checkpoint_head": "le teste di ognuno danno la radice firmata",
    "receipt": "gli eventi dicono quale comando li fece: le versioni della risposta sono le loro, e il primo di ogni flusso porta l'impronta della ricevuta; l'amministrazione è quella dei loro flussi",
    "preview": "ognuna è sigillata con la chiave di firma, che non sta nell'archivio; l'amministrazione è quella del suo piano",
}
"""The tables that are not derived: what binds each of them."""

DERIVED: Mapping[str, str] = {
    "append": "ricalcolata dagli eventi di ogni flusso",
    "boundary": "ricalcolata dagli eventi di ogni flusso",
    "cell": "ricalcolata dagli eventi di ogni flusso",
    "fact": "ricalcolata dagli eventi di ogni flusso",
    "annulment": "ricalcolata dagli eventi di ogni flusso",
    "leaf": "ricalcolata dagli eventi di ogni flusso",
    "edge": "ricalcolata dagli eventi di ogni flusso",
    "plan_owner": "ricalcolata dal primo evento di ogni piano",
    "followed": "la posizione è di un evento, con la sua transazione e il suo istante, e i piani sono letti almeno fin lì",
    "across_plan": "ricalcolata, piano per piano, alla versione a cui il piano fu letto",
    "across_count": "ricalcolata, piano per piano, alla versione a cui il piano fu letto",
    "across_change": "ricalcolata, piano per piano, alla versione a cui il piano fu letto",
}
"""The tables that are computed again from the events, by verification and by a rebuild that is a check."""

ANSWERS_NOTHING: Mapping[str, str] = {
    **dict.fromkeys(
        schema.SHADOW_TABLES,
        "non risponde: un controllo la rifà da capo; ciò che una ricostruzione ne mette in uso è poi nelle tabelle verificate",
    ),
    "person": "non è registro: il nome di chi ha un'utenza, che si può cancellare; nessun evento, e nessuna risposta su un piano, ne dipende",
    "access": "non è registro: credenziali, sessioni e token, di cui si conserva l'impronta; i ruoli, che decidono, sono eventi",
    "attempt": "non è registro: quante volte qualcuno ha bussato in un dato tempo",
    "meta": "non risponde: prodotto e versione; se non sono quelli del programma, l'archivio non si apre",
    "sqlite_sequence": "non risponde: da quale posizione SQLite numera i prossimi eventi, e da quale numero i prossimi campi; l'ultimo istante, che i prossimi superano; quanti testi sono oscurati, e quanti di essi anche tolti dai file",
}
"""The tables of which nothing is answered, and why."""

TABLES: Mapping[str, str] = {**RECORD, **DERIVED, **ANSWERS_NOTHING}


def verify_structure(cursor: Cursor) -> None:
    """Failed when something stands between the rows of a table and whoever reads or writes them.

    A trigger, a rule or a view in the place of a table would make them other rows; so would an index that does not
    agree with its table.
    """
    for kind, name, table in _in_between(cursor):
        raise Failed("structure_altered", f"tabella {table}", "la sola tabella", f"{kind} {name}")
    if on_sqlite(cursor):
        row = cursor.execute("PRAGMA integrity_check(1)").fetchone()
        if row is not None and row[0] != "ok":
            raise Failed("structure_altered", "archivio", "PRAGMA integrity_check: ok", str(row[0]))


def verify_counter(cursor: Cursor) -> None:
    """Failed when the counter of cells would give a number that is taken, or when two cells have one number."""
    counted = (
        "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cell_number'), max(id))"
        if on_sqlite(cursor)
        else "pg_sequence_last_value('cell_number')"
    )
    row = cursor.execute(f"SELECT coalesce(max(id), 0), coalesce({counted}, 0) FROM cell").fetchone()  # noqa: S608 - our own words
    if row is not None and row[0] > row[1]:
        raise Failed("structure_altered", "sequenza cell_number", f"almeno {row[0]}", str(row[1]))
    sql = "SELECT id, min(originator_id), max(object) FROM cell GROUP BY id HAVING count(*) > 1 LIMIT 1"
    if row := cursor.execute(sql).fetchone():
        raise Failed(
            "structure_altered", f"tabella cell, {row[1]}, {row[2]}", "un numero per ciascuna riga", str(row[0])
        )


def _in_between(cursor: Cursor) -> Iterator[tuple[str, str, str]]:
    """Triggers, rules and views: kind, name, of which table of ours."""
    sql = _OF_SQLITE if on_sqlite(cursor) else _OF_POSTGRES
    for kind, name, table in cursor.execute(sql).fetchall():
        if str(table) in TABLES or (
            str(kind) == "trigger" and on_sqlite(cursor)
        ):  # of another table it may write to ours
            yield str(kind), str(name), str(table)


_OF_SQLITE = "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
_OF_POSTGRES = """
SELECT 'trigger', t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
UNION ALL SELECT 'rule', r.rulename, r.tablename FROM pg_rules r WHERE r.schemaname = current_schema()
UNION ALL SELECT 'view', c.relname, c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind NOT IN ('r', 'p', 'i', 'S', 't')
UNION ALL SELECT 'policy', c.relname, c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relrowsecurity
ORDER BY 2"""
