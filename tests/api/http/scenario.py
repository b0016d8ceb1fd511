"""One conversation with the service, from the first plan to the last annulment: the examples of the documentation.

`python -m tests.api.http.scenario` writes what was asked and answered to api/http/examples.json; a test compares.
"""

import base64
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unittest.mock import patch

from eventsourcing.persistence import OperationalError
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.examples import WRITTEN
from api.settings import Settings
from projections.proof.keys import write_key, write_private
from projections.proof.notes import Signing
from projections.store.store import Store

PLAN = "riviere-di-liguria-2022-2024"
ADMINISTRATION = "cciaa-riviere-di-liguria"
P = f"/v1/plans/{PLAN}"
A = f"/v1/administrations/{ADMINISTRATION}"
Q = f"{P}/proposals/proposta-1"
KEPT = ("content-type", "etag", "cache-control", "location", "link", "allow", "retry-after")

DOCUMENT: dict[str, Any] = {
    "administration": {"id": ADMINISTRATION, "name": "Camera di Commercio Riviere di Liguria"},
    "plan": {
        "id": PLAN,
        "title": "Piano della performance 2022-2024",
        "first_year": 2022,
        "last_year": 2024,
        "drafted_on": "2022-01-31",
    },
    "act": "delibera di Giunta n. 3 del 31/01/2022",
    "objectives": [
        {"id": "s4", "level": "strategico", "code": "4", "title": "Garantire la solidità economica", "weight": "100"},
    ],
    "indicators": [
        {
            "id": "incasso-diritto-annuale",
            "objective": "s4",
            "weight": "100",
            "name": "Percentuale di incasso del diritto annuale",
            "formula": "diritto annuale incassato / diritto annuale dovuto * 100",
            "source": "Contabilità",
            "owner": "Servizio Bilancio",
            "targets": [{"year": 2022, "text": ">= 70,34%"}, {"year": 2023, "text": ">= 71%"}],
        }
    ],
}
CHANGE = {
    "verb": "revise_target",
    "object": "incasso-diritto-annuale",
    "year": 2022,
    "target": ">= 68%",
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "più coerente con i dati disponibili al monitoraggio",
    "cause": "new_data",
}
FILE = {name: CHANGE[name] for name in ("act", "justification", "cause")} | {
    "plan": PLAN,
    "changes": [{name: CHANGE[name] for name in ("verb", "object", "year", "target")}],
}
MEASUREMENT = {
    "indicator": "incasso-diritto-annuale",
    "period": "2022-H1",
    "numerator": "2710000",
    "denominator": "4000000",
    "data_as_at": "2022-06-30",
}
RESTATEMENT = MEASUREMENT | {"numerator": "2726000", "effective_on": "2022-10-05", "note": "riversamento tardivo"}
STATUS = {
    "subject": "indicator",
    "id": "incasso-diritto-annuale",
    "status": "at_risk",
    "progress": "67.75",
    "reported_on": "2022-09-30",
}
ACT = {"act": "determina del Segretario Generale n. 41 del 05/10/2022"}
WRONG_FILE = {
    "administration": DOCUMENT["administration"],
    "plan": {
        "id": "riviere-di-liguria-2023-2025",
        "title": "Piano della performance 2023-2025",
        "first_year": 2023,
        "last_year": 2025,
        "drafted_on": "2022-12-12",
    },
    "objectives": [{"id": "s1", "level": "strategico", "title": "Semplificare"}],
}
DISCARDED = {"justification": "caricato il file sbagliato"}
NEW_OFFICE = {"name": "Ufficio Studi"}
CLOSING = {"office": "ufficio-studi", "act": "determina del Segretario Generale n. 12 del 05/10/2022"}
MERGER = {"how": "merger", "predecessors": ["cciaa-imperia", "cciaa-savona"], "effective_on": "2022-01-01"}
OFFICE = {"name": "Servizio Bilancio e Contabilità", "office": "servizio-bilancio", "aliases": ["Ragioneria"]}
ANNULMENT = {"versions": [8], "justification": "il target era stato trascritto male"}
LATE = CHANGE | {"target": ">= 69%", "act": "delibera di Giunta n. 12 del 05/12/2022"}
ADDED = {
    "verb": "add_indicator",
    "object": "accessi-allo-sportello",
    "objective": "s4",
    "name": "Accessi allo sportello",
    "targets": [
        {"year": 2023, "text": "1.200"},
        {"year": 2024, "text": "1.200, di cui 300 per ogni sportello", "accept_unread": True},
    ],
    "justification": "Il nuovo sportello è aperto.",
    "cause": "organisational",
    "act": "delibera di Giunta n. 4 del 20/02/2023",
}
MEANING = {"indicator": "accessi-allo-sportello", "year": 2024, "meaning": ">= 1.200"}
POLARITIES = {"polarities": {"accessi-allo-sportello": "up"}}
AS_OIV = {"Actor": "oiv"}
AS_GIUNTA = {"Actor": "giunta"}
PROPOSED: dict[str, Any] = {
    "plan": PLAN,
    "title": "Rimodulazione del target 2023",
    "justification": "più coerente con i dati disponibili al monitoraggio",
    "cause": "new_data",
    "changes": [
        {"verb": "revise_target", "object": "incasso-diritto-annuale", "year": 2023, "target": ">= 70%"},
    ],
}
AMENDED = PROPOSED | {"changes": [{**PROPOSED["changes"][0], "target": ">= 70,5%"}]}
ENACTMENT = {"act": "delibera di Giunta n. 6 del 10/03/2023", "submission": 3}
REJECTION = {"justification": "il target resta raggiungibile", "act": "delibera di Giunta n. 7 del 15/03/2023"}
OPINION = {
    "judgement": "conditional",
    "versions": [15],
    "words": "Si prende atto; si chiede la fonte del nuovo valore.",
}
REMARK = {"about": "indicator/incasso-diritto-annuale", "words": "La fonte non distingue i riversamenti tardivi."}
REQUEST = {"about": "report", "due": "2022-12-31", "words": "Il dettaglio degli incassi per mese."}
ANSWER = {"to": "rilievo-1", "words": "La fonte li distingue dal 2023."}
SAMPLE = {"year": 2022, "size": 1, "seed": "12 ottobre 2022"}
FLAG = {"flag": "eased_after_bad_value/15", "year": 2022, "words": "Il nuovo valore viene dalla media del triennio."}
REDACTION = {"version": 15, "act": "decreto del Presidente n. 2 del 11/12/2022", "justification": "dato personale"}
VALIDATION = {"year": 2022, "words": "La relazione è coerente con il piano e con i dati."}
ROUND = {"as_at": "2022-09-30", "opened_on": "2022-09-30", "due_by": "2022-10-15"}
OVERRIDE = {
    "subject": "indicator",
    "id": "incasso-diritto-annuale",
    "year": 2022,
    "forced": "100",
    "justification": "riversamenti di fine anno non ancora contabilizzati",
    "act": "determina del Segretario Generale n. 44 del 10/10/2022",
}
ACHIEVEMENT = {"target": ">= 70,34%", "observed": "68%", "rounding": "half_up:0.01"}
SYSTEM = {
    "year": 2023,
    "system": {"name": "SMVP 2023", "bare_value": "up"},
    "act": "delibera di Giunta n. 8 del 10/10/2022",
}
FORMULA = {"indicator": "incasso-diritto-annuale"}
DATES = "as_of=2022-09-30&known_at=2022-10-03"


