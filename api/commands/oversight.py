"""The commands around a plan that do not change it: the acts of the OIV, the answers of the office, redaction."""

import secrets
from datetime import date

from api.commands.administration_writer import cited_act, registered_act, salting
from api.commands.handler import Caller, Decision, Outcome
from api.commands.separation import measurers_of_year, separated_or_waived, waiver
from api.commands.service import Service
from domain.access.separation import unneeded
from domain.acts.citation import ActText
from domain.acts.model import day_of_effect
from domain.event import Event
from domain.notice import Notice
from domain.oiv import decide as oiv
from domain.oiv.commands import (
    AnswerFlag,
    DrawSample,
    GiveAnswer,
    GiveOpinion,
    LogOpened,
    MakeRemark,
    MakeRequest,
    ValidateReport,
)
from domain.oiv.events import DocumentOpened, PackTaken
from domain.plans.state import PlanState
from domain.point import Point, today
from domain.proposals.life import ProposalLife, is_enacted_at, late_by, lives
from domain.recording import Pending
from domain.redactions.commands import RedactTexts
from domain.redactions.decide import left_in_body, redact
from domain.timelines import Timelines
from projections.access import door
from projections.flags import flags
from projections.reviews import measurements_to_draw
from projections.store.append import StreamAppend
from projections.store.reader import Reader
from projections.streams import diligence_stream, find_plan, proposals_stream, review_stream

Saying = GiveOpinion | MakeRemark | MakeRequest | GiveAnswer | ValidateReport


