"""The commands that write documents: a paper of a plan into a file."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.files import file_bytes
from api.cli.office_readings import said_of_reading
from api.cli.output_file import OutputFile, OutputRefused
from api.cli.parameters import content_of, options_of
from api.cli.proposals import change_file
from api.cli.reader import HELP_OF_PART, argument_of, cli_of, command_of, group, read_input
from api.cli.workbooks import COMPLETE, DECISIONS
from api.commands.proposals import Unrecorded, foresee_unrecorded
from api.commands.service import Service
from api.formats.json_reader import into, parse_json
from api.imports.importing import Importing
from api.imports.office_file import read_office_file
from api.imports.reading import limits, reader_limits
from api.operations.changes import located_as_sent, read_changes
from api.operations.dated import Dated
from api.operations.model import Question, part_of, row_named
from api.operations.papers import PAPERS, OfTransparency, OfUnrecorded, PaperFormat
from api.operations.queries import Between
from api.pages.plan_reading import PlanReading
from api.paper.documents import (
    DOCUMENTS,
    asked_of_paper,
    machine_visitor,
    make_paper,
    paper_visit,
    unrecorded_act,
)
from api.paper.docx_template import Template
from api.paper.formats import PaperFile, file_of, template_of
from api.paper.model import PaperKind
from api.paper.template_parts import TemplateRefused
from api.paper.transparency import left_over, published_plan
from domain.documents.difference import Decisions
from domain.point import Point, today
from initinere_verify.archive import write_archive
from projections.store.store import Store

TRANSPARENCY = row_named(PAPERS, "print_transparency", Question)
ACT = row_named(PAPERS, "print_act", Question)
OUTPUT = o.text_option("--output", "output_", "FILE", "Dove scrivere il documento; altrimenti qui, col suo nome.")

TEMPLATE = o.text_option(
    "--template",
    "template",
    "FILE",
    "Il modello .docx di cui il documento di Word prende stili, pagina, intestazioni e piè di pagina.",
)


def _command(kind: PaperKind) -> click.Command:
    row = row_named(PAPERS, DOCUMENTS[kind].row, Question)
    cli, part = cli_of(row), part_of(row.path)
    names = [argument_of(part, required=True)] if part in HELP_OF_PART else []
    parameters = [o.PLAN, *names, *options_of(row.query, cli), OUTPUT, TEMPLATE, o.FORCE, o.DATABASE, o.AS_JSON]
    return command_of(row, parameters, _printing(kind))


def _printing(kind: PaperKind) -> Callable[..., None]:
    """Writes a document of a kind."""
    row = row_named(PAPERS, DOCUMENTS[kind].row, Question)
    cli, part = cli_of(row), part_of(row.path)

    def run(
        plan: str,
        *,
        output_: str | None,
        template: str | None,
        force: bool,
        database: str | None,
        as_json: bool,
        **values: Any,  # noqa: ANN401 - what click read
    ) -> None:
        named = str(values.pop(part)) if part else ""
        now = session.now()
        query = read_input(row.query, content_of(values, cli, today(now)), cli)
        named_file = session.output_file(output_, database, force=force) if output_ else None
        with session.opened_for(database) as store:
            if isinstance(query, Dated | Between):
                for known_at in query.asked():
                    store.settle(known_at, now)
            with _composing():
                file = _written(store, kind, plan, named, query, template)
        target = named_file or OutputFile(file.name, session.protected_files(database), force=force)
        target.write(file.content)
        _tell(output_ or file.name, file, as_json=as_json)

    return run


def _act(  # noqa: PLR0913 - one for each option of the command
    plan: str,
    *,
    proposal: str | None,
    file: str | None,
    decisions: str | None,
    complete: Sequence[str],
    output_: str | None,
    template: str | None,
    force: bool,
    database: str | None,
    as_json: bool,
    **values: Any,  # noqa: ANN401 - what click read
) -> None:
    """Writes the draft of the act: for a proposal, or for the changes of a file."""
    if (proposal is None) == (file is None):
        raise click.UsageError("si dice una proposta, oppure un file con --file")
    if file is None:
        _printing("act")(
            plan,
            proposal=proposal,
            output_=output_,
            template=template,
            force=force,
            database=database,
            as_json=as_json,
            **values,
        )
        return
    cli = cli_of(ACT)
    said = {name: value for name, value in content_of(values, cli, today(session.now())).items() if value is not None}
    query = read_input(OfUnrecorded, said, cli)
    data, decided = file_bytes(file), into(Decisions, parse_json(file_bytes(decisions)) if decisions else {})
    named_file = session.output_file(output_, database, force=force) if output_ else None
    configured, now = session.settings(), session.now()
    with session.trying(database) as service:
        changes = _unrecorded(service, plan, data, file, decided, complete)
        with service.store.reading() as reader:
            reading = PlanReading(reader, plan, Point(today(now)), drafting=True)
            paper = unrecorded_act(
                reading,
                changes,
                language=query.language or configured.language,
                now=now,
                visitor=machine_visitor(lambda _plan, _point: True),
                origin=configured.public_address or "",
            )
    made = file_of(paper, query.format, _template(template, query.format, reading.document["administration"]["id"]))
    (named_file or OutputFile(made.name, session.protected_files(database), force=force)).write(made.content)
    _tell(output_ or made.name, made, as_json=as_json)


def _unrecorded(
    service: Service, plan: str, data: bytes, name: str, decided: Decisions, complete: Sequence[str]
) -> Unrecorded:
    """The changes of a file, as they are or as it differs from the plan, with what they would do."""
    caller = session.caller(None, None)
    if (content := change_file(data, name)) is not None:
        with located_as_sent(content):
            return foresee_unrecorded(service, read_changes(plan, content), caller)
    within, using = limits(session.settings()), reader_limits(session.settings())
    said = said_of_reading(None, decided.answers)
    incoming = read_office_file(
        service.store, data, within, complete=complete, using=using, said=said, plan=plan, partly=True, name=name
    )
    return Importing(service).unrecorded(incoming, decided, caller, plan=plan)


def _written(store: Store, kind: PaperKind, plan: str, named: str, query: Any, template: str | None) -> PaperFile:  # noqa: ANN401 - of the row's query model
    now, configured = session.now(), session.settings()
    asked = asked_of_paper(kind, query, named, otherwise=configured.language)
    points = query.points(now) if isinstance(query, Between) else (query.point(now),)
    with store.reading() as reader:
        visitor = machine_visitor(lambda _plan, _point: True)
        reading = PlanReading(reader, plan, points[-1], drafting=True)
        origin = configured.public_address or ""
        visit = paper_visit(reading, kind, asked, now=now, visitor=visitor, origin=origin)
        paper = make_paper(visit, kind)
    return file_of(paper, query.format, _template(template, query.format, reading.document["administration"]["id"]))


def _template(named: str | None, format: PaperFormat, administration: str) -> Template | None:
    """The template that is named, or that of the administration; TemplateRefused where the format has no styles."""
    if format != "docx":
        if named:
            raise TemplateRefused(f"un modello non serve a un documento in {format}", accepted="--format docx")
        return None
    return template_of(session.settings(), administration, named)


@contextmanager
def _composing() -> Iterator[None]:
    """A line on a terminal for as long as a document is being made: a large one takes some seconds."""
    if not sys.stderr.isatty():
        yield
        return
    sys.stderr.write("\rCompongo il documento…\033[K")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def _tell(name: str, file: PaperFile, *, as_json: bool) -> None:
    digest = hashlib.sha256(file.content).hexdigest()
    if as_json:
        output.emit({"file": name, "bytes": len(file.content), "sha256": digest})
    else:
        output.show(Text(f"Documento in {name}: {len(file.content)} byte."))


def transparency(
    plan: str,
    *,
    output_: str,
    force: bool,
    database: str | None,
    as_json: bool,
    **values: Any,  # noqa: ANN401 - what click read
) -> None:
    """Writes what of a plan is published: into a folder, each file whole, or as one ZIP."""
    now, configured = session.now(), session.settings()
    query = read_input(OfTransparency, content_of(values, cli_of(TRANSPARENCY), today(now)), cli_of(TRANSPARENCY))
    protected = session.protected_files(database)
    with session.opened_for(database) as store:
        for known_at in query.asked():
            store.settle(known_at, now)
        with store.reading() as reader:
            publication = published_plan(
                reader,
                plan,
                query.point(now),
                now=now,
                language=query.language or configured.language,
                origin=configured.public_address or "",
            )
        files = publication.files()
    gone: list[str] = []
    if output_.endswith(".zip"):
        OutputFile(output_, protected, force=force).write(write_archive(files))
    else:
        gone = _write_folder(Path(output_), files, protected, force=force)
    if as_json:
        written = {name: len(content) for name, content in sorted(files.items())}
        output.emit({"output": output_, "files": written, "removed": gone})
        return
    size = sum(map(len, files.values()))
    output.show(Text(f"In {output_}: {len(files)} file, {size} byte. La pagina è index.html."))
    if gone:
        output.show(Text(f"Tolti, perché non si pubblicano più: {', '.join(gone)}."))


def _write_folder(folder: Path, files: Mapping[str, bytes], protected: Sequence[Path], *, force: bool) -> list[str]:
    """Every file in its place, and what was taken away; before the first is written, all places are looked at."""
    try:
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        old = left_over((each.name for each in folder.iterdir()), files)
        if old and not force:
            raise OutputRefused(
                f"la cartella contiene {', '.join(old)}, che non si pubblica più",
                accepted="un'altra cartella, o --force, che lo toglie",
                where="--output",
            )
        places = {name: OutputFile(str(folder / name), protected, force=force) for name in files}
        for name in old:
            (folder / name).unlink()
    except OSError as error:
        raise OutputRefused(str(error.strerror), accepted="una cartella scrivibile", where="--output") from None
    for name, place in places.items():
        place.write(files[name])
    return old


COMMANDS: dict[str, click.Command] = {
    "paper": group(
        "paper",
        "Documenti da stampare, da allegare a un atto, da pubblicare: il piano, le variazioni, i punteggi.",
        {
            **{kind: _command(kind) for kind in DOCUMENTS if kind != "act"},
            "act": command_of(
                ACT,
                [
                    o.PLAN,
                    argument_of("proposal", required=False),
                    *options_of(ACT.query, cli_of(ACT)),
                    o.text_option(
                        "--file",
                        "file",
                        "FILE",
                        "Al posto di una proposta: un file di modifiche, o una cartella di lavoro da confrontare col piano; "
                        "- per lo standard input. Nulla è registrato.",
                    ),
                    DECISIONS,
                    COMPLETE,
                    OUTPUT,
                    TEMPLATE,
                    o.FORCE,
                    o.DATABASE,
                    o.AS_JSON,
                ],
                _act,
            ),
            "transparency": command_of(
                TRANSPARENCY,
                [
                    o.PLAN,
                    *options_of(TRANSPARENCY.query, cli_of(TRANSPARENCY)),
                    o.text_option(
                        "--output",
                        "output_",
                        "CARTELLA",
                        "La cartella in cui scrivere, che c'è o che viene fatta; oppure un file .zip.",
                        required=True,
                    ),
                    o.FORCE,
                    o.DATABASE,
                    o.AS_JSON,
                ],
                transparency,
            ),
        },
    )
}
