"""The role under which an actor recorded: actors are accounts or roles, never people."""

ROLES = {
    "ufficio-performance": "ufficio performance",
    "oiv": "OIV",
    "giunta": "Giunta",
    "segretario-generale": "Segretario Generale",
    "responsabile": "responsabile di servizio",
    "importazione": "importazione",
    "initinere": "sistema",
}
ACCOUNT = "account"
EVERY_ROLE = (*ROLES, ACCOUNT)


def role_of(actor: str) -> str:
    """The role that an actor's name begins with (`oiv`, `oiv.presidente`, `responsabile-bilancio`), else `account`."""
    for name in ROLES:
        if actor == name or actor.startswith((f"{name}.", f"{name}-", f"{name}_")):
            return name
    return ACCOUNT
