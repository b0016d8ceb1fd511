"""The words of the field that pages use, each with what it means: the guide lists them, a page explains one where it comes first."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class GlossaryTerm(NamedTuple):
    """A word, and what it means here."""

    word: str
    meaning: str


GLOSSARY: Mapping[str, GlossaryTerm] = MappingProxyType(
    {
        "in-vigore-al": GlossaryTerm("in vigore al", "La data di cui si chiede: si vede ciò che valeva quel giorno."),
        "noto-al": GlossaryTerm(
            "noto al", "L'istante di cui si chiede: si vede solo ciò che a quel momento era già stato registrato."
        ),
        "piano": GlossaryTerm(
            "piano della performance",
            "Gli obiettivi che un ente approva ogni gennaio per tre anni, con i loro indicatori e target: la sottosezione 2.2 del PIAO.",
        ),
        "obiettivo": GlossaryTerm(
            "obiettivo", "Che cosa l'ente vuole ottenere; sta sotto un altro obiettivo o un'area, e può avere un peso."
        ),
        "indicatore": GlossaryTerm(
            "indicatore", "Ciò che si misura per sapere se un obiettivo è raggiunto: ha una scheda e una formula."
        ),
        "target": GlossaryTerm(
            "target", "Il valore che un indicatore deve raggiungere in un anno, com'è scritto nel piano."
        ),
        "osservato": GlossaryTerm(
            "osservato", "Il valore misurato di un indicatore, con il periodo che descrive; può essere provvisorio."
        ),
        "raggiungimento": GlossaryTerm("raggiunto", "Quanto del target il valore osservato raggiunge, in percentuale."),
        "performance": GlossaryTerm(
            "performance", "I raggiungimenti degli indicatori, pesati, su per l'albero fino all'ente."
        ),
        "copertura": GlossaryTerm(
            "peso coperto da dati",
            "Quanta parte del peso del piano ha un valore osservato. Con meno della metà il punteggio è parziale.",
        ),
        "ex-ante": GlossaryTerm(
            "target approvati (ex ante)",
            "I target com'erano nell'atto che ha approvato l'anno, prima delle modifiche in corso d'anno.",
        ),
        "rimodulazione": GlossaryTerm(
            "modifica in itinere (rimodulazione)",
            "Una modifica decisa dopo l'atto che approva l'anno che tocca: conta nel tasso di modifica.",
        ),
        "aggiornamento-annuale": GlossaryTerm(
            "aggiornamento annuale",
            "Una modifica di anni non ancora approvati, o nell'atto che approva l'anno: non conta nel tasso.",
        ),
        "rettifica": GlossaryTerm(
            "rettifica materiale", "Corregge ciò che è stato registrato in modo diverso dall'atto."
        ),
        "tasso-di-modifica": GlossaryTerm(
            "tasso di modifica",
            "Quanti degli obiettivi programmati ex ante sono stati toccati da modifiche in corso d'anno. Il sistema di misurazione può fissarne il tetto.",
        ),
        "segnalazione": GlossaryTerm(
            "segnalazione", "Un fatto che merita una domanda, con la sua spiegazione: mai un giudizio, mai su persone."
        ),
        "atto": GlossaryTerm("atto", "La delibera, la determina o il decreto con cui una modifica è decisa."),
        "motivazione": GlossaryTerm(
            "motivazione", "Le parole con cui una modifica è decisa; un ordine può oscurarle, l'evento resta."
        ),
        "monitoraggio": GlossaryTerm(
            "monitoraggio", "Una raccolta di valori a una data: da chi si aspettano, ed entro quando."
        ),
        "proposta": GlossaryTerm(
            "proposta", "Modifiche che nessun atto ha ancora deciso: il piano non cambia finché uno non le adotta."
        ),
        "oiv": GlossaryTerm(
            "OIV", "L'organismo indipendente di valutazione: valida la relazione, chiede, rileva, dà pareri."
        ),
        "registro": GlossaryTerm(
            "registro", "Tutto ciò che è stato registrato, nell'ordine: si aggiunge e non si cancella."
        ),
        "checkpoint": GlossaryTerm(
            "checkpoint",
            "Poche righe firmate che fissano tutto il registro a un istante: chi le ha può accorgersi di ogni alterazione.",
        ),
    }
)
"""The terms by the last part of their address in the guide, in the order in which they are explained."""
