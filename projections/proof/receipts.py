"""Receipts held against the events: what a command was answered is what its events say, and no other command was.

An event names the command that made it, and the first of each stream of an append carries the digest of the receipt
(docs/envelope.md). Events of older programs carry none: of their receipts the versions are held against them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from domain.errors import DomainError
from initinere_verify.trees import Failed
from projections.store.cursor import Cursor
from projections.store.envelope import receipt_digest
from projections.store.owners import NOBODY, StreamKey, receipt_owner
from projections.store.reader import Reader
from projections.store.request_digest import BARE_BLINDED

BATCH = 500


class ReceiptAltered(DomainError):
    """The receipt of a command is not the one that was written with its events: nothing is answered from it."""

    name = "receipt_altered"
    title = "Ricevuta alterata"
    status = 500


class RecordedBy(NamedTuple):
    """What one command recorded in one stream: first and last version, and the digest of its receipt, if it is there.

    `redacted` says that a text of it was removed by order.
    """

    command_id: str
    first: int
    last: int
    digest: str | None
    redacted: bool = False


class Answered(NamedTuple):
    """What a receipt says: the digest of it, and the versions of each stream; None where the program itself recorded."""

    digest: str
    versions: dict[str, tuple[int, int]] | None


def read_receipt(command_id: str, request: str, answer: str) -> Answered:
    """A receipt as it lies; ValueError when it is none of this command."""
    digest = receipt_digest(request, answer)
    if not request and not answer:
        return Answered(digest, None)
    outcome = orjson.loads(answer)
    if not isinstance(outcome, dict) or outcome.get("command_id") != command_id or outcome.get("repeated") is True:
        raise ValueError(f"la risposta di un altro comando: {answer[:80]}")
    versions = outcome["versions"]
    return Answered(digest, {str(stream): (int(first), int(last)) for stream, (first, last) in versions.items()})


class ReceiptCount:
    """How many claims of receipts were met by events: each stream in turn, then all the receipts."""

    def __init__(self, cursor: Cursor, owners: Mapping[str, str]) -> None:
        self._cursor = cursor
        self._owners = owners
        self._met = 0
        self._redacted: set[str] = set()
        self._unproved: dict[str, str] = {}

    def verify_stream(self, stream: str, commands: Sequence[RecordedBy]) -> None:
        """Failed when a command that recorded in a stream has no receipt, or one that says otherwise."""
        for start in range(0, len(commands), BATCH):
            batch = commands[start : start + BATCH]
            marks = ", ".join("?" * len(batch))
            sql = f"""
SELECT command_id, request, answer FROM receipt WHERE administration IN (?, ?) AND command_id IN ({marks})
ORDER BY administration"""  # noqa: S608
            ids = [command.command_id for command in batch]
            rows = self._cursor.execute(sql, [NOBODY, self._owners[stream], *ids]).fetchall()
            receipts = {str(id_): (str(request), str(answer)) for id_, request, answer in rows}
            for command in batch:
                self._verify(stream, command, receipts.get(command.command_id))

    def _verify(self, stream: str, command: RecordedBy, receipt: tuple[str, str] | None) -> None:
        expected = f"{stream}, eventi da {command.first} a {command.last}"
        if receipt is None:
            raise _altered(command.command_id, expected, "nessuna ricevuta")
        answered = _read(command.command_id, *receipt)
        if command.redacted:
            self._redacted.add(command.command_id)
        if command.digest is not None and receipt[0] == BARE_BLINDED:
            self._unproved[command.command_id] = f"impronta {command.digest} ({expected})"
        elif command.digest is not None and command.digest != answered.digest:
            raise _altered(command.command_id, f"impronta {command.digest} ({expected})", answered.digest)
        if answered.versions is None:
            return
        if answered.versions.get(stream) != (command.first, command.last):
            raise _altered(command.command_id, expected, str(answered.versions))
        self._met += 1

    def verify_all(self) -> None:
        """Failed when a receipt says of events that there are not, or its request is gone and nothing was redacted."""
        for command_id, expected in self._unproved.items():
            if command_id not in self._redacted:
                raise _altered(command_id, expected, "una richiesta oscurata senza un ordine")
        claims = 0
        for administration, command_id, answered in _receipts(self._cursor):
            if answered.versions is None:
                continue
            owner = receipt_owner(StreamKey(self._owners.get(stream, NOBODY), stream) for stream in answered.versions)
            if administration != owner:
                raise _altered(command_id, f"l'amministrazione {owner!r}", f"l'amministrazione {administration!r}")
            claims += len(answered.versions)
        if claims == self._met:
            return
        reading = Reader(self._cursor)
        for _, command_id, answered in _receipts(self._cursor):
            for stream, versions in (answered.versions or {}).items():
                by = {record.command_id for record in reading.records(stream, versions)}
                if by != {command_id}:
                    raise _altered(command_id, "nessun evento di questo comando", f"{stream}, {versions}")
        raise _altered("", f"{self._met} flussi toccati da comandi", str(claims))


def verify_repeated(reader: Reader, command_id: str, receipt: tuple[str, str]) -> None:
    """ReceiptAltered when the receipt of a command that is repeated is not the one that its events carry."""
    try:
        answered = read_receipt(command_id, *receipt)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise _unusable(command_id) from None
    for stream, versions in (answered.versions or {}).items():
        records = reader.records(stream, versions)
        carried = {record.receipt for record in records} - {None}
        unproved = receipt[0] != BARE_BLINDED and carried - {answered.digest}
        if {record.command_id for record in records} != {command_id} or unproved:
            raise _unusable(command_id)


def _receipts(cursor: Cursor) -> Iterator[tuple[str, str, Answered]]:
    key = "administration, command_id"
    sql = f"SELECT {key}, request, answer FROM receipt WHERE ({key}) > (?, ?) ORDER BY {key} LIMIT ?"  # noqa: S608
    after = "", ""
    while rows := cursor.execute(sql, (*after, BATCH)).fetchall():
        for administration, command_id, request, answer in rows:
            yield str(administration), str(command_id), _read(str(command_id), str(request), str(answer))
        after = str(rows[-1][0]), str(rows[-1][1])


def _read(command_id: str, request: str, answer: str) -> Answered:
    try:
        return read_receipt(command_id, request, answer)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise _altered(command_id, "la risposta data a questo comando", f"{type(error).__name__}: {error}") from None


def _altered(command_id: str, expected: str, found: str) -> Failed:
    return Failed("receipt_altered", f"tabella receipt, command_id={command_id}", expected, found)


def _unusable(command_id: str) -> ReceiptAltered:
    problem = f"la ricevuta del comando {command_id} non è quella scritta coi suoi eventi"
    return ReceiptAltered(problem, accepted="initinere verify, che dice che cosa è stato alterato")
