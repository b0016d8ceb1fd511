"""The commands of oversight: flags and their answers, blame, and the acts of the OIV."""

import inspect
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.changes import answer
from api.cli.groups import group
from api.cli.history import act_table
from api.cli.words import day, instant, plain
from api.commands.oversight import answer_flag, draw_sample, log_opened, say
from api.formats.json_reader import into
from api.proof.page import SEVERITIES, references, said
from domain.oiv.commands import (
    AnswerFlag,
    DrawSample,
    GiveAnswer,
    GiveOpinion,
    LogOpened,
    MakeRemark,
    MakeRequest,
    ValidateReport,
)
from domain.vocabulary import Frozen, JsonValue
from projections.blame import blame as blame_of
from projections.flags import flags as flags_of
from projections.reviews import diligence, reviews, sample_again

oiv = group("oiv", "L'OIV: pareri, rilievi, richieste, validazione, campioni, diario di ciò che ha aperto.")
OIV = "oiv"

Words = Annotated[str, typer.Option("--words", metavar="TESTO", help="Le parole dell'atto.", show_default=False)]
About = Annotated[
    str,
    typer.Option("--about", metavar="OGGETTO", help="plan, report, objective/ID, indicator/ID oppure proposal/ID."),
]
Versions = Annotated[
    list[int] | None,
    typer.Option(
        "--version", parser=o.read_positive, metavar="N", help="Un evento del piano di cui si parla; si ripete."
    ),
]
On = Annotated[
    date | None, typer.Option("--on", parser=o.read_day, metavar="DATA", help="La data; oggi, se non si dice.")
]
Role = Annotated[
    str | None, typer.Option("--actor", parser=o.read_actor, metavar="RUOLO", help="Chi registra: oiv, se non si dice.")
]


