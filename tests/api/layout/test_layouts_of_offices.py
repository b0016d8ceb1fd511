"""Plans in layouts of their own: what is read as it is printed, what is asked, what is told, what is refused."""

from collections.abc import Callable

import pytest

from api.imports.reading import read_workbook_apart
from api.layout.mapping import Lines, parse_lines
from api.layout.reading import read_office_plan
from api.layout.recognition import is_office_plan
from api.layout.said import SaidOfReading
from api.workbook.formats import sheets_in
from api.workbook.safety import Limits, WorkbookRefused
from api.workbook.write import write_template
from domain.documents.new_plan import new_plan
from domain.documents.uploaded import UploadedPlan
from domain.errors import Malformed
from domain.targets.reader import read_target
from tests.support.layouts import LAYOUTS, Layout, Rows, share_read, workbook

TITLE: Rows = [["Comune di Prova"], ["Piano della performance 2024-2026"]]


def read(rows: Rows, *merged: str, lines: Lines = (), answers: Lines = (), titled: bool = True) -> UploadedPlan:
    content = workbook({"Piano 2024": [*(TITLE if titled else []), *rows]}, {"Piano 2024": merged})
    return read_office_plan(sheets_in(content, Limits()), SaidOfReading(lines, answers))


def tree(plan: UploadedPlan) -> list[str]:
    assert plan.reading is not None
    return ["  " * depth + text for depth, text in plan.reading.tree]


def asked(plan: UploadedPlan) -> dict[str, list[str]]:
    return {doubt.id.removeprefix("lettura:"): [answer for answer, _ in doubt.options] for doubt in plan.doubts}


@pytest.mark.parametrize("make", LAYOUTS, ids=lambda make: make.__name__)
def test_what_is_printed_is_read_as_it_is_or_asked(make: Callable[[], Layout]) -> None:
    layout = make()
    sheets = sheets_in(layout.content, Limits())
    assert is_office_plan(sheets)
    plan = read_office_plan(sheets, SaidOfReading(layout.said))
    share = share_read(layout.indicators, plan)
    assert share.share > 0.99
    assert not share.wrong or plan.doubts, "what is not read as it is printed is asked"


def test_our_own_template_is_no_layout_of_an_office() -> None:
    assert not is_office_plan(sheets_in(write_template(2024), Limits()))


def test_merged_and_blank_cells_say_as_above_and_a_total_is_told() -> None:
    plan = read(
        [
            ["Obiettivo strategico", "Obiettivo operativo", "Peso obiettivo", "Indicatore", "Peso", "Target", None, "Responsabile"],
            [None, None, None, None, None, 2024, 2025, None],
            ["1. Digitalizzare", "1.1 Servizi in rete", 60, "Servizi in rete", 50, ">= 60%", ">= 70%", "Servizio Sistemi"],
            [None, None, None, "Tempi di risposta", 50, "<= 10 gg", "<= 9 gg", "idem"],
            [None, "1.2 Formare", 40, "Ore di formazione", 100, 20, 24, "Servizio Personale"],
            ["Totale", None, 100, None, 200],
            ["(*) valori stimati"],
        ],
        "A1:H1", "F3:G3",
    )  # fmt: skip
    assert tree(plan) == [
        "Obiettivo strategico: 1 Digitalizzare",
        "  Obiettivo operativo: 1.1 Servizi in rete (peso 60)",
        "    · Servizi in rete [peso 50] → 2024: >= 60%; 2025: >= 70%",
        "    · Tempi di risposta [peso 50] → 2024: <= 10 gg; 2025: <= 9 gg",
        "  Obiettivo operativo: 1.2 Formare (peso 40)",
        "    · Ore di formazione [peso 100] → 2024: 20; 2025: 24",
    ]
    assert [row.owner for row in plan.indicators or ()] == [
        "Servizio Sistemi",
        "Servizio Sistemi",
        "Servizio Personale",
    ]
    assert [where for where, _ in plan.remarks] == ["Piano 2024, riga 8", "Piano 2024, riga 9"]
    assert not plan.doubts


