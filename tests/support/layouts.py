"""Plans printed in layouts of their own, as Italian bodies publish them; what each cell says; what a reading took right.

The five example plans are laid out as their documents print them, and their rows in five more ways that bodies of other
kinds use. `share_read` is the share of the printed cells that a reading took as they were printed.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils import get_column_letter

from domain.documents.uploaded import UploadedPlan

PRINTED = Path(__file__).parents[2] / "examples" / "printed"
Rows = list[list[object]]


class PrintedObjective(NamedTuple):
    """A node as it is printed."""

    level: str
    code: str
    title: str


@dataclass
class PrintedIndicator:
    """An indicator as it is printed, under its nodes from the root."""

    path: tuple[PrintedObjective, ...]
    fields: dict[str, str]
    targets: dict[int, str] = field(default_factory=dict)


class Layout(NamedTuple):
    """A plan in a layout: its file, and what it says."""

    name: str
    content: bytes
    indicators: list[PrintedIndicator]
    said: tuple[tuple[str, str], ...] = ()
    """What an office has to say before it is read: the lines of the mapping."""


def printed(name: str, *, limit: int = 10**6) -> list[PrintedIndicator]:
    """The indicators of an example plan in the order of their objectives, as their document prints them."""
    plan: dict[str, Any] = json.loads((PRINTED / f"{name}.json").read_text())
    objectives = {row["key"]: row for row in plan["objectives"]}
    order = {key: position for position, key in enumerate(objectives)}

    def path(key: str) -> tuple[PrintedObjective, ...]:
        row = objectives[key]
        own = PrintedObjective(row["level"], row.get("code") or "", _line(row.get("title") or ""))
        return (*(path(row["parent"]) if row.get("parent") else ()), own)

    indicators = []
    for row in sorted(plan["indicators"], key=lambda row: order[row["objective"]]):
        if not row.get("name") or not all(node.title for node in path(row["objective"])):
            continue
        fields = {
            name: _line(str(row[key]))
            for name, key in (
                ("name", "name"), ("formula", "formula"), ("weight", "weight"), ("baseline", "baseline"),
                ("source", "source"), ("kind", "kind"), ("owner", "owner"), ("unit", "unit"),
            )
            if row.get(key)
        }  # fmt: skip
        years = [target["year"] for target in row["targets"]]
        targets = {t["year"]: _line(t["text"]) for t in row["targets"] if years.count(t["year"]) == 1 and t["text"]}
        indicators.append(PrintedIndicator(path(row["objective"]), fields, targets))
    return indicators[:limit]


def _line(text: str) -> str:
    return " ".join(text.split())


def workbook(sheets: dict[str, Rows], merged: dict[str, Sequence[str]] | None = None, *, widths: bool = False) -> bytes:
    """A workbook of these sheets, with these cells merged."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        for span in (merged or {}).get(name, ()):
            page.merge_cells(span)
        if widths:
            page.column_dimensions["A"].width = 30
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# The five, as their documents print them.

WORDS = {
    "area": "Area strategica", "mission": "MISSIONE", "program": "Programma", "strategic": "Obiettivo strategico",
    "operational": "Obiettivo operativo", "action": "Azione", "individual": "Obiettivo individuale",
    "common": "Obiettivo comune", "section": "Sezione", "service": "Processo", "entity": "OBIETTIVO DI ENTE",
    "ambito": "Ambito",
}  # fmt: skip


def section(node: PrintedObjective, sign: str = ":") -> str:
    """A node as a row of its own: `Obiettivo strategico: A.1 Sviluppo`."""
    code = f" {node.code}" if node.code else ""
    return f"{WORDS[node.level]}{sign}{code} {node.title}".strip()


