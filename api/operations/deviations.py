"""Deviations: what is short of its target, why, and what is done about it."""

from api.commands.deviations import (
    end_corrective_action,
    explain_deviation,
    plan_corrective_action,
    reschedule_corrective_action,
)
from api.operations.model import AnsweredBy, Cli, command
from api.operations.queries import OfYear
from domain.deviations.commands import (
    EndCorrectiveAction,
    ExplainDeviation,
    PlanCorrectiveAction,
    RescheduleCorrectiveAction,
)
from projections.deviations import CorrectiveActions, Deviations, plan_corrective_actions, plan_deviations

LATER = frozenset({"retrospective"})

DEVIATIONS = (
    AnsweredBy(Deviations).question(
        "list_deviations",
        "Gli scostamenti di un anno",
        "Per ogni indicatore misurato, e per ogni periodo, quanto manca al target (nella sua unità e in percento), la causa che "
        "ne è stata detta, le azioni correttive; e ciò che un ufficio dice a rischio.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/deviations",
        cli=Cli(words="deviation list"),
        query=OfYear,
        handler=lambda context, query: plan_deviations(context.reader, context.subject, query.year, context.point),
        identity="answer",  # what bodies that are gone measured counts, too
    ),
    command(
        "explain_deviation",
        "Dice la causa di uno scostamento",
        "Dice perché un target è mancato, o a rischio: causa esogena, endogena, o errore dell'indicatore, con le parole "
        "dell'ufficio.",
        tag="monitoraggio",
        permission="record_values",
        path="/plans/{plan}/deviations",
        cli=Cli(
            words="deviation explain",
            options={"explained_on": "on"},
            left_out=LATER,
            today=frozenset({"explained_on"}),
        ),
        takes=ExplainDeviation,
        handler=lambda context, said: explain_deviation(context.service, context.subject, said, context.caller),
    ),
    AnsweredBy(CorrectiveActions).question(
        "list_corrective_actions",
        "Le azioni correttive di un piano",
        "Le azioni correttive, di qualunque anno: che cosa, di quale ufficio, entro quando; in corso, scadute, fatte, "
        "abbandonate.",
        tag="monitoraggio",
        permission="read_plan",
        path="/plans/{plan}/corrective-actions",
        cli=Cli(words="deviation actions"),
        handler=lambda context, _: plan_corrective_actions(context.reader, context.subject, context.point),
    ),
    command(
        "plan_corrective_action",
        "Prevede un'azione correttiva",
        "Prevede che cosa fa un ufficio per uno scostamento, ed entro quando.",
        tag="monitoraggio",
        permission="record_values",
        path="/plans/{plan}/corrective-actions",
        cli=Cli(
            words="deviation act",
            options={"planned_on": "on", "action": "id"},
            left_out=LATER,
            today=frozenset({"planned_on"}),
        ),
        takes=PlanCorrectiveAction,
        handler=lambda context, planned: plan_corrective_action(
            context.service, context.subject, planned, context.caller
        ),
    ),
    command(
        "reschedule_corrective_action",
        "Riprogramma un'azione correttiva",
        "Sposta il termine di un'azione correttiva, o la affida a un altro ufficio, dicendo perché.",
        tag="monitoraggio",
        permission="record_values",
        path="/plans/{plan}/corrective-action-reschedulings",
        cli=Cli(
            words="deviation reschedule",
            arguments=("action",),
            options={"rescheduled_on": "on"},
            today=frozenset({"rescheduled_on"}),
        ),
        takes=RescheduleCorrectiveAction,
        handler=lambda context, moved: reschedule_corrective_action(
            context.service, context.subject, moved, context.caller
        ),
    ),
    command(
        "end_corrective_action",
        "Conclude un'azione correttiva",
        "Dice che un'azione correttiva è stata fatta, o abbandonata, e che cosa ne è venuto.",
        tag="monitoraggio",
        permission="record_values",
        path="/plans/{plan}/corrective-action-conclusions",
        cli=Cli(
            words="deviation end",
            arguments=("action",),
            options={"ended_on": "on"},
            today=frozenset({"ended_on"}),
        ),
        takes=EndCorrectiveAction,
        handler=lambda context, ended: end_corrective_action(context.service, context.subject, ended, context.caller),
    ),
)
