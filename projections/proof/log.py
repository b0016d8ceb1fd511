"""Transparency log of an installation: its key, its checkpoints, when they are made."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import uniform
from tempfile import mkdtemp
from threading import Lock
from time import sleep
from typing import Literal, get_args
from uuid import uuid4

from eventsourcing.persistence import IntegrityError
from typing_extensions import TypedDict

from domain.acts.model import Act
from domain.administrations.events import ActRegistered
from domain.errors import ConcurrentChange, NotFound
from domain.installation.events import SigningKeyEvent, SigningKeyLost, SigningKeyMade, SigningKeyRotated
from domain.installation.succession import INSTALLATION, endorsed, short_id
from domain.oiv.events import OpinionGiven, RemarkMade, ReportNotValidated, ReportValidated, RequestMade
from domain.plans.events import PlanDrafted, YearClosed
from domain.point import today
from domain.proof.public_keys import Verifying, encode, read_public
from domain.recording import Pending, Recorded
from projections.answers import Instant, Text
from projections.proof.checkpoints import Checkpoint, checkpoint_number, covering, latest, make
from projections.proof.kept_checkpoint import keep_checkpoint, kept_note, kept_path, require_kept
from projections.proof.key_succession import require_unbroken
from projections.proof.keys import KeyUnusable, make_key, read_key, write_key
from projections.proof.notes import Signing, read_checkpoint
from projections.store.append import Append, StreamAppend
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.store.store import Store, WriteConflict, Writing

Occasion = Literal["closing", "round", "act", "record"]
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
"""What calls for a checkpoint, what comes first before what comes after."""

ActsOfTheOiv = OpinionGiven | RemarkMade | RequestMade | ReportValidated | ReportNotValidated

ACTOR = "initinere"
ATTEMPTS, BACK_OFF_SECONDS = 12, 0.02
"""How often a checkpoint is begun again that another one overtook, and by how much longer it waits each time, at the most."""

Stamper = Callable[[bytes], bytes]
"""Asks an authority for a time stamp over bytes; its token in DER (RFC 3161)."""


class KeyOfSuccession(TypedDict):
    """Una chiave pubblica, da quando è in vigore; `endorsed` se la precedente l'ha firmata, o se è la prima."""

    key: Text
    since: Instant
    endorsed: bool


class KeyList(TypedDict):
    """Le chiavi pubbliche con cui l'installazione ha firmato, l'attuale per ultima; `succession` dice come si succedettero."""

    keys: list[Text]
    succession: list[KeyOfSuccession]


def key_list(reader: Reader) -> KeyList:
    """The public keys as they are answered, in the form of C2SP."""
    succession: list[KeyOfSuccession] = [
        {
            "key": str(read_public(event.key)),
            "since": write_instant(record.recorded_at),
            "endorsed": isinstance(event, SigningKeyMade)
            or (isinstance(event, SigningKeyRotated) and event.endorsement is not None),
        }
        for record, event in _key_events(reader)
    ]
    return {"keys": [entry["key"] for entry in succession], "succession": succession}


def public_keys(reader: Reader) -> list[Verifying]:
    """Every public key that the installation has signed with, the current one last."""
    return [read_public(event.key) for _, event in _key_events(reader)]


def _key_events(reader: Reader) -> list[tuple[Recorded, SigningKeyEvent]]:
    records = reader.records(INSTALLATION)
    return [(record, record.event) for record in records if isinstance(record.event, SigningKeyEvent)]


