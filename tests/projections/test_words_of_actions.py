"""What a corrective action does lies beside its event: an order takes it away everywhere, and the event stays."""

from pathlib import Path

from api.commands.deviations import plan_corrective_action, reschedule_corrective_action
from domain.deviations.commands import PlanCorrectiveAction, RescheduleCorrectiveAction
from domain.deviations.events import CorrectiveActionPlanned
from projections.deadlines import plan_deadlines
from projections.deviations import plan_corrective_actions
from projections.store.reader import Reader
from tests.api.http.test_what_is_redacted_is_nowhere import redact
from tests.support.harness import PLAN, ServiceHarness, point, versions

REMEDY = "Affiancare chi manca"


def test_what_an_action_does_is_in_no_event_and_goes_by_an_order(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "h.sqlite").on("2022-02-05")
    harness.load()
    service, caller = harness.on("2022-07-10").service, harness.caller()
    said = {"subject": "indicator", "id": "incasso", "period": "2022-H1", "office": "Servizio Bilancio"}
    said |= {"remedy": REMEDY, "note": "seconda riga", "due_by": "2022-10-31", "planned_on": "2022-07-10"}
    (version,) = versions(plan_corrective_action(service, PLAN, PlanCorrectiveAction.model_validate(said), caller))
    later = {"action": "azione-1", "due_by": "2022-11-30", "words": "perché", "rescheduled_on": "2022-07-10"}
    reschedule_corrective_action(service, PLAN, RescheduleCorrectiveAction.model_validate(later), caller)

    def told() -> tuple[str | None, list[str | None]]:
        (action,) = harness.ask(plan_corrective_actions, PLAN, point("2022-07-31"))["actions"]
        return action["remedy"], action["notes"]

    def due(reader: Reader) -> str:
        return str(plan_deadlines(reader, PLAN, point("2022-07-31")))

    assert told() == (REMEDY, ["seconda riga", "perché"])
    assert REMEDY in harness.ask(due)
    event = harness.ask(lambda reader: reader.records(f"plan/{PLAN}", [version])[0].event)
    assert isinstance(event, CorrectiveActionPlanned)
    assert REMEDY not in event.model_dump_json()
    redact(harness, version, "plan")
    assert told() == (None, ["perché"])
    assert REMEDY not in harness.ask(due)
