"""The command that records what others published of a series, in the record of the administration."""

from datetime import date

from api.commands.administration_writer import salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service, find_series
from domain.benchmarks import decide
from domain.benchmarks.commands import PublishBenchmark
from domain.measurements.checks import require_own_indicator, require_reason_for_closed
from domain.notice import Notice
from domain.plans.state import PlanState
from domain.point import today
from domain.recording import Pending
from domain.targets.closed_years import figure_published
from domain.targets.decide import target_of
from domain.vocabulary import period_year
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
        state = PlanState(reader.timelines(known.stream), day)
        require_own_indicator(state, owner, [indicator], offices)
        targets = [(year, target_of(value)) for (year, _), value in sorted(state.targets(indicator).items())]
        unit = state.indicator(indicator, "unit")
        own_unit = None if unit is None else str(unit)
        event = decide.publish_benchmark(owner, series, command, day, (target for _, target in targets), own_unit)
        if command.note is None:
            figure = figure_published(command.whose, command.period)
            latest = PlanState(state.timelines, date.max)
            require_reason_for_closed(latest, [indicator], figure, period_year(command.period))
        vain = decide.waits_in_vain(command, targets)
        told = () if vain is None else (Notice(where="whose", name="benchmark_unreferred", words=vain),)
        pending = Pending(event, command.published_on, note=salting()(command.note) if command.note else None)
        return Decision((StreamAppend(known.administration_stream, owner.version, (pending,)),), told)

    return service.handle(caller, plan, [plan, "publish_benchmark", command], decided)