def under_sections(
    indicators: Sequence[PrintedIndicator],
    heading: Sequence[object],
    line: Callable[[PrintedIndicator], list[object]],
    *,
    before: Sequence[str] = (),
    prose: bool = False,
) -> Rows:
    """A table for each objective, with its nodes above it and its headings again."""
    rows: Rows = []
    above: tuple[PrintedObjective, ...] = ()
    for indicator in indicators:
        if indicator.path != above:
            same = 0
            while same < min(len(above), len(indicator.path)) and above[same] == indicator.path[same]:
                same += 1
            for node in indicator.path[min(same, len(indicator.path) - 1) :]:
                rows += [[], [section(node)]]
                if prose:
                    words = "L'ente intende perseguire questo obiettivo in continuità con gli anni precedenti, attraverso una collaborazione con gli altri soggetti del territorio, e con le risorse che il bilancio gli assegna."
                    rows.append([words])
            rows += [[text] for text in before]
            rows.append(list(heading))
            above = indicator.path
        rows.append(line(indicator))
    return rows


def lecce() -> Layout:
    """Sections and a table for each; the targets of the years in one cell."""
    indicators = printed("lecce")

    def line(one: PrintedIndicator) -> list[object]:
        targets = " ".join(f"Anno: {year} {text}" for year, text in one.targets.items())
        return [
            *(one.fields.get(name) for name in ("name", "formula")),
            _number(one.fields.get("weight")),
            one.fields.get("baseline"),
            targets,
        ]

    heading = ("Indicatori testo", "Algoritmo", "Peso", "Stato", "Target")
    rows: Rows = [["Camera di Commercio di Lecce"], ["Piano della performance 2021-2023"]]
    rows += under_sections(indicators, heading, line, before=("KPI Associati",), prose=True)
    return Layout("Lecce: sezioni, tabelle ripetute, anni in una cella", workbook({"Piano": rows}), indicators)


def riviere() -> Layout:
    """Sections in capitals, a target cell with the years, a column of notes."""
    indicators = printed("riviere-di-liguria")
    notes = iter(range(1, 1000))

    def line(one: PrintedIndicator) -> list[object]:
        targets = " ".join(f"{year}: {text}" for year, text in one.targets.items())
        return [one.fields["name"], one.fields.get("formula"), targets, f"Nota {next(notes)}"]

    rows: Rows = [["CAMERA DI COMMERCIO RIVIERE DI LIGURIA - PIANO DELLA PERFORMANCE 2022-2024"]]
    rows += under_sections(
        indicators, ("Indicatore", "Algoritmo", "Target", None), line, before=("PERFORMANCE DI ENTE",)
    )
    kept = [
        PrintedIndicator(one.path, {n: one.fields[n] for n in ("name", "formula") if n in one.fields}, one.targets)
        for one in indicators
    ]
    return Layout("Riviere di Liguria: sezioni in maiuscolo, note", workbook({"Performance": rows}), kept)


def maremma() -> Layout:
    """Tables headed by the objective itself, a column a year, the owner at the end."""
    indicators = [one for one in printed("maremma-e-tirreno") if any(node.level == "strategic" for node in one.path)][
        :80
    ]
    years = (2022, 2023, 2024, 2025, 2026)
    rows: Rows = [
        ["Camera di Commercio della Maremma e del Tirreno"],
        ["Piano della performance 2022-2026"],
        ["CRUSCOTTO STRATEGICO"],
    ]
    above: PrintedObjective | None = None
    kept: list[PrintedIndicator] = []
    for one in indicators:
        node = next(node for node in one.path if node.level == "strategic")
        if node != above:
            rows += [[], [f"{node.code or 1}. {node.title}", *map(str, years), "Owner"]]
            above = node
        rows.append([one.fields["name"], *(one.targets.get(year) for year in years), one.fields.get("owner")])
        nodes = (PrintedObjective("strategic", node.code or "1", node.title),)
        kept.append(PrintedIndicator(nodes, _only(one, "name", "owner"), one.targets))
    return Layout("Maremma e Tirreno: intestate dall'obiettivo", workbook({"Cruscotto": rows}), kept)


