"""Names what does not fit: which event was altered, removed, inserted, swapped, renumbered, or cut off."""

from initinere_verify.sources import Record, Row
from initinere_verify.trees import Failed, Growing, Head, leaf_hash, root_of


def fault(
    record: Record, stream: str, heads: list[Head], known: list[bytes], head: Head | None, wrong: Failed | None
) -> None:
    """The root is not the one that was signed: the leaves kept, where they are the signed ones, name the event."""
    last_head = heads[-1] if heads else None
    leaves = [leaf for _, leaf in record.leaves(stream)]
    by = f"il checkpoint n. {last_head.number}" if last_head else "le foglie registrate"
    if last_head and known and root_of(known[: last_head.size]) == last_head.root:
        leaves = known
    if last_head is None or root_of(leaves[: last_head.size]) == last_head.root:
        diagnose(stream, list(record.rows(stream)), leaves, by)
    elif known:
        diagnose(stream, list(record.rows(stream)), known, "il fascicolo precedente")
    if wrong:
        raise wrong
    if head is None or last_head is None:
        return
    present = sum(1 for _ in record.rows(stream))
    if present < head.size:
        raise Failed(
            "truncated",
            f"{stream}, evento {present + 1}",
            f"{head.size} eventi al checkpoint n. {head.number}",
            f"{present} eventi",
        )
    since = max((earlier.size for earlier in heads if earlier.size < head.size), default=0)
    expected = f"radice {head.root.hex()[:16]}… del checkpoint n. {head.number}"
    raise Failed(
        "altered_event",
        f"{stream}, fra gli eventi {since + 1} e {head.size}",
        expected,
        "un'altra radice; anche le foglie sono alterate",
    )


def diagnose(stream: str, rows: list[Row], leaves: list[bytes], by: str) -> None:
    """Compares events with the leaves that were signed, and says of the first that differs what became of it."""
    hashes = [leaf_hash(row.state) for row in rows]
    where_signed = {leaf: version for version, leaf in enumerate(leaves, 1)}
    stored = set(hashes)
    for version, leaf in enumerate(leaves, 1):
        where = f"{stream}, evento {version}"
        expected = f"foglia {leaf.hex()} ({by})"
        if version > len(hashes):
            shortfall = f"{len(leaves) - len(hashes)} eventi mancano in coda"
            raise Failed(
                "missing_event" if version < len(leaves) and len(hashes) == 0 else "truncated",
                where,
                expected,
                shortfall,
            )
        row, stored_leaf = rows[version - 1], hashes[version - 1]
        if stored_leaf == leaf and row.version == version:
            continue
        excerpt = _excerpt(row)
        if stored_leaf == leaf:
            raise Failed("renumbered_event", where, expected, f"lo stesso evento col numero {row.version}")
        if row.version != version:
            if leaf in stored:
                number = rows[hashes.index(leaf)].version
                raise Failed("renumbered_event", where, expected, f"lo stesso evento col numero {number}")
            raise Failed("missing_event", where, expected, f"nessun evento {version}; segue il {row.version}")
        if stored_leaf in where_signed:
            copied = hashes.count(stored_leaf) > leaves.count(stored_leaf)
            moved = f"l'evento che era il {where_signed[stored_leaf]}: {excerpt}"
            if leaf in stored and not copied:
                raise Failed("swapped_events", where, expected, moved)
            if leaf in stored:
                raise Failed("inserted_event", where, expected, f"una copia dell'{moved[2:]}")
            raise Failed("missing_event", where, expected, f"al suo posto {moved}")
        if leaf in stored:
            raise Failed("inserted_event", where, expected, f"un evento che non c'era: {excerpt}")
        raise Failed("altered_event", where, expected, f"foglia {stored_leaf.hex()}: {excerpt}")


def _excerpt(row: Row) -> str:
    text = row.state.decode(errors="replace")
    return text[:20] + "…" + text[text.find('"body"') :][:160] if '"body"' in text else text[:160]


def check_tree_tables(record: Record, stream: str, hashes: list[bytes], tree: Growing) -> None:
    """The tables of the tree say what the events say."""
    leaves = record.leaves(stream)
    for version, leaf in enumerate(hashes, 1):
        stored_leaf = leaves[version - 1] if version <= len(leaves) else (0, b"")
        if stored_leaf != (version, leaf):
            raise Failed("tree_altered", f"{stream}, foglia {version}", leaf.hex(), stored_leaf[1].hex() or "nessuna")
    if len(leaves) > len(hashes):
        raise Failed(
            "truncated",
            f"{stream}, evento {len(hashes) + 1}",
            f"{len(leaves)} eventi, quante sono le foglie",
            f"{len(hashes)} eventi",
        )
    if record.edges is not None and record.edges.get(stream) != (tree.size, tree.root, b"".join(tree.nodes)):
        raise Failed(
            "tree_altered",
            f"{stream}, margine dell'albero",
            f"{tree.size} foglie, radice {tree.root.hex()[:16]}…",
            "altro",
        )
