"""The commands of oversight: flags and their answers, blame, the acts of the OIV, redaction by order."""

from rich.text import Text

from api.cli import output
from api.cli.actors import ActorNames
from api.cli.reader import Shown, asks, group, records
from api.cli.recorded import act_table, tell
from api.cli.words import counted, day, instant, printable, value_in_words
from api.commands.handler import Outcome
from api.commands.service import Service
from api.language.labels import REDACTED
from api.language.values import field_name
from api.operations.oversight import OVERSIGHT
from api.proof.page import SEVERITIES, references
from domain.point import Point, today
from projections.blame import Blame
from projections.flags import FlagList
from projections.reviews import Diligence, Reviews, SampleAgain, reviews


def print_flags(shown: Shown, flags: FlagList) -> None:
    """The flags of a year, each with its question and what it was answered."""
    heading = f"{counted(len(flags['flags']), 'fatto che merita', 'fatti che meritano')} una domanda"
    output.show(output.title(f"Segnalazioni {shown.query.year} · {shown.subject}", heading))
    for flag in flags["flags"]:
        lines = [f"{flag['words']} ({references(flag['events'])})", f"Domanda: {flag['question']}"]
        if answer := flag["answer"]:
            lines.append(f"Risposta del {day(answer['on'])}: {answer['words'] or 'testo oscurato'}")
        lines.append(f"id: {flag['id']}")
        output.show(output.entry(SEVERITIES[flag["severity"]], Text(printable(flag["title"])), lines))
    if off := [rule["title"] for rule in flags["rules"] if rule["off"]]:
        output.show(Text(printable(f"Il sistema di misurazione dell'anno non le guarda: {'; '.join(off)}.")))
    if unknowable := flags["not_knowable"]:
        names = sorted({flag["title"] for flag in unknowable})
        output.show(Text(printable(f"Non conoscibili ({len(unknowable)}): {'; '.join(names)}.")))


def print_blame(shown: Shown, blame: Blame) -> None:
    """Who set each value, object by object."""
    acts = act_table(shown.reader, shown.subject)
    actors = ActorNames(shown.reader, (row["actor"] for row in blame["fields"]))
    by_object: dict[str, list[tuple[object, ...]]] = {}
    names: dict[str, str] = {}
    for row in blame["fields"]:
        cited = acts.get(row["act"] or "", row["act"] or "")
        event = f"{row['version']} ({row['hash'][:8]})"
        columns = (
            field_name(row["field"]),
            value_in_words(row["value"], row["field"]),
            day(row["effective_on"]),
            actors.of(row["actor"]),
            cited,
            event,
        )
        by_object.setdefault(row["object"], []).append(columns)
        names[row["object"]] = row["name"] or ""
    for key, rows in by_object.items():
        output.show(output.title(names[key] or "Il piano", key.partition("/")[2]))
        output.show(output.rows(output.table("campo", "valore", "dal", "chi", "atto", "evento"), rows))


def print_reviews(_: Shown, reviews: Reviews | Diligence) -> None:
    """What the OIV said or opened, with its words."""
    for event in reviews["events"]:
        words = event["words"] or (REDACTED if event["redaction"] else "")
        output.show(output.entry(day(event["on"]), Text(printable(event["sentence"])), [words] if words else []))


def print_sample_again(_: Shown, sample: SampleAgain) -> None:
    """The whole population in the order of the draw, and whether the sample is the same."""
    verdict = "Lo stesso campione" if sample["same"] else "Un campione diverso da quello registrato"
    output.show(
        output.title(
            f"{verdict}: {len(sample['drawn'])} misurazioni su {sample['population']}",
            f"seme {sample['seed']}, noto al {instant(sample['recorded_at'])}, in ordine di SHA-256",
        )
    )
    lines = [f"{row['hash']}  {row['measurement']}" for row in sample["ranking"]]
    lines.insert(len(sample["drawn"]), "-- fin qui le estratte --")
    output.copied("\n".join(lines))


def tell_sample(service: Service, outcome: Outcome) -> None:
    """Says what was drawn by lot, by the event that this very command recorded."""
    plan = str(outcome.plan)
    drawn_at = max(last for _, last in outcome.versions.values())
    with service.store.reading() as reader:
        samples = reviews(reader, plan, Point(today(service.store.clock())))["samples"]
    sample = next(sample for sample in samples if sample["version"] == drawn_at)
    words = f"Campione {sample['sample']}, seme {sample['seed']}, {sample['population']} misurazioni in tutto:"
    output.show(Text(printable(words)))
    output.copied("\n".join(sample["drawn"]))


def tell_opened(_: Service, outcome: Outcome) -> None:
    """Says that the log of diligence went on."""
    output.show(Text(f"Annotato nel diario di {outcome.plan}."))


COMMANDS = {
    "flags": asks(OVERSIGHT, {"list_flags": print_flags}),
    "reply": records(OVERSIGHT, "answer_flag", tell),
    "blame": asks(OVERSIGHT, {"show_blame": print_blame}),
    "redact": records(OVERSIGHT, "redact_texts", tell),
    "oiv": group(
        "oiv",
        "L'OIV: pareri, rilievi, richieste, validazione, campioni, diario di ciò che ha aperto.",
        {
            "opinion": records(OVERSIGHT, "give_opinion", tell),
            "remark": records(OVERSIGHT, "make_remark", tell),
            "request": records(OVERSIGHT, "make_request", tell),
            "answer": records(OVERSIGHT, "give_answer", tell),
            "validate": records(OVERSIGHT, "validate_report", tell),
            "sample": records(OVERSIGHT, "draw_sample", tell_sample),
            "redraw": asks(OVERSIGHT, {"draw_sample_again": print_sample_again}),
            "opened": records(OVERSIGHT, "log_opened", tell_opened),
            "diary": asks(OVERSIGHT, {"list_diligence": print_reviews}),
            "acts": asks(OVERSIGHT, {"list_reviews": print_reviews}),
        },
    ),
}
