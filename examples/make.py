"""Makes the example plans and the changes to them out of the printed rows.

`python -m examples.make` writes `plans/` and `changes/` from `printed/`; with `--check` it writes nothing and says
whether they are up to date. The rows are as the documents print them; what is decided here is which act brings them
in, what they are called, and which field of the two formats each printed column becomes.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.acts.phrase import slug
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.library.commands import LoadLibrary
from domain.targets.decide import inferred_polarity
from domain.targets.reader import read_one

HERE = Path(__file__).parent

Row = dict[str, Any]
"""An object of a JSON file."""


class Source(NamedTuple):
    """A printed plan: the file of its rows, and the day on which its Giunta is assumed to have approved it."""

    name: str
    first_year: int
    last_year: int
    approved_on: str

    @property
    def plan(self) -> str:
        """The id of the plan."""
        return f"{self.name}-{self.first_year}-{self.last_year}"


FROSINONE_LATINA = Source("frosinone-latina", 2022, 2024, "2022-01-31")
LECCE = Source("lecce", 2021, 2023, "2021-01-31")
RIVIERE = Source("riviere-di-liguria", 2022, 2024, "2022-01-31")
MAREMMA_E_TIRRENO = Source("maremma-e-tirreno", 2022, 2026, "2022-01-31")
BRINDISI = Source("brindisi", 2022, 2024, "2022-01-31")
SOURCES = (FROSINONE_LATINA, LECCE, RIVIERE, MAREMMA_E_TIRRENO, BRINDISI)

MONITORING, UPDATE = "2022 monitoring", "2023 update"
"""The two occasions on which the Riviere plan was revised, as its rows name them."""

PRINTED_WHOLE = {
    "act-34": "srv-regolazione-s10-1",
    "srv-segreteria-s3": "srv-promozione-s3",
    "srv-promozione-s4": "srv-grrffpp-s4",
    "srv-innovazione-s8-1": "srv-staff-s8-1",
    "srv-innovazione-s8-2": "srv-staff-s8-2",
    "srv-innovazione-s9-2": "srv-anagrafici-s9-2",
    "srv-segreteria-s10-1": "srv-regolazione-s10-1",
    "srv-staff-s10-1": "srv-regolazione-s10-1",
    "srv-legale-s10-1": "srv-regolazione-s10-1",
    "srv-innovazione-s10-1": "srv-regolazione-s10-1",
    "srv-legale-s12": "srv-promozione-s12",
}
"""Titles of which the scan lost a part, each with the row of the same objective, of another service, that has it whole."""

ILLEGIBLE = frozenset({"prg-05", "act-32", "prg-36", "po-promozione-s2-1", "po-promozione-s9-1"})
"""Titles that the scan spoiled, and that are printed nowhere else: they stay as they are, and say so."""
SIC = "[sic]"

OTHER_TREES = {
    "also_under": ("perspective", "perspective"),
    "mission": ("mission", "mission"),
    "program": ("mission", "program"),
}
"""The columns by which rows stand in another tree: which tree, and the scheme that says it."""
LEVELS_OF_TREES = frozenset({"mission", "program"})
"""What headings of another tree are, where the tree has more than one level."""

EXOGENOUS = {"grado-di-coinvolgimento-dei-comuni-nel-suap"}
"""The indicators whose printed reason for a revision is what others do; every other reason is a result that came in."""

FORMATS: dict[str, type[BaseModel]] = {"plans": PlanDocument, "changes": ChangeFile, "library": LoadLibrary}
"""What each folder holds."""

NATIONAL_CODES_ON = "2022-01-01"
"""From when the national codes are assumed to mean what the plans of 2022 print under them."""

UNIT_WORDS = {"days": "giorni"}
"""The unit of a target, as a card has it."""

ID_LENGTH = 60
SMALL_WORDS = (
    "a ad agli ai al all alla alle anche che come con d da dal dall dalla dalle dei degli del dell della delle di e ed "
    "gli i il in l la le lo n nei nel nell nella nelle o per su sui sul sull sulla sulle tra un una"
)
"""Words that a shortened id does not end with."""


def files() -> dict[Path, str]:
    """Every file that is made, with its text; each has passed the model of its format."""
    made: dict[Path, Row] = {}
    for source in SOURCES:
        rows = printed(source)
        if source is RIVIERE:
            made |= riviere(rows)
        else:
            made[plan_path(source)] = plan_document(source, rows, rows["objectives"], named(rows["indicators"]))
        if source is BRINDISI:
            made[change_path(BRINDISI, "2022-monitoring")] = brindisi_monitoring(rows)
    made[HERE / "library" / "kpistd.json"] = library()
    for path, content in made.items():
        FORMATS[path.parent.name].model_validate(content)
    return {path: text(content) for path, content in made.items()}


# The printed rows, and the columns that become fields.


def printed(source: Source) -> Row:
    """The rows that a plan prints."""
    rows: Row = json.loads((HERE / "printed" / f"{source.name}.json").read_text(encoding="utf-8"))
    return rows | {"objectives": legible(rows["objectives"]), "trees": trees(rows["objectives"])}


def named(indicators: Iterable[Row]) -> dict[str, Row]:
    """The indicators by the ids that they are given: their name shortened, numbered where the plan repeats it."""
    by_id: dict[str, Row] = {}
    met: Counter[str] = Counter()
    for row in indicators:
        stem = shortened(row["name"] or row["formula"])
        met[stem] += 1
        by_id[stem if met[stem] == 1 else f"{stem}-{met[stem]}"] = row
    return by_id


def shortened(words: str) -> str:
    """An id of at most ID_LENGTH characters, that ends with a whole word that says something."""
    whole = slug(re.sub("[’°º№]", " ", words), 4000)  # what the slug would drop, and join the words about it
    if len(whole) <= ID_LENGTH:
        return whole
    kept = whole[: ID_LENGTH + 1].split("-")[:-1]
    while kept[-1] in SMALL_WORDS.split():
        kept.pop()
    return "-".join(kept)


def said(**fields: object) -> Row:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def points(weight: str | None) -> str | None:
    """`20,00%` as the points that it stands for: `20.00`."""
    return None if weight is None else weight.rstrip("% ").replace(",", ".")


def legible(rows: Sequence[Row]) -> list[Row]:
    """The printed objectives with titles that can be read, and without the headings of another tree."""
    titles = {row["key"]: row.get("title") for row in rows}
    nodes = headings(rows)
    return [
        row
        | said(
            title=f"{row['title']} {SIC}" if row["key"] in ILLEGIBLE else titles.get(PRINTED_WHOLE.get(row["key"], ""))
        )
        for row in rows
        if row["key"] not in nodes
    ]


def headings(rows: Sequence[Row]) -> dict[str, Row]:
    """The headings of another tree, by key: rows under which nothing is printed but by their name, and other headings."""
    named = {row[column] for row in rows for column in OTHER_TREES if column in row}
    own = {row["parent"] for row in rows if "parent" in row and row["key"] not in named}
    return {row["key"]: row for row in rows if row["key"] in named - own}


def trees(rows: Sequence[Row]) -> list[Row]:
    """The nodes of the other trees, as their headings print them."""
    of_tree = {row[column]: tree for row in rows for column, (tree, _) in OTHER_TREES.items() if column in row}
    places: Counter[tuple[str, str | None]] = Counter()
    nodes = []
    for key, row in headings(rows).items():
        siblings = (of_tree[key], row.get("parent"))
        places[siblings] += 1
        nodes.append(
            {
                "tree": of_tree[key],
                "id": key,
                "order": places[siblings],
                **said(
                    level=row["level"] if row["level"] in LEVELS_OF_TREES else None,
                    code=row.get("code"),
                    title=row["title"],
                    parent=row.get("parent"),
                    weight=points(row.get("weight")),
                ),
            }
        )
    return nodes


def objective(row: Row) -> Row:
    """What a printed objective says, but for its id."""
    return said(
        level=row["level"],
        code=row.get("code"),
        title=row.get("title"),
        parent=row.get("parent"),
        weight=points(row.get("weight")),
        period=row.get("period"),
        offices=row.get("units", [row["unit"]] if "unit" in row else []),
        classifications={scheme: row[column] for column, (_, scheme) in OTHER_TREES.items() if column in row},
    )


def indicator(row: Row) -> Row:
    """What a printed indicator says, but for its id, its kind and its targets."""
    codes = {"KPI": row["kpi_code"]} if "kpi_code" in row else {}
    if "code" in row:
        system, number = row["code"].split()
        codes[system] = number
    return said(
        objective=row["objective"],
        name=row["name"] or row["formula"],
        name_from_formula=None if row["name"] else True,
        formula=row.get("formula"),
        weight=points(row.get("weight")),
        baseline=row.get("baseline"),
        source=row.get("source"),
        unit=row.get("unit_of_measure"),
        frequency=row.get("frequency"),
        owner=row.get("owner"),
        codes=codes,
        common=row.get("common"),
    )


def library() -> Row:
    """The library of indicators of the national codes that the plans print: what is printed under each, and no more.

    The polarity is the one that the signs of the printed targets agree on, the unit the one that they are written in.
    """
    entries: dict[tuple[str, int], Row] = {}
    for source in SOURCES:
        for row in printed(source)["indicators"]:
            if "code" not in row:
                continue
            system, number = row["code"].split()
            texts = [target["text"] for target in row["targets"]]
            target = read_one(texts[0], row["targets"][0]["year"])
            entries[system, int(number)] = said(
                scheme=system,
                code=number,
                name=row["name"],
                formula=row.get("formula"),
                unit=None if (unit := getattr(target, "unit", None)) is None else UNIT_WORDS.get(unit, unit),
                polarity=inferred_polarity(texts),
                source=row.get("source"),
            )
    return {"stated_on": NATIONAL_CODES_ON, "entries": [entries[code] for code in sorted(entries)]}


def targets(row: Row, *, but: Iterable[int] = (), before: Iterable[Row] = ()) -> list[Row]:
    """The targets of a row but for some years, as they were before some revisions; the second of a year says so."""
    older = {revision["year"]: revision["from"] for revision in before}
    met: Counter[int] = Counter()
    listed = []
    for target in row["targets"]:
        year = target["year"]
        met[year] += 1
        if year not in but:
            ordinal = met[year] if met[year] > 1 else None
            listed.append(said(year=year, ordinal=ordinal, text=older.get(year, target["text"])))
    return listed


def measurements(source: Source, by_id: dict[str, Row]) -> list[Row]:
    """The values of earlier years that a plan prints beside its targets."""
    return [
        measurement(series(source, id_), value["year"], value["text"])
        for id_, row in by_id.items()
        for value in row.get("history", [])
    ]


def measurement(series_id: str, year: int, value: str) -> Row:
    """A printed value of a year: final at its end, unless it says that it was taken at the autumn monitoring."""
    early = "(dato al monitoraggio)" in value
    return {
        "series": series_id,
        "period": str(year),
        "text": value,
        "data_as_at": f"{year}-09-30" if early else f"{year}-12-31",
        "finality": "provisional" if early else "final",
    }


def series(source: Source, indicator_id: str) -> str:
    """The series that an indicator of a plan measures."""
    return f"{source.plan}.{indicator_id}"


# The documents.


def plan_document(source: Source, rows: Row, objectives: Sequence[Row], indicators: dict[str, Row]) -> Row:
    """The plan as its act approved it: these objectives and these indicators of its rows."""
    return {
        "administration": {"id": f"cciaa-{source.name}", "name": rows["administration"]},
        "plan": {
            "id": source.plan,
            "title": f"Piano della performance {source.first_year}-{source.last_year}",
            "first_year": source.first_year,
            "last_year": source.last_year,
            "levels": list(dict.fromkeys(row["level"] for row in rows["objectives"])),
        },
        "act": act(source.approved_on, "piano", f"Piano della performance {source.first_year}-{source.last_year}"),
        "retrospective": True,
        "objectives": [{"id": row["key"], **objective(row)} for row in objectives],
        **said(trees=rows["trees"]),
        "indicators": [
            {
                "id": id_,
                **indicator(row),
                **said(kind=row.get("kind")),
                "targets": targets(row, but=row.get("new_targets", ()), before=row.get("revisions", ())),
            }
            for id_, row in indicators.items()
        ],
        "measurements": measurements(source, named(rows["indicators"])),
    }


def act(day: str, what: str, title: str) -> Row:
    """An act of the Giunta; no document prints its date, which is assumed."""
    return {
        "id": f"giunta-{day}-{what}",
        "body": "Giunta",
        "type": "delibera",
        "date": day,
        "title": title,
        "assumed": True,
    }


def riviere(rows: Row) -> dict[Path, Row]:
    """The Riviere plan of January 2022, its revision of September and its yearly update of 2023.

    What has a 2022 target was in the plan from the start, with whatever hangs above it; everything else enters with
    the update.
    """
    by_id = named(rows["indicators"])
    first = {id_: row for id_, row in by_id.items() if any(target["year"] == 2022 for target in row["targets"])}
    parents = {row["key"]: row.get("parent") for row in rows["objectives"]}
    first_objectives: set[str] = set()
    for row in first.values():
        key = row["objective"]
        while key is not None:
            first_objectives.add(key)
            key = parents[key]
    document = plan_document(
        RIVIERE, rows, [row for row in rows["objectives"] if row["key"] in first_objectives], first
    )
    monitoring = {
        "plan": RIVIERE.plan,
        "act": act("2022-09-30", "monitoraggio", "Monitoraggio 2022 e modifica del piano della performance"),
        "justification": "Monitoraggio al 30 settembre 2022: modifica approvata dalla Giunta",
        "cause": "new_data",
        "retrospective": True,
        "changes": revisions(first, MONITORING),
    }
    update = {
        "plan": RIVIERE.plan,
        "act": act("2023-01-31", "aggiornamento", "Aggiornamento 2023 del piano della performance 2022-2024"),
        "approves_year": 2023,
        "justification": "Aggiornamento annuale: programmazione del 2023",
        "cause": "other",
        "retrospective": True,
        "changes": [
            *(
                {"verb": "add_objective", "object": row["key"], **objective(row)}
                for row in parents_first(rows["objectives"])
                if row["key"] not in first_objectives
            ),
            *(added(id_, row) for id_, row in by_id.items() if id_ not in first),
            *(
                {"verb": "set_target", "object": id_, "year": year, "target": in_force(row, year)}
                for id_, row in first.items()
                for year in row.get("new_targets", ())
            ),
            *revisions(first, UPDATE),
        ],
    }
    return {
        plan_path(RIVIERE): document,
        change_path(RIVIERE, "2022-monitoring"): monitoring,
        change_path(RIVIERE, "2023-update"): update,
    }


def parents_first(objectives: Sequence[Row]) -> list[Row]:
    """The objectives in the order in which they can be added; printed order within a depth."""
    parents = {row["key"]: row.get("parent") for row in objectives}

    def depth(key: str | None) -> int:
        return 0 if key is None else 1 + depth(parents[key])

    return sorted(objectives, key=lambda row: depth(row["key"]))


def added(indicator_id: str, row: Row) -> Row:
    """The change that adds an indicator with its targets."""
    kind = said(indicator_kind=row.get("kind"))  # the `kind` of a change is what it counts as
    return {"verb": "add_indicator", "object": indicator_id, **indicator(row), **kind, "targets": targets(row)}


def revisions(by_id: dict[str, Row], occasion: str) -> list[Row]:
    """The targets that were revised on an occasion, each with the reason that is printed for it.

    The new target is the one in force among the row's targets: the note on a revision may leave out its sign.
    """
    return [
        {
            "verb": "revise_target",
            "object": id_,
            "year": revision["year"],
            "target": in_force(row, revision["year"]),
            "justification": revision["reason"],
            "cause": "exogenous" if id_ in EXOGENOUS else "new_data",
        }
        for id_, row in by_id.items()
        for revision in row.get("revisions", [])
        if revision["when"] == occasion
    ]


def in_force(row: Row, year: int) -> str:
    """The text of the only target of a year."""
    (only,) = (str(target["text"]) for target in row["targets"] if target["year"] == year)
    return only


def brindisi_monitoring(rows: Row) -> Row:
    """What the half-year monitoring of Brindisi reports; a measurement only where it prints a value."""
    day = "2022-06-30"
    by_id = named(rows["indicators"])
    return {
        "plan": BRINDISI.plan,
        "effective_on": day,
        "retrospective": True,
        "statuses": [
            *(status("objective", row["objective"], row, day) for row in rows["objective_monitoring"]),
            *(status("indicator", id_, row["monitoring"], day) for id_, row in by_id.items()),
        ],
        "measurements": [
            {
                "series": series(BRINDISI, id_),
                "period": "2022-H1",
                "value": row["monitoring"]["observed"],
                "unit": "%",
                "data_as_at": day,
                "finality": "provisional",
            }
            for id_, row in by_id.items()
            if "observed" in row["monitoring"]
        ],
    }


def status(subject: str, id_: str, reported: Row, day: str) -> Row:
    """How an objective or an indicator was reported to stand."""
    return {
        "subject": subject,
        "id": id_,
        "status": reported["status"],
        "reported_on": day,
        **said(progress=reported.get("progress"), note=reported.get("note")),
    }


# The files.


def plan_path(source: Source) -> Path:
    """Where a plan document lies."""
    return HERE / "plans" / f"{source.plan}.json"


def change_path(source: Source, occasion: str) -> Path:
    """Where a change file lies."""
    return HERE / "changes" / f"{source.name}-{occasion}.json"


def text(content: Row) -> str:
    """The text of a file, always the same for the same content."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def out_of_date(made: dict[Path, str]) -> list[Path]:
    """The files that are missing, differ from what would be written, or would not be written at all."""
    differing = [path for path, written in made.items() if not path.exists() or path.read_bytes() != written.encode()]
    return differing + sorted({*HERE.glob("plans/*.json"), *HERE.glob("changes/*.json")} - made.keys())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(prog="python -m examples.make", description="Make the example plans and changes.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is out of date")
    check = parser.parse_args(arguments).check
    made = files()
    if check:
        late = out_of_date(made)
        for path in late:
            sys.stdout.write(f"out of date: {path.relative_to(HERE.parent)}\n")
        sys.stdout.write("" if late else f"up to date: {len(made)} files\n")
        return 1 if late else 0
    for path, written in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written.encode())
        sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
