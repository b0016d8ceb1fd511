"""What others recorded since a form was opened, of what it is about."""

from collections.abc import Iterable

from api.language.translation import translated
from api.pages.visit import PlanVisit
from api.pages.work.filled import FilledForm
from api.pages.work.form_page import Meanwhile
from domain.facts import series_key
from domain.plans.concerned import concerns_object
from domain.recording import Recorded
from projections.access.accounts import actors_of
from projections.store.envelope import write_instant

LONGEST_NUMBER = 16


def seen_of(visit: PlanVisit) -> str:
    """On which versions of the plan and of its administration a form is opened."""
    known = visit.reading.known
    return f"{known.known.version}.{known.administration_known.version}"


def recorded_meanwhile(filled: FilledForm, seen: str) -> list[Meanwhile]:
    """What was recorded of the object of a form after the versions that it was opened on, with who did."""
    plan, _, administration = seen.partition(".")
    if not all(number.isdecimal() and len(number) < LONGEST_NUMBER for number in (plan, administration)):
        return []
    visit, reading = filled.visit, filled.visit.reading
    known, reader = reading.known, reading.reader
    records = [
        record
        for record in reader.records(known.stream, range(int(plan) + 1, known.known.version + 1))
        if not filled.about or concerns_object(record.event, filled.about)
    ]
    series = {
        name for id_, name in filled.choices.series.items() if not filled.form.is_change and _asks_of(filled, id_)
    }
    records += [
        record
        for record in reader.records(
            known.administration_stream, range(int(administration) + 1, known.administration_known.version + 1)
        )
        if _measures(record, series)
    ]
    return in_sentences(visit, records)


def recorded_after(visit: PlanVisit, version: int) -> list[Meanwhile]:
    """What was recorded of the whole plan after a version of it."""
    known = visit.reading.known
    return in_sentences(visit, visit.reading.reader.records(known.stream, range(version + 1, known.known.version + 1)))


def in_sentences(visit: PlanVisit, records: Iterable[Recorded]) -> list[Meanwhile]:
    """Events in sentences, with who recorded them where the visitor may know."""
    reading = visit.reading
    who: dict[str, str] = {}
    if visit.may("list_actors"):
        actors = actors_of(reading.reader, reading.known.administration)["actors"]
        who = {actor["account"]: actor["name"] or translated("persona cancellata", visit.language) for actor in actors}
    return [
        Meanwhile(
            record.event.sentence(reading.names),
            write_instant(record.recorded_at),
            who.get(record.actor, record.actor) if visit.may("list_actors") else "",
        )
        for record in sorted(records, key=lambda record: record.recorded_at)
    ]


def _asks_of(filled: FilledForm, indicator: str) -> bool:
    return indicator == filled.about or f"value.{indicator}" in (filled.typed or {})


def _measures(record: Recorded, series: set[str]) -> bool:
    keys = {series_key(name) for name in series if name}
    return any(fact.object in keys for fact in record.event.facts())
