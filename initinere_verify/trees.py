"""Trees, keys, checkpoints: RFC 9162 (and RFC 6962) section 2.1; C2SP signed-note and tlog-checkpoint."""

import base64
import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = {
    "altered_event": "evento alterato",
    "missing_event": "evento mancante",
    "swapped_events": "eventi scambiati di posto",
    "renumbered_event": "evento rinumerato",
    "inserted_event": "evento inserito",
    "moved_event": "posto nel registro alterato",
    "truncated": "registro troncato a uno stato anteriore",
    "other_key": "registro firmato con un'altra chiave",
    "broken_succession": "successione delle chiavi spezzata",
    "rule_broken": "evento che le regole non ammettono",
    "key_lost": "chiave dichiarata perduta",
    "other_installation": "registro di un'altra installazione",
    "older_pack": "fascicolo anteriore al checkpoint consegnato",
    "rewritten": "registro riscritto e firmato di nuovo",
    "bad_signature": "firma non valida",
    "text_altered": "testo alterato",
    "text_missing": "testo mancante",
    "tree_altered": "tabelle dell'albero alterate",
    "stream_vanished": "flusso scomparso",
    "stream_new": "flusso comparso a posteriori",
    "projection_altered": "risposta che non segue dagli eventi",
    "structure_altered": "struttura dell'archivio alterata",
    "receipt_altered": "ricevuta che non segue dagli eventi",
    "preview_altered": "anteprima alterata",
    "plan_differs": "il piano mostrato non segue dagli eventi",
    "report_differs": "la relazione non segue dagli eventi",
    "file_altered": "file del fascicolo alterato",
    "not_canonical": "archivio del fascicolo non canonico",
    "unreadable": "non leggibile",
}
EMPTY = hashlib.sha256().digest()
ORIGIN = re.compile(r"[a-z0-9][a-z0-9./-]{2,119}")
"""The name under which an installation signs: no blank, no plus sign, nothing that looks like one."""
SIGNATURES = 16
"""Signature lines of a note that are looked at."""
LONGEST = 1000
"""Characters of a text from outside that are printed."""
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What leaves nothing to be seen: Default_Ignorable_Code_Point of Unicode, and the blank of Braille."""
BLANKS = re.compile(" {3,}")
"""A run of blanks that could carry what follows to a line of its own."""


def printable(text: str) -> str:
    """A text from outside on one line, as it may be shown: whatever steers a terminal, or is not seen, is spelled out.

    So are blanks without end: a text that follows them must not look like a line of the verifier's own.
    """
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    shown = BLANKS.sub(lambda run: f" [{len(run[0])} spazi] ", shown)
    return "".join(c if c.isprintable() and not INVISIBLE.match(c) else _escaped(c) for c in shown)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


class Failed(Exception):
    """The first thing that fails: which kind, where, what was expected, what was found."""

    def __init__(self, kind: str, where: str, expected: str, found: str) -> None:
        self.kind = kind
        self.where, self.expected, self.found = (printable(text) or "nulla" for text in (where, expected, found))
        super().__init__(f"{KINDS[kind]}: {self.where}\n  atteso:  {self.expected}\n  trovato: {self.found}")


def utf8(text: str) -> bytes:
    """The bytes of a text as it was read, even where they are no longer UTF-8."""
    return text.encode(errors="surrogateescape")


def strict(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON
    """JSON in which no name of an object is there twice: of two, one reader takes the first and another the last."""
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("un nome che è due volte nello stesso oggetto")
    return values


def spelling(value: object) -> str:
    """A value as JSON spells it, by which values are compared: 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True)


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of a leaf is SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of an inner node is SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that grows leaf by leaf: only the roots of its complete subtrees are kept (RFC 9162, 2.1.2)."""

    def __init__(self) -> None:
        self.size, self.nodes = 0, list[bytes]()

    def add(self, leaf: bytes) -> None:
        """Takes one leaf hash in: subtrees of the same size are merged."""
        remaining = self.size
        while remaining & 1:
            leaf = node_hash(self.nodes.pop(), leaf)
            remaining >>= 1
        self.nodes.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root: what is left is merged from the right."""
        if not self.nodes:
            return EMPTY
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


