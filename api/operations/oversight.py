"""Oversight: flags and what the office answers, who set each value, the acts of the OIV, redaction by order."""

from api.commands.handler import Outcome
from api.commands.oversight import answer_flag, draw_sample, log_opened, redact_texts, say
from api.operations.model import AnsweredBy, Cli, CommandContext, Switch, command
from api.operations.queries import Nothing, OfObject, OfYear
from api.operations.requests import FlagAnswering, RedactionRequest
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
from domain.redactions.commands import RedactTexts
from projections.blame import Blame, blame
from projections.flags import FlagList, flags
from projections.reviews import Diligence, Reviews, SampleAgain, diligence, reviews, sample_again

OIV = "oiv"


def answer_named_flag(context: CommandContext, answering: FlagAnswering) -> Outcome:
    """Records what the office answers to a flag of a year."""
    answer = AnswerFlag(flag=answering.flag, words=answering.words, on=answering.on)
    return answer_flag(context.service, context.subject, answering.year, answer, context.caller)


def redact_by_act(context: CommandContext, request: RedactionRequest) -> Outcome:
    """Takes the words beside an event away, by order of an act."""
    redaction = RedactTexts(version=request.version, of=request.of, justification=request.justification)
    return redact_texts(context.service, context.subject, redaction, request.act, context.caller)


def review(
    context: CommandContext, act: GiveOpinion | MakeRemark | MakeRequest | GiveAnswer | ValidateReport
) -> Outcome:
    """Records an act of the OIV, or what it is answered."""
    return say(context.service, context.subject, act, context.caller)


OVERSIGHT = (
    AnsweredBy(FlagList).question(
        "list_flags",
        "Segnalazioni",
        "Fatti che meritano una domanda, con la loro spiegazione: mai giudizi, mai su persone; e ciò che non si può sapere.",
        tag="vigilanza",
        permission="read_monitoring",
        path="/plans/{plan}/flags",
        cli=Cli(words="flags"),
        query=OfYear,
        handler=lambda context, of: flags(context.reader, context.subject, of.year, context.point),
        identity="answer",
        sheet=True,
    ),
    command(
        "answer_flag",
        "Risponde a una segnalazione",
        "Registra la risposta dell'ufficio a una segnalazione che c'è.",
        tag="vigilanza",
        permission="answer_flags",
        path="/plans/{plan}/flag-answers",
        cli=Cli(words="reply", arguments=("flag",)),
        takes=FlagAnswering,
        handler=answer_named_flag,
    ),
    AnsweredBy(Blame).question(
        "show_blame",
        "Chi ha fissato ogni valore",
        "Per ogni valore del piano in vigore: chi lo ha fissato, quando, con quale atto, in quale evento.",
        tag="vigilanza",
        permission="read_record",
        path="/plans/{plan}/blame",
        cli=Cli(words="blame", arguments=("object",)),
        query=OfObject,
        handler=lambda context, of: blame(context.reader, context.subject, context.point, of.object),
    ),
    AnsweredBy(Reviews).question(
        "list_reviews",
        "Atti dell'OIV",
        "Pareri, rilievi, richieste, risposte, validazioni e campioni, con le parole e ciò che attende risposta.",
        tag="vigilanza",
        permission="read_monitoring",
        path="/plans/{plan}/reviews",
        cli=Cli(words="oiv acts"),
        handler=lambda context, _: reviews(context.reader, context.subject, context.point),
        identity="none",
    ),
    AnsweredBy(Diligence).question(
        "list_diligence",
        "Diario dell'OIV",
        "Che cosa l'OIV ha aperto (e annotato qui), estratto e portato via.",
        tag="vigilanza",
        permission="read_oversight",
        path="/plans/{plan}/diligence",
        cli=Cli(words="oiv diary"),
        handler=lambda context, _: diligence(context.reader, context.subject, context.point),
        identity="none",
    ),
    command(
        "give_opinion",
        "Parere dell'OIV",
        "Un parere su una proposta, su modifiche o sul piano; le parole stanno accanto all'evento.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/opinions",
        cli=Cli(
            words="oiv opinion",
            options={"versions": "version"},
            left_out=frozenset({"year", "opinion"}),
            actor=OIV,
        ),
        takes=GiveOpinion,
        handler=review,
        names={"about": "about"},
    ),
    command(
        "make_remark",
        "Rilievo dell'OIV",
        "Un rilievo, su eventi o su un oggetto del piano.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/remarks",
        cli=Cli(
            words="oiv remark",
            options={"versions": "version"},
            left_out=frozenset({"remark"}),
            actor=OIV,
        ),
        takes=MakeRemark,
        handler=review,
        names={"about": "about"},
    ),
    command(
        "make_request",
        "Richiesta dell'OIV",
        "Una richiesta all'ufficio, con o senza scadenza.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/requests",
        cli=Cli(
            words="oiv request",
            options={"versions": "version"},
            left_out=frozenset({"request"}),
            actor=OIV,
        ),
        takes=MakeRequest,
        handler=review,
        names={"about": "about"},
    ),
    command(
        "give_answer",
        "Risposta dell'ufficio",
        "La risposta a un rilievo o a una richiesta.",
        tag="vigilanza",
        permission="answer_flags",
        path="/plans/{plan}/answers",
        cli=Cli(words="oiv answer", left_out=frozenset({"answer"})),
        takes=GiveAnswer,
        handler=review,
    ),
    command(
        "validate_report",
        "Validazione della relazione",
        "L'OIV valida, o non valida, la relazione di un anno finito.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/validations",
        cli=Cli(
            words="oiv validate",
            switches={"validated": Switch("refused", value=False, help="La relazione non è validata.")},
            actor=OIV,
        ),
        takes=ValidateReport,
        handler=review,
    ),
    command(
        "draw_sample",
        "Campione a sorte",
        "Estrae misurazioni di un anno; il seme è registrato, e con esso l'estrazione si ripete.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/samples",
        cli=Cli(words="oiv sample", left_out=frozenset({"sample", "on"}), actor=OIV),
        takes=DrawSample,
        handler=lambda context, sample: draw_sample(context.service, context.subject, sample, context.caller),
    ),
    AnsweredBy(SampleAgain).question(
        "draw_sample_again",
        "Ripete un'estrazione",
        "L'estrazione ripetuta dal seme fra ciò che era noto allora: l'intera popolazione in ordine, e se il campione è lo stesso.",
        tag="vigilanza",
        permission="read_monitoring",
        path="/plans/{plan}/samples/{sample}",
        cli=Cli(words="oiv redraw"),
        query=Nothing,
        handler=lambda context, _: sample_again(context.reader, context.subject, context.part),
        identity="none",
    ),
    command(
        "log_opened",
        "Annota ciò che l'OIV ha aperto",
        "Annota nel diario dell'OIV che cosa ha aperto. Una lettura non lo annota da sé: leggere non scrive.",
        tag="vigilanza",
        permission="review",
        path="/plans/{plan}/diligence",
        cli=Cli(words="oiv opened", arguments=("what",), left_out=frozenset({"as_of", "known"}), actor=OIV),
        takes=LogOpened,
        handler=lambda context, opened: log_opened(context.service, context.subject, opened, context.caller),
    ),
    command(
        "redact_texts",
        "Oscura un testo per ordine",
        "Toglie per ordine di un atto le parole accanto a un evento; l'evento, e la sua impronta, restano.",
        tag="vigilanza",
        permission="redact",
        path="/plans/{plan}/redactions",
        cli=Cli(words="redact"),
        takes=RedactionRequest,
        handler=redact_by_act,
    ),
)
