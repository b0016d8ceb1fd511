"""Who looks at a page, and in which language: read from the request, for every page alike."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

from api.access.kept_forms import form_mark
from api.access.sessions import csrf_token
from api.http.access import Admission
from api.http.language import language_of, with_language
from api.language.sentences import sentence_in
from api.language.translation import translated
from api.language.values import value_in_words
from api.operations.table import QUESTIONS
from api.pages.addresses import PEOPLE
from api.pages.frame import Visitor
from api.pages.plan_reading import PlanReading
from api.pages.sign_in import SIGN_IN, onwards
from api.pages.work.effects_shown import until_words
from api.settings import Language
from domain.access.principal import Principal
from domain.library.decide import LIBRARY
from domain.names import Names
from domain.patterns import regex
from domain.point import Point, today
from domain.recording import Recorded
from projections.access import people
from projections.audit import names_of
from projections.plans import may_read_plan
from projections.proposals import proposal_titles
from projections.store.reader import Reader
from projections.streams import find_plan

NOTICE_COOKIE = "initinere-esito"
"""Which event was just recorded, for the next page to say so, once."""
NOTICED = "/piani/"
"""Beneath which pages say it."""
VERSION = regex("[1-9][0-9]{0,14}")


def visitor_of(request: Request, admission: Admission, reader: Reader) -> Visitor:
    """Who looks, as a page addresses it; an open door asks nobody to come in."""
    account, csrf = admission.session.account if admission.session else "", csrf_token(admission.secret or "")
    person = people.of_accounts(reader.cursor, [account]).get(account) if account else None
    present = Point(today(request.app.state.store.clock()))
    comes_in = not account and not admission.principal.is_machine
    return Visitor(
        person=person.name if person else account,
        csrf=csrf if admission.secret else "",
        mark=form_mark(request.app.state.gate.key, account, csrf) if account else "",
        sign_in=onwards(SIGN_IN, own_address(request)) if comes_in else "",
        may=admission.allows,
        may_read=lambda plan, at: may_read_plan(reader, plan, admission.principal, present, at),
        notice=_notice(request, admission, reader),
        people=people_address(admission.principal),
        permits=lambda permission: admission.principal.may(permission, admission.administration or ""),
        offices=lambda operation: admission.principal.offices(operation.permission, admission.administration or ""),
    )


def people_address(principal: Principal) -> str:
    """Where somebody looks after accounts; empty for whoever does not, and where the door is open and nobody has one."""
    looks_after = principal.is_account and principal.may(QUESTIONS["list_accounts"].permission, None)
    return PEOPLE if looks_after else ""


def _notice(request: Request, admission: Admission, reader: Reader) -> str:
    """What was just recorded, in a sentence to whoever may read the record."""
    kind, _, version = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    plan, number = str(request.path_params.get("plan", "")), int(version) if VERSION.fullmatch(version) else 0
    if not plan or not number or kind not in {"plan", "administration", "review", "proposals"}:
        return ""
    language = language_of(request)
    recorded = translated("Registrato.", language)
    if not admission.allows(QUESTIONS["list_audit"]):
        return recorded
    stream = f"{kind}/{admission.administration or '' if kind == 'administration' else plan}"
    if admission.principal.is_machine:
        known = find_plan(reader, plan)
        stream = known.administration_stream if kind == "administration" else stream
    records = reader.records(stream, [number])
    names = names_of(reader, find_plan(reader, plan))
    if kind == "proposals":
        names = Names({**names.by_key, **proposal_titles(reader, plan)})
    said = [sentence_in(record.event.sentence(names), language) + "." for record in records]
    return " ".join([recorded, *said, *(_limits(reader, records, language) if kind == "plan" else ())])


def library_notice(request: Request, reader: Reader) -> str:
    """What was just recorded of the library, which everybody reads."""
    kind, _, version = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    if kind != "library" or not VERSION.fullmatch(version):
        return ""
    language = language_of(request)
    records = reader.records(LIBRARY, [int(version)])
    said = [sentence_in(record.event.sentence(Names({})), language) + "." for record in records]
    return " ".join([translated("Registrato.", language), *said])


def _limits(reader: Reader, records: Sequence[Recorded], language: Language) -> Iterator[str]:
    """Until when what was recorded holds, where another act of a later date was recorded before."""
    for record in records:
        timelines = reader.timelines(record.stream)
        for fact in record.event.facts():
            entry = timelines.following(fact.object, fact.field, record.effective_on)
            if entry is not None and entry.value != fact.value:
                by = reader.records(record.stream, [entry.version])[0].act
                act = PlanReading(reader, record.stream.partition("/")[2], Point(entry.effective_on)).acts.get(
                    by or "", ""
                )
                then = value_in_words(entry.value, fact.field, language)
                yield until_words(record.effective_on, entry.effective_on - timedelta(days=1), then, act, language)


def with_notice(answer: Response, event: str, *, is_secure: bool, path: str = NOTICED) -> Response:
    """An answer after which the next page beneath a path says what was recorded."""
    answer.set_cookie(NOTICE_COOKIE, event, max_age=60, path=path, httponly=True, secure=is_secure, samesite="lax")
    return answer


def own_address(request: Request) -> str:
    """The address that was asked for, on this service."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def origin_of(request: Request) -> str:
    """Where this service is reached: the address that it declares, else the one by which it was asked."""
    declared: str | None = request.app.state.settings.public_address
    return declared or str(request.base_url).rstrip("/")


def keep_language(request: Request, answer: Response, path: str = NOTICED) -> Response:
    """Remembers the language that the address asks for; a notice was shown."""
    if NOTICE_COOKIE in request.cookies:
        answer.delete_cookie(NOTICE_COOKIE, path=path)
    return with_language(request, answer)
