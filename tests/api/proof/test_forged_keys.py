"""Forged keys: of whoever has none, has one that was rotated away, or declares one lost; and what lies with the key."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from api.commands.service import Service
from api.proof.pack import signed_pack
from domain.installation.events import SigningKeyEvent, SigningKeyLost, SigningKeyMade, SigningKeyRotated
from domain.installation.succession import INSTALLATION, SuccessionBroken, endorsed
from domain.oiv.events import DocumentOpened
from domain.point import today
from domain.proof.public_keys import Verifying, encode
from domain.recording import Pending
from initinere_verify.__main__ import main
from initinere_verify.succession import Trusted
from initinere_verify.trees import (
    Failed,
    read_checkpoint,
)
from initinere_verify.trees import read_key as read_key_line
from projections.proof.checkpoints import RecordAltered, make
from projections.proof.kept_checkpoint import kept_note, kept_path
from projections.proof.keys import KeyUnusable, make_key, write_key
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.proof.notes import Signing
from projections.store import append as recording
from projections.store.append import Append, StreamAppend
from projections.store.store import Store
from tests.support.forging import AT, judged, judged_live, key_of, pack_of, published_key, signed_pack_at, taken
from tests.support.harness import PLAN, ServiceHarness
from tests.support.packs import files_of


def _entered(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, *events: SigningKeyEvent) -> None:
    """Enters events of keys as a program would that asks nothing: the recorder's own check is put out of the way."""
    with monkeypatch.context() as patch:
        patch.setattr(recording, "require_succession", lambda *_: None)
        for event in events:
            _append(harness.store, event)


def _append(store: Store, event: SigningKeyEvent, stream: str = INSTALLATION) -> None:
    part = StreamAppend(stream, store.head(stream).version, (Pending(event, today(store.clock())),))
    store.append(Append(f"key-{event.key[-20:-4]}-{part.expected}", "", "initinere", (part,)))


def _made(key: Signing) -> SigningKeyMade:
    return SigningKeyMade(origin=key.name, key=str(key.verifying))


def _rotated(old: Signing, new: Signing, by: Signing | None = None) -> SigningKeyRotated:
    signature = encode((by or old).sign(endorsed(str(new.verifying))))
    return SigningKeyRotated(origin=old.name, key=str(new.verifying), before=str(old.verifying), endorsement=signature)


def _lost(old: Signing, new: Signing) -> SigningKeyLost:
    return SigningKeyLost(origin=old.name, key=str(new.verifying), before=str(old.verifying))


def _checkpoint_by(harness: ServiceHarness, key: Signing) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        make(cursor, key, harness.now, "on-demand")


def _ways(true: Signing, mine: Signing) -> dict[str, list[SigningKeyEvent]]:
    """Ways to bring a key of one's own into the record without the true one."""
    return {
        "made again": [_made(mine)],
        "made again, and the true one after it": [_made(mine), _made(true)],
        "rotated, signed by itself": [_rotated(true, mine, by=mine)],
        "rotated twice, back to the true one": [_rotated(true, mine, by=mine), _rotated(mine, true)],
        "rotated from itself": [_rotated(mine, true)],
        "the true one again": [_rotated(true, true)],
        "of another origin": [_rotated(true, make_key("in-itinere/altra"))],
    }


