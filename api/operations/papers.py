"""Documents to print, to attach to an act, to publish: the same answers as of other questions, as a file that is read."""

from typing import Annotated, Literal

from pydantic import Field

from api.operations.dated import Dated
from api.operations.model import AnsweredBy, Cli
from api.operations.queries import Between
from api.settings import Language
from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.vocabulary import Frozen, Year

PaperFormat = Literal["pdf", "docx", "xlsx"]
"""What a document goes out as."""
DOCX = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)
XLSX = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
ANY_FORMAT = ("application/pdf", *DOCX, *XLSX)
TAG = "documenti"

OnPaper = Annotated[PaperFormat, Field(title="formato", description="Il formato del documento.", examples=["pdf"])]
InWord = Annotated[Literal["docx"], Field(title="formato", description="Il formato del documento.", examples=["docx"])]
_LANGUAGE = Field(
    None,
    title="lingua",
    description="La lingua delle parole che non sono dell'ufficio. Se manca, quella delle impostazioni.",
    examples=["it"],
)
_YEAR = Field(title="anno", description="L'anno del piano.", examples=[2022])
_TREE = Field(
    None,
    max_length=200,
    title="albero",
    description="L'albero da seguire: obiettivi, uffici, o un altro che il piano ha (missioni, prospettive, aree). Se manca, obiettivi.",
    examples=["uffici"],
)


class OfPaper(Dated):
    """A document on the two dates: its format and its language."""

    format: OnPaper = "pdf"
    language: Language | None = _LANGUAGE


class OfPlanPaper(OfPaper):
    """The plan on paper: the year of its scores, and the tree."""

    year: Year | None = Field(
        None,
        title="anno",
        description="L'anno di cui mostrare valori e punteggi. Se manca, l'ultimo cominciato che un atto ha approvato.",
        examples=[2022],
    )
    tree: str | None = _TREE


class OfAct(OfPaper):
    """The draft of an act: in Word alone, for the office completes it."""

    format: InWord = "docx"


class OfUnrecorded(Frozen):
    """The draft of an act for what is not recorded, which is seen from now."""

    format: InWord = "docx"
    language: Language | None = _LANGUAGE


class OfYearPaper(OfPaper):
    """A document of a year."""

    year: Year = _YEAR


class OfScoresPaper(OfYearPaper):
    """The scores of a year on paper, by a tree."""

    tree: str | None = _TREE


class OfComparisonPaper(Between):
    """The comparison of two points on paper."""

    format: OnPaper = "pdf"
    language: Language | None = _LANGUAGE


class OfRevisions(OfComparisonPaper):
    """The text of a plan with the revisions between two points: of the formats, Word's alone has revisions."""

    format: InWord = "docx"


class OfTransparency(Dated):
    """What is to be published of a plan, in which language."""

    language: Language | None = _LANGUAGE


