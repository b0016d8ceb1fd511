"""The commands of what belongs to an administration: its acts, its offices, its succession."""

from api.cli import output
from api.cli.reader import group, records
from api.cli.recorded import print_warnings
from api.cli.words import counted, day, printable
from api.commands.handler import Outcome
from api.commands.service import Service
from domain.names import Names


def tell(service: Service, outcome: Outcome) -> None:
    """Says what was recorded in the streams of administrations, in a sentence each."""
    heading = "Già registrato da questo stesso comando" if outcome.repeated else "Registrato"
    with service.store.reading() as reader:
        for stream, (first, last) in outcome.versions.items():
            names = Names({})
            records = reader.records(stream, range(first, last + 1))
            what = counted(len(records), "evento", "eventi")
            output.show(output.title(f"{heading}: {what} di {stream.partition('/')[2]}"))
            for record in records:
                output.show(output.entry(day(record.effective_on), printable(record.event.sentence(names)), []))
    print_warnings(outcome.warnings)


COMMANDS = {
    "act": records("register_act", tell),
    "office": records("register_office", tell),
    "administration": group(
        "administration",
        "Un ente: gli uffici che cessano, gli enti a cui subentra.",
        {
            "close-office": records("close_office", tell),
            "succeed": records("succeed_administration", tell),
        },
    ),
}