L = "/v1/library"
ENTRY = {
    "scheme": "KPISTD",
    "code": "84",
    "name": "Percentuale di incasso del diritto annuale",
    "formula": "incassato / dovuto * 100",
    "terms": ["incassato: riscossioni dell'anno", "dovuto: diritto dell'anno"],
    "unit": "%",
    "polarity": "up",
    "source": "contabilità",
    "stated_on": "2022-01-01",
}
ENTRIES = "schema;codice;nome;polarità\nKPISTD;225;Tempo medio di pagamento delle fatture passive;decrescente\n"
ITS_CODE = {"scheme": "KPISTD", "code": "225"}


class Step(NamedTuple):
    """One request: when, for which operation, how."""

    at: str
    operation: str
    title: str
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = {}


def key(name: str) -> dict[str, str]:
    """The header that makes a repeated command the same command."""
    return {"Idempotency-Key": name}


PERSON = {
    "name": "Ufficio performance, prima utenza",
    "login": "ufficio.performance",
    "administration": ADMINISTRATION,
    "account": "acc-k3v5o2aq7x4mlc6e",
}
ITS_ACCOUNT = {"account": "acc-k3v5o2aq7x4mlc6e"}
ROLE = {"account": "acc-k3v5o2aq7x4mlc6e", "role": "planner", "administration": ADMINISTRATION}
TOKEN = {
    "name": "invio dei consuntivi",
    "rights": [f"planner@{ADMINISTRATION}"],
    "expires_on": "2023-12-31",
    "account": "acc-k3v5o2aq7x4mlc6e",
}
REMINDERS = {"account": "acc-k3v5o2aq7x4mlc6e", "address": "ufficio.performance@ente.example", "language": "it"}
WEBHOOK = {"url": "https://eventi.ente.example/in-itinere", "topics": ["target-revised", "measurement-recorded"]}
ITS_WEBHOOK = {"webhook": "wh-ljnfuws2ljnfuws2"}
ITS_TOKEN = {"token": "tok-ljnfuws2ljnfuws2"}
STEPS = (
    Step("2022-02-01", "load_plan", "anteprima", "POST", "/v1/plans?preview=true", DOCUMENT),
    Step("2022-02-01", "load_plan", "un piano con il suo atto", "POST", "/v1/plans", DOCUMENT, key("piano-2022")),
    Step("2022-02-01", "show_status_root", "stato", "GET", "/status"),
    Step("2022-02-01", "show_status", "stato", "GET", "/v1/status"),
    Step("2022-10-03", "change_plan", "anteprima di una modifica", "POST", f"{P}/changes?preview=true", CHANGE),
    Step("2022-10-03", "change_plan", "un file di modifiche", "POST", f"{P}/changes", FILE, key("monitoraggio-2022")),
    Step("2022-10-03", "change_plan", "un file di modifiche", "POST", f"{P}/changes", FILE, key("monitoraggio-2022")),
    Step("2022-10-03", "record_measurement", "un rapporto", "POST", f"{P}/measurements", MEASUREMENT, key("valore-1")),
    Step(
        "2022-10-05", "restate_measurement", "una rettifica", "POST", f"{P}/restatements", RESTATEMENT, key("valore-2")
    ),
    Step("2022-10-05", "report_status", "a rischio", "POST", f"{P}/statuses", STATUS, key("stato-1")),
    Step("2022-10-05", "register_act", "una determina", "POST", f"{A}/acts", ACT, key("atto-1")),
    Step("2022-10-05", "register_office", "un altro nome", "POST", f"{A}/offices", OFFICE, key("ufficio-1")),
    Step("2022-10-05", "register_office", "un ufficio nuovo", "POST", f"{A}/offices", NEW_OFFICE, key("ufficio-0")),
    Step("2022-10-05", "close_office", "un ufficio cessa", "POST", f"{A}/office-closings", CLOSING, key("ufficio-2")),
    Step("2022-10-05", "succeed_administration", "una fusione", "POST", f"{A}/succession", MERGER, key("fusione-1")),
    Step("2022-10-10", "list_plans", "tutti", "GET", f"/v1/plans?{DATES}"),
    Step("2022-10-10", "show_plan", "alle due date", "GET", f"{P}?{DATES}"),
    Step("2022-10-10", "list_objectives", "alle due date", "GET", f"{P}/objectives?{DATES}"),
    Step("2022-10-10", "show_objective", "uno", "GET", f"{P}/objectives/s4?{DATES}"),
    Step("2022-10-10", "show_objective_history", "la storia", "GET", f"{P}/objectives/s4/history?{DATES}"),
    Step("2022-10-10", "list_indicators", "alle due date", "GET", f"{P}/indicators?{DATES}"),
    Step("2022-10-10", "show_indicator", "uno", "GET", f"{P}/indicators/incasso-diritto-annuale?{DATES}"),
    Step(
        "2022-10-10",
        "show_indicator_history",
        "la storia",
        "GET",
        f"{P}/indicators/incasso-diritto-annuale/history?as_of=2022-10-10",
    ),
    Step("2022-10-10", "list_measurements", "alle due date", "GET", f"{P}/measurements?{DATES}"),
    Step("2022-10-10", "list_statuses", "gli ultimi", "GET", f"{P}/statuses?as_of=2022-10-10"),
    Step("2022-10-10", "list_changes", "del 2022", "GET", f"{P}/changes?year=2022&{DATES}"),
    Step("2022-10-10", "show_change_rates", "del 2022", "GET", f"{P}/change-rates?year=2022&level=strategico&{DATES}"),
    Step("2022-10-10", "list_change_rates", "del 2022", "GET", "/v1/change-rates?year=2022&as_of=2022-09-30"),
    Step(
        "2022-10-10",
        "list_changes_across",
        "registrate in ottobre",
        "GET",
        "/v1/changes?recorded_since=2022-10-01&recorded_until=2022-10-31&kind=in_year_revision",
    ),
    Step("2022-10-10", "show_differences", "prima e dopo", "GET", f"{P}/differences?from=2022-09-29&to=2022-09-30"),
    Step("2022-10-10", "list_audit", "l'approvazione", "GET", f"{P}/audit?event=plan-approved&limit=1"),
    Step("2022-10-10", "list_events", "il primo", "GET", "/v1/events?limit=1"),
    Step("2022-10-10", "list_plan_events", "il primo", "GET", f"{P}/events?limit=1"),
    Step("2022-10-10", "show_plan_event", "il primo", "GET", f"{P}/events/1"),
    Step("2022-10-10", "list_administration_events", "il primo", "GET", f"{A}/events?limit=1"),
    Step("2022-10-10", "show_administration_event", "il primo", "GET", f"{A}/events/1"),
    Step("2022-10-10", "list_acts", "tutti", "GET", f"{A}/acts?as_of=2022-10-10"),
    Step("2022-10-10", "list_plan_acts", "quelli citati", "GET", f"{P}/acts?{DATES}"),
    Step("2022-10-10", "list_offices", "tutti", "GET", f"{A}/offices?as_of=2022-10-10"),
    Step("2022-10-10", "list_plan_offices", "quelli nominati", "GET", f"{P}/offices?{DATES}"),
    Step("2022-10-10", "open_round", "al 30 settembre", "POST", f"{P}/rounds", ROUND, key("monitoraggio-aperto")),
    Step("2022-10-10", "list_rounds", "tutti", "GET", f"{P}/rounds"),
    Step("2022-10-10", "show_round", "ufficio per ufficio", "GET", f"{P}/rounds/2022-09-30"),
    Step("2022-10-10", "list_dues", "tutto", "GET", f"{P}/dues?{DATES}"),
    Step("2022-10-10", "list_watch", "ciò che non ha un ufficio", "GET", f"{P}/watch?year=2022&lack=no_office&{DATES}"),
    Step("2022-10-10", "list_contradictions", "al 30 settembre", "GET", f"{P}/rounds/2022-09-30/contradictions"),
    Step(
        "2022-10-10",
        "close_round",
        "dopo le risposte",
        "POST",
        f"{P}/rounds/2022-09-30/closing",
        {"closed_on": "2022-10-10"},
        key("monitoraggio-chiuso"),
    ),
    Step("2022-10-10", "show_scores", "a fine settembre", "GET", f"{P}/scores?year=2022&as_of=2022-10-05"),
    Step("2022-10-10", "list_trees", "nessuno", "GET", f"{P}/trees?{DATES}"),
    Step("2022-10-10", "show_tree", "uno che il piano non ha", "GET", f"{P}/trees/mission?{DATES}"),
    Step("2022-10-10", "explain_score", "un obiettivo", "GET", f"{P}/scores/s4?year=2022&as_of=2022-10-05"),
    Step("2022-10-10", "override_score", "una forzatura", "POST", f"{P}/overrides", OVERRIDE, key("forzatura-1")),
    Step("2022-10-10", "compute_achievement", "una soglia", "POST", "/v1/achievements", ACHIEVEMENT),
    Step("2022-10-10", "show_system", "del 2022", "GET", f"{P}/system?year=2022&as_of=2022-10-05"),
    Step(
        "2022-10-10",
        "compare_systems",
        "tutto o niente",
        "POST",
        f"{P}/system-comparisons?year=2022&as_of=2022-10-05",
        {"rules": {"preset": "raggiunto-o-no"}},
    ),
    Step(
        "2022-10-10", "list_official_change_rates", "fino al 2022", "GET", f"{P}/official-change-rates?as_of=2022-10-05"
    ),
    Step("2022-10-10", "adopt_system", "per il 2023", "POST", f"{A}/systems", SYSTEM, key("sistema-2023")),
    Step("2022-10-10", "list_systems", "quelli adottati", "GET", f"{A}/systems?as_of=2022-10-10"),
    Step(
        "2022-10-10", "read_formula", "un rapporto", "GET", "/v1/formulas?text=pratiche%20evase%2Fpratiche%20totali*100"
    ),
    Step("2022-10-10", "confirm_formula", "come proposta", "POST", f"{P}/formulas", FORMULA, key("formula-1")),
    Step(
        "2022-10-12",
        "annul_events",
        "una trascrizione sbagliata",
        "POST",
        f"{P}/annulments",
        ANNULMENT,
        key("annullo-1"),
    ),
    Step("2022-10-12", "404", "un piano che non c'è", "GET", "/v1/plans/riviere-2022"),
    Step("2022-10-12", "409", "il target già in vigore", "POST", f"{P}/changes", CHANGE | {"target": ">= 70,34%"}),
    Step("2022-10-12", "412", "una versione superata", "POST", f"{P}/changes", CHANGE, {"If-Match": "5"}),
    Step("2022-10-12", "415", "non dichiarato JSON", "POST", f"{P}/changes", None, {"Content-Type": "text/plain"}),
    Step("2022-10-12", "431", "un indirizzo troppo lungo", "GET", f"{P}?x={'x' * 20_000}"),
    Step("2022-10-12", "421", "un host che non è questa macchina", "GET", P, None, {"Host": "esempio.it"}),
    Step(
        "2022-10-12",
        "403",
        "una pagina di un altro sito",
        "POST",
        f"{P}/changes",
        CHANGE,
        {"Origin": "https://esempio.it"},
    ),
    Step("2022-10-12", "422", "una data che non esiste", "GET", f"{P}?as_of=31/02/2022"),
    Step("2022-12-12", "change_plan", "a fine anno", "POST", f"{P}/changes", LATE, key("fine-anno")),
    Step("2022-12-12", "make_checkpoint", "su richiesta", "POST", "/v1/checkpoint", {"occasion": "verifica dell'OIV"}),
    Step("2022-12-12", "show_checkpoint", "il primo", "GET", "/v1/checkpoint?number=1"),
    Step("2022-12-12", "list_keys", "la sola", "GET", "/v1/keys"),
    Step("2022-12-12", "prove_plan_event", "il primo", "GET", f"{P}/events/1/proof"),
    Step("2022-12-12", "give_opinion", "sulla modifica", "POST", f"{P}/opinions", OPINION, AS_OIV | key("parere-1")),
    Step("2022-12-12", "make_remark", "su un indicatore", "POST", f"{P}/remarks", REMARK, AS_OIV | key("rilievo-1")),
    Step("2022-12-12", "make_request", "con scadenza", "POST", f"{P}/requests", REQUEST, AS_OIV | key("richiesta-1")),
    Step("2022-12-12", "give_answer", "al rilievo", "POST", f"{P}/answers", ANSWER, key("risposta-1")),
    Step("2022-12-12", "draw_sample", "una su tutte", "POST", f"{P}/samples", SAMPLE, AS_OIV | key("campione-1")),
    Step("2022-12-12", "draw_sample_again", "la stessa", "GET", f"{P}/samples/campione-1"),
    Step(
        "2022-12-12", "log_opened", "il registro", "POST", f"{P}/diligence", {"what": "Registro"}, AS_OIV | key("d-1")
    ),
    Step("2022-12-12", "list_flags", "del 2022", "GET", f"{P}/flags?year=2022&as_of=2022-12-12"),
    Step("2022-12-12", "show_predecessor_differences", "non ne segue", "GET", f"{P}/predecessor-differences"),
    Step("2022-12-12", "answer_flag", "alla prima", "POST", f"{P}/flag-answers", FLAG, key("segnalazione-1")),
    Step("2022-12-12", "show_blame", "un indicatore", "GET", f"{P}/blame?object=incasso-diritto-annuale"),
    Step("2022-12-12", "redact_texts", "una nota", "POST", f"{P}/redactions", REDACTION, key("oscuramento-1")),
    Step("2022-12-12", "load_plan", "una bozza", "POST", "/v1/plans", WRONG_FILE, key("bozza-1")),
    Step(
        "2022-12-12",
        "discard_draft",
        "il file sbagliato",
        "POST",
        "/v1/plans/riviere-di-liguria-2023-2025/discard",
        DISCARDED,
        key("scarto-1"),
    ),
    Step("2022-12-12", "list_reviews", "tutti", "GET", f"{P}/reviews", None, AS_OIV),
    Step("2022-12-12", "list_diligence", "tutto", "GET", f"{P}/diligence"),
    Step(
        "2023-03-01", "validate_report", "validata", "POST", f"{P}/validations", VALIDATION, AS_OIV | key("validata-1")
    ),
    Step("2023-03-01", "change_plan", "un indicatore nuovo", "POST", f"{P}/changes", ADDED, key("indicatore-1")),
    Step("2023-03-01", "list_undetermined", "uno", "GET", f"{P}/undetermined"),
    Step("2023-03-01", "draft_proposal", "anteprima", "POST", f"{P}/proposals?preview=true", PROPOSED),
    Step("2023-03-01", "draft_proposal", "un target", "POST", f"{P}/proposals", PROPOSED, key("proposta-1")),
    Step("2023-03-02", "amend_proposal", "un po' meno", "POST", f"{Q}/amendments", AMENDED, key("modificata-1")),
    Step(
        "2023-03-02",
        "submit_proposal",
        "per il 10 marzo",
        "POST",
        f"{Q}/submission",
        {"effective_on": "2023-03-10"},
        key("presentata-1"),
    ),
    Step(
        "2023-03-03",
        "comment_proposal",
        "una domanda",
        "POST",
        f"{Q}/comments",
        {"words": "Da quale fonte?"},
        key("commento-1"),
    ),
    Step(
        "2023-03-03",
        "ask_opinion",
        "con scadenza",
        "POST",
        f"{Q}/opinion-request",
        {"due": "2023-03-09"},
        key("chiesto-1"),
    ),
    Step("2023-03-10", "enact_proposal", "con un atto", "POST", f"{Q}/enactment", ENACTMENT, AS_GIUNTA | key("adotta")),
    Step("2023-03-10", "draft_proposal", "un'altra", "POST", f"{P}/proposals", PROPOSED, key("proposta-2")),
    Step(
        "2023-03-10",
        "submit_proposal",
        "subito",
        "POST",
        f"{P}/proposals/proposta-2/submission",
        {},
        key("presentata-2"),
    ),
    Step(
        "2023-03-15",
        "reject_proposal",
        "con un atto",
        "POST",
        f"{P}/proposals/proposta-2/rejection",
        REJECTION,
        AS_GIUNTA | key("respinta-2"),
    ),
    Step("2023-03-15", "draft_proposal", "per errore", "POST", f"{P}/proposals", PROPOSED, key("proposta-3")),
    Step(
        "2023-03-15",
        "withdraw_proposal",
        "per errore",
        "POST",
        f"{P}/proposals/proposta-3/withdrawal",
        {"justification": "redatta due volte"},
        key("ritirata-3"),
    ),
    Step("2023-03-15", "list_proposals", "respinte", "GET", f"{P}/proposals?status=rejected"),
    Step("2023-03-15", "show_proposal", "adottata", "GET", Q),
    Step("2023-03-15", "interpret_target", "che non si legge", "POST", f"{P}/interpretations", MEANING, key("senso-1")),
    Step("2023-03-15", "state_polarities", "di tutti", "POST", f"{P}/polarities", POLARITIES, key("polarita-1")),
    Step("2023-03-15", "state_library_entry", "una voce", "POST", L, ENTRY, key("biblioteca-1")),
    Step("2023-03-15", "load_library", "un CSV", "POST", f"{L}/loads", {"csv": ENTRIES}, key("biblioteca-2")),
    Step("2023-03-15", "list_library", "per parole", "GET", f"{L}?text=incasso"),
    Step("2023-03-15", "show_library_entry", "con la sua storia", "GET", f"{L}/entry?scheme=KPISTD&code=84"),
    Step("2023-03-15", "export_library", "per un'altra installazione", "GET", f"{L}/export"),
    Step("2023-03-15", "compare_with_library", "le schede con un codice", "GET", f"{P}/library"),
    Step(
        "2023-03-15",
        "take_library_polarities",
        "anteprima",
        "POST",
        f"{P}/library-polarities?preview=true",
        {},
    ),
    Step(
        "2023-03-15",
        "take_library_polarities",
        "nulla da prendere",
        "POST",
        f"{P}/library-polarities",
        {},
        key("bib-3"),
    ),
    Step(
        "2023-03-15", "withdraw_library_entry", "un codice", "POST", f"{L}/withdrawals", ITS_CODE, key("biblioteca-4")
    ),
    Step("2023-03-16", "open_account", "di un ufficio", "POST", "/v1/accounts", PERSON, key("utenza-1")),
    Step("2023-03-16", "make_link", "un altro", "POST", "/v1/account-links", ITS_ACCOUNT, key("link-1")),
    Step("2023-03-16", "give_role", "di programmatore", "POST", "/v1/roles", ROLE, key("ruolo-1")),
    Step("2023-03-16", "list_accounts", "tutte", "GET", "/v1/accounts"),
    Step("2023-03-16", "list_actors", "con i nomi", "GET", f"{A}/actors"),
    Step("2023-03-16", "issue_token", "per un programma", "POST", "/v1/tokens", TOKEN, key("token-1")),
    Step("2023-03-16", "revoke_token", "di un programma", "POST", "/v1/token-revocations", ITS_TOKEN, key("token-2")),
    Step("2023-03-16", "choose_reminders", "dove", "POST", "/v1/account-reminders", REMINDERS, key("pro-1")),
    Step("2023-03-16", "list_deadlines", "di un piano", "GET", f"{P}/deadlines?{DATES}"),
    Step("2023-03-16", "subscribe_webhook", "modifiche e valori", "POST", f"{A}/webhooks", WEBHOOK, key("wh-1")),
    Step("2023-03-16", "list_webhooks", "tutte", "GET", f"{A}/webhooks"),
    Step("2023-03-16", "list_undelivered", "nulla", "GET", f"{A}/webhooks/{ITS_WEBHOOK['webhook']}/undelivered"),
    Step("2023-03-16", "replace_webhook_secret", "un altro", "POST", f"{A}/webhook-secrets", ITS_WEBHOOK, key("wh-2")),
    Step("2023-03-16", "end_webhook", "non serve più", "POST", f"{A}/webhook-endings", ITS_WEBHOOK, key("wh-3")),
    Step("2023-03-16", "take_role", "di programmatore", "POST", "/v1/role-withdrawals", ROLE, key("ruolo-2")),
    Step(
        "2023-03-16", "suspend_account", "per un'assenza", "POST", "/v1/account-suspensions", ITS_ACCOUNT, key("ut-2")
    ),
    Step("2023-03-16", "resume_account", "al ritorno", "POST", "/v1/account-resumptions", ITS_ACCOUNT, key("ut-3")),
    Step("2023-03-16", "end_sessions", "ovunque", "POST", "/v1/account-session-endings", ITS_ACCOUNT, key("ut-5")),
    Step("2023-03-16", "erase_person", "che lo chiede", "POST", "/v1/erasures", ITS_ACCOUNT, key("ut-4")),
    Step(
        "2022-10-12",
        "explain_deviation",
        "una causa esogena",
        "POST",
        f"{P}/deviations",
        {
            "subject": "indicator",
            "id": "incasso-diritto-annuale",
            "period": "2022-H1",
            "cause": "exogenous",
            "words": "I versamenti sono stati prorogati al 2023.",
            "explained_on": "2022-10-12",
        },
        key("causa-1"),
    ),
    Step(
        "2022-10-12",
        "plan_corrective_action",
        "dei solleciti",
        "POST",
        f"{P}/corrective-actions",
        {
            "subject": "indicator",
            "id": "incasso-diritto-annuale",
            "period": "2022-H1",
            "remedy": "Solleciti mensili alle imprese che non hanno versato",
            "office": OFFICE["name"],
            "due_by": "2022-11-30",
            "planned_on": "2022-10-12",
        },
        key("azione-1"),
    ),
    Step(
        "2022-10-12",
        "reschedule_corrective_action",
        "un mese dopo",
        "POST",
        f"{P}/corrective-action-reschedulings",
        {
            "action": "azione-1",
            "due_by": "2022-12-31",
            "words": "Il gestionale arriva in novembre.",
            "rescheduled_on": "2022-10-12",
        },
        key("azione-2"),
    ),
    Step(
        "2022-10-12",
        "end_corrective_action",
        "fatta",
        "POST",
        f"{P}/corrective-action-conclusions",
        {"action": "azione-1", "words": "Solleciti inviati.", "ended_on": "2022-10-12"},
        key("azione-3"),
    ),
    Step("2022-10-12", "list_deviations", "del 2022", "GET", f"{P}/deviations?year=2022&{DATES}"),
    Step("2022-10-12", "list_corrective_actions", "tutte", "GET", f"{P}/corrective-actions?as_of=2022-10-12"),
    Step(
        "2022-10-12",
        "publish_benchmark",
        "la media nazionale",
        "POST",
        f"{P}/benchmarks",
        {
            "indicator": "incasso-diritto-annuale",
            "whose": "nation",
            "period": "2021",
            "text": "71,2%",
            "published_on": "2022-04-30",
            "source": "osservatorio camerale",
        },
        key("confronto-1"),
    ),
    Step("2022-10-12", "list_benchmarks", "tutti", "GET", f"{P}/benchmarks?as_of=2022-10-12"),
)


