"""The commands of what belongs to an administration: its acts, its offices, its succession."""

from api.cli import output
from api.cli.reader import group, records
from api.cli.recorded import print_warnings
from api.cli.words import ALREADY_RECORDED, counted, day, printable
from api.commands.handler import Outcome
from api.commands.service import Service
from api.operations.administrations import ADMINISTRATIONS
from domain.names import Names


def tell_of_administration(service: Service, outcome: Outcome) -> None:
    """Says what was recorded in the streams of administrations: a sentence each, and the id to name it by."""
    heading = ALREADY_RECORDED if outcome.repeated else "Registrato"
    with service.store.reading() as reader:
        for stream, (first, last) in outcome.versions.items():
            names = Names({})
            records = reader.records(stream, range(first, last + 1))
            what = counted(len(records), "evento", "eventi")
            output.show(output.title(f"{heading}: {what} di {stream.partition('/')[2]}"))
            for record in records:
                ids = {id_ for fact in record.event.facts() if (id_ := fact.object.partition("/")[2])}
                lines = [f"id: {id_}" for id_ in sorted(ids)]
                output.show(output.entry(day(record.effective_on), printable(record.event.sentence(names)), lines))
    print_warnings(outcome.warnings)


COMMANDS = {
    "act": records(ADMINISTRATIONS, "register_act", tell_of_administration),
    "office": records(ADMINISTRATIONS, "register_office", tell_of_administration),
    "administration": group(
        "administration",
        "Un ente: gli uffici che cessano, gli enti a cui subentra.",
        {
            "close-office": records(ADMINISTRATIONS, "close_office", tell_of_administration),
            "succeed": records(ADMINISTRATIONS, "succeed_administration", tell_of_administration),
        },
    ),
}
