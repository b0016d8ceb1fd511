"""The rules of accounts: who may open one, give which role to whom, issue which token."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.access.commands import ErasePerson, GiveRole, IssueToken, SuspendAccount, TakeRole
from domain.access.events import (
    ERASED,
    EVERYWHERE,
    OPEN,
    STATUS,
    SUSPENDED,
    AccountOpened,
    AccountResumed,
    AccountSuspended,
    PersonErased,
    RemindersChosen,
    RoleGiven,
    RoleTaken,
    SessionsEnded,
    TokenIssued,
    TokenRevoked,
    account_key,
    token_key,
)
from domain.access.principal import Forbidden, Grant, Principal, right_said
from domain.access.roles import NOT_BESIDE_OIV, OF_ANY_ADMINISTRATION, OF_OWN_OFFICES, ROLE_WORDS, ROLES
from domain.errors import AlreadyThere, NoChange, NotFound, Refusal
from domain.timelines import Timelines

ACCOUNTS = "installation/accounts"
"""The stream of the installation that says who may do what."""

LONGEST_TOKEN = timedelta(days=366)


class RoleUnfit(Refusal):
    """A role that cannot be held so: for offices, for an administration, or for the whole installation."""

    name = "role_unfit"
    title = "Ruolo non assegnabile così"


class RoleForOneself(Refusal):
    """Nobody gives a role to its own account."""

    name = "role_for_oneself"
    title = "Ruolo a sé stessi"
    status = 403


class LastAdministrator(Refusal):
    """Without this account nobody could manage the accounts any more."""

    name = "last_administrator"
    title = "Ultimo amministratore"


class NobodyAdministers(Refusal):
    """Without this account nobody but the machine could manage the accounts of an administration: asked before."""

    name = "nobody_administers"
    title = "Nessuno amministrerebbe le utenze"


class AccountState:
    """The accounts as the stream says they are now."""

    def __init__(self, timelines: Timelines) -> None:
        self.timelines = timelines

    def _now(self, key: str, field: str) -> object:
        entries = self.timelines.entries(key, field)
        return entries[-1].value if entries else None

    def status(self, account: str) -> str | None:
        """Whether an account is open, suspended or erased; None where there is none."""
        status = self._now(account_key(account), STATUS)
        return None if status is None else str(status)

    def home(self, account: str) -> str | None:
        """The administration whose account it is; None where it is the installation's."""
        home = self._now(account_key(account), "administration")
        return None if home is None else str(home)

    def grants(self, account: str) -> tuple[Grant, ...]:
        """The roles that an account holds; none where it is not open."""
        if self.status(account) != OPEN:
            return ()
        return self.roles(account)

    def roles(self, account: str) -> tuple[Grant, ...]:
        """The roles that an account was given and that were not taken from it, whether or not it is open."""
        grants: list[Grant] = []
        for field in self.timelines.fields(account_key(account)):
            kind, _, rest = field.partition("/")
            offices = self._now(account_key(account), field)
            if kind != "role" or not isinstance(offices, list):
                continue
            name, _, administration = rest.partition("/")
            role = next((role for role in ROLES if role == name), None)
            if role is not None:
                where = None if administration == EVERYWHERE else administration
                grants.append(Grant(role, where, tuple(str(office) for office in offices)))
        return tuple(sorted(grants, key=lambda grant: (grant.administration or "", grant.role)))

    def fields(self, account: str) -> tuple[str, ...]:
        """Every field of an account that was ever spoken of."""
        return tuple(self.timelines.fields(account_key(account)))

    def accounts(self) -> tuple[str, ...]:
        """Every account that was ever opened, in the order of opening."""
        return tuple(key.partition("/")[2] for key in self.timelines.objects("account/"))

    def token_account(self, token: str) -> str | None:
        """The account of a token that was not revoked; None for any other."""
        if self._now(token_key(token), STATUS) != OPEN:
            return None
        return str(self._now(token_key(token), "account"))

    def token_owner(self, token: str) -> str | None:
        """The account that a token was issued for, revoked or not; None where there is no such token."""
        owner = self._now(token_key(token), "account")
        return None if owner is None else str(owner)

    def token_rights(self, token: str) -> tuple[Grant, ...]:
        """What a token may use of the roles that its account holds now."""
        account, rights = self.token_account(token), self._now(token_key(token), "rights")
        if account is None or not isinstance(rights, list):
            return ()
        return tuple(grant for grant in self.grants(account) if grant.right in rights)

    def administrators_of(self, administration: str) -> frozenset[str]:
        """The open accounts that administer the accounts of an administration."""
        return frozenset(
            account
            for account in self.accounts()
            if any(
                g.role == "administrator" and g.administration in {None, administration} for g in self.grants(account)
            )
        )

    def administrators(self) -> frozenset[str]:
        """The open accounts that administer the whole installation."""
        everywhere = Grant("administrator", None)
        return frozenset(account for account in self.accounts() if everywhere in self.grants(account))


