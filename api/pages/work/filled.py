"""A form of work as somebody fills it in: its fields with what is written in them, and the command that this comes to."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple, get_args

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from api.language.closed_lists import code_words
from api.operations.changes import located_as_sent, read_changes
from api.operations.model import CommandContext
from api.operations.proposals import read_proposed
from api.pages.visit import PlanVisit
from api.pages.work.act_details import ACT, cites_act, detail_controls, with_details
from api.pages.work.choices import WorkChoices
from api.pages.work.controls import (
    SEVERAL,
    Control,
    FieldOption,
    as_written,
    control,
    gathered,
    may_be_empty,
    stated,
)
from api.pages.work.event_choice import EventsFound
from api.pages.work.rule_sets import adopted_by_administration, rule_sets, rules_of
from api.pages.work.table import OF_FILE, WorkForm
from domain.acts.phrase import slug
from domain.documents.changes import ChangeFile
from domain.documents.proposal import ProposedChanges
from domain.indicators.commands import PolarityWord
from domain.point import today
from domain.vocabulary import JsonValue
from projections.plan_in_force import IndicatorInForce, ObjectiveInForce
from projections.undirected import undirected_indicators

OBJECT = "object"
POLARITY = "polarity."
MOST_POLARITIES = 40
NEW_OBJECTS = {"add_objective": ("objective", "title"), "add_indicator": ("indicator", "name")}
"""The verbs that add, with the field by which people call what is added: its id is made of it."""
DEFAULT_TODAY = frozenset(
    {
        *("data_as_at", "reported_on", "opened_on", "closed_on"),
        *("explained_on", "planned_on", "rescheduled_on", "ended_on", "published_on"),
    }
)
ONLY_WHERE_KNOWN = frozenset({"ordinal", "terms", "corrects", "restores"})
"""Fields that are asked only where there is something to choose from."""
DAYS_TO_ANSWER = 15
"""How long after a round opens its answers are usually awaited."""
OF_TODAY = frozenset({("restate_measurement", "effective_on")})
LABELS_OF_FORM = {
    ("revise_target", "year"): "Quale target",
    ("revise_target", "target"): "Nuovo target",
    ("withdraw_target", "year"): "Quale target",
    ("record_measurement", "text"): "Valore",
    ("restate_measurement", "text"): "Valore giusto",
    ("validate_report", "validated"): "Esito",
    ("report_status", "id"): "Obiettivo o indicatore",
    ("override_score", "id"): "Obiettivo o indicatore",
    ("explain_deviation", "id"): "Obiettivo o indicatore",
    ("plan_corrective_action", "id"): "Obiettivo o indicatore",
    ("reschedule_corrective_action", "action"): "Quale azione",
    ("end_corrective_action", "action"): "Quale azione",
    ("close_round", "round"): "Quale monitoraggio",
    ("annul_events", "versions"): "Quale evento",
    ("redact_texts", "version"): "Quale testo",
    ("open_round", "scope.offices"): "A quali uffici",
    ("open_round", "scope.levels"): "Di quali livelli",
    ("adopt_system", "year"): "Da quale anno",
    ("adopt_system", "system"): "Quali regole",
    ("adopt_system", "corrects"): "Quale adozione si rettifica",
}
"""What a field is called where its command calls it as programs do."""
MEASURES = frozenset({"record_measurement", "restate_measurement"})
INSTEAD_OF_A_TEXT = ("numerator", "denominator", "terms")
"""What a value may be said by where its text is not."""
TO_BE_CHOSEN = {
    ("validate_report", "validated"): {"sì": "La relazione è validata", "no": "La relazione non è validata"}
}
"""What is decided by yes or no, and is no yes because nobody said no: neither is chosen to begin with."""
WITHOUT_DIGEST = "Senza l'impronta del file («Altro, se serve») l'atto non dice quale relazione: il registro non ne conserva nessuna."
UNSAID_YEAR = frozenset({"validate_report"})
"""Forms that no year is taken for."""
STATES_ANEW = frozenset({"title", "parent", "weight", "name"})
"""Fields that a change states anew: what stands now is written in them to begin with."""


class Given(NamedTuple):
    """A command, ready to be given to a service: recorded by the one, rehearsed by another."""

    give: Callable[[Service], Outcome]
    changes: ChangeFile | None = None


class FilledForm:
    """A form with what its address, or its sender, says; `typed` is None where nobody has written in it yet."""

    def __init__(
        self, form: WorkForm, visit: PlanVisit, choices: WorkChoices, typed: Mapping[str, str] | None = None
    ) -> None:
        self.form = form
        self.visit = visit
        self.choices = choices
        self.typed = typed
        said = visit.query if typed is None else typed
        self.about = (said.get(OBJECT) or said.get("indicator") or "") if form.object else ""

    def with_typed(self, more: Mapping[str, str]) -> "FilledForm":
        """The same form, with more written in it."""
        return type(self)(self.form, self.visit, self.choices, {**(self.typed or {}), **more})

    @property
    def scores_year(self) -> bool:
        """Whether the plan has scores of the year that it is about."""
        return self.visit.reading.document["plan"]["status"] not in {"draft", "absent"}

    @cached_property
    def title_of_object(self) -> str:
        """How its object is called; empty for one that may not be chosen."""
        return self.choices.titled(self.form, self.about) if self.about else ""

    @property
    def wants_object(self) -> bool:
        """Whether it is to be said first what the form is about."""
        return bool(self.form.object) and not self.title_of_object

    @cached_property
    def year(self) -> int:
        """The year that it is about, as far as it says."""
        said = (self.visit.query if self.typed is None else self.typed).get("year", "")
        period = (self.typed or {}).get("period", "")[:4]
        for year in (said, period):
            if year.isdecimal() and int(year) in self.visit.reading.history.years:
                return int(year)
        return self.visit.year

    @cached_property
    def fields(self) -> list[Control]:
        """The fields that everybody needs."""
        if self.form.name == "state_polarities":
            return self._polarities()
        return [self._control(name) for name in self.form.fields]

    @cached_property
    def more(self) -> list[Control]:
        """Those that few need."""
        controls = [self._control(name) for name in self.form.more]
        return [c for c in controls if c.name.rpartition(".")[2] not in ONLY_WHERE_KNOWN or c.options]

    @cached_property
    def controls(self) -> list[Control]:
        """All of them."""
        return [*self.fields, *self.more, *self.act_details]

    @cached_property
    def act_details(self) -> list[Control]:
        """What may be said of the act beside its citation, where the form cites one."""
        form = self.form
        asks = ACT in {*form.fields, *form.more} and cites_act(form.model_of(ACT))
        return detail_controls(self.value) if asks else []

    @cached_property
    def events(self) -> EventsFound | None:
        """The events of which one is chosen, where the form is about one."""
        name = next((name for name in ("versions", "version") if name in self.form.fields), "")
        return self.choices.events(name, self.value(name)) if name else None

    def _control(self, name: str) -> Control:
        wanted = self.is_motivated and name in {"act", "cause", "justification"}
        if self.form.name in {"approve_plan", "approve_year", "close_year"}:
            wanted = name == "act"
        if self.form.name == "adopt_system" and name in {"act", "justification"}:
            wanted = (name == "justification") == bool(self.value("corrects"))
        options = self.choices.of_field(self.form, name, self.year, self.about, self.value(name))
        if name == "text" and self.form.name in MEASURES:
            wanted = not any(self.value(instead).strip() for instead in INSTEAD_OF_A_TEXT)
        field = control(self.form.model_of(name), name, self.value(name), options, required=wanted or None)
        if (self.form.name, name) in TO_BE_CHOSEN:
            chosen = tuple(FieldOption(value, words) for value, words in TO_BE_CHOSEN[self.form.name, name].items())
            field = field._replace(means="radios", options=chosen, required=True)
        return field._replace(label=LABELS_OF_FORM.get((self.form.name, name), field.label))

    @cached_property
    def is_motivated(self) -> bool:
        """Whether what it asks for is only had with act, cause and motivation: a change of an approved plan."""
        approved = self.visit.reading.document["plan"]["status"] not in {"draft", "absent"}
        return self.form.is_change and approved and not self.form.verb.startswith("reclassify")

    def value(self, name: str) -> str:
        """What is written in a field."""
        if self.typed is not None:
            return gathered(self.typed, name)
        return gathered(self.visit.query, name) or self._initial(name)

    def _initial(self, name: str) -> str:
        day = today(self.visit.now).isoformat()
        if name in DEFAULT_TODAY or (self.form.name, name) in OF_TODAY:
            return day
        if name == "year":
            return "" if self.form.name in UNSAID_YEAR else str(self.year)
        if self.form.name == "open_round" and name == "as_at":
            return self.choices.offered.next_day()
        if self.form.name == "open_round" and name == "due_by":
            opening = max(self._initial("as_at"), day)
            return (date.fromisoformat(opening) + timedelta(days=DAYS_TO_ANSWER)).isoformat()
        if self.form.name == "close_round" and name == "round":
            opened = self.choices.offered.open_rounds()
            return opened[0].value if len(opened) == 1 else ""
        if self.about and (self.form.differing or (self.form.is_change and name in STATES_ANEW)):
            return self.current.get(name, "")
        return self.default_of(name)

    def default_of(self, name: str) -> str:
        """What a field of the form is taken to say where nothing is written."""
        field = self.form.model_of(name).model_fields.get(name)
        decided = (self.form.name, name) in TO_BE_CHOSEN
        default = None if field is None or field.is_required() or decided else field.default
        return as_written(default) if isinstance(default, str | bool) else ""

    @property
    def cautions(self) -> list[str]:
        """What whoever looks once more should know, beside what the rules say."""
        lacks = self.form.name == "validate_report" and not self.value("sha256").strip()
        return [self.visit.worded(WITHOUT_DIGEST)] if lacks else []

    def changes_nothing(self, name: str, value: str) -> bool:
        """Whether a field of a form that starts from what stands says just that."""
        if not self.form.differing:
            return False
        written, stands = value.split(), self.current.get(name, "").split()
        return sorted(written) == sorted(stands) if name in SEVERAL else written == stands

    @cached_property
    def current(self) -> dict[str, str]:
        """What stands of the object now, by the names of the fields."""
        document = self.visit.reading.document
        objectives = [row for row in document["objectives"] if row["id"] == self.about]
        indicators = [row for row in document["indicators"] if row["id"] == self.about]
        if self.form.object == "objective":
            return _written_of(objectives[0]) if objectives else {}
        if not indicators:
            return {}
        return _written_of(indicators[0]) | {"indicator_kind": indicators[0]["kind"] or ""}

    def _polarities(self) -> list[Control]:
        reading = self.visit.reading
        rows = undirected_indicators(reading.reader, reading.plan, reading.point)["indicators"][:MOST_POLARITIES]
        options = tuple(FieldOption(code, words) for code, words in code_words(get_args(PolarityWord)).items())
        return [
            Control(
                f"{POLARITY}{row['indicator']}",
                row["name"],
                "Target: " + ", ".join(row["targets"]) if row["targets"] else "",
                "radios",
                options,
                required=False,
                value=self.value(f"{POLARITY}{row['indicator']}"),
                is_named=True,
            )
            for row in rows
        ]

    # -- the command -----------------------------------------------------------------------------------------------

    def document(self) -> dict[str, JsonValue]:
        """What is written, as the command takes it."""
        form, sent = self.form, self.typed or {}
        if form.name == "state_polarities":
            said = {name.removeprefix(POLARITY): word for name, word in sent.items() if name.startswith(POLARITY)}
            return {"polarities": {name: word for name, word in said.items() if word}}
        content: dict[str, JsonValue] = {}
        if form.verb:
            content["verb"] = form.verb
        if form.object:
            content[OBJECT if form.verb else "indicator"] = self.about
        for name in (*form.fields, *form.more):
            if name == form.part:
                continue
            text = gathered(sent, name)
            if form.differing and name in form.model.model_fields and name not in OF_FILE:
                if self.changes_nothing(name, text):
                    continue
                _put(content, name, stated(form.model_of(name), name, text))
                continue
            value = stated(form.model_of(name), name, text)
            if value is None and not may_be_empty(form.model_of(name), name):
                continue
            if value is False and name != "validated":
                continue
            _put(content, name, value)
        if form.verb in NEW_OBJECTS:
            content[OBJECT] = self._new_id()
        about_either = {"subject", "id"} <= form.model.model_fields.keys()
        if about_either and isinstance(subject := content.pop("id", None), str):
            content["subject"], _, content["id"] = subject.partition("/")
        if form.name == "redact_texts" and isinstance(event := content.get("version"), str):
            content["of"], _, version = event.partition(".")
            content["version"] = int(version) if version.isdecimal() else version
        if self.act_details:
            content = with_details(content, sent)
        if form.name == "adopt_system":
            content["system"] = rules_of(self.value("system"), rule_sets(adopted_by_administration(self.visit)))
        return content

    def _new_id(self) -> str:
        kind, field = NEW_OBJECTS[self.form.verb]
        taken = self.visit.reading.names.by_key
        made = slug((self.typed or {}).get(field, ""))
        number = 1
        while f"{kind}/{made}" in taken or (number > 1 and f"{kind}/{made}-{number}" in taken):
            number += 1
            if f"{kind}/{made}-{number}" not in taken:
                return f"{made}-{number}"
        return made

    def given(self, caller: Caller) -> Given:
        """The command that what is written comes to; refused as its row refuses it."""
        plan, form, content = self.visit.plan, self.form, self.document()
        if form.is_change:
            with located_as_sent(content):
                changes = read_changes(plan, content)

            def change(service: Service) -> Outcome:
                with located_as_sent(content):
                    return service.change(changes, caller)

            return Given(change, changes)
        row = form.row
        if row.handler is None:
            raise TypeError(f"{row.name} has no handler")
        handler, request = row.handler, into(row.inputs[0], content)
        part = (self.typed or {}).get(form.part, "") if form.part else ""
        subject = self.visit.reading.known.administration if row.scope == "administration" else plan
        return Given(lambda service: handler(CommandContext(service, subject, caller, part), request))

    def proposed(self, title: str) -> ProposedChanges:
        """The same change as it is proposed: its act comes with the adoption."""
        content = {name: value for name, value in self.document().items() if name != "act"}
        with located_as_sent(content):
            file: dict[str, JsonValue] = {name: content.pop(name) for name in OF_FILE if name in content}
            change: JsonValue = dict(content)
            return read_proposed(self.visit.plan, {**file, "title": title, "changes": [change]})


def _put(content: dict[str, JsonValue], name: str, value: JsonValue) -> None:
    """Puts a value where its name says (`scope.offices`)."""
    first, _, rest = name.partition(".")
    if not rest:
        content[name] = value
        return
    inner = content.setdefault(first, {})
    if isinstance(inner, dict):
        inner[rest] = value


def _written_of(row: ObjectiveInForce | IndicatorInForce) -> dict[str, str]:
    return {name: as_written(value) for name, value in row.items() if name != "targets"}
