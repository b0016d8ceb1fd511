"""The commands of questions across administrations: across rates, across changes."""

from urllib.parse import parse_qs, urlsplit

from rich.text import Text

from api.cli import output
from api.cli.actors import ActorNames
from api.cli.reader import Shown, asks, group
from api.cli.words import CAUSES, DIRECTIONS, KINDS, VARIANTS, counted, day, instant, number, printable, value_in_words
from api.language.labels import REDACTED
from api.operations.across import ACROSS
from domain.objectives.levels import level_words
from domain.vocabulary import JsonValue
from projections.across.changes import ChangeAcross, ChangesAcross
from projections.across.rates import RatesAcross
from projections.across.view import Followed
from projections.change_rate import PlainRate, PlainRates


def print_rates(_: Shown, rates: RatesAcross) -> None:
    """The totals, then the plans."""
    level = f", livello {level_words(rates['level'])}" if rates["level"] else ""
    numbers = f"{counted(rates['administrations'], 'amministrazione', 'amministrazioni')}, "
    numbers += counted(rates["plans"], "piano", "piani")
    heading = f"in vigore al {day(rates['as_of'])} · noto adesso · {numbers}\n{up_to(rates['followed'])}"
    output.show(output.title(f"Tasso di modifica {rates['year']}{level} · tutte le amministrazioni", heading))
    total = rates["total"]
    table = output.table("", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    output.rows(table, [("In tutto", *_line(total["change_rate"]))])
    output.rows(table, [(f"Livello {level_words(name)}", *_line(group)) for name, group in total["by_level"].items()])
    output.rows(
        table,
        [(f"Per {CAUSES.get(name, 'causa non detta')}", *_line(group)) for name, group in total["by_cause"].items()],
    )
    output.show(table)
    listed = rates["rows"]
    if not listed:
        return
    table = output.table("Piano", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    for plan in listed:
        note = "" if plan["counted"] else "\n(nei totali conta il piano successivo)"
        if plan["approvals_annulled"]:
            note += f"\n(approvazione annullata il {day(plan['approvals_annulled'][-1])})"
        output.rows(table, [(f"{plan['name']}\n{plan['plan']}{note}", *_line(plan["change_rate"]))])
    output.show(table)
    _next(rates)


def print_changes_across(shown: Shown, page: ChangesAcross) -> None:
    """The changes, one after the other."""
    by = "di registrazione" if page["order"] == "recorded_at" else "di effetto"
    listed = page["changes"]
    what = counted(len(listed), "modifica", "modifiche")
    output.show(output.title("Chi ha modificato che cosa", f"{what}, in ordine {by}\n{up_to(page['followed'])}"))
    actors = ActorNames(shown.reader, (change["actor"] for change in listed))
    for change in listed:
        head = Text(printable(f"{change['plan']}: {_what(change)}"), style="bold")
        kind = KINDS[str(change["kind"])] + (f", {DIRECTIONS[str(change['direction'])]}" if change["direction"] else "")
        cause = f" ({CAUSES[str(change['cause'])]})" if change["cause"] else ""
        why = REDACTED if change["redacted"] else f"perché: {change['justification'] or '—'}{cause}"
        who = f"registrato il {instant(change['recorded_at'])} da {actors.of(change['actor'])}, versione {change['version']}"
        lines = [
            kind,
            f"{_said(change['before'])} → {_said(change['after'])}",
            f"atto: {change['act'] or '—'}",
            why,
            who,
        ]
        output.show(output.entry(day(change["effective_on"]), head, lines))
    _next(page)


def _what(change: ChangeAcross) -> str:
    touched = ", ".join(change["objectives"])
    return (
        f"{change['event']} {change['indicator']} ({touched})"
        if change["indicator"]
        else f"{change['event']} {touched}"
    )


def _said(value: JsonValue) -> str:
    if isinstance(value, dict) and len(value) > 3 and "text" not in value:
        return f"{len(value)} campi"
    return value_in_words(value)


def _line(rates: PlainRates) -> list[str]:
    return [_rate(rates[variant]) for variant in VARIANTS]


def _rate(rate: PlainRate) -> str:
    percent = "—" if rate["rate"] is None else f"{number(rate['rate'])}%"
    return f"{percent}\n{rate['numerator']} su {rate['denominator']}"


def _next(page: RatesAcross | ChangesAcross) -> None:
    if page["next"]:
        (after,) = parse_qs(urlsplit(page["next"]).query)["after"]
        output.show(Text(""))
        output.copied(f"Il seguito: --after {after}")


def up_to(place: Followed) -> str:
    """Up to where an answer holds, in words."""
    if place["recorded_at"] is None:
        return "Nessun evento seguito finora."
    words = f"Aggiornato al {instant(place['recorded_at'])}, posizione {place['position']}"
    if place["behind"]:
        words += f"; {counted(place['behind'], 'evento atteso', 'eventi attesi')}"
    return words + "."


COMMANDS = {
    "across": group(
        "across",
        "Domande su tutte le amministrazioni insieme.",
        {
            "rates": asks(ACROSS, {"list_change_rates": print_rates}),
            "changes": asks(ACROSS, {"list_changes_across": print_changes_across}),
        },
    )
}