def require_manages(by: Principal, administration: str | None) -> None:
    """Forbidden for whoever does not administer the accounts of an administration or, with None, of the installation."""
    if by.is_machine:
        return
    if administration is None and not any(g.role == "administrator" and g.administration is None for g in by.grants):
        raise Forbidden(
            "chi chiede non amministra l'intera installazione", accepted="un'amministrazione", where="administration"
        )
    by.require("manage_accounts", administration)


def account_opened(state: AccountState, account: str, administration: str | None, by: Principal) -> AccountOpened:
    """Refused where the account is there, or where whoever opens it does not administer there."""
    require_manages(by, administration)
    if state.status(account) is not None:
        raise AlreadyThere(f"l'utenza {account} c'è già", where="account")
    return AccountOpened(account=account, administration=administration)


def account_suspended(state: AccountState, command: SuspendAccount, by: Principal) -> AccountSuspended:
    """Refused where it is not open, and for the last administrator of the installation; asked for that of an administration."""
    account = command.account
    _require_status(state, account, OPEN, by)
    _require_another_administrator(state, account)
    _require_administered(state, account, state.grants(account), confirmed=command.leaves_nobody)
    return AccountSuspended(account=account)


def sessions_ended(state: AccountState, account: str, by: Principal) -> SessionsEnded:
    """Refused where it is not open: nobody is in."""
    _require_status(state, account, OPEN, by)
    return SessionsEnded(account=account)


def account_resumed(state: AccountState, account: str, by: Principal) -> AccountResumed:
    """Refused where it is not suspended."""
    _require_status(state, account, SUSPENDED, by)
    return AccountResumed(account=account)


def person_erased(state: AccountState, command: ErasePerson, by: Principal) -> PersonErased:
    """Refused where the person was erased already, and as an account is suspended."""
    account = command.account
    status = _require_there(state, account, by)
    if status == ERASED:
        raise NoChange(f"la persona dell'utenza {account} è già cancellata", where="account")
    _require_another_administrator(state, account)
    _require_administered(state, account, state.grants(account), confirmed=command.leaves_nobody)
    return PersonErased(account=account)


def role_given(state: AccountState, command: GiveRole, by: Principal, *, is_entered: bool) -> RoleGiven:
    """Refused where the role is held so already, cannot be held so, would be one's own, or whoever has the link's.

    `is_entered` says whether the account's person has come in: until then whoever made its link could in its place.
    """
    require_manages(by, command.administration)
    if command.account == by.actor:
        found = "nessuno dà un ruolo a sé stesso"
        raise RoleForOneself(
            found, accepted="un altro amministratore, o la riga di comando della macchina", where="account"
        )
    word = ROLE_WORDS[command.role]
    if command.administration is None and command.role not in OF_ANY_ADMINISTRATION:
        raise RoleUnfit(
            f"il ruolo di {word} vale in un'amministrazione",
            accepted="l'amministrazione in cui vale",
            where="administration",
        )
    if bool(command.offices) != (command.role in OF_OWN_OFFICES):
        found = "senza uffici" if not command.offices else "per alcuni uffici"
        of_offices = ", ".join(ROLE_WORDS[role] for role in sorted(OF_OWN_OFFICES))
        accepted = f"gli uffici, per il ruolo di {of_offices} e per nessun altro"
        raise RoleUnfit(f"il ruolo di {word} non si tiene {found}", accepted=accepted, where="offices")
    _require_reachable(state, command, by, is_entered=is_entered)
    _require_independent(state, command)
    offices = tuple(sorted(set(command.offices)))
    if Grant(command.role, command.administration, offices) in state.roles(command.account):
        raise NoChange(f"{command.account} ha già questo ruolo", where="role")
    return RoleGiven(account=command.account, role=command.role, administration=command.administration, offices=offices)