def test_titles_broken_over_rows_are_joined_where_that_is_certain_and_asked_otherwise() -> None:
    heading: list[object] = ["Obiettivo", "Indicatore", "Peso", "Target 2024"]
    plan = read(
        [
            heading,
            ["Ridurre i tempi di", "Prestazioni ero-", 50, ">= 90%"],
            ["attesa", "gate nei termini"],
            ["Pag. 1 di 2"],
            heading,
            ["Formare", "Ore medie", 50, "20"],
            [None, "Soddisfazione"],
            ["Semplificare", "Pratiche in rete", 100, "50%"],
        ]
    )
    assert tree(plan)[:2] == [
        "Obiettivo: Ridurre i tempi di attesa",
        "  · Prestazioni erogate nei termini [peso 50] → 2024: >= 90%",
    ]
    assert asked(plan) == {"Riga Piano 2024!9": ["indicatore", "continua", "niente", "livello Obiettivo"]}
    answered = read([heading, ["A uno", "Ore medie", 50, "20"], [None, "Soddisfazione"], ["A due", "Pratiche", 50, "5"]],
                    answers=(("Riga Piano 2024!5", "indicatore"),))  # fmt: skip
    assert [row.name for row in answered.indicators or ()] == ["Ore medie", "Soddisfazione", "Pratiche"]


