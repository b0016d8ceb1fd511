"""The commands of questions across administrations: across rates, across changes."""

from urllib.parse import parse_qs, urlsplit

from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, group
from api.cli.words import CAUSES, DIRECTIONS, KINDS, VARIANTS, counted, day, instant, number, plain, said
from domain.vocabulary import JsonValue
from projections.across.changes import ChangeAcross, ChangesAcross
from projections.across.rates import RatesAcross
from projections.across.view import Followed
from projections.change_rate import PlainRate, PlainRates


def print_rates(_: Shown, found: RatesAcross) -> None:
    """The totals, then the plans."""
    level = f", livello {found['level']}" if found["level"] else ""
    numbers = f"{counted(found['administrations'], 'amministrazione', 'amministrazioni')}, "
    numbers += counted(found["plans"], "piano", "piani")
    heading = f"in vigore al {day(found['as_of'])} · noto adesso · {numbers}\n{up_to(found['followed'])}"
    output.show(output.title(f"Tasso di modifica {found['year']}{level} · tutte le amministrazioni", heading))
    total = found["total"]
    table = output.table("", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    output.rows(table, [("In tutto", *_line(total["change_rate"]))])
    output.rows(table, [(f"Livello {name}", *_line(of)) for name, of in total["by_level"].items()])
    output.rows(
        table, [(f"Per {CAUSES.get(name, 'causa non detta')}", *_line(of)) for name, of in total["by_cause"].items()]
    )
    output.show(table)
    listed = found["rows"]
    if not listed:
        return
    table = output.table("Piano", *VARIANTS.values(), right=tuple(VARIANTS.values()))
    for one in listed:
        note = "" if one["counted"] else "\n(nei totali conta il piano successivo)"
        output.rows(table, [(f"{one['name']}\n{one['plan']}{note}", *_line(one["change_rate"]))])
    output.show(table)
    _next(found)


def print_changes(_: Shown, found: ChangesAcross) -> None:
    """The changes, one after the other."""
    by = "di registrazione" if found["order"] == "recorded_at" else "di effetto"
    listed = found["changes"]
    what = counted(len(listed), "modifica", "modifiche")
    output.show(output.title("Chi ha modificato che cosa", f"{what}, in ordine {by}\n{up_to(found['followed'])}"))
    for one in listed:
        head = Text(plain(f"{one['plan']}: {_what(one)}"), style="bold")
        kind = KINDS[str(one["kind"])] + (f", {DIRECTIONS[str(one['direction'])]}" if one["direction"] else "")
        cause = f" ({CAUSES[str(one['cause'])]})" if one["cause"] else ""
        why = "testo oscurato per ordine" if one["redacted"] else f"perché: {one['justification'] or '—'}{cause}"
        who = f"registrato il {instant(one['recorded_at'])} da {one['actor']}, versione {one['version']}"
        lines = [kind, f"{_said(one['before'])} → {_said(one['after'])}", f"atto: {one['act'] or '—'}", why, who]
        output.show(output.entry(day(one["effective_on"]), head, lines))
    _next(found)


def _what(one: ChangeAcross) -> str:
    touched = ", ".join(one["objectives"])
    return f"{one['event']} {one['indicator']} ({touched})" if one["indicator"] else f"{one['event']} {touched}"


def _said(value: JsonValue) -> str:
    if isinstance(value, dict) and len(value) > 3 and "text" not in value:
        return f"{len(value)} campi"
    return said(value)


def _line(of: PlainRates) -> list[str]:
    return [_rate(of[variant]) for variant in VARIANTS]


def _rate(one: PlainRate) -> str:
    rate = "—" if one["rate"] is None else f"{number(one['rate'])}%"
    return f"{rate}\n{one['numerator']} su {one['denominator']}"


def _next(found: RatesAcross | ChangesAcross) -> None:
    if found["next"]:
        (after,) = parse_qs(urlsplit(found["next"]).query)["after"]
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
            "rates": asks({"list_change_rates": print_rates}),
            "changes": asks({"list_changes_across": print_changes}),
        },
    )
}
