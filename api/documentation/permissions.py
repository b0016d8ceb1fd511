"""The table of who may do what, role by operation, made of the table of operations and of the roles themselves."""

from api.operations.model import Operation
from api.operations.table import OPERATIONS
from domain.access.roles import ANONYMOUS, OF_EVERY_ACCOUNT, OF_OWN_OFFICES, PERMISSIONS_OF, ROLE_WORDS, ROLES, Role

_HEAD = """# I permessi

{mark}
Ogni operazione chiede un permesso; un ruolo è un insieme di permessi, nella sua amministrazione. Il segno ● dice che il ruolo la può fare, ○ che la può fare per i piani pubblicati soltanto, ◐ per gli indicatori dei propri uffici soltanto. Chi non ha fatto l'accesso può ciò che può un lettore dove l'installazione è aperta al pubblico (`INITINERE_PUBLIC`), altrimenti solo le operazioni segnate nell'ultima colonna. Ciò che nessun ruolo può si fa sulla macchina.

"""


def permissions_page(mark: str) -> str:
    """The page: a row an operation, a column a role."""
    columns = [ROLE_WORDS[role] for role in ROLES]
    lines = [
        f"| operazione | permesso | {' | '.join(columns)} | chiunque |\n",
        f"|---|---|{'---|' * (len(ROLES) + 1)}\n",
    ]
    for operation in OPERATIONS:
        signs = [_sign(operation, role) for role in ROLES]
        everybody = "●" if operation.permission in ANONYMOUS else ""
        cells = [f"`{operation.name}`", f"`{operation.permission}`", *signs, everybody]
        lines.append(f"| {' | '.join(cells)} |\n")
    return _HEAD.format(mark=mark) + "".join(lines)


def _sign(operation: Operation, role: Role) -> str:
    held = PERMISSIONS_OF[role]
    if operation.permission in OF_EVERY_ACCOUNT:
        return "●"
    if operation.permission not in held:
        return ""
    if role in OF_OWN_OFFICES and operation.permission == "record_values":
        return "◐"
    return "○" if operation.scope == "plan" and "read_drafts" not in held else "●"
