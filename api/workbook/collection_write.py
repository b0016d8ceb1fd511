"""Writes the sheet by which an office gives the values of a round; all those of a round in a ZIP."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from api.workbook.collection_format import (
    COLLECTION,
    COLLECTION_VERSION,
    EXPLAINED,
    FILLED,
    GUIDES,
    HELP_SHEET,
    KEY,
    OFFICE_LINE,
    OPEN_SHEET,
    TECHNICAL,
    TECHNICAL_SHEET,
    CollectionColumn,
    term_columns,
)
from api.workbook.look import GREY, Look, fits_paper, look_of, row_height, without_warnings
from api.workbook.write import NO_DATE
from domain.acts.phrase import slug
from domain.italian import print_date
from domain.periods import period_words
from projections.collection_sheets import AskedValue, CollectionSheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEADING_ROW = 5
"""Where the headings stand, from 0: above them is what the sheet is of."""
FIRST_ROW = HEADING_ROW + 1

HELP = (
    "Questa cartella chiede all'ufficio i dati del monitoraggio. Si compila il foglio Raccolta e si restituisce il file così com'è, in .xlsx o .ods.",
    "Le celle gialle sono da compilare; le altre aiutano, e non si modificano. Una riga lasciata vuota resta dovuta.",
    "Valore: come lo scrive l'ufficio. Per esempio 67,46%, 1.234, 12 giorni, Sì, 30/06/2023; n.d. se non c'è, non applicabile se non riguarda l'ufficio.",
    "Termini: dove la formula ha dei termini (per esempio incassato e dovuto) si scrivono le loro cifre, e il valore lo calcola il programma; il valore si può scrivere anche accanto.",
    "Stato del dato: provvisorio se la cifra può ancora cambiare, definitivo se è quella.",
    "Stato: come sta l'indicatore (in linea, a rischio, raggiunto, da rinegoziare, non comunicato). Avanzamento: 45% oppure 45.",
    "Dove il target è mancato, o a rischio: la causa (esogena, endogena, errore dell'indicatore) con ciò che è accaduto; e, se si rimedia, che cosa si fa, quale ufficio, entro quando. Ciò che resta vuoto non è preso, e resta da dire.",
    "Dove il valore c'è già e manca la causa, la riga chiede solo quella.",
    "Nota: ciò che aiuta a leggere il dato. Mai nomi di persone, mai dati sulla salute.",
    "Le date si scrivono 30/06/2023; i numeri con la virgola per i decimali.",
    "Le righe non si aggiungono e non si copiano da un'altra scheda: un indicatore che manca si segnala all'ufficio che coordina il monitoraggio.",
    "Chi riceve la scheda la guarda con initinere round import --preview, e la registra con lo stesso comando senza --preview; tutte insieme, in uno ZIP.",
)  # fmt: skip


def collection_columns(rows: Sequence[AskedValue]) -> tuple[CollectionColumn, ...]:
    """The columns of the open sheet for some rows: as many terms as the row that has most, and no guide that says nothing."""
    said = {field for row in rows for field, text in guide_texts(row).items() if text}
    guides = (column for column in GUIDES if column.field in said)
    return (*guides, *term_columns(max((len(row.terms) for row in rows), default=0)), *FILLED, KEY)


def guide_texts(row: AskedValue) -> dict[str, str]:
    """What a row says before anybody fills it, by field; what is to be filled begins with the state of the figure."""
    last = "\n".join(f"{past['observed']} ({period_words(past['period'])})" for past in reversed(row.last))
    return {
        "objectives": "\n".join(row.objectives),
        "name": row.name,
        "formula": row.formula,
        "unit": row.unit,
        "targets": "\n".join(row.targets),
        "last": last,
        "period": period_words(row.period),
        "deviation": row.deviation,
        "actions": "\n".join(row.actions),
        **{f"phrase/{n}": term.phrase for n, term in enumerate(row.terms, start=1)},
        "finality": "" if row.is_given else "provvisorio" if "-" in row.period else "definitivo",
        "key": row.indicator,
    }


def write_collection(sheet: CollectionSheet) -> bytes:
    """The workbook of one office."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    from api.workbook.wide_sheet import WideSheet  # noqa: PLC0415 - likewise

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    title = f"Scheda di raccolta dei dati al {print_date(sheet.round.as_at)}"
    book.set_properties({"title": f"{title} - {sheet.office}", "created": NO_DATE})
    look = look_of(book)
    page = book.add_worksheet(OPEN_SHEET, WideSheet)
    due = f"Da restituire entro il {print_date(sheet.round.due_by)}. " if sheet.round.due_by else ""
    page.write_string(0, 0, title, look.title)
    page.write_string(1, 0, sheet.title, look.line)
    page.write_string(2, 0, f"{OFFICE_LINE} {sheet.office}", look.line)
    page.write_string(3, 0, f"{due}Si compilano le celle gialle; le altre aiutano, e non si modificano.", look.line)
    columns = collection_columns(sheet.rows)
    for number, column in enumerate(columns):
        hidden = {"hidden": True} if column is KEY else {}
        page.set_column(number, number, column.width, look.plain, hidden)
        page.write_string(HEADING_ROW, number, column.heading, look.required if column.role == "fill" else look.heading)
        if column.note:
            page.write_comment(HEADING_ROW, number, column.note, {"x_scale": 2})
    page.set_row(HEADING_ROW, row_height([column.heading for column in columns], [column.width for column in columns]))
    for offset, row in enumerate(sheet.rows):
        _write_row(page, FIRST_ROW + offset, row, columns, look)
        _offer_offices(page, FIRST_ROW + offset, columns, len(sheet.offices))
    page.freeze_panes(FIRST_ROW, 2)
    page.set_column(len(columns), len(columns), None, None, {"hidden": True})  # and all after it: it is a wide sheet
    fits_paper(page, len(columns) - 2, HEADING_ROW)
    without_warnings(page)
    page.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
    _write_help(book.add_worksheet(HELP_SHEET), look)
    _write_technical(book.add_worksheet(TECHNICAL_SHEET), sheet, look)
    for each in book.worksheets():
        each.set_footer("&L&8" + f"{title} - {sheet.office}".replace("&", "&&") + "&R&8&P / &N")
    book.close()
    return buffer.getvalue()


