"""The scores of a year, explained down to the events; its rules; printed formulas; one target against one value."""

from api.commands.administrations import adopt_administration_system, preview_adopted_system
from api.commands.evaluation import confirm_formula, interpret_target, override_score
from api.formats.json_reader import into
from api.language.rules_said import rules_in_codes
from api.operations.model import AnsweredBy, Cli, CommandContext, QueryContext, Switch, command
from api.operations.queries import Nothing, OfAllScores, OfFormula, OfYear, Preview
from api.operations.requests import AchievementRequest, SystemRules
from api.operations.serializers import AchievementAnswer, FormulaProposal, formula_object
from domain.administrations.commands import AdoptAdministrationSystem
from domain.documents.changes import ChangeFile
from domain.errors import Malformed, Problem
from domain.formulas.commands import ConfirmFormula
from domain.indicators.commands import StatePolarities
from domain.late import late
from domain.library.decide import LIBRARY
from domain.point import Point, today
from domain.scoring.commands import OverrideScore
from domain.systems.decide import read_system
from domain.targets.commands import InterpretTarget
from projections.explanations import Explanation, explanation
from projections.official_rate import OfficialRates, official_rates
from projections.scores import Scores, scores
from projections.store.preview_reader import PreviewReader
from projections.system_comparison import (
    AdoptionPreview,
    SystemAnswer,
    SystemComparison,
    adoption_preview,
    system_in_force,
)
from projections.systems import SystemList, systems_of_administration
from projections.undirected import Undirected, undirected_indicators

with late:  # few formulas are read
    from domain.formulas.reader import read_formula

EX_ANTE = Switch("ex-ante", "ex_ante", "Contro i target approvati a inizio anno, e non quelli in vigore.")


def preview_adoption(
    context: CommandContext, adoption: AdoptAdministrationSystem, plan: str | None = None
) -> AdoptionPreview:
    """What the rules of a year would do to the plans of the administration, or to one of them; refused as the adoption is."""
    point = Point(today(context.service.store.clock()))
    adoption = _in_codes(adoption)

    def question(reader: PreviewReader) -> AdoptionPreview:
        proposed = read_system(adoption.system, "system")
        return adoption_preview(reader.before, context.subject, adoption.year, proposed, point, plan)

    return preview_adopted_system(context.service, context.subject, adoption, context.caller, question)


def explain(context: QueryContext, of: OfAllScores) -> Explanation:
    """One score, down to its events; Malformed where a tree is said: the node stands where it stands."""
    if of.tree is not None:
        problem = "un altro albero si sceglie per i punteggi di un anno, non per la spiegazione di uno"
        raise Malformed([Problem(where="tree", found=problem, accepted="la spiegazione senza albero")])
    return explanation(
        context.reader, context.subject, of.year, context.point, context.part, basis=of.basis, feeds=of.feeds
    )


def _in_codes(adoption: AdoptAdministrationSystem) -> AdoptAdministrationSystem:
    return adoption.model_copy(update={"system": rules_in_codes(adoption.system)})


