"""Questions across administrations: the change rate of all in a year, who changed what in a period."""

from api.operations.actors import SHOWN_WITH, are_shown
from api.operations.model import AnsweredBy, Cli, QueryContext
from api.operations.paging import next_page
from api.operations.queries import InPeriod, OfAll
from domain.access.principal import Forbidden
from domain.errors import Malformed, Problem
from domain.point import Point, today
from projections.across.changes import ChangeFilter, ChangesAcross, PageKey, changes_across, read_page_key
from projections.across.follower import refresh
from projections.across.rates import RatesAcross, rates_across
from projections.plans import administrations_seen, sees_administration
from projections.streams import unknown_administration, unknown_plan


def list_change_rates(context: QueryContext, of: OfAll) -> RatesAcross:
    """The rates of a year, a page of plans, and the address of the next."""
    on = of.as_of or today(context.now)
    page = rates_across(context.reader, of.year, on, level=of.level, after=of.after or "", limit=of.limit)
    return page | {"next": next_page("change-rates", of, page["next"], as_of=on.isoformat())}


def list_changes_across(context: QueryContext, of: InPeriod) -> ChangesAcross:
    """The changes of a period, a page of them, and the address of the next.

    Whoever does not read the record of an administration is not told either which changes somebody recorded.
    """
    if of.actor is not None and not are_shown(context.principal, of.administration):
        found = "chi registra non si chiede senza leggere il registro dell'amministrazione"
        accepted = f"un'amministrazione in cui si ha {SHOWN_WITH}"
        raise Forbidden(found, accepted=accepted, where="actor")
    if of.plan is not None and not context.may_read(of.plan, context.point):
        raise unknown_plan(of.plan)
    if of.administration is not None:
        present = Point(today(context.now))
        if not sees_administration(context.reader, of.administration, context.principal, present):
            told = administrations_seen(context.reader, context.principal, present)
            raise unknown_administration(of.administration, told)
    wanted = ChangeFilter(**{name: getattr(of, name) for name in ChangeFilter._fields})
    after = _key(of.after) if of.after is not None else None
    page = changes_across(context.reader, wanted, after=after, limit=of.limit)
    return page | {"next": next_page("changes", of, page["next"])}


def _key(text: str) -> PageKey:
    try:
        return read_page_key(text)
    except ValueError:
        found = f"{text[:80]!r} non è una chiave"
        raise Malformed(
            [Problem(where="after", found=found, accepted="il valore di after nell'indirizzo che next dà")]
        ) from None


ACROSS = (
    AnsweredBy(RatesAcross).question(
        "list_change_rates",
        "Tasso di modifica di tutte le amministrazioni",
        "Il tasso di modifica di un anno: in totale, per livello, per causa, e piano per piano, come noto adesso.\n\n"
        "Ogni cifra di un piano è quella di `/v1/plans/{plan}/change-rates` alla stessa data. Nei totali un'amministrazione conta\n"
        "una volta, con l'ultimo piano che copre l'anno (`counted`). `followed` dice fino a quale evento la risposta è aggiornata.",
        tag="fra amministrazioni",
        permission="read_plan",
        path="/change-rates",
        cli=Cli(words="across rates"),
        query=OfAll,
        handler=list_change_rates,
        identity="answer",
        prepare=refresh,
    ),
    AnsweredBy(ChangesAcross).question(
        "list_changes_across",
        "Chi ha modificato che cosa in un periodo",
        "Le modifiche dei piani di tutte le amministrazioni, come note adesso, dalla più vecchia.\n\n"
        "L'ordine è quello di registrazione; quello degli effetti, se il periodo è detto solo con `since` e `until`. Ciò che è\n"
        "stato annullato non c'è: lo mostra il registro del piano.",
        tag="fra amministrazioni",
        permission="read_plan",
        path="/changes",
        cli=Cli(words="across changes"),
        query=InPeriod,
        handler=list_changes_across,
        prepare=refresh,
        identity="answer",
        varies=True,
    ),
)