KEY = Signing("in-itinere/esempio", bytes(range(32)))
"""The same key each time: the examples are to be the same."""
CREDENTIALS = f"PRIVATE+KEY+credentials+{base64.b64encode(bytes(range(32))).decode()}\n"
"""And that of the credentials."""


class Talk:
    """A service of its own, under a clock that the steps set."""

    def __init__(
        self,
        folder: Path,
        *,
        requests_per_minute: int = 1000,
        max_document_bytes: int = 1_000_000,
        sign_in: Literal["required", "open"] = "open",
    ) -> None:
        self.now = datetime(2022, 2, 1, 9, tzinfo=UTC)
        self.store = Store(folder / "scenario.sqlite", clock=lambda: self.now)
        write_key(folder / "signing.key", KEY)
        write_private(folder / "signing.key.credentials", CREDENTIALS)
        settings = Settings(
            database="unused",
            keys=str(folder / "signing.key"),
            max_document_bytes=max_document_bytes,
            sign_in=sign_in,
        )
        app = create_app(settings, self.store, requests_per_minute=requests_per_minute)
        self.client = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        self.client.headers["Accept-Encoding"] = "identity"  # the tag of an answer names its coding

    def ask(self, step: Step) -> dict[str, Any]:
        """The request and the answer, as they are documented."""
        self.now = max(self.now, datetime.fromisoformat(f"{step.at}T09:00:00+00:00"))
        headers = ({"Content-Type": "application/json"} if step.body is not None else {}) | step.headers
        content = None if step.body is None else json.dumps(step.body)
        answer = self.client.request(step.method, step.path, content=content, headers=headers)
        return {
            "operation": step.operation,
            "title": step.title,
            "request": {"method": step.method, "path": step.path, "headers": headers, "body": step.body},
            "response": {
                "status": answer.status_code,
                "headers": {name: answer.headers[name] for name in KEPT if name in answer.headers},
                "body": answer.json(),
            },
        }


