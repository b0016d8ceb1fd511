"""What may be done about a plan by a form: a row each, with the command of the table whose permission it needs.

A change of the plan is one verb of a change file, with what belongs to the file beside it: act, cause, motivation.
"""

from typing import Literal, NamedTuple

from pydantic import BaseModel

from api.operations.model import Command
from api.operations.table import COMMANDS
from domain.changes.commands import AnyChange
from domain.command import Command as PlanCommand
from domain.documents.changes import ChangeFile
from domain.rounds.commands import CloseRound

ObjectOfWork = Literal["", "objective", "indicator"]
MOTIVE = ("cause", "justification", "act", "effective_on")
"""What is said beside every change of a plan."""
BESIDE = ("retroactive", "kind", "restores", "take_along", "retrospective")
"""The same, where there is a reason to."""
OF_FILE = ("act", "cause", "justification", "effective_on", "retroactive", "retrospective")
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
        return _BY_VERB[self.verb] if self.verb else self.row.inputs[0]

    @property
    def is_change(self) -> bool:
        """Whether it changes the plan, and so may be proposed."""
        return bool(self.verb)

    def model_of(self, field: str) -> type[BaseModel]:
        """Where a field is described: with the change, or with the file that it stands in."""
        if self.is_change and field in OF_FILE:
            return ChangeFile
        return CloseRound if field == self.part else self.model


_BY_VERB: dict[str, type[PlanCommand]] = {
    str(change.model_fields["verb"].annotation.__args__[0]): change for change in AnyChange.__args__
}

TARGETS, OBJECTIVES, INDICATORS = "Target", "Obiettivi", "Indicatori"
VALUES, ROUNDS, SCORES = "Valori e stati", "Monitoraggi", "Punteggi"
THE_PLAN, OVERSIGHT, RECORD = "Il piano", "OIV e risposte dell'ufficio", "Registro"


def _change(
    verb: str,
    group: str,
    title: str,
    *fields: str,
    of: ObjectOfWork = "",
    differing: bool = False,
    lead: str = "",
) -> WorkForm:
    more = tuple(field for field in ("ordinal", "accept_unread") if field in _BY_VERB[verb].model_fields)
    return WorkForm(
        verb,
        group,
        title,
        "change_plan",
        (*fields, *MOTIVE),
        (*more, *BESIDE),
        verb,
        of,
        differing=differing,
        lead=lead,
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


_CARD = ("formula", "unit", "polarity", "source", "frequency", "baseline", "indicator_kind")
_MEASURED = ("period", "text", "data_as_at", "finality", "office", "note")
_MEASURED_MORE = ("numerator", "denominator", "terms", "confirm_unit", "retrospective")
_ROWS = (
    _change(
        "revise_target",
        TARGETS,
        "Rimodula un target",
        "year",
        "target",
        of="indicator",
        lead="Il valore di oggi resta nella storia, con la sua data e il suo atto. Prima di registrare vedrai l'effetto "
        "sul punteggio e sul tasso di modifica.",
    ),
    _change("set_target", TARGETS, "Fissa un target che manca", "year", "target", of="indicator"),
    _change("withdraw_target", TARGETS, "Ritira un target", "year", of="indicator"),
    _change("resolve_reference", TARGETS, "Di' il valore a cui un target rimanda", "year", "value", of="indicator"),
    _change(
        "add_objective",
        OBJECTIVES,
        "Aggiungi un obiettivo",
        *("title", "level", "parent", "code", "weight", "offices", "classifications", "condition"),
    ),
    _change("reword_objective", OBJECTIVES, "Riformula un obiettivo", "title", of="objective"),
    _change("move_objective", OBJECTIVES, "Sposta un obiettivo", "parent", of="objective"),
    _change("reweigh_objective", OBJECTIVES, "Cambia il peso di un obiettivo", "weight", of="objective"),
    _change(
        "reclassify_objective",
        OBJECTIVES,
        "Cambia codice, livello o uffici di un obiettivo",
        *("code", "level", "offices", "classifications"),
        of="objective",
        differing=True,
    ),
    _change("withdraw_objective", OBJECTIVES, "Ritira un obiettivo", of="objective"),
    _change("reinstate_objective", OBJECTIVES, "Ripristina un obiettivo ritirato", of="objective"),
    _change("merge_objective", OBJECTIVES, "Fai confluire un obiettivo in un altro", "into", of="objective"),
    _change(
        "neutralise_objective", OBJECTIVES, "Togli un obiettivo dalla valutazione di un anno", "year", of="objective"
    ),
    _change("meet_condition", OBJECTIVES, "Di' che la condizione si è avverata", of="objective"),
    _change(
        "add_indicator",
        INDICATORS,
        "Aggiungi un indicatore",
        *("name", "objective", "weight", "feeds", *_CARD, "owner", "code"),
    ),
    _change(
        "redefine_indicator",
        INDICATORS,
        "Cambia la scheda di un indicatore",
        "name",
        *_CARD,
        of="indicator",
        differing=True,
    ),
    _change(
        "reclassify_indicator",
        INDICATORS,
        "Cambia codice o responsabile di un indicatore",
        *("code", "owner", "codes"),
        of="indicator",
        differing=True,
    ),
    _change(
        "assign_indicator",
        INDICATORS,
        "Assegna un indicatore a un altro obiettivo",
        *("objective", "weight", "feeds"),
        of="indicator",
    ),
    _change("unassign_indicator", INDICATORS, "Togli un indicatore da un obiettivo", "objective", of="indicator"),
    _change("reweigh_indicator", INDICATORS, "Cambia il peso di un indicatore", "objective", "weight", of="indicator"),
    _change("withdraw_indicator", INDICATORS, "Ritira un indicatore", of="indicator"),
    _change("reinstate_indicator", INDICATORS, "Ripristina un indicatore ritirato", of="indicator"),
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
    ),
    _command("draw_sample", OVERSIGHT, "Estrai un campione a sorte", "year", "size", more=("seed", "on")),
    _change("approve_plan", THE_PLAN, "Approva il piano con il suo atto"),
    _change("approve_year", THE_PLAN, "Approva un anno con il suo atto", "year"),
    _change("close_year", THE_PLAN, "Chiudi un anno", "year"),
    _change("succeed_plan", THE_PLAN, "Di' quale piano subentra", "by"),
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