def brindisi() -> Layout:
    """Pasted from a text: sections, targets with their base in one cell, the kind under the name, the monitoring below."""
    indicators = printed("brindisi")

    def line(one: PrintedIndicator) -> list[object]:
        base = f"baseline {one.fields['baseline']} " if one.fields.get("baseline") else ""
        targets = base + " ".join(f"Anno:{year} {text}" for year, text in one.targets.items())
        kind = f"\nTipologia KPI:{one.fields['kind']}" if one.fields.get("kind") else ""
        return [
            one.fields["name"] + kind,
            _number(one.fields.get("weight")),
            one.fields.get("unit"),
            one.fields.get("source"),
            one.fields.get("formula"),
            targets,
        ]

    heading = ("Indicatori", "Peso", "Un.mis.", "Fonte", "Alg.", "target e baseline")
    rows: Rows = [
        ["Camera di Commercio di Brindisi"],
        ["MONITORAGGIO SEMESTRALE OBIETTIVI PIANO PERFORMANCE 2022/2024"],
    ]
    indicators = [
        PrintedIndicator(
            tuple(node._replace(code="") if node.level == "area" else node for node in one.path),
            {name: text for name, text in one.fields.items() if name != "owner"},
            one.targets,
        )
        for one in indicators
    ]
    rows += under_sections(indicators, heading, line, before=("KPI associati",))
    return Layout("Brindisi: incollata da un testo, baseline nella cella", workbook({"Foglio1": rows}), indicators)


def frosinone() -> Layout:
    """Forms: labels beside their values, one indicator below the other."""
    indicators = printed("frosinone-latina")
    rows: Rows = [["Camera di Commercio Frosinone-Latina - Piano della performance 2022-2024"], []]
    above: tuple[PrintedObjective, ...] = ()
    for one in indicators:
        mission, program, objective = one.path
        if one.path != above:
            if one.path[:2] != above[:2]:
                rows += [[], [f"MISSIONE - {mission.code}", mission.title], ["PROGRAMMA DI SPESA", program.title]]
            rows += [
                ["Obiettivo", "TITOLO", f"({objective.code}) {objective.title}"],
                [None, "DESCRIZIONE", "Iniziative dell'ente in questo ambito, con i soggetti del territorio"],
                [None, "ARCO TEMPORALE DI REALIZZAZIONE", "2022/2024 (triennale)"],
                [None, "RISORSE ECONOMICHE", "Euro 955.000,00"],
            ]
            above = one.path
        rows += [
            ["INDICATORE", "KPI", one.fields["name"]],
            [None, "ALGORITMO DI CALCOLO", one.fields.get("formula")],
            [None, "RISULTATI ATTESI", " ".join(f"Target {year}: {text}" for year, text in one.targets.items())],
            [None, "FONTE DEI DATI", one.fields.get("source")],
        ]
    kept = [
        PrintedIndicator(
            one.path, {n: one.fields[n] for n in ("name", "formula", "source") if n in one.fields}, one.targets
        )
        for one in indicators
    ]
    return Layout("Frosinone-Latina: schede, una voce per riga", workbook({"Schede": rows}), kept)


# Five more, in the ways of other bodies.


def _three_levels(name: str, count: int) -> list[PrintedIndicator]:
    """Indicators under three nodes, of an example plan that has no more or that is cut to them."""
    kept = []
    for one in printed(name):
        nodes = [node for node in one.path if node.level in {"area", "strategic", "operational"}]
        if len(nodes) == 3 and one.targets:
            kept.append(PrintedIndicator(tuple(nodes), one.fields, one.targets))
    return kept[:count]