def _require_reachable(state: AccountState, command: GiveRole, by: Principal, *, is_entered: bool) -> None:
    """Refused for an account that is not open, or that nobody has come into but whoever made its link would have the role.

    Of an account of others nothing is told: one that cannot be given the role is, to whoever does not administer it, not
    there.
    """
    account, home = command.account, state.home(command.account)
    has_strange_link = not (is_entered or by.is_machine or home in {None, command.administration})
    if not _may_see(state, account, by) and (state.status(account) != OPEN or has_strange_link):
        raise _not_there(account)
    _require_status(state, account, OPEN, None)
    if has_strange_link:
        raise RoleUnfit(
            f"nell'utenza {account} non è ancora entrato nessuno: chi ha il suo link avrebbe questo ruolo",
            accepted="questo ruolo dopo il primo accesso",
            where="account",
        )


def _require_independent(state: AccountState, command: GiveRole) -> None:
    """RoleUnfit where one account would be the OIV of an administration, and have a part in what it assesses there."""
    held = {grant.role for grant in state.roles(command.account) if grant.administration == command.administration}
    accepted = "due utenze di due persone, o togliere prima l'altro ruolo"
    if "oiv" in held and command.role in NOT_BESIDE_OIV:
        found = f"chi è OIV di {command.administration} non vi tiene il ruolo di {ROLE_WORDS[command.role]}: valuterebbe sé stesso"
        raise RoleUnfit(found, accepted=accepted, where="role")
    if command.role == "oiv" and (beside := sorted(ROLE_WORDS[role] for role in held & NOT_BESIDE_OIV)):
        found = (
            f"chi in {command.administration} ha il ruolo di {', '.join(beside)} non ne è l'OIV: valuterebbe sé stesso"
        )
        raise RoleUnfit(found, accepted=accepted, where="role")


def role_taken(state: AccountState, command: TakeRole, by: Principal) -> RoleTaken:
    """Refused where it is not held, and for the last administrator of the installation; asked for that of an administration."""
    require_manages(by, command.administration)
    held = {(grant.role, grant.administration) for grant in state.roles(command.account)}
    if (command.role, command.administration) not in held:
        accepted = _listed(state, command.account, by)
        raise NotFound(f"{command.account} non ha questo ruolo", accepted=accepted, where="role")
    if command.role == "administrator" and command.administration is None:
        _require_another_administrator(state, command.account)
    lost = [
        g for g in state.grants(command.account) if (g.role, g.administration) == (command.role, command.administration)
    ]
    _require_administered(state, command.account, lost, confirmed=command.leaves_nobody)
    return RoleTaken(account=command.account, role=command.role, administration=command.administration)


def require_first_entry(state: AccountState, account: str, by: Principal, *, has_credentials: bool) -> None:
    """Refused for an account that somebody has come into: who makes it a link could come in as another.

    For one that holds a role where its maker does not administer, too: it would act there. On the machine, whoever has
    lost every credential is let in again.
    """
    _require_status(state, account, OPEN, by)
    for grant in state.roles(account):
        if not by.may("manage_accounts", grant.administration or EVERYWHERE):
            where = grant.administration or "tutta l'installazione"
            raise Forbidden(
                f"l'utenza {account} ha un ruolo in un'amministrazione di cui chi chiede non amministra le utenze",
                accepted=f"chi amministra anche {where}, o initinere account link sulla macchina",
                where="account",
            )
    if has_credentials and not by.is_machine:
        found = f"l'utenza {account} ha già credenziali sue"
        accepted = "un'altra utenza, o initinere account link sulla macchina"
        raise Forbidden(found, accepted=accepted, where="account")


