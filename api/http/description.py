"""The description of the interface (OpenAPI 3.1), after the Italian interoperability rules, and how it is served."""

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from api.documentation.schemas import components_of
from api.http.examples import Conversation, conversation, requests, response
from api.http.problems import PROBLEM_JSON
from api.language.translation import preferred, translated
from api.operations.changes import OF_THE_FILE
from api.operations.table import COMMANDS, types_sent_and_answered
from api.settings import Language

API_VERSION = "1.0.0"
"""The version of the interface, apart from the program's: it rises with what a client could notice."""

SAID = {
    "CloseOffice": "Un ufficio che cessa. Ciò che gli fu affidato resta scritto.",
    "AdoptAdministrationSystem": "Le regole di un anno, per tutti i piani dell'amministrazione; o la rettifica di ciò che fu "
    "registrato.",
    "SucceedAdministration": "Gli enti a cui l'amministrazione subentra: le loro serie continuano nella sua storia.",
    "PlanDocument": "Il documento di piano: ciò che si esporta e si importa. I valori sono testi decimali.",
    "ChangeFile": "Un file di modifiche: insieme o per niente. Ciò che una modifica non dice è preso dal file.",
    "Decisions": "Ciò che si dice confermando un'anteprima: per tutto, riga per riga, e le risposte alle domande.",
    "RegisterOffice": "Un ufficio da registrare, o un altro nome o altri alias per uno che c'è. Mai una persona.",
    "AskOpinion": "La richiesta di un parere all'OIV su una proposta presentata.",
    "CommentProposal": "Un commento a una proposta ancora aperta.",
    "EnactProposal": "L'adozione di una proposta con un atto: tutte le sue modifiche, o nessuna.",
    "ProposedChanges": "Le modifiche che si propongono, con l'oggetto della proposta; l'atto viene con l'adozione.",
    "ProposedImport": "Che cosa si dice di un file che si propone, con l'oggetto della proposta.",
    "RejectProposal": "Il rigetto di una proposta presentata, con la motivazione.",
    "SubmitProposal": "La presentazione di una proposta, con i suoi effetti.",
    "WithdrawProposal": "Il ritiro di una proposta.",
    "SubscribeWebhook": "A chi inviare gli eventi dell'amministrazione, quali e da dove.",
    "EndWebhook": "La sottoscrizione che finisce.",
    "ReplaceWebhookSecret": "La sottoscrizione di cui fare un altro segreto.",
    "SendAgain": "Che cosa inviare di nuovo a una sottoscrizione.",
    "GiveOpinion": "Un parere: su una proposta, su modifiche, sul piano.",
    "LogOpened": "Che cosa l'OIV ha aperto.",
    "MakeRemark": "Un rilievo, su eventi o su un oggetto del piano.",
    "MakeRequest": "Una richiesta all'ufficio.",
    "GiveAnswer": "La risposta dell'ufficio a un rilievo o a una richiesta.",
    "ValidateReport": "L'esito della validazione della relazione di un anno.",
    "DrawSample": "Un'estrazione a sorte di misurazioni; il seme, se non si dice, è fatto a caso e registrato.",
    "ReportStatus": "Come sta un obiettivo o un indicatore.",
    "ExplainDeviation": "La causa di uno scostamento: una delle tre delle linee guida, e le parole dell'ufficio.",
    "PlanCorrectiveAction": "Che cosa fa un ufficio per uno scostamento, ed entro quando.",
    "PublishBenchmark": "Il valore di altri per un periodo di una serie, con la fonte; quello che c'è già è sostituito.",
    "StateEntry": "Una voce della biblioteca, intera; quella che c'è già è sostituita.",
    "TakePolarities": "La polarità degli indicatori di un piano di cui non è nota, come la dice la biblioteca.",
    "WithdrawEntry": "Una voce della biblioteca da ritirare.",
    "OpenRound": "Un monitoraggio da aprire: di che data sono i dati, da chi si aspettano, entro quando.",
    "OverrideScore": "Un punteggio forzato, con la motivazione e l'atto: quello calcolato resta accanto.",
    "InterpretTarget": "Che cosa vuol dire un target il cui testo non si legge; il testo resta.",
    "ConfirmFormula": "I termini della formula di un indicatore: come sono proposti, corretti, o nessuno (prosa).",
}
INFO: dict[str, Any] = {
    "title": "In Itinere",
    "version": API_VERSION,
    "summary": "I piani della performance delle amministrazioni pubbliche, in vigore e noti a qualunque data.",
    "description": (
        "Registro a eventi, bitemporale, dei piani della performance (PIAO, sottosezione 2.2).\n\n"
        "Ogni domanda prende due date: `as_of`, in vigore al; `known_at`, noto al. Un indirizzo che le dice entrambe, nel "
        "passato, dà sempre la stessa risposta (`Cache-Control: private, immutable`, dove non ci sono motivazioni o note, "
        "che un ordine può far oscurare); gli altri vanno richiesti (`no-cache`) e l'`ETag` dice se qualcosa è cambiato.\n\n"
        "Una data, nei parametri e nei dati inviati, si scrive `2022-09-30` oppure `30/09/2022`; nelle risposte è sempre "
        "`2022-09-30`.\n\n"
        "Ogni errore è un `application/problem+json`: 409 quando una regola rifiuta il comando, 422 quando i dati hanno "
        "una forma sbagliata, con tutti i problemi insieme.\n\n"
        "Chi chiede si presenta con un token (`Authorization: Bearer iit_...`), o con la sessione di una pagina; che cosa può "
        "fare lo dicono i ruoli della sua utenza: 401 senza accesso, 403 senza il ruolo che serve."
    ),
    "contact": {"name": "Ufficio performance", "url": "https://example.org/in-itinere"},
    "terms_of_service": "https://example.org/in-itinere/termini",
    "license_info": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "servers": [{"url": "http://127.0.0.1:8000", "description": "Questa macchina", "x-sandbox": True}],
    "tags": [
        {"name": "stato", "description": "Se il servizio c'è."},
        {"name": "piani", "description": "I piani, in vigore a una data e per quanto era noto a un'altra."},
        {
            "name": "cartelle di lavoro",
            "description": "I file di un ufficio: anteprima, conferma, esportazione, modello.",
        },
        {"name": "obiettivi e indicatori", "description": "Le parti di un piano, e la loro storia."},
        {"name": "modifiche", "description": "Che cosa è cambiato, e cambiare: modifiche, annullamenti, tassi."},
        {
            "name": "proposte",
            "description": "Modifiche proposte: redatte, viste con i loro effetti, presentate, adottate con un atto o respinte.",
        },
        {
            "name": "fra amministrazioni",
            "description": "Domande su tutti i piani insieme, dalle tabelle che tengono dietro al registro.",
        },
        {"name": "misurazioni", "description": "Valori osservati, rettifiche, stati di avanzamento."},
        {
            "name": "monitoraggio",
            "description": "I monitoraggi: che cosa è dovuto, che cosa è arrivato, che cosa non torna.",
        },
        {
            "name": "valutazione",
            "description": "Punteggi e come si spiegano, le regole con cui si calcolano, le formule.",
        },
        {
            "name": "biblioteca",
            "description": "La biblioteca degli indicatori: i codici nazionali e quelli propri, di cui le schede ereditano.",
        },
        {
            "name": "prova",
            "description": "Checkpoint, chiavi, prove, fascicolo: il registro non si riscrive di nascosto.",
        },
        {"name": "vigilanza", "description": "Segnalazioni, atti dell'OIV, diario, chi ha fissato ogni valore."},
        {"name": "registro", "description": "Gli eventi, in frasi e byte per byte."},
        {"name": "utenze", "description": "Chi può entrare, con quali ruoli: utenze, token, nomi."},
        {
            "name": "documenti",
            "description": "Documenti da stampare, da allegare a un atto, da pubblicare: PDF, Word, Excel.",
        },
        {
            "name": "eventi inviati",
            "description": "Sottoscrizioni: gli eventi inviati, firmati, a un programma dell'ente.",
        },
        {"name": "amministrazioni", "description": "Atti e uffici dell'amministrazione che possiede i piani."},
    ],
}
DECIMAL = r"^-?\d{1,15}([.,]\d{1,12})?$"
IDENTIFIER = r"^[a-z0-9][a-z0-9._-]{0,119}$"
PATH_PARAMETERS: dict[str, tuple[str, str | int]] = {
    "plan": ("L'identificativo del piano.", "riviere-di-liguria-2022-2024"),
    "administration": ("L'identificativo dell'amministrazione.", "cciaa-riviere-di-liguria"),
    "import_id": ("L'identificativo dell'anteprima.", "7b1f6d0e-8d53-4c0f-9a55-0c9f3d7b2a10"),
    "objective": ("L'obiettivo: id, codice, titolo, o codice e titolo come si leggono.", "s4"),
    "indicator": ("L'indicatore: id, codice, nome, o codice e nome come si leggono.", "incasso-diritto-annuale"),
    "node": ("Un obiettivo o un indicatore: identificativo, codice o nome esatto; `body` per l'ente.", "s4"),
    "round": ("Un monitoraggio: l'identificativo, oppure la data dei suoi dati.", "2022-09-30"),
    "version": ("La versione: il posto dell'evento nel suo flusso.", 12),
    "proposal": ("Una proposta, come la elenca l'elenco delle proposte.", "proposta-1"),
    "webhook": ("Una sottoscrizione, come la elenca l'elenco delle sottoscrizioni.", "wh-k3v5o2aq7x4mlc6e"),
    "tree": ("Un altro albero del piano, o un suo livello, con il nome che ha nel piano.", "mission"),
    "sample": ("Un campione, come lo elencano gli atti dell'OIV.", "campione-1"),
}
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = (
    {
        name: (
            "un piano",
            {
                "administration": {"id": "cciaa-esempio", "name": "Camera di Commercio di Esempio"},
                "plan": {"id": "esempio-2024-2026", "title": "Piano 2024-2026", "first_year": 2024, "last_year": 2026},
            },
        )
        for name in ("send_plan_file", "send_file")
    }
    | {
        name: (
            "una conferma",
            {
                "act": "delibera di Giunta n. 9 del 30/09/2022",
                "justification": "dati del monitoraggio",
                "cause": "new_data",
                "answers": {"two_values:Target!D7": "2"},
                "rows": {"Target!D9": {"justification": "errore di trascrizione", "kind": "correction"}},
            },
        )
        for name in ("confirm_plan_import", "confirm_import")
    }
    | {
        "send_again": ("tutto", {"webhook": "wh-k3v5o2aq7x4mlc6e"}),
        "propose_import": (
            "una proposta",
            {
                "title": "Rimodulazione dopo il secondo monitoraggio",
                "justification": "dati del monitoraggio",
                "cause": "new_data",
            },
        ),
    }
)
"""Bodies that the conversation does not have: a file is sent there, and an import is confirmed."""
LIMITS = {
    "X-RateLimit-Limit": "Richieste ammesse in un minuto.",
    "X-RateLimit-Remaining": "Richieste che restano in questo minuto.",
    "X-RateLimit-Reset": "Secondi alla fine di questo minuto.",
}
ERRORS: dict[str, tuple[str, frozenset[str]]] = {
    "401": ("Chi chiede non ha fatto l'accesso, o il suo token non vale.", frozenset({"GET", "POST"})),
    "403": (
        "I ruoli di chi chiede non lo consentono, o la richiesta viene da una pagina di un altro sito.",
        frozenset({"GET", "POST"}),
    ),
    "404": ("Ciò che si chiede non c'è, a quella data e per quanto era noto.", frozenset({"GET", "POST"})),
    "409": (
        "Una regola rifiuta ciò che si chiede, o la chiave è già servita a un altro comando.",
        frozenset({"GET", "POST"}),
    ),
    "412": (
        "Ciò che si modifica è cambiato dopo la versione di If-Match; o la versione di Version-At-Least non c'è.",
        frozenset({"GET", "POST"}),
    ),
    "413": ("Il documento è troppo grande.", frozenset({"POST"})),
    "415": ("Il contenuto non è dichiarato JSON.", frozenset({"POST"})),
    "421": ("L'host nominato non è questo servizio.", frozenset({"GET", "POST"})),
    "422": (
        "I dati o i parametri hanno una forma sbagliata: tutti i problemi, ciascuno al suo posto.",
        frozenset({"GET", "POST"}),
    ),
    "431": ("L'indirizzo, o le intestazioni, sono troppo lunghi.", frozenset({"GET", "POST"})),
    "429": ("Troppe richieste in questo minuto.", frozenset({"GET", "POST"})),
    "500": ("Errore imprevisto.", frozenset({"GET", "POST"})),
    "503": ("L'archivio non risponde.", frozenset({"GET", "POST"})),
}