SCORING = (
    AnsweredBy(Scores).question(
        "show_scores",
        "Punteggi di un anno",
        "I punteggi dell'ente, degli obiettivi, degli indicatori, degli altri alberi e degli uffici; in vigore ed ex ante.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/scores",
        cli=Cli(words="score", switches={"basis": EX_ANTE}),
        query=OfAllScores,
        handler=lambda context, of: scores(
            context.reader,
            context.subject,
            of.year,
            context.point,
            basis=of.basis,
            feeds=of.feeds,
            tree=of.tree,
        ),
        identity="answer",  # what bodies that are gone measured counts, too
        sheet=True,
    ),
    AnsweredBy(Explanation).question(
        "explain_score",
        "Un punteggio spiegato",
        "L'albero del calcolo di un nodo (un obiettivo o un indicatore; `body` per l'ente), fino ai termini e agli eventi.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/scores/{node}",
        cli=Cli(words="score", options={"node": "explain"}, switches={"basis": EX_ANTE}),
        query=OfAllScores,
        handler=explain,
        identity="answer",  # what bodies that are gone measured counts, too
        sheet=True,
    ),
    command(
        "override_score",
        "Forza un punteggio",
        "Forza il punteggio di un indicatore o di un obiettivo: quello calcolato resta accanto, con motivazione e atto.",
        tag="valutazione",
        permission="force_scores",
        path="/plans/{plan}/overrides",
        cli=Cli(
            words="override",
            options={"forced": "score"},
            left_out=frozenset({"effective_on", "retrospective"}),
        ),
        takes=OverrideScore,
        handler=lambda context, forced: override_score(context.service, context.subject, forced, context.caller),
        names={"id": "subject"},
    ),
    AnsweredBy(AchievementAnswer).question(
        "compute_achievement",
        "Quanto un valore raggiunge un target",
        "Legge un target e un valore e ne dice il raggiungimento, con le regole predefinite; non registra nulla.",
        tag="valutazione",
        permission="compute",
        path="/achievements",
        cli=Cli(words="achieve", written=True),
        query=Nothing,
        body=AchievementRequest,
        identity="none",
    ),
    AnsweredBy(SystemAnswer).question(
        "show_system",
        "Sistema di misurazione di un anno",
        "Le regole con cui si calcolano i punteggi di un anno, e chi le ha adottate, con quale atto: l'amministrazione.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/system",
        cli=Cli(words="system show"),
        query=OfYear,
        handler=lambda context, of: system_in_force(context.reader, context.subject, of.year, context.point),
    ),
    AnsweredBy(SystemComparison).question(
        "compare_systems",
        "Che cosa altre regole farebbero di un anno",
        "Ogni punteggio di un anno con le regole in vigore e con quelle proposte, prima di adottarle; non registra nulla.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/system-comparisons",
        cli=Cli(words="system compare", written=True),
        query=OfYear,
        body=SystemRules,
        identity="none",
    ),
    AnsweredBy(SystemList).question(
        "list_systems",
        "Sistemi di misurazione di un'amministrazione",
        "I sistemi che l'amministrazione ha adottato, anno per anno; quelli rettificati o annullati restano, e lo dicono.",
        tag="valutazione",
        permission="read_registry",
        path="/administrations/{administration}/systems",
        cli=Cli(words="system list"),
        handler=lambda context, _: systems_of_administration(context.reader, context.subject, context.point),
        identity="administration",
    ),
    command(
        "adopt_system",
        "Adotta le regole di un anno",
        "L'amministrazione adotta le regole di un anno, con il loro atto: valgono per i suoi piani di quell'anno, anche per "
        "quelli che verranno, e non sono una modifica di nessuno. Con `corrects` ne rettifica una registrata male.",
        tag="valutazione",
        permission="keep_registry",
        path="/administrations/{administration}/systems",
        cli=Cli(words="system adopt", left_out=frozenset({"system"}), written=True),
        takes=AdoptAdministrationSystem,
        handler=lambda context, adoption: adopt_administration_system(
            context.service, context.subject, _in_codes(adoption), context.caller
        ),
        query=Preview,
        preview=AdoptionPreview,
        foresee=preview_adoption,
    ),
    AnsweredBy(OfficialRates).question(
        "list_official_change_rates",
        "Tasso di modifica ufficiale, anno per anno",
        "Il tasso nella variante e al livello che le regole nominano, contro il tetto che il piano si è dato.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/official-change-rates",
        handler=lambda context, _: official_rates(context.reader, context.subject, context.point),
    ),
    AnsweredBy(FormulaProposal).question(
        "read_formula",
        "Legge una formula",
        "I termini e l'espressione che una formula stampata propone, quanto ne è sicura e perché; non registra nulla.",
        tag="valutazione",
        permission="compute",
        path="/formulas",
        cli=Cli(
            words="formula",
            arguments=("text",),
            written=True,
            help="Legge una formula stampata: i termini che propone e quanto ne è sicura; oppure la conferma per un indicatore.",
        ),
        query=OfFormula,
        handler=lambda _, of: formula_object(read_formula(of.text)),
        identity="none",
    ),
    command(
        "confirm_formula",
        "Conferma una formula",
        "L'ufficio fa propri i termini della formula di un indicatore, come sono proposti o corretti; o la tiene come prosa.",
        tag="valutazione",
        permission="change_plan",
        path="/plans/{plan}/formulas",
        cli=Cli(
            words="formula",
            options={"indicator": "confirm"},
            left_out=frozenset({"confirmed_on", "terms", "unit"}),
            written=True,
        ),
        takes=ConfirmFormula,
        handler=lambda context, confirmed: confirm_formula(context.service, context.subject, confirmed, context.caller),
        names={"indicator": "indicator"},
    ),
    command(
        "interpret_target",
        "Interpreta un target",
        "Dice che cosa vuol dire un target il cui testo non si legge: il testo resta, e conta come il target detto. Non è una "
        "modifica del piano, e si vede per quello che è: un evento suo, con chi lo ha detto.",
        tag="valutazione",
        permission="change_plan",
        path="/plans/{plan}/interpretations",
        cli=Cli(words="interpret", arguments=("indicator",)),
        takes=InterpretTarget,
        handler=lambda context, meant: interpret_target(context.service, context.subject, meant, context.caller),
        names={"indicator": "indicator"},
    ),
    AnsweredBy(Undirected).question(
        "list_undetermined",
        "Indicatori di cui va detta la polarità",
        "Gli indicatori in vigore di cui non si sa se più è meglio o meno è meglio, e i cui target non lo dicono.",
        tag="valutazione",
        permission="read_plan",
        path="/plans/{plan}/undetermined",
        cli=Cli(words="undetermined"),
        handler=lambda context, _: undirected_indicators(context.reader, context.subject, context.point),
        beside=(lambda _: LIBRARY,),
    ),
    command(
        "state_polarities",
        "Dice la polarità degli indicatori",
        "Dice di più indicatori insieme se più è meglio o meno è meglio, dove non si sapeva: completa la scheda, e non è "
        "una modifica del piano. Dove si sa, dirlo diverso è una modifica della scheda.",
        tag="valutazione",
        permission="change_plan",
        path="/plans/{plan}/polarities",
        cli=Cli(words="polarity", options={"polarities": "is"}),
        takes=StatePolarities,
        handler=lambda context, said: context.service.change(
            into(ChangeFile, {"plan": context.subject, "polarities": dict(said.polarities)}), context.caller
        ),
        names={"polarities": "indicator"},
    ),
)