def token_issued(state: AccountState, command: IssueToken, token: str, by: Principal, today: date) -> TokenIssued:
    """Refused for roles that the account, or the session that asks, does not hold; by a token; and beyond a year.

    Nobody but the machine issues one for another account.
    """
    if by.token:
        raise Forbidden("un token non ne emette altri", accepted="una sessione")
    account = (command.account or "") if by.is_machine else by.actor
    if not by.is_machine and command.account not in {None, by.actor}:
        raise Forbidden("un token si emette per la propria utenza", accepted=by.actor, where="account")
    if state.status(account) != OPEN:
        raise NotFound(f"l'utenza {account or '(nessuna)'} non c'è", accepted="un'utenza aperta", where="account")
    said = {grant.right: grant.said for grant in state.grants(account)}
    held = said.keys()
    # A token outlives its session: it is given no role that the session itself was not.
    lent = held if by.is_machine else held & {grant.right for grant in by.grants}
    for place, right in enumerate(command.rights):
        if right in held - lent:
            found = f"con questo accesso non si usa il ruolo {said[right]}, e un token non può più dell'accesso che lo emette"
            raise Forbidden(found, accepted="un accesso con una passkey", where=f"rights[{place}]")
        if right not in held:
            accepted = ", ".join(sorted(said.values())) or "nessun ruolo"
            raise NotFound(
                f"{account} non ha il ruolo {right_said(right)}", accepted=accepted, where=f"rights[{place}]"
            )
    if not today <= command.expires_on <= today + LONGEST_TOKEN:
        accepted = f"da {today:%d/%m/%Y} a {today + LONGEST_TOKEN:%d/%m/%Y}"
        raise Refusal(f"un token non vale fino al {command.expires_on:%d/%m/%Y}", accepted=accepted, where="expires_on")
    rights = tuple(dict.fromkeys(command.rights))
    return TokenIssued(account=account, token=token, rights=rights, expires_on=command.expires_on)


def reminders_chosen(state: AccountState, account: str, by: Principal, *, reminders: bool) -> RemindersChosen:
    """Refused for another's account where whoever asks does not administer it, and where it is not open."""
    if account != by.actor:
        _require_status(state, account, OPEN, by)
    elif state.status(account) != OPEN:
        raise NotFound(f"l'utenza {account or '(nessuna)'} non c'è", accepted="un'utenza aperta", where="account")
    return RemindersChosen(account=account, reminders=reminders)


def token_revoked(state: AccountState, token: str, by: Principal) -> TokenRevoked:
    """Refused where it is not in use, or is another's whose accounts one does not administer."""
    account = state.token_owner(token)
    if account is None or not _may_see(state, account, by):
        raise NotFound(f"il token {token} non c'è", accepted="un token della propria utenza", where="token")
    if state.token_account(token) is None:
        raise NoChange(f"il token {token} è già revocato", where="token")
    return TokenRevoked(account=account, token=token)


def _may_see(state: AccountState, account: str, by: Principal) -> bool:
    return by.actor == account or by.may("manage_accounts", state.home(account) or EVERYWHERE)


def _require_there(state: AccountState, account: str, by: Principal | None) -> str:
    status = state.status(account)
    if status is None or (by is not None and not _may_see(state, account, by)):
        raise _not_there(account)
    return status


def _not_there(account: str) -> NotFound:
    return NotFound(f"l'utenza {account} non c'è", accepted="l'id di un'utenza che si amministra", where="account")


def _require_status(state: AccountState, account: str, wanted: str, by: Principal | None) -> None:
    if by is not None:
        _require_there(state, account, by)
        require_manages(by, state.home(account))
    status = _require_there(state, account, None)
    if status != wanted:
        raise NoChange(f"l'utenza {account} è {ACCOUNT_STATUS_WORDS.get(status, status)}", where="account")


def _require_another_administrator(state: AccountState, account: str) -> None:
    if state.administrators() == {account}:
        found = f"{account} è il solo amministratore dell'installazione"
        raise LastAdministrator(found, accepted="prima, un altro amministratore", where="account")


def _require_administered(state: AccountState, account: str, lost: Iterable[Grant], *, confirmed: bool) -> None:
    """NobodyAdministers where an administration would be left without whoever manages its accounts, and nobody said so."""
    places = sorted({g.administration for g in lost if g.role == "administrator" and g.administration is not None})
    left = [place for place in places if state.administrators_of(place) == {account}]
    if left and not confirmed:
        raise NobodyAdministers(
            f"{account} è l'unica utenza che amministra quelle di {', '.join(left)}: dopo non resterebbe nessuno",
            accepted="prima, un altro amministratore; oppure, se deve restare così, dire che resta senza chi amministra",
            where="leaves_nobody",
        )


def _listed(state: AccountState, account: str, by: Principal) -> str:
    """The roles of an account where somebody administers: of those it has elsewhere nothing is told."""
    roles = [grant for grant in state.roles(account) if by.may("manage_accounts", grant.administration or EVERYWHERE)]
    return ", ".join(grant.said for grant in roles) or "nessun ruolo"


ACCOUNT_STATUS_WORDS = {OPEN: "aperta", SUSPENDED: "sospesa", ERASED: "cancellata"}
"""What an account is, as people say it."""