def comune() -> Layout:
    """PIAO of a municipality: merged cells, headings on two rows, weights of objectives, a total, notes."""
    indicators = _three_levels("lecce", 40)
    years = (2021, 2022, 2023)
    rows: Rows = [
        ["COMUNE DI PROVA"], ["PIAO 2021-2023 - Sottosezione 2.2 Performance"], [],
        ["Area strategica", "Obiettivo strategico", "Obiettivo operativo", "Indicatore", "Modalità di calcolo", "Peso %", "Valore atteso", None, None, "Responsabile", "Note"],
        [None, None, None, None, None, None, *years, None, None],
    ]  # fmt: skip
    spans = ["A1:K1", "G4:I4", *(f"{letter}4:{letter}5" for letter in "ABCDEFJK")]
    starts: dict[int, tuple[int, object]] = {}
    for one in indicators:
        number = len(rows) + 1
        cells: list[object] = []
        for column, node in enumerate(one.path, start=1):
            fresh = starts.get(column, (0, None))[1] != one.path[:column]
            if fresh:
                if column in starts and number - 1 > starts[column][0]:
                    spans.append(
                        f"{get_column_letter(column)}{starts[column][0]}:{get_column_letter(column)}{number - 1}"
                    )
                starts[column] = (number, one.path[:column])
            cells.append(f"{node.code} {node.title}".strip() if fresh else None)
        rows.append(
            [
                *cells,
                one.fields["name"],
                one.fields.get("formula"),
                _number(one.fields.get("weight")),
                *(one.targets.get(y) for y in years),
                "Settore Affari generali",
                "da rivedere",
            ]
        )
    last = len(rows)
    spans += [
        f"{get_column_letter(c)}{row}:{get_column_letter(c)}{last}" for c, (row, _) in starts.items() if last > row
    ]
    rows += [
        ["TOTALE", None, None, None, None, 1000],
        [],
        ["Nota: i pesi sono dati per obiettivo"],
        ["(*) valori stimati"],
    ]
    kept = [
        PrintedIndicator(
            o.path, {**_only(o, "name", "formula", "weight"), "owner": "Settore Affari generali"}, o.targets
        )
        for o in indicators
    ]
    return Layout(
        "Comune (PIAO): celle unite, due righe di intestazioni, totale",
        workbook({"Allegato 2": rows}, {"Allegato 2": spans}),
        kept,
    )


def universita() -> Layout:
    """Plan of a university: a sheet for each area, blank as above, columns in another order."""
    indicators = _three_levels("lecce", 40)
    years = (2021, 2022, 2023)
    sheets: dict[str, Rows] = {}
    above: tuple[PrintedObjective, ...] = ()
    for one in indicators:
        area, strategic, operational = one.path
        name = f"Area {area.code}"
        if name not in sheets:
            sheets[name] = [
                ["Università degli Studi di Prova - Piano integrato 2021-2023"], [f"Area strategica {area.code} – {area.title}"], [],
                ["Struttura responsabile", "Cod.", "Obiettivo strategico", "Cod.", "Obiettivo operativo", "KPI", "Fonte dati", "Metrica", "Peso KPI", "Valore iniziale", *(f"Target {year}" for year in years)],
            ]  # fmt: skip
            above = ()
        row: list[object] = ["Direzione generale"]
        row += [strategic.code, strategic.title] if above[:2] != one.path[:2] else [None, None]
        row += [operational.code, operational.title] if above != one.path else [None, None]
        row += [
            one.fields["name"],
            "Banca dati di ateneo",
            one.fields.get("formula"),
            _number(one.fields.get("weight")),
            one.fields.get("baseline"),
        ]
        sheets[name].append([*row, *(one.targets.get(year) for year in years)])
        above = one.path
    more = {"owner": "Direzione generale", "source": "Banca dati di ateneo"}
    kept = [
        PrintedIndicator(o.path, {**_only(o, "name", "formula", "weight", "baseline"), **more}, o.targets)
        for o in indicators
    ]
    return Layout("Università: un foglio per area, celle vuote, codici a parte", workbook(sheets), kept)


