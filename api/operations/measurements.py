"""What was observed: measurements, their restatements, statuses. No changes of the plan: no act, no kind."""

from api.commands.benchmarks import publish_benchmark
from api.commands.handler import Outcome
from api.commands.service import find_series
from api.formats.json_reader import into
from api.operations.model import AnsweredBy, Cli, CommandContext, Switch, command
from api.operations.requests import MeasurementRequest, RestatementRequest
from domain.benchmarks.commands import PublishBenchmark
from domain.errors import Malformed, Problem
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.vocabulary import JsonValue
from projections.benchmarks import Benchmarks, plan_benchmarks
from projections.plan_parts import MeasurementList, StatusList, measurements, statuses


def _record_measurement(context: CommandContext, request: MeasurementRequest) -> Outcome:
    """Records what was observed of a series, or of the series of an indicator."""
    measurement = into(RecordMeasurement, _with_series(context, request))
    return context.service.measure(context.subject, measurement, context.caller)


def _restate_measurement(context: CommandContext, request: RestatementRequest) -> Outcome:
    """Puts a figure of a series, or of the series of an indicator, right."""
    restatement = into(RestateMeasurement, _with_series(context, request))
    return context.service.restate(context.subject, restatement, context.caller)


def _with_series(context: CommandContext, request: MeasurementRequest | RestatementRequest) -> dict[str, JsonValue]:
    """What was said, with the series of the indicator in the place of the indicator."""
    content: dict[str, JsonValue] = request.model_dump(mode="json", exclude_unset=True, exclude={"indicator"})
    if request.indicator is None:
        return content
    if "series" in content:
        found = "indicatore e serie dicono la stessa cosa"
        raise Malformed([Problem(where="indicator", found=found, accepted="uno solo dei due, come testo")])
    with context.service.store.reading() as reader:
        return content | {"series": find_series(reader, context.subject, request.indicator)[1]}


PROVISIONAL = Switch("provisional", "provisional", "Il valore è provvisorio; definitivo, se non si dice.")

MEASUREMENTS = (
    AnsweredBy(MeasurementList).question(
        "list_measurements",
        "Misurazioni",
        "I valori osservati delle serie del piano, ciascuno come valeva alla data.",
        tag="misurazioni",
        permission="read_plan",
        path="/plans/{plan}/measurements",
        handler=lambda context, _: measurements(context.reader, context.subject, context.point),
        identity="document",
    ),
    command(
        "record_measurement",
        "Registra una misurazione",
        "Registra il valore osservato di una serie per un periodo: un numero, un rapporto, o un testo che viene letto.\n\n"
        "La serie si dice con `series`, oppure con `indicator` (identificativo, codice o nome esatto).",
        tag="misurazioni",
        permission="record_values",
        path="/plans/{plan}/measurements",
        cli=Cli(
            words="measure",
            arguments=("indicator",),
            required=frozenset({"indicator"}),
            options={"terms": "term", "text": "value"},
            switches={"finality": PROVISIONAL},
            left_out=frozenset({"series", "evidence", "retrospective", "text", "unit"}),
        ),
        takes=MeasurementRequest,
        handler=_record_measurement,
    ),
    command(
        "restate_measurement",
        "Rettifica una misurazione",
        "Corregge un valore registrato, dalla data che si dice in poi; il valore di prima resta.",
        tag="misurazioni",
        permission="record_values",
        path="/plans/{plan}/restatements",
        cli=Cli(
            words="restate",
            arguments=("indicator",),
            required=frozenset({"indicator"}),
            options={"terms": "term", "text": "value"},
            switches={"finality": PROVISIONAL},
            left_out=frozenset({"series", "evidence", "retrospective", "text", "unit"}),
            today=frozenset({"effective_on"}),
        ),
        takes=RestatementRequest,
        handler=_restate_measurement,
    ),
    AnsweredBy(Benchmarks).question(
        "list_benchmarks",
        "I confronti con altri",
        "Per ogni indicatore di cui è noto, il valore della nazione, del cluster o di altri, con periodo, data e fonte, accanto "
        "all'ultimo proprio.",
        tag="misurazioni",
        permission="read_plan",
        path="/plans/{plan}/benchmarks",
        cli=Cli(words="benchmark list"),
        handler=lambda context, _: plan_benchmarks(context.reader, context.subject, context.point),
        identity="answer",  # what bodies that are gone measured counts, too
    ),
    command(
        "publish_benchmark",
        "Registra un valore di altri",
        "Registra il valore pubblicato da altri (media nazionale, del cluster) per un periodo, con la sua fonte: vi si risolvono "
        "i target che vi rimandano. Registrarlo di nuovo lo rettifica.",
        tag="misurazioni",
        permission="record_values",
        path="/plans/{plan}/benchmarks",
        cli=Cli(
            words="benchmark publish",
            arguments=("indicator",),
            required=frozenset({"indicator"}),
            options={"text": "value", "published_on": "on"},
            today=frozenset({"published_on"}),
        ),
        takes=PublishBenchmark,
        handler=lambda context, told: publish_benchmark(context.service, context.subject, told, context.caller),
    ),
    AnsweredBy(StatusList).question(
        "list_statuses",
        "Stati di avanzamento",
        "L'ultimo stato riferito di ogni obiettivo e indicatore in vigore alla data.",
        tag="misurazioni",
        permission="read_plan",
        path="/plans/{plan}/statuses",
        handler=lambda context, _: statuses(context.reader, context.subject, context.point),
    ),
    command(
        "report_status",
        "Riferisce uno stato di avanzamento",
        "Riferisce come sta un obiettivo o un indicatore: stato, avanzamento in percento, una nota.",
        tag="misurazioni",
        permission="record_values",
        path="/plans/{plan}/statuses",
        cli=Cli(
            words="status",
            options={"reported_on": "on"},
            left_out=frozenset({"retrospective"}),
            today=frozenset({"reported_on"}),
        ),
        takes=ReportStatus,
        handler=lambda context, status: context.service.report_status(context.subject, status, context.caller),
        names={"id": "subject"},
    ),
)
