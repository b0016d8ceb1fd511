"""The commands of what others published: list, publish."""

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, group, records
from api.cli.recorded import tell
from api.cli.words import day
from api.operations.measurements import MEASUREMENTS
from domain.periods import period_words
from projections.benchmarks import Benchmarks


def print_benchmarks(_: Shown, answer: Benchmarks) -> None:
    """By indicator its own last value, then those of others."""
    output.show(output.title(f"Confronti con altri · {answer['plan']}", f"al {day(answer['as_of'])}"))
    if not answer["indicators"]:
        output.show(Text("Nessuno."))
        return
    table = output.table("Indicatore", "Di chi", "Periodo", "Valore", "Pubblicato il", "Fonte")
    for row in answer["indicators"]:
        if row["own"] is not None:
            own = row["own"]
            told = day(own["data_as_at"]) if own["data_as_at"] else "—"
            output.rows(table, [(row["name"], "proprio", period_words(own["period"]), own["observed"], told, "—")])
        for other in row["others"]:
            cells = (other["called"], period_words(other["period"]), other["words"], day(other["published_on"]))
            output.rows(table, [(row["name"], *cells, other["source"])])
    output.show(table)


COMMANDS = {
    "benchmark": group(
        "benchmark",
        "I valori di altri accanto ai propri: nazione, cluster, chi il target nomina.",
        {
            "list": asks(MEASUREMENTS, {"list_benchmarks": print_benchmarks}),
            "publish": records(MEASUREMENTS, "publish_benchmark", tell),
        },
    )
}
