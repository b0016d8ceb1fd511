"""What changes would do, as a page shows it: each difference, and what becomes of scores, rate and flags of a year."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from api.language.labels import CAUSES, DIFFERENCES, DIRECTIONS, KINDS
from api.language.translation import filled_in, translated
from api.language.values import field_name, value_in_words
from api.pages.plan_reading import PlanReading
from api.pages.plan_tree import node_score
from api.pages.templating import day_words, printed_signs
from api.pages.work.foreseen import YearForeseen
from api.settings import Language
from domain.flags.model import RULE_TITLES
from domain.names import Names
from domain.scoring.numbers import difference
from projections.change_preview import BeforeAfter, OvertakenDifference
from projections.differences import Difference
from projections.flags import Flag
from projections.plan_history import PlanChange
from projections.proposal_effects import EffectsShown

UNCOMPARED = "non si confrontano: non si può dire se il nuovo sia più facile o più difficile"
"""What is said of a target that is neither easier nor harder for all that is known."""


class CheckedChange(NamedTuple):
    """One difference that a change makes: of what, which, from what to what; `limit` says until when, where not for good."""

    about: str
    what: str
    values: bool
    before: str
    after: str
    direction: str
    limit: str = ""


class Nature(NamedTuple):
    """What kind of change it is, and whether the rate counts it."""

    words: str
    counts: bool


class FigureRow(NamedTuple):
    """A figure before and after."""

    words: str
    before: str | None
    after: str | None
    difference: str | None
    partial: bool = False


class RateShown(NamedTuple):
    """The change rate of a year as a bar: percent before, after, and of the ceiling; `more` is what is added."""

    words: str
    before: str
    after: str
    more: str
    grows: bool
    ceiling: str
    exceeded: bool


class FlagMoved(NamedTuple):
    """A flag that would be born, or would be gone: of what it is; the words of one that is gone are not told again."""

    title: str
    about: str
    words: str = ""
    question: str = ""


class YearShown(NamedTuple):
    """What a year would become."""

    year: str
    rows: list[FigureRow]
    rate: RateShown | None
    born: list[FlagMoved]
    gone: list[FlagMoved]


def checked_changes(differences: Iterable[Difference], names: Names, language: Language) -> list[CheckedChange]:
    """Differences as lines."""
    return [_line(row, names, language) for row in differences]


def all_changes(
    effects: EffectsShown, names: Names, acts: Mapping[str, str], language: Language
) -> list[CheckedChange]:
    """What changes on the day from which it is seen, and what changes until another act alone."""
    differing = {(row["object"], row["field"]) for row in effects["differences"]}
    overtaken = [row for row in effects["overtaken"] if (row["object"], row["field"]) not in differing]
    return [
        *checked_changes(effects["differences"], names, language),
        *overtaken_changes(overtaken, names, acts, language),
    ]


def overtaken_changes(
    rows: Iterable[OvertakenDifference], names: Names, acts: Mapping[str, str], language: Language
) -> list[CheckedChange]:
    """The same of what holds only until another act that is recorded already; `acts` are how acts are cited, by id."""
    return [
        _line(row, names, language)._replace(
            limit=until_words(
                date.fromisoformat(row["effective_on"]),
                date.fromisoformat(row["until"]),
                _side(row["then"], row["field"], names, language),
                acts.get(row["act"] or "", ""),
                language,
            )
        )
        for row in rows
    ]


def until_words(since: date, until: date, then: str, act: str, language: Language) -> str:
    """Until when something holds, and what is recorded to hold from the day after."""
    return filled_in(
        "Vale dal %(since)s al %(until)s: dal %(next)s è già registrato «%(then)s»%(by)s, e resta.",
        language,
        since=day_words(since),
        until=day_words(until),
        next=day_words(until + timedelta(days=1)),
        then=printed_signs(then),
        by=f" ({act})" if act else "",
    )


def natures_of(changes: Collection[PlanChange]) -> list[Nature]:
    """The kinds of some changes, each once."""
    kinds = sorted({(KINDS[change["kind"]], change["counts"]) for change in changes})
    return [Nature(words, counts) for words, counts in kinds]


def causes_of(changes: Iterable[PlanChange]) -> list[str]:
    """The causes of some changes, in words, each once."""
    return sorted({CAUSES[change["cause"]] for change in changes if change["cause"]})


def years_shown(
    effects: EffectsShown, names: Names, gone_from: PlanReading, year: YearForeseen | None = None
) -> list[YearShown]:
    """The years that changes touch; one `year` with the scores of an indicator too.

    `gone_from` is the plan with the flags that would be gone.
    """
    return [_of_effects(effects, name, names, gone_from, year) for name in effects["scores"]]


def year_alone(year: YearForeseen, names: Names) -> YearShown:
    """A year that no change of the plan touches: a figure does."""
    return YearShown(str(year.year), _figures(year), None, [_born(flag, names) for flag in year.born], [])


def _line(row: Difference, names: Names, language: Language) -> CheckedChange:
    kind, _, name = row["object"].partition("/")
    key = f"indicator/{name.partition('/')[0]}" if kind == "assignment" else row["object"]
    about = "" if row["object"] == "plan" else names.called(key)
    field = row["field"]
    if field == "life":
        what = translated(DIFFERENCES[row["type"]], language)
        return CheckedChange(about, what, values=False, before="", after="", direction="")
    label = field_name(field, language, row["object"])
    before, after = (
        _side(value, field, names.beside(row["object"]), language) for value in (row["before"], row["after"])
    )
    direction = row.get("direction")
    return CheckedChange(
        about=about,
        what=label[:1].upper() + label[1:],
        values=True,
        before=before,
        after=after,
        direction=UNCOMPARED if direction == "undetermined" else DIRECTIONS[direction] if direction else "",
    )


def _side(value: object, field: str, names: Names, language: Language) -> str:
    if field in {"parent", "objective"} and isinstance(value, str):
        return names.objective(value)
    return value_in_words(value, field, language)  # type: ignore[arg-type]  # what is stored is JSON


def _of_effects(
    effects: EffectsShown, name: str, names: Names, gone_from: PlanReading, year: YearForeseen | None
) -> YearShown:
    scores, flags = effects["scores"][name], effects["flags"][name]
    rate = effects["change_rate"].get(name)
    if year is not None and str(year.year) == name:
        rows = _figures(year, with_rate=rate is None)
    else:
        rows = _bodies(scores["before"], scores["after"])
    if rate is not None:
        before, after = (rate["official"][side]["rate"] for side in ("before", "after"))
        rows.append(_figure("Tasso di modifica", before, after))
    known = {flag["id"]: flag for flag in gone_from.flags(int(name))["flags"]} if flags["gone"] else {}
    return YearShown(
        name,
        rows,
        _rate(rate) if rate else None,
        [_born(flag, names) for flag in flags["born"]],
        [_gone(id_, known, names) for id_ in flags["gone"]],
    )


def _born(flag: Flag, names: Names) -> FlagMoved:
    return FlagMoved(flag["title"], _about(flag, names), flag["words"], flag["question"])


def _gone(id_: str, known: Mapping[str, Flag], names: Names) -> FlagMoved:
    title = RULE_TITLES.get(id_.partition("/")[0], "")
    return FlagMoved(title, _about(known[id_], names) if id_ in known else "")


def _about(flag: Flag, names: Names) -> str:
    """What a flag is of: an indicator, or objectives; nothing where it is of the whole plan."""
    if flag["indicator"] is not None:
        return names.indicator(flag["indicator"])
    return ", ".join(map(names.objective, flag["objectives"]))


def _bodies(before: object, after: object) -> list[FigureRow]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [
        _figure("Performance dell'ente", before["in_force"], after["in_force"]),
        _figure("Contro i target approvati (ex ante)", before["ex_ante"], after["ex_ante"]),
    ]


def _figures(year: YearForeseen, *, with_rate: bool = True) -> list[FigureRow]:
    before, after = node_score(year.body_before), node_score(year.body_after)
    rows = [_figure("Performance dell'ente", before.figure, after.figure)._replace(partial=after.partial)]
    rows.append(_figure("Contro i target approvati (ex ante)", year.ex_ante_before, year.ex_ante_after))
    if with_rate and year.rate_before != year.rate_after:
        rows.append(_figure("Tasso di modifica", year.rate_before, year.rate_after))
    if year.indicator_before is not None or year.indicator_after is not None:
        rows.insert(0, _figure("Raggiungimento dell'indicatore", year.indicator_before, year.indicator_after))
    return rows


def _figure(words: str, before: str | None, after: str | None) -> FigureRow:
    apart = difference(_decimal(after), _decimal(before))
    return FigureRow(words, before, after, str(apart) if apart else None)


def _decimal(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def _rate(rate: BeforeAfter) -> RateShown:
    effect = rate["official"]
    before, after = (Decimal(effect[side]["rate"] or 0) for side in ("before", "after"))
    ceiling = effect["after"]["ceiling"]
    return RateShown(
        words=effect["words"],
        before=str(before),
        after=str(after),
        more=str(after - before),
        grows=after > before,
        ceiling=str(ceiling["value"]) if ceiling else "",
        exceeded=effect["ceiling_respected"] is False,
    )
