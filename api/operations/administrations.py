"""What belongs to an administration: its acts, its offices."""

from api.commands.administrations import close_office, succeed_administration
from api.operations.model import AnsweredBy, Cli, command
from api.operations.requests import ActRequest
from domain.administrations.commands import CloseOffice, RegisterOffice, SucceedAdministration
from projections.acts import ActList, acts_of_administration, acts_of_plan
from projections.offices import OfficeList, offices_of_administration, offices_of_plan

ADMINISTRATIONS = (
    AnsweredBy(ActList).question(
        "list_acts",
        "Atti di un'amministrazione",
        "Gli atti registrati, con data fino a quella chiesta.",
        tag="amministrazioni",
        permission="read_registry",
        path="/administrations/{administration}/acts",
        handler=lambda context, _: acts_of_administration(context.reader, context.subject, context.point),
        identity="administration",
    ),
    AnsweredBy(ActList).question(
        "list_plan_acts",
        "Atti citati da un piano",
        "Gli atti con cui il piano è stato approvato e modificato.",
        tag="amministrazioni",
        permission="read_plan",
        path="/plans/{plan}/acts",
        handler=lambda context, _: acts_of_plan(context.reader, context.subject, context.point),
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
        handler=lambda context, request: context.service.register_act(context.subject, request.act, context.caller),
    ),
    AnsweredBy(OfficeList).question(
        "list_offices",
        "Uffici di un'amministrazione",
        "Gli uffici in attività alla data, con gli altri nomi con cui i documenti li chiamano.",
        tag="amministrazioni",
        permission="read_registry",
        path="/administrations/{administration}/offices",
        handler=lambda context, _: offices_of_administration(context.reader, context.subject, context.point),
        identity="administration",
    ),
    AnsweredBy(OfficeList).question(
        "list_plan_offices",
        "Uffici di un piano",
        "Gli uffici che il piano in vigore alla data nomina, come responsabili di obiettivi o di indicatori.",
        tag="amministrazioni",
        permission="read_plan",
        path="/plans/{plan}/offices",
        handler=lambda context, _: offices_of_plan(context.reader, context.subject, context.point),
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
        handler=lambda context, office: context.service.register_office(context.subject, office, context.caller),
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
        handler=lambda context, closing: close_office(context.service, context.subject, closing, context.caller),
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
        handler=lambda context, succession: succeed_administration(
            context.service, context.subject, succession, context.caller
        ),
    ),
)