def asl() -> Layout:
    """Plan of a health authority pasted from a PDF: texts broken over rows, headings and page numbers again, one year."""
    indicators = _three_levels("brindisi", 30)
    heading: list[object] = [
        "Obiettivo strategico",
        "Obiettivo operativo",
        "Indicatore",
        "Peso",
        "Valore atteso",
        "Fonte",
    ]
    rows: Rows = [["AZIENDA SANITARIA LOCALE DI PROVA"], ["Piano della performance - anno 2022"], heading]
    above: tuple[PrintedObjective, ...] = ()
    kept = []
    for number, one in enumerate(indicators):
        if 2022 not in one.targets:
            continue
        if number and number % 8 == 0:
            rows += [[f"Pag. {number // 8} di 4"], heading]
        cells: list[list[str]] = []
        for depth, node in enumerate(one.path[1:], start=2):
            fresh = above[:depth] != one.path[:depth]
            cells.append(_broken(f"{node.code} {node.title}".strip(), 45) if fresh else [""])
        cells += [
            _broken(one.fields["name"], 40),
            [one.fields.get("weight", "")],
            [one.targets[2022]],
            _broken(one.fields.get("source", ""), 20),
        ]
        for position in range(max(map(len, cells))):
            rows.append([column[position] or None if position < len(column) else None for column in cells])
        above = one.path
        kept.append(PrintedIndicator(one.path[1:], _only(one, "name", "weight", "source"), {2022: one.targets[2022]}))
    rows.append(["Totale", None, None, 1400])
    return Layout("ASL: incollata da un PDF, testi spezzati su più righe", workbook({"Table 1": rows}), kept)


