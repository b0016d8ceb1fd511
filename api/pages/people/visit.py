"""One visit to the people of an administration: who looks, whom it looks after, and how accounts, offices, bodies are called."""

from functools import cached_property

from api.language.sentences import sentence_in
from api.pages.addresses import page_address
from api.pages.installation.visit import InstallationVisit
from domain.access.events import ACCOUNT_PREFIX, EVERYWHERE
from domain.access.roles import ROLE_WORDS
from domain.facts import ADMINISTRATION
from domain.patterns import regex
from domain.point import Point, today
from projections.access import people
from projections.access.accounts import AccountAnswer, RoleAnswer, accounts_of
from projections.offices import offices_of_administration
from projections.streams import ADMINISTRATIONS, administration_stream

ACCOUNT = regex(rf"{ACCOUNT_PREFIX}[a-z2-7]{{16}}(?![a-z2-7])")
NAMED = regex(r"(?<![\w./-])[a-z0-9][a-z0-9._-]{0,119}(?<![.])(?![\w/-])")


class PeopleVisit(InstallationVisit):
    """A visit by whoever has an account."""

    @cached_property
    def accounts(self) -> list[AccountAnswer]:
        """The accounts that the visitor looks after; none for whoever looks after none."""
        if not self.principal.may("read_accounts", None):
            return []
        return accounts_of(self.reader, self.principal, self.now)["accounts"]

    def account(self, name: str) -> AccountAnswer | None:
        """One of them."""
        return next((account for account in self.accounts if account["account"] == name), None)

    @cached_property
    def administrations(self) -> dict[str, str]:
        """The names of all administrations, by id."""
        ids = [stream.removeprefix(ADMINISTRATIONS) for stream in self.reader.streams(ADMINISTRATIONS)]
        return {id_: self._named(id_) for id_ in ids}

    def _named(self, administration: str) -> str:
        entries = self.reader.timelines(administration_stream(administration)).entries(ADMINISTRATION, "name")
        return str(entries[-1].value) if entries else administration

    @cached_property
    def managed(self) -> dict[str, str]:
        """The administrations whose accounts the visitor looks after, with their names."""
        return {id_: name for id_, name in self.administrations.items() if self.manages(id_)}

    def manages(self, administration: str | None) -> bool:
        """Whether the visitor looks after the accounts of an administration; with None, of the whole installation."""
        return self.principal.may("manage_accounts", administration or EVERYWHERE)

    def offices(self, administration: str) -> dict[str, str]:
        """The offices of an administration that are in activity, with their names."""
        listed = offices_of_administration(self.reader, administration, Point(today(self.now)))
        return {office["id"]: office["name"] for office in listed["offices"]}

    def place(self, administration: str | None) -> str:
        """Where a role holds, in words."""
        if administration is None:
            return self.worded("tutta l'installazione")
        return self.administrations.get(administration, administration)

    def role(self, role: RoleAnswer, *, placed: bool = True) -> str:
        """A role in words, with where it holds and for which offices."""
        words = self.worded(ROLE_WORDS[role["role"]])
        if role["offices"] and role["administration"]:
            known = self.offices(role["administration"])
            words = f"{words} ({', '.join(known.get(office, office) for office in role['offices'])})"
        return f"{words}, {self.place(role['administration'])}" if placed else words

    def person(self, account: str) -> str:
        """How people call an account: the name of its person, else that it was erased."""
        person = people.of_accounts(self.reader.cursor, [account]).get(account)
        return person.name if person else self.worded("persona cancellata")

    def said(self, sentence: str, administration: str | None = None) -> str:
        """A sentence of an event, or of a refusal, with the names of the accounts, bodies and offices that it calls by ids."""
        words = ACCOUNT.sub(lambda found: f"«{self.person(found[0])}»", sentence_in(sentence, self.language))
        names = self.administrations | (self.offices(administration) if administration in self.administrations else {})
        return NAMED.sub(lambda found: names.get(found[0], found[0]), words)

    def to(self, path: str, **query: str) -> str:
        """The address of a page of people."""
        return page_address(path, query)