def describe(app: FastAPI) -> None:
    """Gives an application its description, made once when it is first asked for, and serves it in each language."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = description(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to replace it

    @cache
    def written_in(language: Language) -> str:
        return written(retold(app.openapi(), partial(translated, language=language)))

    def endpoint(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""), request.app.state.settings.language)
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return Response(written_in(language), media_type="application/json", headers=headers)

    app.add_route("/v1/openapi.json", endpoint, include_in_schema=False)


def description(app: FastAPI) -> dict[str, Any]:
    """The whole description."""
    made = get_openapi(routes=app.routes, **INFO)
    made["info"] |= {"x-summary": INFO["summary"], "x-api-id": "in-itinere"}
    told = conversation()
    made["components"] = components(told)
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _parameters(operation, path)
            _errors(operation, method.upper(), status=path.endswith("/status"))
            _headers(operation)
            _examples(operation, told)
    tidied: dict[str, Any] = _tidy(made)
    return tidied


def retold(node: Any, say: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    """A description with each text for people as `say` says it; what the examples hold stays as it took place."""
    if isinstance(node, list):
        return [retold(one, say) for one in node]
    if not isinstance(node, dict):
        return node
    return {name: _retold(name, value, say) for name, value in node.items()}


def _retold(name: str, value: Any, say: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    match name, value:
        case (("description" | "summary" | "title" | "x-summary"), str()):
            return say(value)
        case "tags", [str(), *_]:
            return [say(tag) for tag in value]
        case "tags", [*_]:
            return [{part: say(text) for part, text in tag.items()} for tag in value]
        case "examples", dict():
            return {key: shown | {"summary": say(shown["summary"])} for key, shown in value.items()}
        case (("example" | "examples"), _):
            return value
        case _:
            return retold(value, say)


def components(told: Conversation) -> dict[str, Any]:
    """Every model, the headers of every answer, and the errors."""
    defined = components_of(types_sent_and_answered())
    for name, words in SAID.items():
        defined[name]["description"] = words
    _name_objects(defined)
    defined["OneChange"] = _one_change(defined)
    headers = {
        name: {"description": words, "schema": {"type": "integer", "format": "int32", "minimum": 0}, "example": 60}
        for name, words in LIMITS.items()
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    errors = {
        f"Error{code}": {
            "description": words,
            "headers": _limits() | (_retry() if code in {"429", "503"} else {}),
            "content": {PROBLEM_JSON: {"schema": schema, "example": response(told, code, code)}},
        }
        for code, (words, _) in ERRORS.items()
    }
    return {"schemas": defined, "headers": headers, "responses": errors}


def _name_objects(defined: dict[str, Any]) -> None:
    """Takes away the shape of an id where a row says that a code or a name is taken for it, and the input is an event's part."""
    for row in COMMANDS.values():
        for path in row.names:
            schema = defined[row.inputs[0].__name__]
            for name in path.split("."):
                schema = schema["properties"][name]
                schema = defined[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            for one in (schema, schema.get("items", {})):
                if one.pop("pattern", None) is not None:
                    one["maxLength"] = 300


def _one_change(defined: dict[str, Any]) -> dict[str, Any]:
    """One change that comes alone: the fields of its verb, and beside them those of the file that it would stand in."""
    file = defined["ChangeFile"]["properties"]
    beside = {name: file[name] for name in OF_THE_FILE if name in file}
    verbs = [
        defined[place.rpartition("/")[2]] for place in file["changes"]["items"]["discriminator"]["mapping"].values()
    ]
    alone = [
        {
            "type": "object",
            "additionalProperties": False,
            "properties": verb["properties"] | beside,
            "required": verb["required"],
        }
        for verb in verbs
    ]
    return {"description": defined["OneChange"]["description"], "oneOf": alone}


def _limits() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in LIMITS}