def _broken(text: str, width: int) -> list[str]:
    """A text on lines as a narrow column prints it; only where the next line certainly goes on."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width and word[:1].islower():
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def ministero() -> Layout:
    """Plan of a ministry: everything said again in each row, years under a group, figures as numbers."""
    indicators = _three_levels("lecce", 40)
    years = (2021, 2022, 2023)
    rows: Rows = [
        ["MINISTERO DELLE PROVE"], ["Direttiva generale per l'azione amministrativa - triennio 2021-2023"],
        ["N.", "Indicatore", "Metodo di calcolo", "Unità di misura", "Valori target per anno", None, None, "Priorità politica", "Obiettivo strategico", "Obiettivo specifico", "Fonte del dato", "CdR"],
        [None, None, None, None, *years],
    ]  # fmt: skip
    for number, one in enumerate(indicators, start=1):
        nodes = [f"{node.code} - {node.title}" if node.code else node.title for node in one.path]
        rows.append(
            [
                number,
                one.fields["name"],
                one.fields.get("formula"),
                "numero",
                *(one.targets.get(y) for y in years),
                *nodes,
                "Sistema informativo",
                "CDR 1 Gabinetto",
            ]
        )
    more = {"unit": "numero", "source": "Sistema informativo", "owner": "CDR 1 Gabinetto"}
    kept = [PrintedIndicator(o.path, {**_only(o, "name", "formula"), **more}, o.targets) for o in indicators]
    return Layout(
        "Ministero: tutto in ogni riga, colonne in altro ordine",
        workbook({"Direttiva": rows}, {"Direttiva": ["E3:G3"]}),
        kept,
    )


def camera() -> Layout:
    """Plan of another chamber: objectives as rows, weights of both, shortened headings, `idem`."""
    indicators = _three_levels("lecce", 40)
    years = (2021, 2022, 2023)
    rows: Rows = [
        ["C.C.I.A.A. di Prova"], ["Piano performance 2021 - 2023"],
        ["Ob. operativo", "Peso ob. op.", "Indicatore di performance", "Formula di calcolo", "Peso ind.", *(f"Risultato atteso anno {year}" for year in years), "Tipologia", "Ufficio resp."],
    ]  # fmt: skip
    above: tuple[PrintedObjective, ...] = ()
    for number, one in enumerate(indicators):
        area, strategic, operational = one.path
        if above[:1] != one.path[:1]:
            rows.append([f"AREA STRATEGICA {area.code} - {area.title.upper()}"])
        if above[:2] != one.path[:2]:
            rows.append([f"Obiettivo strategico n. {strategic.code}: {strategic.title}"])
        fresh = above != one.path
        office = "Servizio Promozione" if number % 2 == 0 or fresh else "idem"
        rows.append(
            [
                f"{operational.code} {operational.title}" if fresh else None,
                50 if fresh else None,
                one.fields["name"],
                one.fields.get("formula"),
                _number(one.fields.get("weight")),
                *(one.targets.get(y) for y in years),
                "Efficacia",
                office,
            ]
        )
        above = one.path
    kept = [
        PrintedIndicator(
            (PrintedObjective("area", o.path[0].code, o.path[0].title.upper()), *o.path[1:]),
            {**_only(o, "name", "formula", "weight"), "kind": "Efficacia", "owner": "Servizio Promozione"},
            o.targets,
        )
        for o in indicators
    ]
    return Layout("Altra Camera: livelli come righe, due pesi, «idem»", workbook({"Obiettivi": rows}), kept)


LAYOUTS: tuple[Callable[[], Layout], ...] = (
    frosinone, lecce, riviere, maremma, brindisi, comune, universita, asl, ministero, camera,
)  # fmt: skip


def _only(one: PrintedIndicator, *names: str) -> dict[str, str]:
    return {name: one.fields[name] for name in names if name in one.fields}


def _number(text: str | None) -> object:
    return int(text) if text and text.isdigit() else text


# What a reading took right.


class Share(NamedTuple):
    """How many of the printed cells a reading took as they were printed, and those that it did not."""

    right: int
    cells: int
    wrong: list[str]

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.cells if self.cells else 0.0


def share_read(indicators: Iterable[PrintedIndicator], read: UploadedPlan) -> Share:
    """Holds what a reading took against what was printed: nodes by code and title, indicators field by field, targets."""
    objectives = {row.id: row for row in read.objectives or ()}
    places = {place.indicator: place for place in read.places or ()}
    targets: dict[str, dict[int, str]] = {}
    for target in read.targets or ():
        if target.text:
            targets.setdefault(target.indicator, {})[target.year] = target.text
    free = list(read.indicators or ())
    right, cells, wrong = 0, 0, list[str]()

    def count(what: str, expected: str, got: object) -> None:
        nonlocal right, cells
        cells += 1
        if _same(expected, got):
            right += 1
        else:
            wrong.append(f"{what}: {expected[:70]!r} letto {str(got)[:70]!r}")

    for one in indicators:
        row = next((row for row in free if _same(one.fields["name"], row.name)), None)
        if row is not None:
            free.remove(row)
        place = places.get(row.id or "") if row else None
        for name, text in one.fields.items():
            got = getattr(place, "weight", None) if name == "weight" else getattr(row, name, None)
            count(f"{one.fields['name'][:40]}, {name}", text, got)
        for year, text in one.targets.items():
            count(f"{one.fields['name'][:40]}, {year}", text, targets.get(row.id or "", {}).get(year) if row else None)
        node = objectives.get(place.objective) if place else None
        chain = []
        while node is not None:
            chain.append(node)
            node = objectives.get(node.parent or "")
        for printed_node, got_node in zip(reversed(one.path), [*chain, *[None] * len(one.path)], strict=False):
            count(
                f"{one.fields['name'][:40]}, {printed_node.level}", printed_node.title, getattr(got_node, "title", None)
            )
            if printed_node.code:
                count(
                    f"{one.fields['name'][:40]}, codice {printed_node.level}",
                    printed_node.code,
                    getattr(got_node, "code", None),
                )
    return Share(right, cells, wrong)


def _same(expected: str, got: object) -> bool:
    if isinstance(got, Decimal):
        return bool(re.fullmatch(r"[0-9,.]+%?", expected)) and Decimal(expected.replace(",", ".").rstrip("%")) == got
    return got is not None and _line(str(got)) == _line(expected)
