"""The command that records what others published of a series, in the record of the administration."""

from api.commands.administration_writer import salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service, find_series
from domain.benchmarks import decide
from domain.benchmarks.commands import PublishBenchmark
from domain.measurements.checks import require_own_indicator
from domain.plans.state import PlanState
from domain.point import today
from domain.recording import Pending
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import find_plan


def publish_benchmark(service: Service, plan: str, command: PublishBenchmark, caller: Caller) -> Outcome:
    """Records the value of others; one that is there already is restated."""

    def decided(reader: Reader) -> Decision:
        known, day = find_plan(reader, plan), today(service.store.clock())
        indicator, series = find_series(reader, plan, command.indicator)
        owner = reader.timelines(known.administration_stream)
        offices = caller.principal.offices("record_values", known.administration)
        require_own_indicator(PlanState(reader.timelines(known.stream), day), owner, [indicator], offices)
        event = decide.publish_benchmark(owner, series, command, day)
        pending = Pending(event, command.published_on, note=salting()(command.note) if command.note else None)
        return Decision((StreamAppend(known.administration_stream, owner.version, (pending,)),))

    return service.handle(caller, plan, [plan, "publish_benchmark", command], decided)
