"""What waits for its condition is asked nothing: no cause, no corrective action, however late; what it had said stays."""

from pathlib import Path

from api.commands.deviations import plan_corrective_action
from api.commands.evaluation import open_round
from domain.deviations.commands import PlanCorrectiveAction
from domain.measurements.commands import ReportStatus
from domain.rounds.commands import OpenRound
from projections.deadlines import plan_deadlines
from projections.deviations import plan_deviations
from projections.rounds import round_status
from tests.support.harness import PLAN, ServiceHarness, document, point

AT = point("2022-07-31")


def test_nobody_is_chased_for_what_waits_for_its_condition(tmp_path: Path) -> None:
    content = document()
    content["objectives"][1]["condition"] = "se arriva il finanziamento"
    harness = ServiceHarness(tmp_path / "h.sqlite").on("2022-02-05")
    harness.load(**content)
    service, caller = harness.on("2022-07-20").service, harness.caller()
    open_round(service, PLAN, OpenRound.model_validate({"as_at": "2022-06-30"}), caller)
    harness.measure(series=f"{PLAN}.incasso", period="2022-H1", text="60%", data_as_at="2022-06-30")
    said = {"subject": "indicator", "id": "incasso", "period": "2022-H1", "office": "Servizio Bilancio"}
    said |= {"remedy": "Solleciti", "due_by": "2022-07-05", "planned_on": "2022-07-01"}
    plan_corrective_action(service, PLAN, PlanCorrectiveAction.model_validate(said), caller)
    status = {"subject": "objective", "id": "a1", "status": "at_risk", "reported_on": "2022-07-01"}
    service.report_status(PLAN, ReportStatus.model_validate(status), caller)

    def chased() -> tuple[int, int, int, list[str], int]:
        counts = harness.ask(plan_deviations, PLAN, 2022, AT)["counts"]
        reminders = harness.ask(round_status, PLAN, "2022-06-30", AT)["reminders"]
        due = [each for each in harness.ask(plan_deadlines, PLAN, AT)["deadlines"] if each["kind"] == "action"]
        asked = [
            reminder["words"] for reminder in reminders if "causa" in reminder["words"] or "azion" in reminder["words"]
        ]
        return counts["missed"], counts["at_risk"], counts["without_cause"], asked, len(due)

    assert chased() == (0, 0, 0, [], 0)
    harness.change({"verb": "meet_condition", "object": "a1"}, act="delibera di Giunta n. 5 del 01/05/2022")
    missed, at_risk, without, asked, due = chased()
    assert (missed, at_risk, without, due) == (1, 1, 2, 1)
    assert asked
