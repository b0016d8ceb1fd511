"""The commands of proof: checkpoint, verify, pack, redact, and the keys."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.changes import answer
from api.cli.groups import group
from api.commands.oversight import log_pack, redact_texts
from api.formats.json_reader import UnreadableFile
from api.proof.pack import make_pack
from domain.oiv.events import PackTaken
from domain.point import Point, today
from domain.redactions.decide import RedactTexts
from initinere_verify.__main__ import read_against
from initinere_verify.pack import verify_pack
from initinere_verify.trees import Failed
from projections.proof.checkpoints import checkpoint_number
from projections.proof.live_verification import not_verified, verified, verify_database
from projections.proof.log import key_list, public_keys
from projections.proof.notes import key_id
from projections.roles import role_of
from projections.store.store import now_in_utc

keys_command = group("keys", "Le chiavi che firmano i checkpoint: vederle, sostituirle.")

Against = Annotated[
    Path | None,
    typer.Option("--against", metavar="FILE", help="Un checkpoint, o un fascicolo, preso in precedenza."),
]


@command()
def checkpoint(
    *,
    number: Annotated[
        int | None,
        typer.Option("--number", parser=o.read_positive, metavar="N", help="Uno già fatto; altrimenti uno nuovo."),
    ] = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Stampa un checkpoint: poche righe firmate che fissano tutto ciò che è registrato."""
    with session.serving(database) as service:
        if number is None:
            made = service.transparency_log.checkpoint(stamp=True)
        else:
            with service.store.reading() as reader:
                made = checkpoint_number(reader.cursor, number)
    if as_json:
        output.emit(made.answer())
    else:
        typer.echo(made.note, nl=False)


@command()
def verify(
    bundle: Annotated[
        Path | None,
        typer.Argument(metavar="[FASCICOLO]", help="Un fascicolo; altrimenti l'archivio.", show_default=False),
    ] = None,
    *,
    against: Against = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Rilegge e ricalcola ogni byte: conferma che nulla è cambiato, o dice qual è il primo evento che non torna."""
    try:
        outside, known = read_against(against)
        if bundle is not None:
            verdict = verify_pack(bundle, outside, known)
        else:
            with session.serving(database) as service, service.store.reading() as reader:
                verdict = verify_database(
                    reader.cursor,
                    outside,
                    known,
                    _progress("eventi riletti"),
                    _progress("eventi ritrovati nelle risposte"),
                )
    except Failed as failure:
        _failed(failure, as_json=as_json)
        raise typer.Exit(1) from None
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    if as_json:
        output.emit(verified(verdict))
    else:
        output.copied(verdict.statement())


def _failed(failure: Failed, *, as_json: bool) -> None:
    if as_json:
        output.emit(not_verified(failure))
    else:
        sys.stderr.write(f"NON VERIFICATO: {failure}\n")


def _progress(what: str) -> Callable[[int], None]:
    """A line that grows on a terminal, a line for each hundred thousand elsewhere."""
    said = 0

    def tell(done: int) -> None:
        nonlocal said
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} {what}\033[K")
            sys.stderr.flush()
        elif done // 100_000 > said:
            said = done // 100_000
            sys.stderr.write(f"{done} {what}\n")

    return tell


@command()
def pack(
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    to: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Dove scrivere il fascicolo (ZIP).", show_default=False)
    ],
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Scrive il fascicolo probatorio di un anno: eventi, prove, verificatore e relazione leggibile, in uno ZIP."""
    point = Point(as_of or today(now_in_utc()), known_at)
    with session.serving(database) as service:
        made = make_pack(service.store, service.transparency_log, plan, year, point)
        try:
            to.write_bytes(made.content)
        except OSError as error:
            raise UnreadableFile(
                f"{to} non si scrive: {error.strerror}", accepted="un file in una cartella scrivibile"
            ) from None
        caller = session.caller(actor, None)
        if role_of(caller.actor) == "oiv":
            taken = PackTaken(year=year, sha256=made.sha256, checkpoint=made.checkpoint)
            log_pack(service, plan, taken, caller)
    if as_json:
        output.emit({"file": str(to), "bytes": len(made.content), "sha256": made.sha256, "checkpoint": made.checkpoint})
        return
    words = f"Fascicolo {year} di {plan} in {to}: {len(made.content)} byte, checkpoint n. {made.checkpoint}."
    output.show(Text(words))
    output.copied(f"SHA-256 {made.sha256}\nSi verifica con: initinere verify {to}")


def _of(text: str) -> str:
    if text in {"plan", "administration", "review"}:
        return text
    raise ValueError(f"{text!r} non è un flusso: scrivere plan, administration oppure review")


@command()
def redact(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    *,
    version: Annotated[
        int,
        typer.Option(
            "--version",
            parser=o.read_positive,
            metavar="N",
            help="L'evento le cui parole si oscurano.",
            show_default=False,
        ),
    ],
    of: Annotated[
        str,
        typer.Option("--of", parser=_of, metavar="FLUSSO", help="plan, administration oppure review."),
    ] = "plan",
    act: o.ActOption = None,
    justification: o.Justification = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Oscura per ordine di un atto le parole di un evento; l'evento e la sua impronta restano."""
    said = RedactTexts.model_validate({"version": version, "of": of, "justification": justification})
    with session.serving(database) as service:
        outcome = redact_texts(service, plan, said, act, session.caller(actor, command_id))
        answer(service, outcome, as_json=as_json)


@keys_command("show")
def keys_show(*, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Mostra le chiavi pubbliche, l'attuale per ultima: da conservare insieme ai checkpoint."""
    with session.serving(database) as service:
        service.transparency_log.begin()
        with service.store.reading() as reader:
            answer = key_list(reader)
    if as_json:
        output.emit(answer)
    else:
        output.copied("\n".join(answer["keys"]))


@keys_command("rotate")
def keys_rotate(
    *,
    lost: Annotated[
        bool, typer.Option("--lost", help="La chiave attuale è perduta: la nuova non porta la sua firma.")
    ] = False,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Sostituisce la chiave di firma; la precedente firma la nuova, ed entrambe restano nel registro."""
    with session.serving(database) as service:
        service.transparency_log.rotate(lost=lost)
        with service.store.reading() as reader:
            last = public_keys(reader)[-1]
    if as_json:
        output.emit({"key": str(last)})
    else:
        output.copied(f"Chiave {key_id(last.name, last.public).hex()}, da pubblicare:\n{last}")
