"""Which roles a provider's word is worth here: the values of one claim, by a mapping that the installation declares.

A value that the mapping does not name gives no role, for a provider names groups of other programs too; whoever is left
with none does not enter (NoRole), and keeps none. A claim that is not a text or a list of texts, or has an empty one, refuses the entry: the
provider is not set up as the mapping says, and half of its word is not taken.
"""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from api.formats.json_reader import into, parse_json
from domain.access.principal import Grant
from domain.access.roles import NOT_BESIDE_OIV, OF_ANY_ADMINISTRATION, OF_OWN_OFFICES, Role
from domain.errors import Refusal
from domain.vocabulary import Frozen, Identifier, JsonValue

MOST_VALUES = 500
"""How many values of the claim are read: a directory with more groups for one person is not asked for roles."""

ClaimText = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=False)]
"""A text exactly as the provider writes it: capitals, blanks and all."""


class NoRole(Refusal):
    """An identity that is what it says, and has no role here."""

    name = "no_role"
    title = "Nessun ruolo"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "l'identità è riconosciuta, ma non ha alcun ruolo in questo servizio",
            accepted="un ruolo, che dà chi amministra le utenze dell'ente",
        )


class RoleClaimRefused(Refusal):
    """The claim that should hold roles is not a text, or a list of texts, of which none is empty."""

    name = "role_claim_refused"
    title = "Ruoli del fornitore d'identità non leggibili"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "il fornitore d'identità non dice i ruoli nella forma dichiarata",
            accepted="un testo o un elenco di testi non vuoti, nell'attributo dichiarato: lo corregge chi tiene il fornitore",
        )


class MappedValue(Frozen):
    """What one value of the claim gives."""

    value: ClaimText
    role: Role
    administration: Identifier | None = None
    offices: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _the_role_may_be_held_so(self) -> Self:
        if self.administration is None and self.role not in OF_ANY_ADMINISTRATION:
            msg = f"il ruolo {self.role} vale in un'amministrazione: dire quale"
            raise ValueError(msg)
        if bool(self.offices) != (self.role in OF_OWN_OFFICES):
            msg = f"gli uffici (offices) si dicono di {', '.join(sorted(OF_OWN_OFFICES))}, e di nessun altro ruolo"
            raise ValueError(msg)
        return self


def _path(value: object) -> object:
    return [value] if isinstance(value, str) else value


class RoleMapping(Frozen):
    """The declared mapping: where the claim stands, within objects of the claims where it is a list, and what each value gives."""

    claim: Annotated[tuple[ClaimText, ...], BeforeValidator(_path), Field(min_length=1, max_length=8)]
    roles: Annotated[tuple[MappedValue, ...], Field(min_length=1, max_length=5_000)]

    @model_validator(mode="after")
    def _each_thing_is_said_once(self) -> Self:
        seen: dict[MappedValue, int] = {}
        for position, row in enumerate(self.roles):
            first = seen.setdefault(row, position)
            if first != position:
                msg = f"roles[{position}] ripete roles[{first}]"
                raise ValueError(msg)
        return self


def read_role_mapping(data: bytes) -> RoleMapping:
    """The mapping of a JSON file; Malformed, with every problem and its place."""
    return into(RoleMapping, parse_json(data))


def claim_values(claims: dict[str, JsonValue], path: Sequence[str]) -> tuple[str, ...]:
    """The texts of a claim, as they are written; none where it is not there; RoleClaimRefused when it is something else."""
    value: JsonValue = claims
    for name in path:
        if not isinstance(value, dict):
            raise RoleClaimRefused
        if value.get(name) is None:
            return ()
        value = value[name]
    values = value if isinstance(value, list) else [value]
    texts = tuple(text for text in values if isinstance(text, str) and text.strip() and text.isprintable())
    if len(texts) != len(values) or len(texts) > MOST_VALUES:
        raise RoleClaimRefused
    return texts


def claimed_roles(values: Sequence[str], mapping: RoleMapping) -> tuple[Grant, ...]:
    """The roles that the values of the claim give, in the order of the mapping; none where they give none.

    A role that several values give in an administration is one, for the offices of them all. Whoever is its OIV has no
    part in what it assesses, whatever else the values give.
    """
    given = frozenset(values)
    offices: dict[tuple[Role, str | None], set[str]] = {}
    for row in mapping.roles:
        if row.value in given:
            offices.setdefault((row.role, row.administration), set()).update(row.offices)
    return tuple(
        Grant(*held, tuple(sorted(of)))
        for held, of in offices.items()
        if held[0] not in NOT_BESIDE_OIV or ("oiv", held[1]) not in offices
    )