PAPERS = (
    AnsweredBy(bytes).question(
        "print_plan",
        "Il piano da stampare",
        "Il piano in vigore a una data, per quanto era noto a un'altra, come documento da allegare e da pubblicare.\n\n"
        "PDF fatto secondo PDF/A-3a e PDF/UA-1: lo legge uno schermo che parla, lo tiene un archivio. Porta allegati gli\n"
        "stessi dati in JSON. La stessa domanda agli stessi due punti dà gli stessi byte.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/plan",
        cli=Cli(words="paper plan", written=True),
        query=OfPlanPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_variations",
        "Le variazioni di un anno da stampare",
        "Le variazioni durante l'esercizio (D.Lgs. 150/2009, articolo 6): testo vigente e modificato, perché, con quale atto.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/variations",
        cli=Cli(words="paper variations", written=True),
        query=OfYearPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_comparison",
        "Il confronto fra due punti da stampare",
        "Che cosa differisce fra due punti, testo a fronte, in quale verso, perché e con quali atti.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/comparison",
        cli=Cli(words="paper comparison", written=True),
        query=OfComparisonPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_indicator",
        "La scheda di un indicatore da stampare",
        "La scheda di un indicatore in vigore alla data, col suo grafico, anno per anno, e chi l'ha fissato con quale atto.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/indicators/{indicator}",
        cli=Cli(words="paper indicator", written=True),
        query=OfPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_scores",
        "I punteggi di un anno da stampare",
        "Target, risultati e percentuali di un anno: le tabelle della Relazione sulla performance.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/scores",
        cli=Cli(words="paper scores", written=True),
        query=OfScoresPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_round",
        "Un monitoraggio da stampare",
        "Che cosa un monitoraggio ha chiesto a ogni ufficio, che cosa è arrivato e quando, che cosa manca o non torna.",
        tag=TAG,
        permission="read_monitoring",
        path="/plans/{plan}/papers/rounds/{round}",
        cli=Cli(words="paper round", written=True),
        query=OfPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_rates",
        "Il tasso di modifica di un anno da stampare",
        "Il tasso di modifica di un anno, nelle tre varianti e per gruppi, con l'elenco di ciò che conta.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/rates",
        cli=Cli(words="paper rates", written=True),
        query=OfYearPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_evidence",
        "La relazione del fascicolo probatorio da stampare",
        "Ciò che l'OIV deve giudicare di un anno, con gli eventi su cui poggia: la relazione del fascicolo, da leggere su carta.",
        tag=TAG,
        permission="take_evidence",
        path="/plans/{plan}/papers/evidence",
        cli=Cli(words="paper evidence", written=True),
        query=OfYearPaper,
        identity="none",
        media_types=ANY_FORMAT,
    ),
    AnsweredBy(bytes).question(
        "print_revisions",
        "Il testo del piano con le revisioni di Word fra due punti",
        "Obiettivi, indicatori e target del piano, con le revisioni di Word che portano da un punto all'altro.\n\n"
        "L'autore di una revisione è l'atto, la sua data quella dell'atto, la motivazione un commento. Chi le accetta tutte ha\n"
        "il testo al secondo punto, chi le rifiuta tutte quello al primo. Dallo stesso punto allo stesso punto: il testo.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/revisions",
        cli=Cli(words="paper revisions", written=True),
        query=OfRevisions,
        identity="none",
        media_types=DOCX,
    ),
    AnsweredBy(bytes).question(
        "print_act",
        "La bozza dell'atto che adotterebbe una proposta",
        "Che cosa si modifica, perché, con quali effetti sui punteggi e sul tasso, il parere dell'OIV; le variazioni in allegato.\n\n"
        "Dice ciò che il registro sa di una proposta presentata; dove l'ufficio deve scrivere, il testo è evidenziato.",
        tag=TAG,
        permission="read_proposals",
        path="/plans/{plan}/papers/acts/{proposal}",
        cli=Cli(words="paper act", written=True),
        query=OfAct,
        identity="none",
        media_types=DOCX,
    ),
    AnsweredBy(bytes).question(
        "draft_act",
        "La bozza dell'atto da modifiche non registrate",
        "La stessa bozza dalle modifiche di un file, o da una sola: nulla è registrato, e non serve una proposta.\n\n"
        "L'atto che il file porta vi è citato; senza, e senza motivazione, al loro posto c'è un vuoto da completare.",
        tag=TAG,
        permission="draft_proposals",
        path="/plans/{plan}/papers/acts",
        cli=Cli(words="paper act", written=True),
        query=OfUnrecorded,
        body=ChangeFile,
        identity="none",
        media_types=DOCX,
    ),
    AnsweredBy(bytes).question(
        "draft_act_of_import",
        "La bozza dell'atto dall'anteprima di un file",
        "La stessa bozza dalle modifiche che l'anteprima di un file mostra, con le risposte alle sue domande.",
        tag=TAG,
        permission="draft_proposals",
        path="/plans/{plan}/imports/{import_id}/act",
        cli=Cli(words="paper act", written=True),
        query=OfUnrecorded,
        body=Decisions,
        identity="none",
        media_types=DOCX,
    ),
    AnsweredBy(bytes).question(
        "print_transparency",
        "La cartella per Amministrazione trasparente",
        "Ciò che di un piano si pubblica, in una cartella da mettere sul sito: documenti, dati aperti, una pagina che li elenca.\n\n"
        "D.Lgs. 33/2013, articoli 10 comma 8 e 20: il piano, le variazioni di ogni anno approvato, i risultati di ogni anno\n"
        "chiuso; nomi che restano gli stessi, licenza e data. Non dice chi ha registrato. Di una bozza non c'è nulla.",
        tag=TAG,
        permission="read_plan",
        path="/plans/{plan}/papers/transparency",
        cli=Cli(words="paper transparency", written=True),
        query=OfTransparency,
        identity="none",
        media_types=("application/zip",),
    ),
)
