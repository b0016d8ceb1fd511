"""The verbs of a change file as an office meets them: a row each, from which every door makes its forms and commands.

A change is one verb on one object, with what belongs to the file beside it: act, cause, motivation.
"""

from typing import Literal, NamedTuple

from pydantic import Field, create_model

from domain.acts.citation import ActText
from domain.changes.commands import AnyChange
from domain.command import Command
from domain.vocabulary import ObjectKind, TrueOrFalse

ObjectOfWork = Literal["", "objective", "indicator"]
TARGETS, OBJECTIVES, INDICATORS, THE_PLAN = "Target", "Obiettivi", "Indicatori", "Il piano"
TREES = "Altri alberi"
REFERENCES = frozenset({"parent", "into", "objective"})
"""The fields of a verb that name an objective, beside the object itself."""
ADDS: dict[str, tuple[ObjectKind, str]] = {
    "add_objective": ("objective", "title"),
    "add_indicator": ("indicator", "name"),
}
"""The verbs that add: the kind of what is added, and the field by which people call it. Its id is made of it."""

_BY_VERB: dict[str, type[Command]] = {
    str(change.model_fields["verb"].annotation.__args__[0]): change for change in AnyChange.__args__
}


class RequestedChange(Command):
    """What a change says where it comes alone: beside its own, the act that decides it."""

    act: ActText | None = Field(
        None, title="atto", description="L'atto, come lo si cita.", examples=["DGR n. 364 del 12/03/2024"]
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una modifica di allora, registrata a posteriori."
    )


class PlanVerb(NamedTuple):
    """A verb: what it is called on a page (`title`) and on the command line (`words`), the fields that everybody fills in.

    `object` is the kind of what it changes, "" for the plan itself or for what it adds; `differing` whether its form
    starts from what stands, and sends what differs.
    """

    verb: str
    group: str
    title: str
    words: str
    fields: tuple[str, ...] = ()
    object: ObjectOfWork = ""
    differing: bool = False
    lead: str = ""
    also: tuple[str, ...] = ()

    @property
    def model(self) -> type[Command]:
        """What it fills in."""
        return _BY_VERB[self.verb]

    @property
    def request(self) -> type[Command]:
        """The same, with what is said of the file where it comes alone."""
        bases: tuple[type[Command], ...] = (self.model, RequestedChange)
        return create_model(f"{self.model.__name__}Request", __base__=bases, __doc__=self.title)