def conversation() -> list[dict[str, Any]]:
    """Every step with its answer, and the errors that need a service in trouble; the salts are the same each time."""
    with (
        patch("api.commands.administration_writer.secrets.token_hex", lambda size: "5a" * size),
        patch("api.commands.accounts.secrets.token_bytes", lambda size: b"\x5a" * size),
        patch("api.access.tokens.secrets.randbits", lambda bits: 2**bits - 1),
    ):
        return _conversation()


def _conversation() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        talk = Talk(Path(folder))
        told = [talk.ask(step) for step in STEPS]
        show = Step("2022-10-12", "500", "un errore imprevisto", "GET", P)
        talk.store.reading = _failing(ZeroDivisionError("unforeseen"))  # type: ignore[method-assign]
        told.append(talk.ask(show))
        talk.store.reading = _failing(OperationalError("database is locked"))  # type: ignore[method-assign]
        told.append(talk.ask(show._replace(operation="503", title="l'archivio non risponde")))
        talk.store.close()
    with tempfile.TemporaryDirectory() as folder:
        talk = Talk(Path(folder), requests_per_minute=1, max_document_bytes=1_000)
        told.append(
            talk.ask(Step("2022-10-12", "413", "un documento troppo grande", "POST", "/v1/plans", ["x" * 1_000]))
        )
        told[-1]["request"]["body"] = ["..."]
        told.append(talk.ask(show._replace(operation="429", title="troppe richieste")))
        retry = told[-1]["response"]
        retry["headers"]["retry-after"] = "12"
        retry["body"]["accepted"] = "riprovare fra 12 secondi"
        talk.store.close()
    with tempfile.TemporaryDirectory() as folder:
        talk = Talk(Path(folder), sign_in="required")
        told.append(talk.ask(show._replace(operation="401", title="senza accesso")))
        talk.store.close()
    return told


def _failing(error: Exception) -> Any:
    def reading(_: object = None) -> None:
        raise error

    return reading


def written() -> str:
    """The conversation as it is committed."""
    return json.dumps(conversation(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    WRITTEN.write_text(written(), encoding="utf-8")