def _write_row(
    page: "Worksheet", number: int, row: AskedValue, columns: Sequence[CollectionColumn], look: Look
) -> None:
    texts = guide_texts(row)
    for place, column in enumerate(columns):
        is_of_another = column.field.startswith("term/") and int(column.field[5:]) > len(row.terms)
        is_asked = not row.is_given or column in EXPLAINED
        to_fill = column.role == "fill" and is_asked and not is_of_another
        shown = look.fill if to_fill else look.guide
        if text := texts.get(column.field):
            page.write_string(number, place, text, shown)
        else:
            page.write_blank(number, place, None, shown)
        if column.choices and to_fill:
            words = [word for word, _ in column.choices]
            page.data_validation(
                number,
                place,
                number,
                place,
                {
                    "validate": "list",
                    "source": words,
                    "error_title": column.heading,
                    "error_message": f"Si accetta: {', '.join(words)}",
                },
            )
    page.set_row(number, row_height([texts.get(c.field, "") for c in columns[:-1]], [c.width for c in columns[:-1]]))


def _offer_offices(page: "Worksheet", number: int, columns: Sequence[CollectionColumn], count: int) -> None:
    """The offices of the administration, for the action of a row; what is written otherwise is taken as it is."""
    place = next(place for place, column in enumerate(columns) if column.field == "action_office")
    if count:
        source = f"='{TECHNICAL_SHEET}'!$E$1:$E${count}"
        page.data_validation(
            number, place, number, place, {"validate": "list", "source": source, "error_type": "warning"}
        )


def _write_help(page: "Worksheet", look: Look) -> None:
    page.set_column(0, 0, 110, look.plain)
    page.write_string(0, 0, "Come si compila questa scheda", look.title)
    for number, words in enumerate(HELP, start=2):
        page.write_string(number, 0, words, look.plain)
        page.set_row(number, row_height([words], [110]) + 4)
    fits_paper(page, 0)
    page.protect("", {"format_columns": True, "format_rows": True})


def _write_technical(page: "Worksheet", sheet: CollectionSheet, look: Look) -> None:
    values = {
        "kind": COLLECTION,
        "plan": sheet.plan,
        "round": sheet.round.id,
        "office": sheet.office,
        "as_of": print_date(sheet.as_of),
        "version": str(sheet.version),
        "administration_version": str(sheet.administration_version),
        "digest": sheet.digest,
        "format": COLLECTION_VERSION,
    }
    page.set_tab_color(GREY)
    page.set_column(0, 0, 32, look.technical)
    page.set_column(1, 1, 60, look.technical)
    page.set_column(2, 2, 60)
    for number, line in enumerate(TECHNICAL):
        page.write_string(number, 0, line.heading, look.technical)
        page.write_string(number, 1, values[line.field], look.technical)
    page.set_column(4, 4, 40, look.technical)
    for number, office in enumerate(sheet.offices):
        page.write_string(number, 4, office, look.technical)
    page.write_string(0, 2, "Da questo foglio il programma riconosce la scheda: non si modifica.", look.technical)
    fits_paper(page, 2)
    without_warnings(page)
    page.protect()


def collection_name(sheet: CollectionSheet) -> str:
    """How the file of a sheet is called."""
    return f"{sheet.round.as_at.isoformat()}-{slug(sheet.office)}.xlsx"


def write_collections(sheets: Sequence[CollectionSheet]) -> bytes:
    """All sheets of a round in a ZIP, one file an office."""
    buffer = BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            name, number = collection_name(sheet), 1
            while name in names:  # two names of offices may give one name of a file
                number += 1
                name = f"{collection_name(sheet).removesuffix('.xlsx')}-{number}.xlsx"
            names.add(name)
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), write_collection(sheet))
    return buffer.getvalue()
