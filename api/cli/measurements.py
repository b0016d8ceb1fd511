"""The commands of what was observed: measure, restate, status."""

import click

from api.cli.parameters import read_figure
from api.cli.reader import records
from api.cli.recorded import tell
from api.operations.measurements import MEASUREMENTS
from domain.vocabulary import JsonValue

PLAIN_NUMBER = frozenset("+-0123456789.,")


def value_or_text(content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A plain number is a value; anything else that was observed (67,46%, Sì, n.d.) is a text, which is read."""
    value = content.get("value")
    if isinstance(value, str) and (not value.strip() or set(value.strip()) - PLAIN_NUMBER):
        return {name: part for name, part in content.items() if name != "value"} | {"text": value}
    if isinstance(value, str):
        try:
            return content | {"value": read_figure(value)}
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--value") from None
    return content


COMMANDS = {
    "measure": records(MEASUREMENTS, "record_measurement", tell, complete=value_or_text, as_written=("value",)),
    "restate": records(MEASUREMENTS, "restate_measurement", tell, complete=value_or_text, as_written=("value",)),
    "status": records(MEASUREMENTS, "report_status", tell),
}