def _retry() -> dict[str, Any]:
    schema = {"type": "integer", "format": "int32", "minimum": 0}
    return {"Retry-After": {"description": "Secondi da aspettare.", "schema": schema, "example": 12}}


def _parameters(operation: dict[str, Any], path: str) -> None:
    in_path = [piece[1:-1] for piece in path.split("/") if piece.startswith("{")]
    parameters = [_in_path(name) for name in in_path]
    parameters += [one for one in operation.get("parameters", []) if one["in"] != "path"]
    for parameter in parameters:
        parameter["schema"] = _never_null(parameter["schema"])
        if parameter["schema"].get("title") == parameter["name"].replace("_", " ").title():
            del parameter["schema"]["title"]  # nobody's words, but made of the name
        if parameter["in"] == "header":
            parameter["name"] = "-".join(part.capitalize() for part in parameter["name"].split("-"))
    if parameters:
        operation["parameters"] = parameters


def _in_path(name: str) -> dict[str, Any]:
    words, example = PATH_PARAMETERS[name]
    schema: dict[str, Any] = {"type": "string", "maxLength": 300 if name in {"objective", "indicator"} else 120}
    if name in {"plan", "administration"}:
        schema["pattern"] = IDENTIFIER
    if name == "version":
        schema = {"type": "integer", "minimum": 1, "maximum": 2**53}
    if name == "import_id":
        schema["pattern"] = IDENTIFIER
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": words, "example": example}


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, which may be left out but has no null to say."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0] if kinds else schema


