"""What may be done about a plan by a form: a row each, with the command of the table whose permission it needs.

A change of the plan is one verb of a change file, with what belongs to the file beside it: act, cause, motivation.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from api.operations.model import Command
from api.operations.table import COMMANDS
from api.operations.verbs import INDICATORS, OBJECTIVES, PLAN_VERBS, TARGETS, THE_PLAN, TREES, ObjectOfWork
from domain.documents.changes import ChangeFile
from domain.rounds.commands import CloseRound

MOTIVE = ("cause", "justification", "act", "effective_on")
"""What is said beside every change of a plan."""
BESIDE = ("retroactive", "kind", "restores", "take_along", "retrospective", "exception")
"""The same, where there is a reason to."""
OF_FILE = ("act", "cause", "justification", "effective_on", "retroactive", "retrospective", "exception")
"""What of it is said of the file, not of its one change."""


class WorkForm(NamedTuple):
    """A form: the last word of its address, its title, the command that it gives, its fields, those that few need.

    `verb` is that of a change of the plan; `part` the field that stands in the address of the command; `seen` whether it
    starts from what stands, and sends what differs; `scored` whether it bears on the scores of a year.
    """

    name: str
    group: str
    title: str
    command: str
    fields: tuple[str, ...]
    more: tuple[str, ...] = ()
    verb: str = ""
    object: ObjectOfWork = ""
    part: str = ""
    differing: bool = False
    scored: bool = False
    lead: str = ""

    @property
    def row(self) -> Command:
        """Its row of the table."""
        return COMMANDS[self.command]

    @property
    def model(self) -> type[BaseModel]:
        """What it fills in."""
        return PLAN_VERBS[self.verb].model if self.verb else self.row.inputs[0]

    @property
    def is_change(self) -> bool:
        """Whether it changes the plan, and so may be proposed."""
        return bool(self.verb)

    def model_of(self, field: str) -> type[BaseModel]:
        """Where a field is described: with the change, or with the file that it stands in."""
        if self.is_change and field in OF_FILE:
            return ChangeFile
        return CloseRound if field == self.part else self.model


VALUES, ROUNDS, SCORES = "Valori e stati", "Monitoraggi", "Punteggi"
OVERSIGHT, RECORD = "OIV e risposte dell'ufficio", "Registro"


def _changes(*groups: str) -> Iterator[WorkForm]:
    for row in PLAN_VERBS.values():
        if row.group in groups:
            more = tuple(field for field in ("ordinal", "accept_unread") if field in row.model.model_fields)
            yield WorkForm(
                row.verb,
                row.group,
                row.title,
                "change_plan",
                (*row.fields, *MOTIVE),
                (*more, *BESIDE),
                row.verb,
                row.object,
                differing=row.differing,
                lead=row.lead,
            )


def _command(
    name: str,
    group: str,
    title: str,
    *fields: str,
    more: tuple[str, ...] = (),
    part: str = "",
    scored: bool = False,
    of: ObjectOfWork = "",
    lead: str = "",
) -> WorkForm:
    return WorkForm(name, group, title, name, fields, more, object=of, part=part, scored=scored, lead=lead)


_MEASURED = ("period", "text", "data_as_at", "finality", "office", "note")
_MEASURED_MORE = ("numerator", "denominator", "terms", "confirm_unit", "retrospective")
_ROWS = (
    *_changes(TARGETS, OBJECTIVES, INDICATORS, TREES),
    _command(
        "record_measurement", VALUES, "Inserisci i valori", *_MEASURED, more=_MEASURED_MORE, of="indicator", scored=True
    ),
    _command(
        "restate_measurement",
        VALUES,
        "Rettifica un valore",
        "period",
        "text",
        "data_as_at",
        "effective_on",
        "finality",
        "note",
        more=("numerator", "denominator", "terms", "office", "confirm_unit", "retrospective"),
        of="indicator",
        scored=True,
        lead="Il valore di prima resta nella storia.",
    ),
    _command(
        "report_status",
        VALUES,
        "Riferisci uno stato di avanzamento",
        "id",
        "status",
        "progress",
        "reported_on",
        "note",
        more=("retrospective",),
    ),
    _command(
        "publish_benchmark",
        VALUES,
        "Registra un valore di altri",
        *("whose", "period", "text", "published_on", "source"),
        more=("note",),
        of="indicator",
        scored=True,
        lead="Vi si risolvono i target che vi rimandano; registrarlo di nuovo lo rettifica.",
    ),
    _command(
        "explain_deviation",
        VALUES,
        "Di' la causa di uno scostamento",
        *("id", "period", "cause", "words", "explained_on"),
        more=("retrospective",),
        lead="Perché il target è mancato, o a rischio: con una delle tre parole delle linee guida, e con le tue.",
    ),
    _command(
        "plan_corrective_action",
        VALUES,
        "Prevedi un'azione correttiva",
        *("id", "period", "remedy", "office", "due_by", "planned_on"),
        more=("note", "retrospective"),
        lead="Che cosa si fa, chi lo fa, entro quando: se ne vede l'esito di monitoraggio in monitoraggio.",
    ),
    _command(
        "reschedule_corrective_action",
        VALUES,
        "Riprogramma un'azione correttiva",
        *("action", "due_by", "office", "words", "rescheduled_on"),
    ),
    _command(
        "end_corrective_action",
        VALUES,
        "Concludi un'azione correttiva",
        *("action", "outcome", "words", "ended_on"),
    ),
    _command(
        "open_round",
        ROUNDS,
        "Apri un monitoraggio",
        *("as_at", "due_by", "opened_on", "scope.offices", "scope.levels"),
        more=("retrospective",),
        lead="Da qui gli uffici vedono che cosa devono, ed entro quando.",
    ),
    _command(
        "close_round",
        ROUNDS,
        "Chiudi un monitoraggio",
        *("round", "closed_on"),
        more=("exception", "retrospective"),
        part="round",
        lead="Ciò che arriva dopo si registra lo stesso, e dice di essere arrivato dopo la chiusura.",
    ),
    _command("state_polarities", SCORES, "Di' se più è meglio o meno è meglio", scored=True),
    _command(
        "confirm_formula",
        SCORES,
        "Conferma la formula di un indicatore",
        "prose",
        "expression",
        "unit",
        "confirmed_on",
        of="indicator",
        scored=True,
        lead="Senza dire altro, i termini e l'espressione sono quelli proposti.",
    ),
    _command(
        "adopt_system",
        SCORES,
        "Adotta le regole di un anno",
        *("year", "system", "act", "effective_on", "justification"),
        more=("cause", "corrects"),
        scored=True,
        lead="Valgono per tutti i piani dell'ente, da quell'anno finché non se ne adottano altre. Non sono una modifica di "
        "nessun piano: prima di registrare vedrai che cosa ne farebbero i punteggi.",
    ),
    _command(
        "interpret_target",
        SCORES,
        "Di' che cosa vuol dire un target che non si legge",
        *("year", "meaning"),
        more=("ordinal",),
        of="indicator",
        scored=True,
        lead="Il testo resta com'è scritto; non è una modifica del piano.",
    ),
    _command(
        "override_score",
        SCORES,
        "Forza un punteggio",
        *("id", "year", "forced", "justification", "act"),
        more=("effective_on", "retrospective"),
        scored=True,
        lead="Il punteggio calcolato resta accanto a quello forzato.",
    ),
    _command("answer_flag", OVERSIGHT, "Rispondi a una segnalazione", "year", "flag", "words", "on"),
    _command("give_answer", OVERSIGHT, "Rispondi a un rilievo o a una richiesta", "to", "words", "on"),
    _command("make_request", OVERSIGHT, "Chiedi qualcosa all'ufficio", "about", "words", "due", "on"),
    _command("make_remark", OVERSIGHT, "Fai un rilievo", "about", "words", "on"),
    _command("give_opinion", OVERSIGHT, "Dai un parere", "about", "judgement", "words", "year", "on"),
    _command(
        "validate_report",
        OVERSIGHT,
        "Valida la relazione di un anno",
        "year",
        "validated",
        "words",
        "on",
        more=("sha256", "exception"),
        lead="È l'atto dell'OIV sulla relazione di un anno (D.Lgs. 150/2009, art. 14). Dopo la validazione, ogni rettifica di "
        "un valore di quell'anno è segnalata.",
    ),
    _command("draw_sample", OVERSIGHT, "Estrai un campione a sorte", "year", "size", more=("seed", "on")),
    *_changes(THE_PLAN),
    _command("discard_draft", THE_PLAN, "Scarta la bozza", "justification"),
    _command(
        "annul_events",
        RECORD,
        "Annulla un evento",
        *("versions", "justification", "act", "take_along"),
        scored=True,
        lead="Nulla viene cancellato: da ora in poi quegli eventi non contano, e chi guarda a prima continua a vederli.",
    ),
    _command(
        "redact_texts",
        RECORD,
        "Oscura un testo per ordine",
        *("version", "act", "justification"),
        lead="Le parole accanto all'evento non si leggeranno più; l'evento e la sua impronta restano.",
    ),
)
WORK_FORMS: dict[str, WorkForm] = {form.name: form for form in _ROWS}
"""All that may be done about a plan by a form, by the last word of its address."""
