"""The commands of proof: checkpoint, verify, pack, and the keys."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.frame import TranslatedCommand
from api.cli.output_file import OutputFile
from api.cli.parameters import options_of
from api.cli.reader import cli_of, command_of, group, read_input
from api.commands.oversight import log_pack
from api.operations.model import Operation, Question, row_named
from api.operations.proof import PROOF
from api.operations.queries import OfCheckpoint, OfYear
from api.operations.upkeep import UPKEEP
from api.proof.pack import make_pack
from api.proof.verifier import verifier_program
from domain.oiv.events import PackTaken
from domain.proof.public_keys import key_id
from domain.vocabulary import JsonValue
from initinere_verify.__main__ import read_against, read_published
from initinere_verify.pack import verify_pack
from initinere_verify.succession import Trusted
from initinere_verify.trees import Failed, Key
from initinere_verify.trees import read_checkpoint as read_signed
from projections.proof.checkpoints import checkpoint_number
from projections.proof.kept_checkpoint import kept_note, kept_path
from projections.proof.keys import preview_seal_in, public_half_in
from projections.proof.live_verification import not_verified, verified, verify_database
from projections.proof.log import key_list, public_keys
from projections.roles import role_of

NUMBERED, PACK, KEYS = (row_named(PROOF, name, Question) for name in ("show_checkpoint", "take_pack", "list_keys"))


def checkpoint(*, database: str | None, as_json: bool, **asked: JsonValue) -> None:
    """Makes a checkpoint, or finds one by its number."""
    number = read_input(OfCheckpoint, asked, cli_of(NUMBERED)).number
    session.output_file(None, database, force=False)
    with session.serving(database) as service:
        if number is None:
            checkpoint = service.transparency_log.checkpoint(stamp=True)
        else:
            with service.store.reading() as reader:
                checkpoint = checkpoint_number(reader.cursor, number)
    if as_json:
        output.emit(checkpoint.answer())
    else:
        click.echo(checkpoint.note, nl=False)


def verify(bundle: str | None, *, against: str | None, key: str | None, database: str | None, as_json: bool) -> None:
    """Verifies a pack, or the database; the database by the key beside it, too, where no published key is given."""
    try:
        outside, known = read_against(Path(against) if against else None)
        published = read_published(key)
        if bundle is not None:
            verdict = verify_pack(Path(bundle), outside, known, published)
        else:
            with session.serving(database, suspect=True) as service, service.store.reading() as reader:
                verdict = verify_database(
                    reader.cursor,
                    outside,
                    known,
                    _progress("eventi riletti"),
                    _progress("eventi ritrovati nelle risposte"),
                    preview_seal_in(service.transparency_log.path),
                    _trusted(service.transparency_log.path, published),
                )
    except Failed as failure:
        _failed(failure, as_json=as_json)
        raise click.exceptions.Exit(1) from None
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    if as_json:
        output.emit(verified(verdict))
    else:
        output.copied(verdict.statement())


def _trusted(path: Path, published: Key | None) -> Trusted:
    """What lies with the key of the archive, unless a key is published; and that key."""
    key, note = public_half_in(path), kept_note(path)
    holder = Key(*key) if key is not None and published is None else None
    kept = read_signed(note, str(kept_path(path))) if note is not None else None
    return Trusted(published, holder, kept)


def _failed(failure: Failed, *, as_json: bool) -> None:
    if as_json:
        output.emit(not_verified(failure))
    else:
        sys.stderr.write(f"NON VERIFICATO: {failure}\n")


def _progress(what: str) -> Callable[[int], None]:
    """A line that grows on a terminal, a line for each hundred thousand elsewhere."""
    reported = 0

    def tell(done: int) -> None:
        nonlocal reported
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} {what}\033[K")
            sys.stderr.flush()
        elif done // 100_000 > reported:
            reported = done // 100_000
            sys.stderr.write(f"{done} {what}\n")

    return tell


def pack(
    plan: str, *, output_: str, force: bool, database: str | None, actor: str | None, as_json: bool, **asked: JsonValue
) -> None:
    """Writes the evidence pack of a year; that the OIV took it stands in its diary."""
    question = read_input(OfYear, asked, cli_of(PACK))
    to = OutputFile(output_, session.protected_files(database), force=force)
    with session.serving(database) as service:
        pack = make_pack(service.store, service.transparency_log, plan, question.year, question.point(session.now()))
        to.write(pack.content)
        caller = session.caller(actor, None)
        if role_of(caller.actor) == "oiv":
            taken = PackTaken(year=question.year, sha256=pack.sha256, checkpoint=pack.checkpoint)
            log_pack(service, plan, taken, caller)
    if as_json:
        output.emit({"file": output_, "bytes": len(pack.content), "sha256": pack.sha256, "checkpoint": pack.checkpoint})
        return
    words = (
        f"Fascicolo {question.year} di {plan} in {output_}: {len(pack.content)} byte, checkpoint n. {pack.checkpoint}."
    )
    output.show(Text(words))
    output.copied(f"SHA-256 {pack.sha256}\nSi verifica con: initinere verify {output_}")


def show_keys(*, database: str | None, as_json: bool) -> None:
    """Prints the public keys, the present one last."""
    with session.serving(database) as service, service.store.reading() as reader:
        answer = key_list(reader)
    if as_json:
        output.emit(answer)
    else:
        output.copied("\n".join(answer["keys"]))


def rotate_key(*, lost: bool, database: str | None, as_json: bool) -> None:
    """Puts a new signing key in the place of the present one."""
    with session.serving(database) as service:
        service.transparency_log.rotate(lost=lost)
        with service.store.reading() as reader:
            last = public_keys(reader)[-1]
    if as_json:
        output.emit({"key": str(last)})
    else:
        output.copied(f"Chiave {key_id(last.name, last.public).hex()}, da pubblicare:\n{last}")


def verifier(*, output_: str, force: bool) -> None:
    """Writes the verifier of packs into one file, and says its digest."""
    content = verifier_program()
    OutputFile(output_, session.protected_files(None), force=force).write(content)
    output.copied(f"Verificatore in {output_}: {len(content)} byte.\nSHA-256 {hashlib.sha256(content).hexdigest()}")


COMMANDS: dict[str, click.Command] = {
    "checkpoint": command_of(
        NUMBERED, [*options_of(NUMBERED.query, cli_of(NUMBERED)), o.DATABASE, o.AS_JSON], checkpoint
    ),
    "verify": TranslatedCommand(
        "verify",
        help=row_named(UPKEEP, "verify", Operation).description,
        params=[
            o.argument("bundle", "FASCICOLO", "Un fascicolo; altrimenti l'archivio.", required=False),
            o.text_option("--against", "against", "FILE", "Un checkpoint, o un fascicolo, preso in precedenza."),
            o.text_option("--key", "key", "CHIAVE", "La chiave che l'ente pubblica, o un file che la contiene."),
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=verify,
    ),
    "verifier": TranslatedCommand(
        "verifier",
        help=row_named(UPKEEP, "verifier", Operation).description,
        params=[
            o.text_option("--output", "output_", "FILE", "Dove scrivere il verificatore (.pyz).", required=True),
            o.FORCE,
        ],
        callback=verifier,
    ),
    "pack": command_of(
        PACK,
        [
            o.PLAN,
            *options_of(PACK.query, cli_of(PACK)),
            o.text_option("--output", "output_", "FILE", "Dove scrivere il fascicolo (ZIP).", required=True),
            o.FORCE,
            o.DATABASE,
            o.ACTOR,
            o.IS_ROLE,
            o.AS_JSON,
        ],
        pack,
    ),
    "keys": group(
        "keys",
        "Le chiavi che firmano i checkpoint: vederle, sostituirle.",
        {
            "show": command_of(KEYS, [o.DATABASE, o.AS_JSON], show_keys),
            "rotate": TranslatedCommand(
                "rotate",
                help=row_named(UPKEEP, "keys_rotate", Operation).description,
                params=[
                    o.switch(
                        "--lost",
                        "Dichiara perduta la chiave attuale: la nuova non porta la sua firma, e ogni verifica lo dice.",
                    ),
                    o.DATABASE,
                    o.AS_JSON,
                ],
                callback=rotate_key,
            ),
        },
    ),
}
