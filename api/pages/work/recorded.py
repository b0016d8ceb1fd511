"""After the recording: where what was changed is to be seen, and which event says so."""

from api.commands.handler import Outcome
from api.pages import addresses
from api.pages.work.filled import FilledForm
from api.pages.work.owed import OwedValues
from api.pages.work.table import OVERSIGHT, ROUNDS
from projections.streams import plan_stream


def where_it_shows(filled: FilledForm) -> str:
    """The page of what a form changed."""
    form, visit = filled.form, filled.visit
    year = {"anno": str(filled.year)}
    if isinstance(filled, OwedValues):
        return visit.to(addresses.WORK, {"period": filled.period}, command=form.name)
    if form.object == "indicator":
        return visit.to(addresses.INDICATOR, indicator=filled.about)
    if form.name == "answer_flag":
        return visit.to(addresses.FLAGS, year)
    if form.group in {ROUNDS, OVERSIGHT} or form.name == "report_status":
        return visit.to(addresses.MONITORING)
    if form.name == "adopt_system":
        return visit.to(addresses.RULES, year)
    if form.name in {"override_score", "state_polarities"}:
        return visit.to(addresses.SCORES, year)
    if form.name in {"annul_events", "redact_texts"}:
        return visit.to(addresses.AUDIT)
    return "/" if form.name == "discard_draft" else visit.to(addresses.PLAN)


def recorded_event(outcome: Outcome) -> str:
    """Which event a notice speaks of: the record that it stands in, and its version."""
    streams = list(outcome.versions)
    of_plan = [stream for stream in streams if stream == plan_stream(outcome.plan or "")]
    stream = (of_plan or streams or [""])[0]
    return f"{stream.partition('/')[0]}.{outcome.versions[stream][0]}" if stream else ""