@pytest.mark.parametrize("way", list(_ways(make_key("in-itinere/a"), make_key("in-itinere/a"))))
def test_a_key_that_nobody_endorsed_signs_nothing(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    """On the live database, in a pack of it, against the OIV's own checkpoint, and by the published key."""
    true, against = key_of(harness), taken(harness)
    mine = make_key(true.name)
    events = _ways(true, mine)[way]
    for event in events[:1]:
        with pytest.raises(SuccessionBroken):
            _append(harness.store, event)
    _entered(harness, monkeypatch, *events)
    _checkpoint_by(harness, mine)
    for anchor in (None, against):
        for published in (None, published_key(true), published_key(mine)):
            assert not judged_live(harness, anchor, published).startswith("VERIFICATO")
    with monkeypatch.context() as patch:
        patch.setattr(Log, "key_in_force", lambda _: mine)
        patch.setattr("api.proof.pack.public_keys", lambda _: [true.verifying, mine.verifying])
        patch.setattr("api.proof.pack.require_unbroken", lambda _: None)
        pack = tmp_path / "forged.zip"
        pack.write_bytes(signed_pack(harness.store, harness.service.transparency_log, PLAN, 2022, AT).content)
    for anchor in (None, against):
        for published in (None, published_key(true)):
            kind = judged(pack, anchor, published).partition(":")[0]
            assert kind in {"broken_succession", "tree_altered"}  # of a checkpoint by a key that no event names


def test_the_record_rewritten_from_the_start_is_not_that_of_the_published_key(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    """My key made the first, everything signed with it, the true one put in its place at the end."""
    true = key_of(harness)
    forged = ServiceHarness(tmp_path / "forged.sqlite").on("2022-02-05")
    mine = make_key(true.name)
    write_key(tmp_path / "mine.key", mine)
    forged.service = Service(forged.store, Log(forged.store, tmp_path / "mine.key"))
    forged.load()
    _append(forged.store, _rotated(mine, true))
    assert judged_live(forged, published=published_key(true)).startswith("other_key: ")
    _checkpoint_by(forged, mine)
    assert judged_live(forged).startswith("other_key: ")
    forged.store.close()


def test_a_key_that_was_rotated_away_endorses_and_signs_nothing_more(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    leaked = key_of(harness)
    harness.service.transparency_log.rotate()
    present, mine = key_of(harness), make_key(leaked.name)
    files = files_of(pack_of(harness, tmp_path / "true.zip"))
    assert judged(signed_pack_at(tmp_path / "forged.zip", files, leaked)).startswith("bad_signature: ")
    with pytest.raises(SuccessionBroken):
        _append(harness.store, _rotated(leaked, mine))
    with pytest.raises(SuccessionBroken):
        _append(harness.store, _rotated(present, mine, by=leaked))
    _entered(harness, monkeypatch, _rotated(present, mine, by=leaked))
    assert judged_live(harness).startswith("broken_succession: ")
    _checkpoint_by(harness, mine)
    assert judged_live(harness).startswith("broken_succession: ")


@pytest.mark.parametrize("by", ["old", "new"])
def test_the_checkpoint_that_covers_a_rotation_is_signed_by_the_new_key(harness: ServiceHarness, by: str) -> None:
    old = key_of(harness)
    new = make_key(old.name)
    _append(harness.store, _rotated(old, new))
    _checkpoint_by(harness, old if by == "old" else new)
    assert judged_live(harness).startswith("VERIFICATO" if by == "new" else "other_key: ")


def test_a_key_declared_lost_is_said_aloud_and_vouches_for_nothing_after(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    """Anybody may declare it: whoever has a checkpoint or a key of before is asked for the one published now."""
    true, against = key_of(harness), taken(harness)
    mine = make_key(true.name)
    _append(harness.store, _lost(true, mine))
    _checkpoint_by(harness, mine)
    statement = judged_live(harness)
    assert "ATTENZIONE: Chiave " in statement.splitlines()[1]
    assert "SENZA la firma" in statement.splitlines()[1]
    assert judged_live(harness, against).startswith("key_lost: ")
    assert judged_live(harness, published=published_key(true)).startswith("key_lost: ")
    assert judged_live(harness, against, published_key(mine)).startswith("VERIFICATO")
    write_key(harness.service.transparency_log.path, mine, replace=True)
    pack = pack_of(harness, tmp_path / "lost.zip")
    assert "ATTENZIONE: Chiave " in judged(pack)
    assert judged(pack, against).startswith("key_lost: ")
    assert judged(pack, published=published_key(true)).startswith("key_lost: ")


def test_the_statement_names_the_first_key_each_rotation_and_the_present_one(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    keys = [key_of(harness)]
    for _ in range(2):
        harness.service.transparency_log.rotate()
        keys.append(key_of(harness))
    pack = pack_of(harness, tmp_path / "fascicolo.zip")
    for statement in (judged(pack), judged_live(harness)):
        lines = [line for line in statement.splitlines() if line.startswith("Chiave ")]
        assert [str(key.verifying) in line for key, line in zip(keys, lines, strict=False)] == [True] * 3
        assert lines[0].endswith("la prima.")
        assert all("firmata dalla precedente" in line for line in lines[1:3])
    assert "ogni successiva ne discende" in judged(pack, published=published_key(keys[0]))
    assert "è quella in vigore" in judged(pack, published=published_key(keys[2]))
    assert judged(pack, published=published_key(make_key(keys[0].name))).startswith("other_key: ")


def test_no_event_of_a_key_stands_in_another_stream(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    event = _made(make_key("in-itinere/altra"))
    with pytest.raises(SuccessionBroken):
        _append(harness.store, event, f"plan/{PLAN}")
    with monkeypatch.context() as patch:
        patch.setattr(recording, "require_succession", lambda *_: None)
        _append(harness.store, event, f"plan/{PLAN}")
    assert judged_live(harness).startswith("broken_succession: ")


def test_the_first_event_of_an_installation_makes_its_key(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "archivio.sqlite"))
    old, new = make_key("in-itinere/prova"), make_key("in-itinere/prova")
    for event in (_rotated(old, new), _lost(old, new)):
        with pytest.raises(SuccessionBroken):
            _append(store, event)
    _append(store, _made(old))
    with pytest.raises(SuccessionBroken):
        _append(store, _made(new))
    store.close()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_checkpoint_is_read_as_whatever_program_saved_it(
    harness: ServiceHarness, tmp_path: Path, encoding: str
) -> None:
    path = pack_of(harness, tmp_path / "fascicolo.zip")
    saved = tmp_path / "checkpoint.txt"
    saved.write_bytes(harness.service.transparency_log.latest().note.replace("\n", "\r\n").encode(encoding))
    assert main([str(path), "--against", str(saved)]) == 0
    harness.service.transparency_log.rotate()
    assert main([str(pack_of(harness, tmp_path / "after.zip")), "--against", str(saved)]) == 0


def test_a_pack_of_before_a_rotation_is_older_and_not_of_another_installation(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    before = pack_of(harness, tmp_path / "before.zip")
    harness.service.transparency_log.rotate()
    assert judged(before, taken(harness)).startswith("older_pack: ")


def _without_checkpoints(harness: ServiceHarness, after: int = 0) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        for table in ("checkpoint", "checkpoint_head"):
            cursor.execute(f"DELETE FROM {table} WHERE number > ?", (after,))


def test_without_a_checkpoint_no_key_vouches_for_anything(harness: ServiceHarness) -> None:
    true = key_of(harness)
    _without_checkpoints(harness)
    assert judged_live(harness, published=published_key(true)).startswith("other_key: ")
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed, match="nessun checkpoint"):
        verify_database(cursor, trusted=Trusted(holder=published_key(true)))


@pytest.mark.parametrize("left", [0, 1])
def test_the_key_does_not_sign_a_history_that_its_last_checkpoint_is_not_of(harness: ServiceHarness, left: int) -> None:
    """Nobody is asked when a checkpoint is made: what the key signed last lies beside it, out of the database."""
    log = harness.service.transparency_log
    note = kept_note(log.path)
    assert note == log.latest().note
    _without_checkpoints(harness, left)
    with harness.store.datastore.cursor() as cursor, pytest.raises(Failed, match="conservato accanto alla chiave"):
        verify_database(cursor, trusted=Trusted(kept=read_checkpoint(note, "prova")))
    with pytest.raises(RecordAltered, match="l'archivio non contiene il checkpoint"):
        log.checkpoint()
    with pytest.raises(RecordAltered):
        log.rotate()
    outcome = harness.on("2022-12-12").revise(">= 65%", "2022-12-10")
    assert [warning.name for warning in outcome.warnings] == ["checkpoint_missing"]
    kept_path(log.path).unlink()
    assert log.checkpoint().number == left + 1
    assert kept_note(log.path) == log.latest().note


def test_a_note_bears_its_one_signature_and_nothing_else(harness: ServiceHarness) -> None:
    foreign = make_key("esempio.it/altro").note("altro\n").rpartition("\n\n")[2]
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE checkpoint SET note = note || ? WHERE number = 1", (foreign,))
    assert judged_live(harness).startswith("tree_altered: ")


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\x01" + bytes(30) + b"\x80"])
def test_a_key_under_which_anything_verifies_is_none(public: bytes) -> None:
    with pytest.raises(ValueError, match="qualunque cosa"):
        read_key_line(str(Verifying("in-itinere/prova", public)))


def test_the_key_in_force_hands_over_to_no_key_under_which_anything_verifies(harness: ServiceHarness) -> None:
    true = key_of(harness)
    weak = str(Verifying(true.name, bytes(32)))
    signature = encode(true.sign(endorsed(weak)))
    event = SigningKeyRotated(origin=true.name, key=weak, before=str(true.verifying), endorsement=signature)
    with pytest.raises(SuccessionBroken, match="non prende per una chiave"):
        _append(harness.store, event)


def test_checkpoints_do_not_go_back_in_time(harness: ServiceHarness) -> None:
    key, last = key_of(harness), harness.service.transparency_log.latest()
    harness.on("2022-12-12")
    part = StreamAppend("diligence/x", 0, (Pending(DocumentOpened(what="x"), date(2022, 12, 12)),))
    harness.store.append(Append("opened", "", "oiv", (part,)))
    with harness.store.datastore.cursor(commit=True) as cursor:
        checkpoint = make(cursor, key, harness.now, "on-demand")
        text = checkpoint.text._replace(made_at=last.text.made_at - timedelta(days=30))
        note, made_at = key.note(text.body()), text.body().split("\nmade_at ")[1].split("\n")[0]
        sql = "UPDATE checkpoint SET note = ?, made_at = ? WHERE number = ?"
        cursor.execute(sql, (note, made_at, checkpoint.number))
    assert judged_live(harness).startswith("tree_altered: ")


def test_a_key_that_signed_another_record_begins_no_new_one(harness: ServiceHarness, tmp_path: Path) -> None:
    """Beside an archive that was made again it goes aside; where a setting names it, it is refused."""
    key = harness.service.transparency_log.path
    other = Store(str(tmp_path / "altro.sqlite"))
    with pytest.raises(KeyUnusable, match="ha già firmato un altro archivio"):
        Log(other, key).begin()
    beside = tmp_path / "altro.sqlite.key"
    for suffix in ("", ".last"):
        beside.with_name(beside.name + suffix).write_bytes(key.with_name(key.name + suffix).read_bytes())
    beside.chmod(0o600)
    assert Log(other, beside).begin().verifying != key_of(harness).verifying
    assert Log(other, beside).checkpoint().number == 1
    assert len(list(tmp_path.glob("altro.sqlite.key*.replaced-*"))) == 2
    other.close()


@pytest.mark.parametrize("way", ["made", "made again", "lost and back"])
def test_the_service_signs_nothing_over_a_succession_that_is_broken(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Neither a checkpoint, nor a new key, nor a pack: whoever signed would stand for what somebody wrote in."""
    true = key_of(harness)
    mine = make_key(true.name)
    log = harness.service.transparency_log
    ways: dict[str, list[SigningKeyEvent]] = {
        "made": [_made(mine)],
        "made again": [_made(mine), _made(true)],
        "lost and back": [_lost(true, mine), _rotated(mine, true)],
    }
    _entered(harness, monkeypatch, *ways[way])
    before = [harness.store.head(INSTALLATION), kept_note(log.path)]
    write_key(log.path, mine if way == "made" else true, replace=True)
    for signing in (
        log.checkpoint,
        log.rotate,
        lambda: log.rotate(lost=True),
        lambda: signed_pack(harness.store, log, PLAN, 2022, AT),
    ):
        with pytest.raises(RecordAltered, match="successione delle chiavi di firma è spezzata: installation, evento"):
            signing()
    assert [harness.store.head(INSTALLATION), kept_note(log.path)] == before
