"""What belongs to an administration: its acts, its offices."""

from api.commands.administrations import close_office, succeed_administration
from api.operations.model import Cli, command, question
from api.operations.requests import ActRequest
from api.operations.schemas import Recorded
from domain.administrations.commands import CloseOffice, RegisterOffice, SucceedAdministration
from projections.acts import ActList, acts_of_administration, acts_of_plan
from projections.offices import OfficeList, offices_of_administration, offices_of_plan

REGISTRY = (
    question(
        "list_acts",
        "Atti di un'amministrazione",
        "Gli atti registrati, con data fino a quella chiesta.",
        tag="amministrazioni",
        permission="read_registry",
        path="/administrations/{administration}/acts",
        answer=ActList,
        handler=lambda asked, _: acts_of_administration(asked.reader, asked.subject, asked.point),
        identity="administration",
    ),
    question(
        "list_plan_acts",
        "Atti citati da un piano",
        "Gli atti con cui il piano è stato approvato e modificato.",
        tag="amministrazioni",
        permission="read_plan",
        path="/plans/{plan}/acts",
        answer=ActList,
        handler=lambda asked, _: acts_of_plan(asked.reader, asked.subject, asked.point),
    ),
    command(
        "register_act",
        "Registra un atto",
        "Registra un atto, per esteso o con la frase che lo cita.",
        tag="amministrazioni",
        permission="keep_registry",
        path="/administrations/{administration}/acts",
        cli=Cli(words="act", arguments=("act",)),
        takes=ActRequest,
        answer=Recorded,
        handler=lambda taken, request: taken.service.register_act(taken.subject, request.act, taken.caller),
    ),
    question(
        "list_offices",
        "Uffici di un'amministrazione",
        "Gli uffici in attività alla data, con gli altri nomi con cui i documenti li chiamano.",
        tag="amministrazioni",
        permission="read_registry",
        path="/administrations/{administration}/offices",
        answer=OfficeList,
        handler=lambda asked, _: offices_of_administration(asked.reader, asked.subject, asked.point),
        identity="administration",
    ),
    question(
        "list_plan_offices",
        "Uffici di un piano",
        "Gli uffici che il piano in vigore alla data nomina, come responsabili di obiettivi o di indicatori.",
        tag="amministrazioni",
        permission="read_plan",
        path="/plans/{plan}/offices",
        answer=OfficeList,
        handler=lambda asked, _: offices_of_plan(asked.reader, asked.subject, asked.point),
    ),
    command(
        "register_office",
        "Registra un ufficio",
        "Registra un ufficio, oppure gli dà un altro nome o altri alias. Mai una persona.",
        tag="amministrazioni",
        permission="keep_registry",
        path="/administrations/{administration}/offices",
        cli=Cli(words="office", arguments=("name",), options={"aliases": "alias", "office": "id"}),
        takes=RegisterOffice,
        answer=Recorded,
        handler=lambda taken, office: taken.service.register_office(taken.subject, office, taken.caller),
    ),
    command(
        "close_office",
        "Chiude un ufficio",
        "Registra che un ufficio cessa: da quella data non è più fra quelli in attività. Ciò che gli fu affidato resta scritto.",
        tag="amministrazioni",
        permission="keep_registry",
        path="/administrations/{administration}/office-closings",
        cli=Cli(words="administration close-office", arguments=("office",)),
        takes=CloseOffice,
        answer=Recorded,
        handler=lambda taken, closing: close_office(taken.service, taken.subject, closing, taken.caller),
    ),
    command(
        "succeed_administration",
        "Registra una successione fra enti",
        "Registra che l'amministrazione subentra ad altre, per fusione o per scissione: le loro serie continuano nella sua storia.",
        tag="amministrazioni",
        permission="keep_registry",
        path="/administrations/{administration}/succession",
        cli=Cli(words="administration succeed", options={"predecessors": "predecessor"}),
        takes=SucceedAdministration,
        answer=Recorded,
        handler=lambda taken, succession: succeed_administration(
            taken.service, taken.subject, succession, taken.caller
        ),
    ),
)