def _errors(operation: dict[str, Any], method: str, *, status: bool) -> None:
    responses = operation["responses"]
    responses.pop("422", None)  # the framework's own, of another shape
    for code, (_, methods) in ERRORS.items():
        if method in methods and not (status and code == "404"):
            responses[code] = {"$ref": f"#/components/responses/Error{code}"}
    operation["responses"] = dict(sorted(responses.items()))


def _headers(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for code, answer in responses.items():
        if "$ref" in answer:
            continue
        answer["headers"] = _limits()
        if code == "304" or (code == "200" and "304" in responses):
            answer["headers"] |= _header("ETag", "L'identità della risposta.", '"2022-09-30;12;5"')
            words = (
                "private, immutable, max-age=31536000 con entrambe le date nel passato, se non può contenere motivazioni "
                "o note; altrimenti no-cache, con private per chi ha fatto l'accesso."
            )
            answer["headers"] |= _header("Cache-Control", words, "no-cache")
        else:
            answer["headers"] |= _header("Cache-Control", "no-store: nessuna cache conserva la risposta.", "no-store")
        if code == "201":
            words = "L'indirizzo di ciò che è stato registrato."
            answer["headers"] |= _header("Location", words, "/v1/plans/riviere-di-liguria-2022-2024/events/12")


def _header(name: str, words: str, example: str) -> dict[str, Any]:
    return {name: {"description": words, "schema": {"type": "string", "maxLength": 400}, "example": example}}


def _examples(operation: dict[str, Any], told: Conversation) -> None:
    name = operation["operationId"]
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is not None:  # a file alone is no example
        sent = requests(told, name).items() or ([EXAMPLES[name]] if name in EXAMPLES else [])
        if sent:
            media["examples"] = {title.replace(" ", "-"): {"summary": title, "value": body} for title, body in sent}
    for code in ("200", "201"):
        for media in operation["responses"].get(code, {}).get("content", {}).values():
            shown = response(told, name, code)
            again = response(told, name, "201")
            if shown is None and again is not None:  # the same command again
                shown = again | {"repeated": True}
            if shown is not None:  # a file is no example
                media["example"] = shown


def _tidy(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Says the width of numbers, and how a decimal is written as a text."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    choices = node.get("anyOf", ())
    # A decimal is taken as a number or as a text; a plain number has no text beside it.
    if {"type": "number"} in choices and any(one.get("type") == "string" for one in choices):
        node = {name: value for name, value in node.items() if name != "max_digits"} | {
            "anyOf": [
                one | {"pattern": DECIMAL, "maxLength": 40} if one == {"type": "string"} else one for one in choices
            ]
        }
    if node.get("type") == "integer" and "format" not in node:
        node = node | {"format": "int64"}
    if node.get("type") == "number" and "format" not in node:
        node = node | {"format": "double"}
    if (
        node.get("type") == "string"
        and "pattern" in node
        and "maxLength" not in node
        and node["pattern"].startswith("^")
    ):
        node = node | {"maxLength": 200}
    return {
        name: value
        if name in {"example", "examples"}
        else {key: _tidy(one) for key, one in value.items()}
        if name in {"properties", "schemas"}
        else _tidy(value)
        for name, value in node.items()
    }


def written(made: dict[str, Any]) -> str:
    """The description as it is committed: compact, for it is read by programs."""
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"