@command()
def flags(
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Elenca le segnalazioni di un anno: fatti che meritano una domanda, mai giudizi, mai su persone."""
    with session.reading(database) as reader:
        found = flags_of(reader, plan, year, o.point(as_of, known_at))
    if as_json:
        output.emit(found)
        return
    unknowable = found["not_knowable"]
    output.show(output.title(f"Segnalazioni {year} · {plan}", f"{len(found['flags'])} fatti che meritano una domanda"))
    for one in found["flags"]:
        lines = [f"{one['words']} ({references(one['events'])})", f"Domanda: {one['question']}"]
        if one["answer"]:
            lines.append(f"Risposta del {day(one['answer']['on'])}: {one['answer']['words'] or 'testo oscurato'}")
        lines.append(f"id: {one['id']}")
        output.show(output.entry(SEVERITIES[one["severity"]], Text(plain(one["title"])), lines))
    if unknowable:
        names = sorted({one["title"] for one in unknowable})
        output.show(Text(plain(f"Non conoscibili ({len(unknowable)}): {'; '.join(names)}.")))


@command("reply")
def answer_flag_(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    flag: Annotated[
        str, typer.Argument(metavar="SEGNALAZIONE", help="L'id, come lo elenca flags.", show_default=False)
    ],
    *,
    year: o.YearOption,
    words: Words,
    on: On = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Registra la risposta dell'ufficio a una segnalazione."""
    made = into(AnswerFlag, {"flag": flag, "words": words, "on": on.isoformat() if on else None})
    with session.serving(database) as service:
        outcome = answer_flag(service, plan, year, made, session.caller(actor, command_id))
        answer(service, outcome, as_json=as_json)


@command()
def blame(
    plan: o.PlanArgument,
    one: Annotated[
        str | None, typer.Argument(metavar="[OGGETTO]", help="Solo questo obiettivo o indicatore.", show_default=False)
    ] = None,
    *,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Dice di ogni valore del piano in vigore chi lo ha fissato, quando, con quale atto."""
    with session.reading(database) as reader:
        found = blame_of(reader, plan, o.point(as_of, known_at), one)
        acts = act_table(reader, plan)
    if as_json:
        output.emit(found)
        return
    by_object: dict[str, list[tuple[object, ...]]] = {}
    names: dict[str, str] = {}
    for row in found["fields"]:
        cited = acts.get(row["act"], row["act"]) if row["act"] else ""
        event = f"{row['version']} ({row['hash'][:8]})"
        shown = (row["field"], said(row["value"]), day(row["effective_on"]), row["actor"], cited, event)
        by_object.setdefault(row["object"], []).append(shown)
        names[row["object"]] = row["name"] or ""
    for key, rows in by_object.items():
        output.show(output.title(names[key] or key, key if names[key] else ""))
        output.show(output.rows(output.table("campo", "valore", "dal", "chi", "atto", "evento"), rows))


Given = dict[str, JsonValue]


def _shared(
    plan: o.PlanArgument,
    *,
    on: On = None,
    database: o.Database = None,
    actor: Role = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """What every act takes beside its own options."""


def _saying(
    model: type[Frozen], *, by_the_office: bool = False
) -> Callable[[Callable[..., Given]], Callable[..., None]]:
    """Makes the command of an act of a function that gives its own fields: the options that all share come after them."""

    def decorate(given: Callable[..., Given]) -> Callable[..., None]:
        shared = dict(inspect.signature(_shared).parameters)
        if by_the_office:
            shared["actor"] = shared["actor"].replace(annotation=o.ActorOption)

        def run(**said: Any) -> None:  # noqa: ANN401 - what the command line read
            plan, on, database, actor, command_id, as_json = (said.pop(name) for name in shared)
            fields = given(**said) | {"on": on.isoformat() if on else None}
            made = into(model, {name: value for name, value in fields.items() if value is not None})
            with session.serving(database) as service:
                caller = session.caller(actor if by_the_office else actor or OIV, command_id)
                answer(service, say(service, plan, made, caller), as_json=as_json)  # type: ignore[arg-type]

        plan = shared["plan"].replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters = [plan, *inspect.signature(given).parameters.values(), *list(shared.values())[1:]]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        run.__name__, run.__doc__ = given.__name__, given.__doc__
        return run

    return decorate


@oiv("opinion")
@_saying(GiveOpinion)
def opinion(
    *,
    judgement: Annotated[
        str,
        typer.Option(
            "--judgement", metavar="ESITO", help="favourable, conditional oppure contrary.", show_default=False
        ),
    ],
    words: Words,
    about: About = "plan",
    version: Versions = None,
) -> Given:
    """Dà un parere su una proposta, su modifiche o sul piano."""
    return {"judgement": judgement, "words": words, "about": about, "versions": list(version or ())}


@oiv("remark")
@_saying(MakeRemark)
def remark(*, words: Words, about: About = "plan", version: Versions = None) -> Given:
    """Fa un rilievo."""
    return {"words": words, "about": about, "versions": list(version or ())}


@oiv("request")
@_saying(MakeRequest)
def request(
    *,
    words: Words,
    about: About = "plan",
    version: Versions = None,
    due: Annotated[date | None, typer.Option("--due", parser=o.read_day, metavar="DATA", help="Entro quando.")] = None,
) -> Given:
    """Chiede qualcosa all'ufficio."""
    return {"words": words, "about": about, "versions": list(version or ()), "due": due.isoformat() if due else None}


@oiv("answer")
@_saying(GiveAnswer, by_the_office=True)
def answer_(
    *,
    to: Annotated[str, typer.Option("--to", metavar="ID", help="Il rilievo o la richiesta.", show_default=False)],
    words: Words,
) -> Given:
    """Registra la risposta dell'ufficio a un rilievo o a una richiesta."""
    return {"to": to, "words": words}


@oiv("validate")
@_saying(ValidateReport)
def validate(
    *,
    year: o.YearOption,
    words: Words,
    refused: Annotated[bool, typer.Option("--refused", help="La relazione non è validata.")] = False,
    sha256: Annotated[
        str | None, typer.Option("--sha256", metavar="IMPRONTA", help="Del file della relazione.")
    ] = None,
) -> Given:
    """Valida, o non valida, la relazione di un anno."""
    return {"year": year, "words": words, "validated": not refused, "sha256": sha256}


@oiv("sample")
def sample(
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    size: Annotated[
        int, typer.Option("--size", parser=o.read_positive, metavar="N", help="Quante misurazioni.", show_default=False)
    ],
    seed: Annotated[str | None, typer.Option("--seed", metavar="SEME", help="Il seme; a caso, se non si dice.")] = None,
    database: o.Database = None,
    actor: Role = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Estrae a sorte misurazioni di un anno; il seme è registrato, e l'estrazione si può ripetere."""
    made = into(DrawSample, {"year": year, "size": size, "seed": seed})
    with session.serving(database) as service:
        caller = session.caller(actor or OIV, command_id)
        outcome = draw_sample(service, plan, made, caller)
        with service.store.reading() as reader:
            drawn = reviews(reader, plan, o.point(None, None))["samples"][-1]
    if as_json:
        output.emit(outcome.model_dump(mode="json") | {"sample": drawn})
        return
    output.show(
        Text(plain(f"Campione {drawn['sample']}, seme {drawn['seed']}, {drawn['population']} misurazioni in tutto:"))
    )
    output.copied("\n".join(drawn["drawn"]))


@oiv("redraw")
def redraw(
    plan: o.PlanArgument,
    sample_: Annotated[str, typer.Argument(metavar="CAMPIONE", help="L'id del campione.", show_default=False)],
    *,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Ripete un'estrazione dal suo seme, fra ciò che era noto allora, e dice se dà lo stesso campione."""
    with session.reading(database) as reader:
        found = sample_again(reader, plan, sample_)
    if as_json:
        output.emit(found)
        return
    verdict = "Lo stesso campione" if found["same"] else "Un campione diverso da quello registrato"
    output.show(
        output.title(
            f"{verdict}: {len(found['drawn'])} misurazioni su {found['population']}",
            f"seme {found['seed']}, noto al {instant(found['recorded_at'])}, in ordine di SHA-256",
        )
    )
    lines = [f"{one['hash']}  {one['measurement']}" for one in found["ranking"]]
    lines.insert(len(found["drawn"]), "-- fin qui le estratte --")
    output.copied("\n".join(lines))


@oiv("opened")
def opened(
    plan: o.PlanArgument,
    what: Annotated[str, typer.Argument(metavar="CHE-COSA", help="Pagina o documento.", show_default=False)],
    *,
    database: o.Database = None,
    actor: Role = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Annota nel diario dell'OIV che cosa ha aperto."""
    with session.serving(database) as service:
        caller = session.caller(actor or OIV, command_id)
        answer(service, log_opened(service, plan, into(LogOpened, {"what": what}), caller), as_json=as_json)


@oiv("diary")
def diary(plan: o.PlanArgument, *, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Mostra il diario: che cosa l'OIV ha aperto, estratto e portato via, e quando."""
    _listed(diligence, plan, database, as_json=as_json)


@oiv("acts")
def acts(plan: o.PlanArgument, *, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Mostra pareri, rilievi, richieste, risposte, validazioni e campioni."""
    _listed(reviews, plan, database, as_json=as_json)


def _listed(question: Callable[..., dict[str, object]], plan: str, database: str | None, *, as_json: bool) -> None:
    with session.reading(database) as reader:
        found = question(reader, plan, o.point(None, None))
    if as_json:
        output.emit(found)
        return
    rows = found["events"]
    for one in rows if isinstance(rows, list) else []:
        words = one["words"] or ("testo oscurato per ordine" if one["redaction"] else "")
        output.show(output.entry(day(one["on"]), Text(plain(one["sentence"])), [words] if words else []))
