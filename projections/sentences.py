"""One Italian sentence for each type of event: what happened, in the words of the people who read the trail."""

from collections.abc import Callable
from typing import NamedTuple

from domain.administrations import events as ae
from domain.annulments.events import EventsAnnulled
from domain.event import Event
from domain.formulas import events as fe
from domain.indicators import events as ie
from domain.installation import events as ke
from domain.italian import print_number
from domain.measurements import events as me
from domain.measurements.printer import STATUS_WORDS, print_value
from domain.measurements.values import Observed
from domain.objectives import events as oe
from domain.oiv.events import OivEvent
from domain.oiv.sentences import say
from domain.plans import events as pe
from domain.redactions.events import TextRedacted
from domain.rounds import events as re
from domain.scoring import events as se
from domain.targets import events as te

FIELD_WORDS = {
    "name": "nome",
    "formula": "formula",
    "unit": "unità di misura",
    "polarity": "polarità",
    "polarity_basis": "polarità",
    "source": "fonte",
    "kind": "tipo",
    "frequency": "frequenza",
    "owner": "responsabile",
    "baseline": "valore di partenza",
    "code": "codice",
    "codes": "codici esterni",
    "level": "livello",
    "classifications": "classificazioni",
    "offices": "uffici",
    "common": "obiettivo comune",
}


class Names(NamedTuple):
    """How to call an object: its code and title where they are known, else its id."""

    by_key: dict[str, str]

    def objective(self, objective: str) -> str:
        """An objective, in quotes."""
        return f"«{self.by_key.get(f'objective/{objective}') or objective}»"

    def indicator(self, indicator: str) -> str:
        """An indicator, in quotes."""
        return f"«{self.by_key.get(f'indicator/{indicator}') or indicator}»"

    def called(self, key: str) -> str:
        """An object by its key, in quotes."""
        return f"«{self.by_key.get(key) or key.partition('/')[2]}»"

    def series(self, series: str) -> str:
        """What a series measures, in quotes."""
        return f"«{self.by_key.get(f'series/{series}') or series}»"


Sentence = Callable[..., str]


def _weight(weight: object) -> str:
    return "nessun peso" if weight is None else f"peso {weight}"


def _ordinal(event: te.TargetSet | te.TargetRevised | te.TargetWithdrawn | te.TargetReferenceResolved) -> str:
    return f" ({event.ordinal}°)" if event.ordinal > 1 else ""


def _fields(card: ie.Card) -> str:
    return ", ".join(dict.fromkeys(FIELD_WORDS.get(name, name) for name in sorted(card.model_fields_set)))


def _observed(observed: Observed) -> str:
    return print_value(observed)


ANNULMENT_WORDS = {
    "recorded_by_mistake": "errore di registrazione",
    "act_annulled": "atto annullato",
    "corrected": "rettifica",
    "taken_along": "una modifica anteriore lo supera",
}
FINALITY_WORDS = {"provisional": "provvisorio", "final": "definitivo"}