class Log:
    """Signs what the store holds. The key is made when it first begins; rotation is an event.

    Without a path the key dies with the process, as the database in memory that it signs.
    """

    def __init__(self, store: Store, path: Path | None, stamper: Stamper | None = None) -> None:
        self.store = store
        self.path = path or Path(mkdtemp(prefix="initinere-")) / "signing.key"
        self.stamper = stamper
        self._making = Lock()

    def begin(self) -> Signing:
        """The signing key: made, and entered in the record, at the first start.

        KeyUnusable when the record names a key that is not in the file.
        """
        with self.store.reading() as reader:
            known = public_keys(reader)
        if not known:
            self._put_aside()
            key = read_key(self.path)
            if key is None:
                write_key(self.path, make_key(f"in-itinere/{uuid4().hex[:16]}"))
                key = read_key(self.path)
            if key is None:
                raise KeyUnusable(f"la chiave {self.path} non si può creare", accepted="una cartella scrivibile")
            self._enter_first(SigningKeyMade(origin=key.name, key=str(key.verifying)))
        key = self.key_in_force()
        if read_key(self.path) != key:
            self._next.replace(self.path)  # a rotation that was cut off after it had been recorded
        return key

    def _put_aside(self) -> None:
        """Puts aside a key that has signed another record, where it lies beside this one; KeyUnusable where it does not.

        A record that begins with such a key would be taken for that one, cut off.
        """
        note = kept_note(self.path)
        if note is None:
            return
        if str(self.path) != f"{self.store.location}.key":
            last = read_checkpoint(note)
            found = f"la chiave {self.path} ha già firmato un altro archivio (checkpoint n. {last.number} del {last.made_at:%d/%m/%Y})"
            raise KeyUnusable(found, accepted="una chiave per ogni archivio (INITINERE_KEYS)")
        suffix = f".replaced-{self.store.clock():%Y%m%dT%H%M%S}"
        for path in (self.path, kept_path(self.path)):
            if path.exists():
                path.rename(path.with_name(path.name + suffix))

    def key_in_force(self) -> Signing:
        """The signing key that the record names last; nothing is written. KeyUnusable when it is not in the file."""
        with self.store.reading() as reader:
            known = public_keys(reader)
        if not known:
            raise NotFound("non c'è ancora una chiave di firma", accepted="initinere checkpoint, che la crea")
        for path in (self.path, self._next):
            key = read_key(path)
            if key is not None and key.verifying == known[-1]:
                return key
        what = "non è quella registrata" if self.path.exists() else "manca"
        accepted = f"il file con la chiave {short_id(known[-1])}, oppure initinere keys rotate --lost"
        raise KeyUnusable(f"la chiave di firma {self.path} {what}", accepted=accepted)

    @property
    def _next(self) -> Path:
        return self.path.with_name(self.path.name + ".next")

    def checkpoint(self, occasion: str = "on-demand", *, stamp: bool = False) -> Checkpoint:
        """Makes a checkpoint of all that is recorded; the last one when nothing was recorded since."""
        for attempt in range(ATTEMPTS):
            # Those that met once would meet again: each waits a little, by chance, and longer each time.
            sleep(uniform(0, BACK_OFF_SECONDS * attempt))  # noqa: S311 - no secret hangs on it
            key, kept = self.begin(), kept_note(self.path)
            try:
                with self.store.datastore.cursor(commit=True) as cursor:
                    reader = self.store.datastore.reader(cursor)
                    require_unbroken(reader)
                    if public_keys(reader)[-1] != key.verifying:
                        continue  # another process has put a new key in its place meanwhile
                    require_kept(cursor, kept, self.path)
                    checkpoint = make(cursor, key, self.store.clock(), occasion)
            except IntegrityError:
                continue
            keep_checkpoint(self.path, checkpoint)
            return self._stamped(checkpoint) if stamp and self.stamper and checkpoint.stamped is None else checkpoint
        raise ConcurrentChange("altri checkpoint sono in corso", accepted="riprovare fra poco")

    def after(self, parts: Iterable[StreamAppend]) -> Checkpoint | None:
        """Makes the checkpoint that an append calls for: of a closing, a round, an act, a new plan; None when it calls for none."""
        parts = tuple(parts)
        occasion = occasion_of(pending for part in parts for pending in part.pending)
        if occasion is None:
            return None
        with ExitStack() as stack:
            waited = not self._making.acquire(blocking=False)
            if waited:
                stack.enter_context(self._making)
            else:
                stack.callback(self._making.release)
            return (self._covering(parts) if waited else None) or self.checkpoint(occasion, stamp=True)

    def _covering(self, parts: Iterable[StreamAppend]) -> Checkpoint | None:
        """The checkpoint of another that was made while this one waited, where it covers what this one recorded."""
        with self.store.datastore.cursor() as cursor:
            number = covering(cursor, {part.stream: part.last for part in parts})
            return None if number is None else checkpoint_number(cursor, number)

    def rotate(self, act: Act | None = None, *, lost: bool = False) -> SigningKeyRotated | SigningKeyLost:
        """Puts a new key in the place of the current one, which signs it; or declares that one lost.

        The new key signs at once, in the same transaction: nothing stands between the old key and the new.
        """
        with self.store.reading() as reader:
            known = public_keys(reader)
            head = reader.head(INSTALLATION).version
        if not known:
            raise NotFound("non c'è ancora una chiave", accepted="initinere checkpoint, che la crea")
        old = None if lost else self.begin()
        new = make_key(known[-1].name)
        named = {"origin": new.name, "key": str(new.verifying), "before": str(known[-1])}
        event: SigningKeyRotated | SigningKeyLost
        if old is None:
            event = SigningKeyLost(**named)
        else:
            event = SigningKeyRotated(**named, endorsement=encode(old.sign(endorsed(str(new.verifying)))))
        write_key(self._next, new, replace=True)
        append = self._append(event, head, act)

        def enter(writing: Writing) -> None:
            require_unbroken(writing.reader)
            require_kept(writing.reader.cursor, kept, self.path)
            writing.record(append)
            signed.append(make(writing.reader.cursor, new, self.store.clock(), "key lost" if lost else "rotation"))

        signed: list[Checkpoint] = []
        kept = kept_note(self.path)
        try:
            self.store.transact(enter)
        except WriteConflict as error:
            raise ConcurrentChange("un'altra chiave, o un checkpoint, vi entra ora", accepted="riprovare") from error
        self._next.replace(self.path)
        keep_checkpoint(self.path, signed[-1])
        return event

    def _enter_first(self, event: SigningKeyMade) -> None:
        with suppress(ConcurrentChange):  # another process may have entered the same key meanwhile
            self.store.append(self._append(event, 0))

    def _append(self, event: SigningKeyEvent, expected: int, act: Act | None = None) -> Append:
        pending = Pending(event, today(self.store.clock()), act=act.id if act else None)
        part = StreamAppend(INSTALLATION, expected, (pending,))
        return Append(f"key-{event.key.split('+')[1]}", "", ACTOR, (part,))

    def _stamped(self, checkpoint: Checkpoint) -> Checkpoint:
        stamper = self.stamper
        if stamper is None:
            return checkpoint
        token = stamper(checkpoint.note.encode())
        with self.store.datastore.cursor(commit=True) as cursor:
            cursor.execute("UPDATE checkpoint SET stamped = ? WHERE number = ?", (token, checkpoint.number))
        return checkpoint._replace(stamped=token)

    def latest(self) -> Checkpoint:
        """The last checkpoint; one is made when there is none."""
        with self.store.datastore.cursor() as cursor:
            last = latest(cursor)
        return last or self.checkpoint()


def occasion_of(recorded: Iterable[Pending]) -> Occasion | None:
    """On what occasion an append calls for a checkpoint: a closing before a round, a round before an act.

    The OIV's own acts are acts as well; what it only opened or drew by lot is none. A new plan is in the tree at once.
    A checkpoint is public, a draft is not: the occasion is of a kind, and names neither plans nor acts.
    """
    occasions: set[Occasion] = set()
    for pending in recorded:
        if isinstance(pending.event, YearClosed):
            occasions.add("closing")
        if "round" in pending.event.topic:
            occasions.add("round")
        if pending.act or isinstance(pending.event, ActRegistered | ActsOfTheOiv):
            occasions.add("act")
        elif isinstance(pending.event, PlanDrafted):
            occasions.add("record")
    return next((occasion for occasion in OCCASIONS if occasion in occasions), None)
