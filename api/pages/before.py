"""The page of a plan that is asked for from before it began, or before anything was known of it: from where it can be seen."""

from starlette.responses import Response

from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import bare_frame, render
from api.pages.plan_reading import PlanReading
from api.settings import Language
from domain.point import Point


def before_page(reading: PlanReading, asked: Point, language: Language, again: str | None = None) -> Response:
    """A plan as it is read today, asked for from a point at which it was not there; `again` as on the page of a refusal."""
    history = reading.history
    approval, drafted = history.first_approval, history.records[0]
    begins = approval.on if approval is not None else drafted.effective_on
    return render(
        "before.html",
        reading.document["plan"]["title"],
        bare_frame(again),
        language,
        verbatim=True,
        status=404,
        asked=asked,
        begins=begins,
        recorded_at=drafted.recorded_at,
        first=page_address(addresses.PLAN, {"as_of": begins.isoformat()}, plan=reading.plan),
        now=page_address(addresses.PLAN, plan=reading.plan),
    )