SENTENCES: dict[type[Event], Sentence] = {
    pe.PlanDrafted: lambda e, _: f"Aperto in bozza il piano «{e.title}» ({e.first_year}-{e.last_year})",
    pe.PlanApproved: lambda e, _: f"Approvato il piano, con il suo primo anno {e.year}",
    pe.YearApproved: lambda e, _: f"Approvato l'anno {e.year} con l'aggiornamento annuale",
    pe.YearClosed: lambda e, _: f"Chiuso l'anno {e.year}: relazione approvata e validata",
    pe.PlanSucceeded: lambda e, _: f"Al piano succede {e.by}",
    pe.MeasurementSystemAdopted: lambda e, _: f"Adottato il sistema di misurazione {e.year}",
    oe.ObjectiveAdded: lambda e, n: f"Aggiunto l'obiettivo {n.objective(e.objective)}",
    oe.ObjectiveReworded: lambda e, n: f"Riformulato l'obiettivo {n.objective(e.objective)}: «{e.title}»",
    oe.ObjectiveMoved: lambda e, n: (
        f"Spostato l'obiettivo {n.objective(e.objective)} sotto {n.objective(e.parent) if e.parent else 'la radice'}"
    ),
    oe.ObjectiveReweighted: lambda e, n: f"Ripesato l'obiettivo {n.objective(e.objective)}: {_weight(e.weight)}",
    oe.ObjectiveReclassified: lambda e, n: (
        f"Riclassificato l'obiettivo {n.objective(e.objective)}: "
        + ", ".join(FIELD_WORDS[name] for name in sorted(e.model_fields_set - {"objective"}))
    ),
    oe.ObjectiveWithdrawn: lambda e, n: f"Ritirato l'obiettivo {n.objective(e.objective)}",
    oe.ObjectiveReinstated: lambda e, n: f"Ripristinato l'obiettivo {n.objective(e.objective)}",
    oe.ObjectiveMerged: lambda e, n: f"Accorpato l'obiettivo {n.objective(e.objective)} in {n.objective(e.into)}",
    oe.ObjectiveNeutralised: lambda e, n: f"Neutralizzato l'obiettivo {n.objective(e.objective)} per il {e.year}",
    oe.ObjectiveConditionMet: lambda e, n: f"Avverata la condizione dell'obiettivo {n.objective(e.objective)}",
    ie.IndicatorAdded: lambda e, n: f"Aggiunto l'indicatore {n.indicator(e.indicator)}",
    ie.IndicatorRedefined: lambda e, n: f"Ridefinito l'indicatore {n.indicator(e.indicator)}: {_fields(e.card)}",
    ie.IndicatorReclassified: lambda e, n: f"Riclassificato l'indicatore {n.indicator(e.indicator)}: {_fields(e.card)}",
    ie.IndicatorAssigned: lambda e, n: (
        f"Assegnato l'indicatore {n.indicator(e.indicator)} all'obiettivo {n.objective(e.objective)}, {_weight(e.weight)}"
    ),
    ie.IndicatorUnassigned: lambda e, n: (
        f"Tolto l'indicatore {n.indicator(e.indicator)} dall'obiettivo {n.objective(e.objective)}"
    ),
    ie.IndicatorReweighted: lambda e, n: (
        f"Ripesato l'indicatore {n.indicator(e.indicator)} in {n.objective(e.objective)}: {_weight(e.weight)}"
    ),
    ie.IndicatorWithdrawn: lambda e, n: f"Ritirato l'indicatore {n.indicator(e.indicator)}",
    ie.IndicatorReinstated: lambda e, n: f"Ripristinato l'indicatore {n.indicator(e.indicator)}",
    te.TargetSet: lambda e, n: (
        f"Fissato il target {e.year}{_ordinal(e)} di {n.indicator(e.indicator)}: {e.target.text}"
    ),
    te.TargetRevised: lambda e, n: (
        f"Rimodulato il target {e.year}{_ordinal(e)} di {n.indicator(e.indicator)}: da {e.before.text} a {e.target.text}"
    ),
    te.TargetWithdrawn: lambda e, n: (
        f"Ritirato il target {e.year}{_ordinal(e)} di {n.indicator(e.indicator)}, che era {e.before.text}"
    ),
    te.TargetReferenceResolved: lambda e, n: (
        f"Pubblicato il valore di riferimento del target {e.year}{_ordinal(e)} di {n.indicator(e.indicator)}"
    ),
    me.StatusReported: lambda e, n: (
        f"Riferito lo stato di {n.objective(e.id) if e.subject == 'objective' else n.indicator(e.id)}: "
        f"{STATUS_WORDS[e.status]}" + (f", avanzamento {print_number(e.progress)}%" if e.progress is not None else "")
    ),
    fe.FormulaConfirmed: lambda e, n: (
        f"Confermati i termini della formula di {n.indicator(e.indicator)}: "
        + (", ".join(term.phrase for term in e.terms) or "resta prosa, il valore si inserisce direttamente")
    ),
    se.ScoreOverridden: lambda e, n: (
        f"Forzato il punteggio {e.year} di {n.objective(e.id) if e.subject == 'objective' else n.indicator(e.id)}: "
        f"{e.forced}%, calcolato {'—' if e.calculated is None else f'{e.calculated}%'}"
    ),
    re.RoundOpened: lambda e, _: f"Aperto il monitoraggio al {e.as_at:%d/%m/%Y} ({e.round})",
    re.RoundClosed: lambda e, _: f"Chiuso il monitoraggio {e.round} il {e.closed_on:%d/%m/%Y}",
    EventsAnnulled: lambda e, _: (
        f"Annullat{'o' if len(e.versions) == 1 else 'i'} "
        f"{'evento' if len(e.versions) == 1 else 'eventi'} {', '.join(map(str, e.versions[:20]))}"
        f"{' e altri' if len(e.versions) > 20 else ''} ({ANNULMENT_WORDS[e.reason]})"
    ),
    TextRedacted: lambda e, _: (
        f"Oscurat{'o' if len(e.digests) == 1 else 'i'} per ordine {len(e.digests)} test{'o' if len(e.digests) == 1 else 'i'}"
    ),
    ke.SigningKeyMade: lambda e, _: f"Creata la chiave di firma {e.key.split('+')[1]} di {e.origin}",
    ke.SigningKeyRotated: lambda e, _: (
        f"Sostituita la chiave di firma {e.before.split('+')[1]} con {e.key.split('+')[1]}"
        + ("" if e.endorsement else " (senza la firma della precedente)")
    ),
    **dict.fromkeys(OivEvent.__args__, lambda e, n: say(e, n.called)),
    ae.AdministrationRegistered: lambda e, _: f"Registrata l'amministrazione «{e.name}»",
    ae.AdministrationRenamed: lambda e, _: f"Rinominata l'amministrazione: «{e.name}»",
    ae.AdministrationSucceeded: lambda e, _: f"Succeduta l'amministrazione a {', '.join(e.predecessors)}",
    ae.OfficeRegistered: lambda e, _: f"Registrato l'ufficio «{e.name}»",
    ae.OfficeRenamed: lambda e, _: f"Aggiornato l'ufficio «{e.name}»",
    ae.OfficeClosed: lambda e, _: f"Cessato l'ufficio {e.office}",
    ae.ActRegistered: lambda e, _: f"Registrato l'atto: {e.act}",
    me.MeasurementRecorded: lambda e, n: (
        f"Misurato {n.series(e.series)} per il {e.period}: {_observed(e.observed)} ({FINALITY_WORDS[e.finality]})"
    ),
    me.MeasurementRestated: lambda e, n: (
        f"Rettificato il valore di {n.series(e.series)} per il {e.period}: "
        f"da {_observed(e.before)} a {_observed(e.observed)} ({FINALITY_WORDS[e.finality]})"
    ),
}


def sentence(event: Event, names: Names) -> str:
    """The sentence of an event."""
    return SENTENCES[type(event)](event, names)
