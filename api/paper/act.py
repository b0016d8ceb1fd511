"""The draft of the act that would decide changes: what is changed, why, with which effects, what the OIV says; annex A.

The changes are those of a proposal, or those of a file that is not recorded. The words are those of the record and of the
file. What neither knows (the body, what it refers to, who carries it out) is a gap that the office fills in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from api.commands.proposals import Unrecorded
from api.language.labels import CAUSES, KINDS, REDACTED
from api.pages.proposals.effects_of import EffectsOfProposal, effects_of_changes, effects_of_proposal
from api.pages.proposals.written import changes_in_file, names_with_new
from api.pages.templating import day_words, long_day, percent_words
from api.pages.visit import PlanVisit
from api.pages.work.effects_shown import FlagMoved, YearShown
from api.paper.annex import annex
from api.paper.model import (
    Heading,
    Items,
    Paper,
    PaperBlock,
    PaperColumn,
    PaperLine,
    PaperTable,
    Paragraph,
    Row,
    Run,
    cell,
    run,
)
from api.paper.sheet import PaperTitle, file_name, paper_of, signs
from domain.flags.model import OF_RECORDING, OF_THE_DECISION
from domain.names import Names
from domain.proposals.decide import ProposalNotSubmitted
from domain.vocabulary import JsonValue
from projections.plan_history import change_key
from projections.proposal_effects import EffectsShown
from projections.proposals import OpinionOnProposal, ProposalWhole, proposal_whole

OF_THE_ACT = OF_RECORDING | OF_THE_DECISION


def act_paper(visit: PlanVisit) -> Paper:
    """The draft for the proposal that the path of a visit names, on the effects that it was submitted, or enacted, with.

    NotFound for one that is not known; ProposalNotSubmitted for one that has no effects to be decided on.
    """
    name = visit.parts["proposal"]
    proposal = proposal_whole(visit.reading.reader, visit.plan, name, visit.point)
    names = names_with_new(visit, proposal["file"])
    shown, effects = effects_of_proposal(visit, proposal, names, None), _effects(proposal)
    if shown is None or effects is None:
        raise ProposalNotSubmitted(
            f"la proposta {name!r} non è stata presentata, o i suoi effetti sono oscurati",
            accepted="presentarla (initinere proposal submit): l'atto decide sui suoi effetti",
        )
    subtitle = visit.worded(
        "%(plan)s. Proposta: %(proposal)s.",
        plan=visit.reading.document["plan"]["title"],
        proposal=proposal["title"] or visit.worded(REDACTED),
    )
    decided = _ToDecide(proposal["file"] or {}, effects, shown, names, opinions=proposal["opinions_given"])
    return _paper(visit, subtitle, file_name(visit, "atto", name), decided)


def act_of_unrecorded(visit: PlanVisit, changes: Unrecorded) -> Paper:
    """The draft for changes that are not recorded, by the act that they bring, if they bring one."""
    file: dict[str, JsonValue] = changes.file.model_dump(mode="json", exclude_unset=True)
    effects = changes.effects if changes.act else _without_the_day_of_an_act(changes.effects)
    names = names_with_new(visit, file)
    shown = effects_of_changes(visit, effects, names)
    subtitle = visit.worded("%(plan)s. Modifiche non ancora registrate.", plan=visit.reading.document["plan"]["title"])
    act, acted_on = (str(changes.act), changes.act.date.isoformat()) if changes.act else ("", "")
    is_undated = not (act or any(each.get("effective_on") for each in (file, *changes_in_file(file))))
    decided = _ToDecide(file, effects, shown, names, act, acted_on, is_undated=is_undated, has_day=bool(act))
    return _paper(visit, subtitle, file_name(visit, "atto"), decided)


def _without_the_day_of_an_act(effects: EffectsShown) -> EffectsShown:
    """Effects without the flags that look at the day of an act: another stood for the one that is not there yet."""
    flags = {
        year: {**moved, "born": [flag for flag in moved["born"] if flag["rule"] not in OF_THE_ACT]}
        for year, moved in effects["flags"].items()
    }
    return {**effects, "flags": flags}  # type: ignore[typeddict-item]  # as it was, with fewer flags


class _ToDecide(NamedTuple):
    """What an act decides: the changes as they were written, their effects, and what the OIV said.

    `act` is the act as it is cited, where it is known already, `acted_on` its date; `is_undated` where nobody has said yet
    from when they hold, `has_day` where the day of the act is known, or was foreseen.
    """

    file: Mapping[str, JsonValue]
    effects: EffectsShown
    shown: EffectsOfProposal
    names: Names
    act: str = ""
    acted_on: str = ""
    opinions: Sequence[OpinionOnProposal] = ()
    is_undated: bool = False
    has_day: bool = True


def _paper(visit: PlanVisit, subtitle: str, name: str, decided: _ToDecide) -> Paper:
    title = PaperTitle(visit.worded("Bozza dell'atto che modifica il piano della performance"), subtitle, name)
    return paper_of(visit, "act", title, _Draft(visit, decided).blocks(), decided.effects)


def _effects(proposal: ProposalWhole) -> EffectsShown | None:
    if proposal["enactment"] is not None and proposal["enactment"]["effects"] is not None:
        return proposal["enactment"]["effects"]
    return proposal["submissions"][-1]["effects"] if proposal["submissions"] else None


class _Draft:
    """The parts of the draft, in their order."""

    def __init__(self, visit: PlanVisit, decided: _ToDecide) -> None:
        self.visit, self.decided, self.shown = visit, decided, decided.shown

    def blocks(self) -> Iterator[PaperBlock]:
        """The resolution, then its annex."""
        worded = self.visit.worded
        yield Paragraph(
            run(
                worded("Bozza tratta dal registro: dove il testo è evidenziato, l'ufficio completa o toglie.")
                if self.shown.kind != "now"
                else worded(
                    "Bozza tratta da modifiche non registrate: dove il testo è evidenziato, l'ufficio completa o toglie."
                )
            ),
            "lead",
        )
        if self.shown.earlier_text:
            yield self._gap(worded("la proposta è stata modificata dopo questi effetti: va presentata di nuovo"))
        if self.decided.act:
            yield Paragraph(run(worded("Atto: %(act)s.", act=self.decided.act)))
        else:
            yield self._gap(worded("organo che decide, numero e data dell'atto"))
        yield self._gap(worded("norme, atti dell'ente e sistema di misurazione a cui l'atto si richiama"))
        yield from self._what()
        yield from self._why()
        yield from self._what_follows()
        yield from self._opinion()
        yield Heading(1, worded("Decisione"))
        yield Paragraph(
            run(
                worded(
                    "Il piano «%(plan)s» è modificato come dice l'allegato A, che ne fa parte.",
                    plan=self.visit.reading.document["plan"]["title"],
                )
            )
        )
        yield self._gap(worded("chi ne cura l'esecuzione, dove si pubblica, chi firma"))
        yield Heading(1, worded("Allegato A. Variazioni"))
        yield annex(self.visit, self.decided.effects, self.shown, self.decided.names)

    def _gap(self, words: str) -> Paragraph:
        return Paragraph((Run(f"[{self.visit.worded('da scrivere: %(what)s', what=words)}]", "gap"),), "gap")

    def _what(self) -> Iterator[PaperBlock]:
        worded = self.visit.worded
        yield Heading(1, worded("Che cosa si modifica"))
        number = len(self.shown.changes) + len(self.shown.values)
        yield Paragraph(
            run(
                worded("Una variazione, nell'allegato A.")
                if number == 1
                else worded("Le variazioni sono %(number)s, nell'allegato A.", number=number)
            )
        )
        if kinds := self._kinds():
            yield Items(kinds)
        days = ", ".join(long_day(day, self.visit.language) for day in self.shown.holds_from)
        if days and self.decided.is_undated:
            yield self._gap(
                worded("da quando le modifiche valgono; gli effetti che seguono sono dal %(days)s", days=days)
            )
        elif days:
            yield Paragraph(run(worded("In vigore dal %(days)s.", days=days)))

    def _kinds(self) -> tuple[PaperLine, ...]:
        """Of which kinds the variations are; where there are several, which is of which."""
        names, of_kind = self.decided.names.by_key, dict[str, dict[str, None]]()
        for change in self.decided.effects["changes"]:
            key = change_key(change)
            of_kind.setdefault(KINDS[change["kind"]], {})[names.get(key) or key.partition("/")[2]] = None
        kinds = {self.visit.worded(kind): list(of) for kind, of in of_kind.items()}
        return tuple(run(f"{kind}: {'; '.join(of)}" if len(kinds) > 1 else kind) for kind, of in kinds.items())

    def _why(self) -> Iterator[PaperBlock]:
        worded = self.visit.worded
        yield Heading(1, worded("Perché"))
        file = self.decided.file
        told: dict[str, PaperLine] = {}
        for given in (*changes_in_file(file), file):
            reason, words = given.get("justification"), CAUSES.get(str(given.get("cause") or file.get("cause")), "")
            if reason:
                beside = (Run(f" ({worded(words)})", "soft"),) if words else ()
                told.setdefault(str(reason), (Run(f"«{reason}»"), *beside))
        if told:
            yield Items(tuple(told.values()))
        else:
            yield self._gap(worded("la motivazione delle variazioni"))
        if file.get("retroactive"):
            yield Paragraph(run(worded("Perché retroattiva: %(why)s", why=str(file["retroactive"]))))
        elif self.decided.acted_on and min(self.shown.holds_from, default="9") < self.decided.acted_on:
            yield self._gap(worded("perché le modifiche valgono da prima della data dell'atto"))

    def _what_follows(self) -> Iterator[PaperBlock]:
        worded = self.visit.worded
        yield Heading(1, worded("Effetti"))
        day = long_day(self.decided.effects["as_of"], self.visit.language)
        yield Paragraph(run(worded("Come risultano al %(day)s, prima e dopo le variazioni.", day=day)))
        if not self.decided.has_day:
            yield Paragraph(
                run(worded("Le segnalazioni che guardano alla data dell'atto non si sanno ancora.")), "note"
            )
        for year in self.shown.years:
            yield from self._year(year)

    def _year(self, year: YearShown) -> Iterator[PaperBlock]:
        worded, language = self.visit.worded, self.visit.language
        yield Heading(2, worded("Anno %(year)s", year=year.year))
        columns = (
            PaperColumn(worded("Che cosa"), 3),
            PaperColumn(worded("Prima"), 1, "right"),
            PaperColumn(worded("Dopo"), 1, "right"),
        )
        rows = tuple(
            Row(
                (
                    cell(run(worded(row.words)), is_head=True),
                    cell(run(percent_words(row.before, language=language))),
                    cell(run(percent_words(row.after, language=language))),
                )
            )
            for row in year.rows
        )
        if rows:
            yield PaperTable(worded("Punteggi e tasso %(year)s, prima e dopo", year=year.year), columns, rows)
        if year.rate:
            yield Paragraph(run(f"{worded('Tasso di modifica')}: {signs(self.visit.said(year.rate.words))}"))
            if year.rate.exceeded:
                yield self._gap(worded("perché il tetto del tasso di modifica è superato"))
        born: dict[tuple[str, str], list[FlagMoved]] = {}
        for flag in year.born:
            born.setdefault((flag.title, flag.question), []).append(flag)
        for (title, question), flags in born.items():
            said = ((f"{flag.about}: " if flag.about else "") + self.visit.said(flag.words) for flag in flags)
            yield Paragraph(run(f"{worded(title)}:", "strong"))
            yield Items(tuple(run(words) for words in said))
            yield self._gap(self.visit.said(question))

    def _opinion(self) -> Iterator[PaperBlock]:
        worded = self.visit.worded
        yield Heading(1, worded("Parere dell'OIV"))
        given: list[PaperLine] = []
        for opinion in self.decided.opinions:
            late = [
                worded(words)
                for words, holds in (
                    ("tardivo", opinion["late"]),
                    ("sul testo di prima", opinion["on_earlier_text"]),
                )
                if holds
            ]
            said = worded(
                "%(judgement)s, %(day)s", judgement=worded(opinion["judgement_words"]), day=day_words(opinion["on"])
            )
            words = f": «{opinion['words']}»" if opinion["words"] else ""
            given.append(run("".join([", ".join([said, *late]), words])))
        if given:
            yield Items(tuple(given))
            return
        if self.shown.oiv:
            yield Paragraph(run(self.visit.said(self.shown.oiv)))
        yield self._gap(worded("il parere dell'OIV, o perché non c'è"))