ASKED: dict[str, tuple[Rows, str, str]] = {
    "two equal columns": (
        [["Obiettivo", "Indicatore", "Indicatore", "Target 2024"], ["Uno", "a", "b", "1"], ["Due", "c", "d", "2"]],
        "Colonna B (Indicatore)", "indicatore",
    ),
    "a target that was changed": (
        [["Obiettivo", "Indicatore", "Target 2024", "Target 2024 rimodulato"], ["Uno", "a", "1", "2"]],
        "Colonna D (Target 2024 rimodulato)", "target rimodulato 2024",
    ),
    "a target of no year": (
        [["Obiettivo", "Indicatore", "Target"], ["Uno", "a", "1"], ["Due", "b", "2"]], "Colonna C (Target)", "target 2024",
    ),
    "a value of before the plan": (
        [["Obiettivo", "Indicatore", "Valore 2023", "Target 2024"], ["Uno", "a", "1", "2"]],
        "Colonna C (Valore 2023)", "valore di partenza",
    ),
    "a description where no heading says indicator": (
        [["Obiettivo", "Descrizione", "Peso", "Target 2024"], ["Uno", "Tempi medi di rilascio", 100, "2 gg"]],
        "Colonna B (Descrizione)", "indicatore",
    ),
    "a level that is blank under a new one": (
        [["Area", "Obiettivo", "Indicatore", "Target 2024"], ["A1", "Uno", "a", "1"], ["A2", None, "b", "2"]],
        "Riga Piano 2024!5", "come sopra",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_what_may_be_two_things_is_asked_and_its_answer_is_a_line_of_the_mapping(case: str) -> None:
    rows, label, answer = ASKED[case]
    questions = asked(read(rows))
    assert answer in questions[label]
    assert label not in asked(read(rows, lines=((label, answer),)))
    assert label in asked(read(rows, answers=((label, answer),))), "an answer stays to be seen"


def test_a_row_of_an_objective_says_its_own_weight_and_what_else_it_says_is_told() -> None:
    plan = read(
        [
            ["Obiettivo", "Indicatore", "Peso", "Target 2024", "Fonte"],
            ["Digitalizzare", None, 60, None, "sito"],
            [None, "Servizi in rete", 100, ">= 50%", "sito"],
            ["Formare", None, 40, None, None],
            [None, "Ore di formazione", 100, "20", "personale"],
        ]
    )
    assert tree(plan)[::2] == ["Obiettivo: Digitalizzare (peso 60)", "Obiettivo: Formare (peso 40)"]
    assert [where for where, _ in plan.remarks] == ["Piano 2024!E4"]


def test_weights_that_are_parts_of_one_are_points_of_a_hundred_and_it_is_told() -> None:
    plan = read([["Obiettivo", "Indicatore", "Peso", "Target 2024"], ["Uno", "a", 0.6, "1"], [None, "b", 0.4, "2"]])
    assert [str(place.weight) for place in plan.places or ()] == ["60.0", "40.0"]
    assert any("parti di uno" in words for _, words in plan.remarks)


def test_a_cell_that_cannot_be_taken_is_named_as_the_office_knows_it() -> None:
    with pytest.raises(Malformed) as refused:
        read([["Obiettivo", "Indicatore", "Peso", "Target 2024"], ["Uno", "a", "tanto", "1"], ["Due", "b", 40, "2"]])
    assert [problem.where for problem in refused.value.problems] == ["Piano 2024!C4"]


REFUSED: dict[str, tuple[Rows, tuple[str, ...], str]] = {
    "nothing like a plan": ([["Matricola", "Qualifica"], ["1", "C1"]], (), "nessun foglio ha una tabella del piano"),
    "two tables side by side": (
        [["Obiettivo", "Indicatore", "Target 2024", None, "Obiettivo", "Indicatore", "Target 2024"],
         ["Uno", "a", "1", None, "Due", "b", "2"]], (), "due tabelle affiancate",
    ),
    "one merged cell over everything": ([["Obiettivo", "Indicatore"], ["Uno", "a"]], ("A1:Z40",), "nessun foglio"),
    "a target merged over the years": (
        [["Obiettivo", "Indicatore", "Target 2024", "Target 2025"], ["Uno", "a", "Sì", None], ["Due", "b", "1", "2"]],
        ("C4:D4",), "copre i target di più anni",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_sheet_that_is_no_plan_is_refused_with_its_reason(case: str) -> None:
    rows, merged, words = REFUSED[case]
    with pytest.raises((Malformed, WorkbookRefused), match=words):
        read(rows, *merged)


def test_a_sheet_of_fragments_is_refused_before_it_asks_for_ever() -> None:
    rows: Rows = [["Obiettivo", "Indicatore", "Peso", "Target 2024"], ["Uno", "a", 1, "1"]]
    fragments: Rows = [[None, f"Frammento {number}"] for number in range(500)]
    rows += [*fragments, ["Due", "b", 1, "1"]]
    with pytest.raises(Malformed, match="la lettura si ferma qui"):
        read(rows)


def test_a_mapping_that_says_nothing_known_is_refused_with_every_line() -> None:
    with pytest.raises(Malformed, match="non è una riga di una lettura"):
        parse_lines("Ente = X\nparole\n")
    with pytest.raises(Malformed, match="non si capisce"):
        read(
            [["Obiettivo", "Indicatore", "Target 2024"], ["Uno", "a", "1"]], lines=(("Colonna C (Target 2024)", "boh"),)
        )


def test_the_same_sheet_gives_the_same_ids_and_a_new_row_changes_none_of_them() -> None:
    heading: list[object] = ["Obiettivo", "Indicatore", "Target 2024"]
    before = read([heading, ["Uno", "a", "1"], ["Due", "b", "2"]])
    after = read([heading, ["Nuovo", "z", "1"], ["Uno", "a", "1"], ["Due", "b", "2"]])
    assert {row.id for row in before.objectives or ()} < {row.id for row in after.objectives or ()}
    assert {row.id for row in before.indicators or ()} < {row.id for row in after.indicators or ()}


def test_sheets_that_are_areas_are_a_level() -> None:
    heading: list[object] = ["Obiettivo", "Indicatore", "Target 2024"]
    rows: Rows = [*TITLE, heading, ["Uno", "a", "1"]]
    content = workbook({"Area Tecnica": rows, "Area Sociale": [*TITLE, heading, ["Due", "b", "1"]]})
    plan = read_office_plan(sheets_in(content, Limits()))
    assert [line for line in tree(plan) if line.startswith("Area")] == ["Area: Area Tecnica", "Area: Area Sociale"]


def test_a_csv_alone_in_a_layout_of_its_own_is_read() -> None:
    content = "Comune di Prova;;;\nPiano 2024;;;\nObiettivo;Indicatore;Peso;Target 2024\nUno;a;50;1\n;b;50;2\n"
    assert b'"name":"Comune di Prova"' in read_workbook_apart(content.encode(), dict(Limits()._asdict()))


REVISED: Rows = [
    ["Obiettivo", "Indicatore", "Target 2024", "Target 2024 rimodulato"],
    ["Uno", "Tempi", "<= 5 gg", "<= 7 gg"],
    [None, "Pratiche", ">= 90%", None],
]
SECOND = "Colonna D (Target 2024 rimodulato)"


def targets(plan: UploadedPlan) -> list[str]:
    """The targets of the plan that an upload makes, by the name of their indicator."""
    document = new_plan(plan, None, {}).document
    return [f"{row.name} {target.year}: {target.text}" for row in document.indicators for target in row.targets]


def test_a_revised_target_holds_where_it_says_something_and_the_other_one_is_told() -> None:
    plan = read(REVISED, lines=((SECOND, "target rimodulato 2024"),))
    assert targets(plan) == ["Tempi 2024: <= 7 gg", "Pratiche 2024: >= 90%"]
    (warning,) = new_plan(plan, None, {}).difference.warnings
    assert warning.where == "Piano 2024!D4"
    assert "'<= 5 gg' (Piano 2024!C4)" in warning.words
    assert "  · Tempi → 2024: <= 7 gg (rimodulato; era <= 5 gg)" in tree(plan)
    assert targets(read(REVISED)) == ["Tempi 2024: <= 5 gg", "Pratiche 2024: >= 90%"]


def test_a_column_left_out_is_told_with_each_target_that_is_lost_by_it() -> None:
    left_out = read(REVISED, answers=((SECOND, "niente"),))
    assert [where for where, _ in left_out.remarks] == ["Piano 2024!D3"]
    swapped = read(REVISED, lines=(("Colonna C (Target 2024)", "niente"), (SECOND, "target 2024")))
    assert ("Piano 2024!C5", "resta senza target: '>= 90%' è in una colonna lasciata fuori") in swapped.remarks
    with pytest.raises(Malformed, match="le colonne C e D sono dette la stessa cosa"):
        read(REVISED, lines=((SECOND, "target 2024"),))


def test_columns_of_targets_without_a_year_are_asked_for_it() -> None:
    plan = read([["Obiettivo", "Indicatore", "Target", "Target", "Target"], ["Uno", "a", "1", "2", "3"]])
    years = [f"target {year}" for year in (2024, 2025, 2026)]
    assert list(asked(plan).values()) == [[*years, "niente"]] * 3


ROWS: dict[str, tuple[Rows, str, list[str]]] = {
    "a row that says a revision": (
        [["Uno", "Tempi", 60, "<= 5 gg"], [None, "Tempi (rimodulato)", 60, "<= 7 gg"], ["Due", "Altro", 40, "3"]],
        "rimodulazione", ["Tempi 2024: <= 7 gg", "Altro 2024: 3"],
    ),
    "a row of another name that says one": (
        [["Uno", "Tempi", 60, "<= 5 gg"], [None, "di cui rimodulato con DGC 4/2024", None, "<= 7 gg"], ["Due", "Altro", 40, "3"]],
        "rimodulazione", ["Tempi 2024: <= 7 gg", "Altro 2024: 3"],
    ),
    "a target that wants more": (
        [["Uno", "Tempi", 60, "entro il"], [None, "Pratiche evase", None, "30/06/2024"], ["Due", "Altro", 40, "3"]],
        "continua", ["Tempi Pratiche evase 2024: entro il 30/06/2024", "Altro 2024: 3"],
    ),
    "a unit alone": (
        [["Uno", "Tempi", 60, "<= 5"], [None, "Pratiche evase", None, "gg"], ["Due", "Altro", 40, "3"]],
        "continua", ["Tempi Pratiche evase 2024: <= 5 gg", "Altro 2024: 3"],
    ),
    "several indicators in a cell": (
        [["Uno", "a) Tempi\nb) Pratiche", "60\n40", "<= 5 gg\n>= 90%"], ["Due", "Altro", 100, "3"]],
        "dividi", ["Tempi 2024: <= 5 gg", "Pratiche 2024: >= 90%", "Altro 2024: 3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_may_be_none_of_its_own_is_asked_about(case: str) -> None:
    rows, answer, expected = ROWS[case]
    whole: Rows = [["Obiettivo", "Indicatore", "Peso", "Target 2024"], *rows]
    number = 4 if answer == "dividi" else 5
    label = f"Riga Piano 2024!{number}"
    assert answer in asked(read(whole))[label]
    assert targets(read(whole, lines=((label, answer),))) == expected


PLAN_SHEET: Rows = [*TITLE, ["Obiettivo", "Indicatore", "Peso"], ["Uno", "Tempi", 60], [None, "Pratiche", 40]]


def read_sheets(named: dict[str, Rows], lines: Lines = (), *, hidden: str = "") -> UploadedPlan:
    sheets = sheets_in(workbook(named), Limits())
    for sheet in sheets:
        sheet.visible = sheet.name != hidden
    return read_office_plan(sheets, SaidOfReading(lines))


def test_a_sheet_of_targets_beside_a_plan_without_any_is_joined_by_name() -> None:
    plan = read_sheets({"Foglio1": PLAN_SHEET, "Valori": [["Indicatore", "2024"], ["Pratiche", "5"], ["Tempo", "2"]]})
    assert targets(plan) == ["Pratiche 2024: 5"]
    assert not asked(plan).get("Foglio Valori")
    (doubt,) = plan.doubts
    assert "'Tempo' non è fra gli indicatori del piano; forse 'Tempi'" in doubt.words


@pytest.mark.parametrize("hidden", ["", "Rimodulazioni"])
def test_a_sheet_of_revised_targets_is_asked_about_and_taken_where_that_is_said(hidden: str) -> None:
    own: Rows = [[*row, text] for row, text in zip(PLAN_SHEET[2:], ["Target 2024", "<= 5 gg", "90%"], strict=True)]
    named: dict[str, Rows] = {
        "Piano": [*TITLE, *own],
        "Rimodulazioni": [["Indicatore", "Vecchio target", "Target 2024"], ["Tempi", "<= 5 gg", "<= 7 gg"]],
    }
    asked_of = read_sheets(named, hidden=hidden)
    assert asked(asked_of) == {"Foglio Rimodulazioni": ["target rimodulati", "niente"]}
    assert targets(asked_of) == ["Tempi 2024: <= 5 gg", "Pratiche 2024: 90%"]
    taken = read_sheets(named, (("Foglio Rimodulazioni", "target rimodulati"),), hidden=hidden)
    assert targets(taken) == ["Tempi 2024: <= 7 gg", "Pratiche 2024: 90%"]


@pytest.mark.parametrize(
    "headings",
    [
        ["Target I semestre 2024", "Target II semestre 2024"],
        ["Target al 30/06/2024", "Target al 31/12/2024"],
        ["Valore atteso giugno 2024", "Target 2024"],
    ],
)
def test_columns_of_parts_of_a_year_are_the_steps_of_its_target(headings: list[object]) -> None:
    plan = read(
        [
            ["Obiettivo", "Indicatore", *headings, "Target 2025"],
            ["Uno", "Adesioni", ">= 40%", "almeno 90%", "95%"],
            [None, "Tempi", "<= 5 gg", "<= 5 gg", "<= 4 gg"],
            [None, "Regolamento", None, "Sì", None],
            [None, "Incontri", "3", None, "8"],
        ]
    )
    assert not plan.doubts
    assert targets(plan) == [
        "Adesioni 2024: 30/06: 40%; 31/12: 90%",
        "Adesioni 2025: 95%",
        "Tempi 2024: <= 5 gg",
        "Tempi 2025: <= 4 gg",
        "Regolamento 2024: Sì",
        "Incontri 2024: 30/06: 3",
        "Incontri 2025: 8",
    ]
    steps = [
        target.text
        for row in new_plan(plan, None, {}).document.indicators
        for target in row.targets
        if ";" in target.text
    ]
    assert [read_target(text, 2024)[0].form for text in steps] == ["milestones"]


def test_parts_of_a_year_under_one_heading_are_steps_and_those_of_no_year_are_asked_for_it() -> None:
    plan = read(
        [["Obiettivo", "Indicatore", "Target", None], [None, None, "I semestre 2024", "II semestre 2024"], ["Uno", "a", "4", "9"]],
        "C3:D3",
    )  # fmt: skip
    assert targets(plan) == ["a 2024: 30/06: 4; 31/12: 9"]
    rows: Rows = [["Obiettivo", "Indicatore", "Target I semestre", "Target II semestre"], ["Uno", "a", "4", "9"]]
    first, second = "Colonna C (Target I semestre)", "Colonna D (Target II semestre)"
    undated = asked(read(rows))
    assert undated[first] == [f"target {year} al 30/06" for year in (2024, 2025, 2026)] + ["niente"]
    taken = read(rows, answers=((first, "target 2025 al 30/06"), (second, "target 2025 al 31/12")))
    assert targets(taken) == ["a 2025: 30/06: 4; 31/12: 9"]


def test_grades_of_a_target_are_asked_about_and_not_for_their_year() -> None:
    rows: Rows = [["Obiettivo", "Indicatore", "Soglia", "Target 2024", "Eccellenza"], ["Uno", "a", "40%", "90%", "95%"]]
    plan = read(rows)
    assert asked(plan) == {f"Colonna {name}": ["target 2024", "niente"] for name in ("C (Soglia)", "E (Eccellenza)")}
    assert all("un grado del target" in doubt.words for doubt in plan.doubts)
    left_out = read(rows, answers=(("Colonna C (Soglia)", "niente"), ("Colonna E (Eccellenza)", "niente")))
    assert targets(left_out) == ["a 2024: 90%"]
    assert len(left_out.remarks) == 2
    other = (
        ("Colonna C (Soglia)", "target 2024"),
        ("Colonna D (Target 2024)", "niente"),
        ("Colonna E (Eccellenza)", "niente"),
    )
    assert targets(read(rows, lines=other)) == ["a 2024: 40%"]