_CARD = (
    *("formula", "unit", "polarity", "source", "frequency", "indicator_kind"),
    *("baseline", "baseline_unit", "baseline_on", "description", "note", "links"),
)
_ROWS = (
    PlanVerb(
        "revise_target",
        TARGETS,
        "Rimodula un target",
        "revise",
        ("year", "target"),
        "indicator",
        lead="Il valore di oggi resta nella storia, con la sua data e il suo atto. Prima di registrare vedrai l'effetto "
        "sul punteggio e sul tasso di modifica.",
        also=("target revise",),
    ),
    PlanVerb("set_target", TARGETS, "Fissa un target che manca", "target set", ("year", "target"), "indicator"),
    PlanVerb("withdraw_target", TARGETS, "Ritira un target", "target withdraw", ("year",), "indicator"),
    PlanVerb(
        "resolve_reference",
        TARGETS,
        "Di' il valore a cui un target rimanda",
        "target resolve",
        ("year", "value", "period", "published_on", "source"),
        "indicator",
    ),
    PlanVerb(
        "add_objective",
        OBJECTIVES,
        "Aggiungi un obiettivo",
        "objective add",
        ("title", "level", "parent", "code", "weight", "offices", "classifications", "condition"),
    ),
    PlanVerb("reword_objective", OBJECTIVES, "Riformula un obiettivo", "objective reword", ("title",), "objective"),
    PlanVerb("move_objective", OBJECTIVES, "Sposta un obiettivo", "objective move", ("parent",), "objective"),
    PlanVerb(
        "reweigh_objective",
        OBJECTIVES,
        "Cambia il peso di un obiettivo",
        "objective reweigh",
        ("weight",),
        "objective",
    ),
    PlanVerb(
        "reclassify_objective",
        OBJECTIVES,
        "Cambia codice, livello o uffici di un obiettivo",
        "objective reclassify",
        ("code", "level", "offices", "classifications"),
        "objective",
        differing=True,
    ),
    PlanVerb(
        "redefine_objective",
        OBJECTIVES,
        "Cambia la scheda di un obiettivo",
        "objective redefine",
        ("description", "benefits", "stakeholders", "budget_reference", "budget_amount", "staff", "tags"),
        "objective",
        differing=True,
    ),
    PlanVerb("withdraw_objective", OBJECTIVES, "Ritira un obiettivo", "objective withdraw", (), "objective"),
    PlanVerb(
        "reinstate_objective", OBJECTIVES, "Ripristina un obiettivo ritirato", "objective reinstate", (), "objective"
    ),
    PlanVerb(
        "merge_objective",
        OBJECTIVES,
        "Fai confluire un obiettivo in un altro",
        "objective merge",
        ("into",),
        "objective",
    ),
    PlanVerb(
        "neutralise_objective",
        OBJECTIVES,
        "Togli un obiettivo dalla valutazione di un anno",
        "objective neutralise",
        ("year",),
        "objective",
    ),
    PlanVerb(
        "meet_condition",
        OBJECTIVES,
        "Di' che la condizione si è avverata",
        "objective condition",
        (),
        "objective",
    ),
    PlanVerb(
        "fail_condition",
        OBJECTIVES,
        "Di' che la condizione non si è avverata",
        "objective condition-failed",
        (),
        "objective",
    ),
    PlanVerb(
        "add_indicator",
        INDICATORS,
        "Aggiungi un indicatore",
        "indicator add",
        ("name", "objective", "weight", "feeds", *_CARD, "owner", "code"),
    ),
    PlanVerb(
        "redefine_indicator",
        INDICATORS,
        "Cambia la scheda di un indicatore",
        "indicator redefine",
        ("name", *_CARD),
        "indicator",
        differing=True,
    ),
    PlanVerb(
        "reclassify_indicator",
        INDICATORS,
        "Cambia codice o responsabile di un indicatore",
        "indicator reclassify",
        ("code", "owner", "co_owners", "measured_by", "codes"),
        "indicator",
        differing=True,
    ),
    PlanVerb(
        "assign_indicator",
        INDICATORS,
        "Assegna un indicatore a un altro obiettivo",
        "indicator assign",
        ("objective", "weight", "feeds"),
        "indicator",
    ),
    PlanVerb(
        "unassign_indicator",
        INDICATORS,
        "Togli un indicatore da un obiettivo",
        "indicator unassign",
        ("objective",),
        "indicator",
    ),
    PlanVerb(
        "reweigh_indicator",
        INDICATORS,
        "Cambia il peso di un indicatore",
        "indicator reweigh",
        ("objective", "weight"),
        "indicator",
    ),
    PlanVerb(
        "feed_indicator",
        INDICATORS,
        "Cambia i punteggi in cui un indicatore conta",
        "indicator feed",
        ("objective", "feeds"),
        "indicator",
    ),
    PlanVerb("withdraw_indicator", INDICATORS, "Ritira un indicatore", "indicator withdraw", (), "indicator"),
    PlanVerb(
        "reinstate_indicator", INDICATORS, "Ripristina un indicatore ritirato", "indicator reinstate", (), "indicator"
    ),
    PlanVerb(
        "amend_plan",
        THE_PLAN,
        "Cambia titolo, anni o livelli del piano",
        "plan amend",
        ("title", "first_year", "last_year", "levels"),
    ),
    PlanVerb(
        "state_tree_node",
        TREES,
        "Aggiungi o cambia un nodo di un altro albero",
        "tree state",
        ("tree", "node", "level", "code", "title", "order", "under", "weight"),
        lead="Missioni e programmi, prospettive, aree: ciò che non si dice resta com'è. Dove sta un obiettivo lo dicono le "
        "sue classificazioni.",
    ),
    PlanVerb(
        "reweigh_tree_node",
        TREES,
        "Cambia il peso di un nodo di un altro albero",
        "tree reweigh",
        ("tree", "node", "weight"),
    ),
    PlanVerb("withdraw_tree_node", TREES, "Ritira un nodo di un altro albero", "tree withdraw", ("tree", "node")),
    PlanVerb("approve_plan", THE_PLAN, "Approva il piano con il suo atto", "plan approve"),
    PlanVerb("approve_year", THE_PLAN, "Approva un anno con il suo atto", "plan approve-year", ("year",)),
    PlanVerb("close_year", THE_PLAN, "Chiudi un anno", "plan close", ("year",)),
    PlanVerb("succeed_plan", THE_PLAN, "Di' quale piano subentra", "plan succeed", ("by",)),
)
PLAN_VERBS: dict[str, PlanVerb] = {row.verb: row for row in _ROWS}
"""Every verb that an office says of one plan; the rules of a year are adopted for all the plans of a body (`adopt_system`)."""
