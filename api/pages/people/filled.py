"""A form about an account as somebody fills it in: what its fields offer, and whose account it is about."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from api.pages import addresses
from api.pages.account import ACCOUNT as OWN_PAGE
from api.pages.addresses import page_address
from api.pages.installation.filled import InstallationFilled
from api.pages.installation.form import InstallationForm
from api.pages.people.visit import PeopleVisit
from api.pages.work.controls import FieldOption
from domain.access.decide import NobodyAdministers
from domain.access.events import EVERYWHERE
from domain.access.roles import OF_ANY_ADMINISTRATION, ROLE_WORDS
from domain.errors import DomainError
from domain.point import today
from domain.vocabulary import JsonValue
from projections.reminders import mailbox_of

DAYS_OF_TOKEN = 90
MAIL_WORDS = {
    "reminders": {"on": "si ricevono", "off": "non si ricevono"},
    "language": {"it": "italiano", "en": "inglese"},
}
"""What may be chosen of reminders, in words."""


class PeopleFilled(InstallationFilled[PeopleVisit]):
    """A form about an account."""

    HINTS: ClassVar[Mapping[tuple[str, str], str]] = {
        (
            "open_account",
            "name",
        ): "Il nome della persona, come lo leggerà chi può vederlo; sta accanto al registro, e si cancella.",
        ("open_account", "login"): "Ciò che la persona scrive per entrare: lettere minuscole, cifre, punto, trattino.",
        ("give_role", "offices"): "Solo per il ruolo di responsabile: gli uffici di cui registra i valori.",
        ("issue_token", "rights"): "Fra quelli del tuo accesso: il token non può di più.",
        ("issue_token", "expires_on"): "L'ultimo giorno in cui vale: al più fra un anno.",
        (
            "choose_reminders",
            "address",
        ): "Dove ti si scrive; vuoto, resta quello di prima. Sta accanto al registro, e si cancella con la tua persona.",
    }

    def __init__(
        self,
        form: InstallationForm,
        visit: PeopleVisit,
        said: Mapping[str, str],
        *,
        written: bool,
        confirming: bool = False,
    ) -> None:
        managed = visit.managed
        sole = {"administration": next(iter(managed))} if len(managed) == 1 and not visit.manages(None) else {}
        whole = said if "administration" not in form.given or said.get("administration") else {**said, **sole}
        super().__init__(form, visit, whole, written=written, confirming=confirming)

    @property
    def account(self) -> str:
        """The account that it is about: the visitor's own where it is about that."""
        if "token" in self.form.given:
            holders = [
                a["account"] for a in self.visit.accounts for t in a["tokens"] if t["token"] == self.said.get("token")
            ]
            return next(iter(holders), self.visit.principal.actor)
        return self.visit.principal.actor if self.form.own else self.said.get("account", "")

    @property
    def crumb(self) -> tuple[str, str]:
        """The account that it is about, or all of them; the own page where it is one's own."""
        visit, account = self.visit, self.visit.account(self.account)
        if self.form.own or (self.form.name == "revoke_token" and not self.said.get("account")):
            return visit.worded("La tua utenza"), OWN_PAGE
        if account is None:
            return visit.worded("Le utenze"), addresses.PEOPLE
        return account["name"] or "", page_address(addresses.PERSON, account=self.account)

    @property
    def choices(self) -> list[FieldOption] | None:
        """In which administration a role is given: its offices are offered then."""
        return self.places if self.form.name == "give_role" and not self.said.get("administration") else None

    def _is_required(self, name: str) -> bool:
        return (name == "administration" and not self.visit.manages(None)) or name == "reminders"

    def _initial(self, name: str) -> str:
        if name == "expires_on":
            return (today(self.visit.now) + timedelta(days=DAYS_OF_TOKEN)).isoformat()
        if name == "administration" and len(self.visit.managed) == 1:
            return next(iter(self.visit.managed))
        if self.form.name == "choose_reminders":
            mailbox = mailbox_of(self.visit.reader.cursor, self.account, self.visit.now)
            said = {"reminders": "on" if mailbox.reminders else "off"}
            return (said | {"address": mailbox.address or "", "language": mailbox.language or ""})[name]
        return ""

    def _options(self, name: str) -> list[FieldOption] | None:
        visit = self.visit
        match name:
            case "reminders" | "language":
                return [FieldOption(code, visit.worded(words)) for code, words in MAIL_WORDS[name].items()]
            case "administration":
                return self.places
            case "role" if self.said.get("administration") == EVERYWHERE:
                return [FieldOption(role, visit.worded(ROLE_WORDS[role])) for role in sorted(OF_ANY_ADMINISTRATION)]
            case "offices":
                known = visit.managed.keys() & {self.said.get("administration", "")}
                return [FieldOption(id_, words) for one in known for id_, words in visit.offices(one).items()]
            case "rights":
                grants = dict.fromkeys(
                    g for g in visit.principal.grants if g.administration or g.role == "administrator"
                )
                return [
                    FieldOption(g.right, f"{visit.worded(ROLE_WORDS[g.role])}, {visit.place(g.administration)}")
                    for g in grants
                ]
            case _:
                return None

    @property
    def places(self) -> list[FieldOption]:
        """The administrations whose accounts the visitor looks after, and the whole installation where it does that."""
        everywhere = "" if "administration" in self.form.fields else EVERYWHERE
        whole = [FieldOption(everywhere, self.visit.place(None))] if self.visit.manages(None) else []
        return [*(FieldOption(id_, words) for id_, words in self.visit.managed.items()), *whole]

    def document(self) -> dict[str, JsonValue]:
        """What is written, as the command takes it; what is of the whole installation is of no administration."""
        everywhere = {name for name, text in self.given.items() if text == EVERYWHERE}
        return {name: value for name, value in super().document().items() if name not in everywhere}

    def is_to_confirm(self, error: DomainError) -> bool:
        """Whether it was refused because nobody would administer any more."""
        return isinstance(error, NobodyAdministers) and bool(self.form.confirms)
