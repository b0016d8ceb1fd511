"""The commands that keep a backup of an archive in a file, and put it back: backup, restore."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from typing_extensions import TypedDict

from api.cli import options as o
from api.cli import output, session
from api.cli.frame import TranslatedCommand
from api.cli.output_file import OutputFile, OutputRefused
from api.cli.words import counted
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from api.proof.page import runs
from domain.errors import NotFound, StoreRefused
from domain.proof.public_keys import Verifying
from initinere_verify.__main__ import read_against
from initinere_verify.trees import Failed
from projections.proof.checkpoints import Checkpoint
from projections.proof.kept_checkpoint import kept_note, kept_path
from projections.proof.keys import KeyUnusable, public_half_in, read_key, write_key
from projections.proof.notes import read_checkpoint
from projections.store.envelope import write_instant
from projections.store.location import is_server, require_location, shown_location
from projections.store_backup import Lost, Restored, back_up, digest_of, is_replaceable
from projections.store_backup import restore as restore_backup

ON_SERVER = "pg_dump e pg_restore, come dice docs/archivi.md"


class BackupWords(TypedDict):
    """What `backup --json` answers."""

    file: str
    bytes: int
    sha256: str
    events: int
    checkpoint: int | None
    key: str | None


class RepeatWords(TypedDict):
    """An event that is lost and took something away, in what `restore --json` answers; `beside`: from which events."""

    version: int
    sentence: str
    beside: list[int]


class LostWords(TypedDict):
    """Events of one stream that a restored backup has not, in what `restore --json` answers; instants in UTC."""

    stream: str
    versions: list[int]
    first_recorded_at: str
    last_recorded_at: str
    to_repeat: list[RepeatWords]


def _backup(file: str, *, with_key: bool, database: str | None, as_json: bool) -> None:
    """Writes a backup of the archive that is used, with the checkpoint of all that it holds."""
    location = _of_a_file(database)
    if not session.there(location):
        raise NotFound(f"l'archivio {location} non c'è ancora", accepted="un altro --database", where="--database")
    protected = session.protected_files(database)
    to = OutputFile(file, protected, where="FILE")
    key_to = OutputFile(f"{file}.key", protected, where="FILE") if with_key else None
    with session.serving(database) as service:
        key = service.transparency_log.path
        checkpoint, reason = _checkpoint(service.transparency_log.checkpoint)
        with to.writing() as draft:
            backed_up = back_up(location, draft)
            size = draft.stat().st_size
            if key_to is not None:
                read_key(key)
                key_to.write(key.read_bytes(), mode=0o600)
            to.adopt(draft)
    if as_json:
        row: BackupWords = {
            "file": file,
            "bytes": size,
            "sha256": backed_up.sha256,
            "events": backed_up.events,
            "checkpoint": checkpoint.number if checkpoint else None,
            "key": key_to.path if key_to else None,
        }
        output.emit(row)
        return
    signed = f"checkpoint n. {checkpoint.number}" if checkpoint else f"senza checkpoint nuovo: {reason}"
    secret = (
        f"La chiave di firma è in {key_to.path}: è un segreto." if key_to else "La chiave di firma non è nella copia."
    )
    events = counted(backed_up.events, "evento", "eventi")
    output.copied(
        f"Copia di sicurezza in {file}: {events}, {size} byte, {signed}.\nSHA-256 {backed_up.sha256}\n{secret}\n"
        f"Si rimette con: initinere restore {file} --database {location}"
    )


def _checkpoint(make: Callable[[], Checkpoint]) -> tuple[Checkpoint | None, str]:
    """The checkpoint of all that is there; where none can be signed, why."""
    try:
        return make(), ""
    except KeyUnusable as error:
        return None, error.problem.found


def _restore(file: str, *, against: str | None, other: bool, database: str | None, as_json: bool) -> None:
    """Puts a backup back, when it is proved; what was there goes aside."""
    location = _of_a_file(database)
    try:
        outside, known = read_against(Path(against) if against else None)
    except Failed as failure:
        raise StoreRefused(str(failure), accepted="un checkpoint, o un fascicolo", where="--against") from None
    with session.refusing(location):
        if not is_replaceable(Path(location)):
            found = f"{location} non è un archivio: una copia di sicurezza non ne prende il posto"
            raise OutputRefused(found, accepted="il percorso dell'archivio, o di un file nuovo", where="--database")
        restored = restore_backup(Path(file), Path(location), session.now(), outside, known, other=other)
    place = session.settings().key_file(location)
    key = _key_words(restored.key, Path(f"{file}.key"), place, restored.aside)
    key += _kept_words(place, restored)
    if as_json:
        output.emit(
            {
                "archive": location,
                "sha256": digest_of(Path(file)),
                "events": restored.verdict.events,
                "checkpoint": restored.verdict.last.number if restored.verdict.last else None,
                "events_before": restored.events_before,
                "lost": None if restored.lost is None else [_lost_row(one) for one in restored.lost],
                "aside": str(restored.aside) if restored.aside else None,
                "key": key,
            }
        )
        return
    lines = [f"Rimesso {file} in {location}.", restored.verdict.statement()]
    if restored.aside is not None:
        lines.append(f"Ciò che c'era prima è in {restored.aside}, e non è stato toccato.")
    if restored.lost:
        lines += _lost_words(restored.lost)
    elif restored.lost is None:
        lines.append("L'archivio di prima non si legge: che cosa aveva in più non si può dire.")
    output.copied("\n".join([*lines, key]))


MOST_NAMED = 20
"""Of how many streams what is lost is named; of the others, how many they are."""


def _lost_words(lost: Sequence[Lost]) -> list[str]:
    """What the archive had that the backup has not, stream by stream."""
    events = counted(sum(len(one.versions) for one in lost), "evento", "eventi")
    lines = [f"L'archivio di prima aveva {events} in più: nella copia non ci sono."]
    for stream, versions, first, last, _ in lost[:MOST_NAMED]:
        when = f"{first:%d/%m/%Y %H:%M}" if first == last else f"dal {first:%d/%m/%Y %H:%M} al {last:%d/%m/%Y %H:%M}"
        lines.append(f"  {stream}: {'versione' if len(versions) == 1 else 'versioni'} {runs(versions)}, {when} UTC")
    if len(lost) > MOST_NAMED:
        lines.append(f"  e di altri {len(lost) - MOST_NAMED} flussi: --json li dice tutti")
    return lines + _repeated_words(lost)


def _repeated_words(lost: Sequence[Lost]) -> list[str]:
    """What is to be done again before anybody comes in: the copy shows what was redacted, and lets in who was shut out."""
    lines = []
    for one in lost:
        for version, sentence, beside in one.to_repeat:
            of_events = "degli eventi" if len(beside) > 1 else "dell'evento"
            lines.append(
                f"  {one.stream}, versione {version}: {sentence}{f', {of_events} {runs(beside)}' if beside else ''}"
            )
    if lines:
        lines.insert(0, "Da rifare prima di avviare il servizio: ciò che era tolto o chiuso è di nuovo com'era.")
    return lines


def _lost_row(lost: Lost) -> LostWords:
    return {
        "stream": lost.stream,
        "versions": list(lost.versions),
        "first_recorded_at": write_instant(lost.first),
        "last_recorded_at": write_instant(lost.last),
        "to_repeat": [
            {"version": version, "sentence": sentence, "beside": list(beside)}
            for version, sentence, beside in lost.to_repeat
        ],
    }


def _key_words(wanted: Verifying | None, kept: Path, place: Path | None, aside: Path | None) -> str:
    """Puts the key that came with the backup where it is looked for, if none is there; says which key is in place."""
    if wanted is None or place is None:
        return "La copia non ha ancora una chiave di firma."
    present = public_half_in(place)
    if present == wanted:
        return f"La chiave di firma è quella della copia: {place}"
    if public_half_in(kept) == wanted:
        if place.exists():
            folder = aside or place.parent
            place.rename(folder / f"{place.name}.replaced")
        if (key := read_key(kept)) is not None and write_key(place, key):
            return f"La chiave di firma della copia è stata rimessa in {place}"
    what = "manca" if not place.exists() else "non è quella della copia"
    return (
        f"La chiave di firma {place} {what}: si legge e si verifica, ma non si firmano checkpoint. "
        "Vi si porti quella che l'archivio aveva, oppure initinere keys rotate --lost"
    )


def _kept_words(place: Path | None, restored: Restored) -> str:
    """Puts the checkpoint that the key signed last aside, where the backup is from before it; says so."""
    note = kept_note(place) if place is not None else None
    if place is None or note is None:
        return ""
    kept, last = read_checkpoint(note), restored.verdict.last
    if last is not None and (last.number, last.root) == (kept.number, kept.root):
        return ""
    aside = kept_path(place).rename((restored.aside or place.parent) / f"{kept_path(place).name}.replaced")
    return (
        f"\nLa chiave aveva firmato il checkpoint n. {kept.number} del {kept.made_at:%d/%m/%Y}, che non è l'ultimo della copia: "
        f"è in {aside}, e chi lo ha conservato lo farà notare"
    )


def _of_a_file(database: str | None) -> str:
    """The file of the archive; refused where it is on a server, which has commands of its own."""
    location = database or session.settings().database
    require_location(location)
    if is_server(location):
        raise StoreRefused(f"{shown_location(location)} è su un server", accepted=ON_SERVER, where="--database")
    return location


COMMANDS: dict[str, click.Command] = {
    "backup": TranslatedCommand(
        "backup",
        help=row_named(UPKEEP, "backup", Operation).description,
        params=[
            o.argument("file", "FILE", "Il file, nuovo, della copia di sicurezza."),
            o.switch("--with-key", "Copia anche la chiave di firma, in FILE.key: chi la legge può firmare."),
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=_backup,
    ),
    "restore": TranslatedCommand(
        "restore",
        help=row_named(UPKEEP, "restore", Operation).description,
        params=[
            o.argument("file", "COPIA", "La copia di sicurezza: si legge soltanto."),
            o.text_option("--against", "against", "FILE", "Un checkpoint, o un fascicolo, preso in precedenza."),
            o.switch("--other", "Anche se la copia è di un'altra installazione: ciò che c'era va da parte."),
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=_restore,
    ),
}
