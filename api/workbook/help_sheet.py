"""The first sheet of a workbook: what each sheet is, how it is filled, how the file is looked at and taken in."""

from typing import TYPE_CHECKING

from api.workbook.example_rows import EXAMPLE
from api.workbook.format import CHANGES, PLAN_SHEET, QUESTIONS, READINGS, SHEETS, YEARS
from api.workbook.look import Look, fits_paper, row_height, without_warnings

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HELP_NAME = "Istruzioni"
TECHNICAL_SHEETS = (READINGS, YEARS, CHANGES)
"""The sheets that nobody fills in."""
_WIDTHS = (30, 100)
_HOW = (
    ("Le date", "30/06/2025, o una data del foglio di calcolo. Un anno è 2025; un periodo è 2025, I semestre 2025, III trimestre 2025, marzo 2025."),
    ("I target", "Come li scrive l'ufficio: >= 90%, <= 30 giorni, entro il 31/12/2025, Sì, almeno 3, da definire. Ciò che non si legge resta com'è scritto, e l'anteprima lo dice."),
    ("I pesi", "In punti fra chi sta sotto lo stesso obiettivo: 40, 33,33 oppure 40%."),
    ("Gli atti", "Come si citano: delibera di Giunta n. 9 del 31/01/2025, D.G.C. n. 9/2025, determina n. 46 del 12/03/2025."),
    ("I riferimenti", "Un obiettivo, un indicatore, un ufficio si nominano col codice, con il nome esatto o con l'identificativo: l'elenco a discesa propone i nomi che la cartella contiene, e si può scrivere altro."),
    ("Gli identificativi", "Le colonne Id restano vuote nelle righe nuove: li dà il programma, dal codice. Quelle già piene non si cambiano."),
    ("Le colonne arancioni", "Sono obbligatorie, e la loro intestazione è sottolineata. Le altre si lasciano vuote se non servono; in una cartella esportata una cella svuotata vuol dire: togliere."),
    ("Le righe", "Si aggiungono in fondo, si ordinano e si eliminano intere, anche se i fogli sono protetti (la protezione non ha password, e tiene ferme solo le intestazioni). Una riga che manca è ritirata solo se il foglio Piano dice che quel foglio è completo."),
    ("Le colonne in più", "Nella prima colonna libera si possono scrivere le intestazioni Motivazione della modifica e Causa della modifica (fogli Obiettivi, Indicatori, Assegnazioni, Target), e una colonna per ogni anno del foglio Target."),
    ("L'esempio", f"Nel modello la prima riga di ogni foglio è un esempio, segnato {EXAMPLE}: non entra mai nel piano. Si cancella, o si lascia. Chi vi scrive sopra toglie la parola {EXAMPLE}: finché c'è, la riga non è presa, e l'anteprima lo dice."),
    ("Che cosa non c'è", "I valori pubblicati da altri, le cause degli scostamenti e le azioni correttive non stanno in una cartella: li porta il documento JSON (initinere export --format json)."),
    ("Mai persone", "Si scrivono uffici e ruoli, mai nomi di persone e mai dati sulla salute."),
    ("Guardare prima", "initinere import FILE --preview dice che cosa cambierebbe, cella per cella, e non registra nulla; lo stesso nella pagina del piano, alla voce che carica una cartella."),
    ("Registrare", "initinere import FILE, con l'atto, la motivazione e la causa quando il piano è già approvato: sulla riga di comando, nel foglio Piano o nella pagina. Tutto o niente."),
)  # fmt: skip


def write_help(page: "Worksheet", look: Look, *, is_template: bool) -> None:
    """Fills the first sheet in."""
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width, look.plain)
    title = "Il piano della performance: modello da compilare" if is_template else "Il piano della performance"
    page.write_string(0, 0, title, look.title)
    number = 2
    sheets = [
        (PLAN_SHEET, "L'ente, il piano, i suoi anni; l'atto e la motivazione delle modifiche."),
        *((s.name, s.note) for s in SHEETS if s is not QUESTIONS),
    ]
    technical = ", ".join(sheet.name for sheet in TECHNICAL_SHEETS)
    for heading, lines in (
        ("I fogli", [*(line for line in sheets if line[0] not in {s.name for s in TECHNICAL_SHEETS}), (technical, "Fogli tecnici, in grigio e in fondo: da guardare, non si compilano.")]),
        ("Come si compila", _HOW),
    ):  # fmt: skip
        page.write_string(number, 0, heading, look.heading)
        page.write_string(number, 1, "", look.heading)
        for label, words in lines:
            number += 1
            page.write_string(number, 0, label, look.label)
            page.write_string(number, 1, words, look.plain)
            page.set_row(number, row_height([label, words], _WIDTHS))
        number += 2
    fits_paper(page, 1)
    without_warnings(page)
    page.protect("", {"format_columns": True, "format_rows": True})