class SortedTree:
    """A tree over leaves that are sorted by name, and change: only the nodes above what changed are computed again."""

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._levels: list[list[bytes]] = [[]]
        self._stale: set[int] = set()
        self._since = 0
        self.computed = 0
        """Nodes that were computed so far."""

    def put(self, name: bytes, leaf: bytes) -> None:
        """Puts a leaf in its place: in the one that the name has, or in a new one, which moves those after it."""
        place = bisect_left(self._names, name)
        if place < len(self._names) and self._names[place] == name:
            self._levels[0][place] = leaf
            self._stale.add(place)
            return
        self._names.insert(place, name)
        self._levels[0].insert(place, leaf)
        self._since = min(self._since, place)

    def root(self) -> bytes:
        """The root over all leaves (RFC 9162, 2.1.1): a node without a sibling stands for itself one level up."""
        if not self._names:
            return EMPTY
        stale, since, height = self._stale, self._since, 0
        while len(self._levels[height]) > 1:
            below, height = self._levels[height], height + 1
            if height == len(self._levels):
                self._levels.append([])
            level = self._levels[height]
            stale, since = {place >> 1 for place in stale}, since >> 1
            del level[since:]
            for place in range(2 * since, len(below), 2):
                level.append(node_hash(below[place], below[place + 1]) if place + 1 < len(below) else below[place])
            self.computed += len(below) // 2 - since + len(stale)
            for place in stale:
                if place < since:
                    level[place] = node_hash(below[2 * place], below[2 * place + 1])
        del self._levels[height + 1 :]
        self._stale, self._since = set(), len(self._names)
        return self._levels[height][0]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: whether the path leads from the leaf hash at `index` to the root."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistent(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: whether the tree of `second` leaves continues that of `first`."""
    if first == second:
        return not path and old == new
    if not 0 < first < second:
        return False
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_root = new_root = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_root, new_root = node_hash(step, old_root), node_hash(step, new_root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new_root = node_hash(new_root, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_root == old and new_root == new


# -- keys, notes, checkpoints: C2SP signed-note, tlog-checkpoint -------------------------------------------------------


def decoded(text: str) -> bytes:
    """Base64 in its one canonical spelling (RFC 4648, 3.5); ValueError for any other."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError(text)
    return data


class Key(NamedTuple):
    """A public key: the name it signs for, and its 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """signed-note, Signatures: SHA-256(name || 0x0A || 0x01 || key), the first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Ed25519 (RFC 8032)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(text: str) -> Key:
    """A key as `name+id+base64(0x01 || key)`; ValueError when it is none."""
    name, key_id, coded = text.strip().split("+", 2)
    data = decoded(coded)
    key = Key(name, data[1:])
    if data[:1] != b"\x01" or len(data) != 33 or key.id.hex() != key_id or not ORIGIN.fullmatch(name):
        raise ValueError(text)
    if data[1:-1] + bytes([data[-1] & 0x7F]) in SMALL_ORDER:
        raise ValueError(f"{text}: una chiave che firma qualunque cosa")
    return key


SMALL_ORDER = {
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
}
"""Points of small order of the curve, the sign bit left out: under such a key one signature holds for every text."""


Keys = Mapping[tuple[str, bytes], Key]
"""Keys by the name and the id under which a note names them."""


def by_name_and_id(keys: Iterable[Key]) -> Keys:
    """Keys as notes name them."""
    return {(key.name, key.id): key for key in keys}


class Checkpoint(NamedTuple):
    """tlog-checkpoint: origin, size and root of the installation's tree; then our extension lines."""

    origin: str
    streams: int
    root: bytes
    number: int
    events: int
    made_at: str
    occasion: str
    note: str
    subjects: bytes | None = None
    """The root of the tree over subjects; None in a checkpoint of an earlier program."""

    def signed_by(self, keys: Keys, where: str) -> Key:
        """signed-note: the signature line that one of the keys made over the text, its last newline included."""
        text, _, signatures = self.note.partition("\n\n")
        ids = []
        for line in signatures.splitlines()[:SIGNATURES]:
            try:
                dash, name, coded = line.split(" ")
                decoded(coded)
            except ValueError:
                raise Failed("bad_signature", where, "una riga di firma", line[:80]) from None
            data = decoded(coded)
            ids.append(data[:4].hex())
            key = keys.get((name, data[:4])) if dash == "\N{EM DASH}" else None
            if key is not None:
                if not key.verifies(data[4:], utf8(text) + b"\n"):
                    raise Failed(
                        "bad_signature", where, f"la firma della chiave {key.id.hex()}", "il testo non è quello firmato"
                    )
                return key
        key_ids = ", ".join(key_id.hex() for _, key_id in keys) or "nessuna"
        raise Failed(
            "other_key",
            where,
            f"una firma della chiave {', '.join(ids) or '?'} che il checkpoint porta",
            f"chiavi del registro: {key_ids}",
        )

    @property
    def text(self) -> str:
        """The text as it is written by the product: what is signed, its last newline included."""
        return (
            f"{self.origin}\n{self.streams}\n{base64.b64encode(self.root).decode()}\nnumber {self.number}\n"
            f"events {self.events}\nmade_at {self.made_at}\noccasion {self.occasion}\n"
        ) + ("" if self.subjects is None else f"subjects {base64.b64encode(self.subjects).decode()}\n")

    def __str__(self) -> str:
        return f"checkpoint n. {self.number} del {self.made_at} ({self.events} eventi, {self.streams} flussi)"


def read_checkpoint(note: str, where: str) -> Checkpoint:
    """The checkpoint that a note says."""
    note = note.replace("\r\n", "\n").strip("\n") + "\n"
    try:
        lines = note.partition("\n\n")[0].split("\n")
        extensions = dict(line.split(" ", 1) for line in lines[3:])
        root = decoded(lines[2])
        return Checkpoint(
            lines[0],
            int(lines[1]),
            root,
            int(extensions["number"]),
            int(extensions["events"]),
            extensions["made_at"],
            extensions["occasion"],
            note,
            decoded(extensions["subjects"]) if "subjects" in extensions else None,
        )
    except (KeyError, ValueError, IndexError):
        raise Failed(
            "unreadable", where, "un checkpoint (origine, numero di flussi, radice, righe, firma)", note[:80]
        ) from None


class Head(NamedTuple):
    """How far a stream had come at a checkpoint; it is a leaf of the installation's tree."""

    number: int
    stream: str
    size: int
    root: bytes
    positions: bytes

    def entry(self) -> bytes:
        """Four lines: name, size, root, chain over the positions."""
        root, positions = (base64.b64encode(digest).decode() for digest in (self.root, self.positions))
        return utf8(f"{self.stream}\n{self.size}\n{root}\n{positions}\n")

    def leaf(self) -> bytes:
        """The hash of the leaf."""
        return leaf_hash(self.entry())