def say(service: Service, plan: str, command: Saying, caller: Caller) -> Outcome:
    """Records an opinion, a remark, a request, an answer, a validation; the words lie beside the event."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        day = oiv.day_of(command.on, today(service.store.clock()))
        review = reader.timelines(review_stream(plan))
        state = PlanState(reader.timelines(known.stream), day)
        proposals = lives(reader.records(proposals_stream(plan)))
        warnings: tuple[Notice, ...] = ()
        event: Event
        match command:
            case GiveOpinion():
                event = oiv.opinion(review, state, known.known.version, command, proposals)
                life = proposals.get(command.about.removeprefix("proposal/"))
                warnings = _lateness(life, day, today(service.store.clock()))
            case MakeRemark():
                event = oiv.remark(review, state, known.known.version, command, proposals)
            case MakeRequest():
                event = oiv.request(review, state, known.known.version, command, proposals)
            case GiveAnswer():
                event = oiv.answer_remark(review, command)
            case ValidateReport():
                event = oiv.validation(review, state, command)
        said = _review(plan, review, Pending(event, day, note=salting()(command.words)))._replace(warnings=warnings)
        if not isinstance(command, ValidateReport):
            return said
        year = command.year
        waived = separated_or_waived(service, caller, lambda: measurers_of_year(reader, known, year), command.exception)
        if waived is None:
            return said._replace(warnings=unneeded(command.exception, waived))
        (part,) = said.parts
        exception = waiver(f"report/{command.year}", day, waived)
        return said._replace(parts=(part._replace(pending=(*part.pending, exception)),))

    return service.handle(caller, plan, [plan, type(command).__name__, command], decided)


def _lateness(life: ProposalLife | None, day: date, recorded_on: date) -> tuple[Notice, ...]:
    """Says of an opinion on a proposal that it comes late, or that it is dated in time and comes to the record late."""
    if (due := late_by(life, day)) is not None:
        words = f"il parere era chiesto entro il {due:%d/%m/%Y}: è registrato come tardivo"
        return (Notice(where="on", name="opinion_late", words=words),)
    if (due := late_by(life, recorded_on)) is not None:
        words = (
            f"il parere, del {day:%d/%m/%Y}, era chiesto entro il {due:%d/%m/%Y}: resta detto che è registrato dopo, "
            f"il {recorded_on:%d/%m/%Y}"
        )
        return (Notice(where="on", name="opinion_recorded_late", words=words),)
    return ()


def answer_flag(service: Service, plan: str, year: int, command: AnswerFlag, caller: Caller) -> Outcome:
    """Records what the office answers to a flag that is raised for a year."""

    def decided(reader: Reader) -> Decision:
        day = oiv.day_of(command.on, today(service.store.clock()))
        raised = flags(reader, plan, year, Point(today(service.store.clock())))["flags"]
        event = oiv.flag_answer([flag["id"] for flag in raised], command)
        review = reader.timelines(review_stream(plan))
        return _review(plan, review, Pending(event, day, note=salting()(command.words)))

    return service.handle(caller, plan, [plan, year, command], decided)


def draw_sample(service: Service, plan: str, command: DrawSample, caller: Caller) -> Outcome:
    """Draws measurements of a year by lot; the seed, made here when it is not said, is in the event."""
    seed = command.seed or secrets.token_hex(16)

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        review = reader.timelines(review_stream(plan))
        day = oiv.day_of(command.on, today(service.store.clock()))
        version = known.administration_known.version
        event = oiv.sample(review, measurements_to_draw(reader, known, command.year), version, command, seed)
        return _review(plan, review, Pending(event, day))

    return service.handle(caller, plan, [plan, command], decided)


def log_opened(service: Service, plan: str, command: LogOpened, caller: Caller) -> Outcome:
    """Notes in the log of diligence what the OIV opened."""
    event = DocumentOpened(what=command.what, as_of=command.as_of, known=command.known)
    return _diligence(service, plan, event, caller)


def log_pack(service: Service, plan: str, event: PackTaken, caller: Caller) -> Outcome:
    """Notes in the log of diligence that a pack was taken away."""
    return _diligence(service, plan, event, caller)


def _diligence(service: Service, plan: str, event: Event, caller: Caller) -> Outcome:
    def decided(reader: Reader) -> Decision:
        find_plan(reader, plan)
        stream = diligence_stream(plan)
        pending = Pending(event, today(service.store.clock()))
        return Decision((StreamAppend(stream, reader.head(stream).version, (pending,)),))

    return service.handle(caller, plan, [plan, event.topic, event], decided)


def redact_texts(service: Service, plan: str, command: RedactTexts, act: ActText | None, caller: Caller) -> Outcome:
    """Removes the words beside an event of the plan, by order of an act; the tree stays as it is."""

    def decided(reader: Reader) -> Decision:
        known = find_plan(reader, plan)
        order = cited_act(reader, known, act) if act else None
        streams = {
            "plan": known.stream,
            "administration": known.administration_stream,
            "review": review_stream(plan),
            "proposals": proposals_stream(plan),
        }
        stream = streams[command.of]
        records = reader.records(stream)
        event = redact(records, command, act=order.id if order else None)
        justification = salting()(command.justification) if command.justification else None
        day = day_of_effect(None, order, today(service.store.clock()))
        proposals = lives(reader.records(proposals_stream(plan))).values()
        holding = [life for life in proposals if command.of == "plan" and is_enacted_at(life, command.version)]
        in_body = left_in_body(next(record for record in records if record.version == command.version))
        warnings = (
            *(Notice(where="version", name="words_in_proposal", words=_also_in(life)) for life in holding),
            *((in_body,) if in_body is not None else ()),
        )
        pending = Pending(event, day, act=order.id if order else None, justification=justification)
        first = registered_act(reader, known, order, today(service.store.clock())) if order else None
        if first is not None and first.stream == stream:
            return Decision((first._replace(pending=(*first.pending, pending)),), warnings)
        redaction = StreamAppend(stream, reader.head(stream).version, (pending,))
        return Decision((first, redaction) if first else (redaction,), warnings)

    outcome = service.handle(caller, plan, [plan, "redact", command, act], decided)
    door.writing(service.store, door.forget_typed)
    return outcome


def _also_in(life: ProposalLife) -> str:
    """Where the words of an enacted change lie as well: an order names each event whose words it removes."""
    versions = ", ".join(str(record.version) for record in life.texts)
    return f"le stesse parole stanno nella proposta {life.proposal}: redact --of proposals, versione {versions}"


def _review(plan: str, review: Timelines, pending: Pending) -> Decision:
    return Decision((StreamAppend(review_stream(plan), review.version, (pending,)),))
