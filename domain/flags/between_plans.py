"""What a plan asks for less than the one before it did, which no revision says: the flag `eased_between_plans`."""

from collections.abc import Iterator

from domain.flags.context import LocatedCase, PlanBefore, YearOnRecord, in_plan
from domain.flags.model import BetweenPlans, Case, Finding, Thresholds, Value, quoted
from domain.plans.successive import SeriesPair, Succession, TargetPair
from domain.targets.decide import target_of
from domain.vocabulary import JsonValue


def between_plans(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The targets of the year that the plan before had set too and, in the first year, the indicators that it had and this has not."""
    if year.before is None:
        return
    compared = year.before.succession
    first_year = year.year == compared.after.years.start
    for pair in compared.series:
        for target in pair.targets:
            if pair.after is not None and target.year == year.year and target.before is not None:
                yield _moved(year, compared, pair.after, target)
        if pair.fate == "dropped" and first_year:
            yield _dropped(year.before, pair)


def _moved(year: YearOnRecord, compared: Succession, indicator: str, target: TargetPair) -> LocatedCase:
    case = BetweenPlans(
        name=year.names.indicator(indicator),
        plan=compared.before.plan,
        year=target.year,
        before=_words(target.before),
        after=_words(target.after),
        direction=target.direction,
        on=compared.day,
    )
    events = in_plan([target.version_after or compared.founded_on])
    serves = tuple(compared.new.serves(indicator))
    return LocatedCase(f"{indicator}-{target.year}-{target.ordinal}", case, events, indicator, serves)


def _dropped(before: PlanBefore, pair: SeriesPair) -> LocatedCase:
    """An indicator that the later plan left out, with the last figure of the year of that decision, else of the one before."""
    compared, indicator = before.succession, pair.before or ""
    figure_year, known = _last_figure(before, indicator)
    name = compared.old.indicator(indicator, "name")
    case = BetweenPlans(
        name=f"«{name or indicator}»",
        plan=compared.before.plan,
        year=figure_year,
        before=before.figures_of(figure_year).target_text(indicator, compared.day),
        after="nessuno",
        direction="easier",
        on=compared.day,
        dropped=True,
        known=known,
    )
    return LocatedCase(f"{indicator}-dropped", case, in_plan([compared.founded_on]))


def _last_figure(before: PlanBefore, indicator: str) -> tuple[int, Value | None]:
    compared = before.succession
    founding = next(record for record in compared.after.counting if record.version == compared.founded_on)
    decided = founding._replace(effective_on=compared.day)
    for year in (compared.day.year, compared.day.year - 1):
        if year in compared.before.years and (known := before.figures_of(year).at(indicator, decided)) is not None:
            return year, known
    return min(compared.day.year, compared.before.years[-1]), None


def eased_between_plans(case: Case, _: Thresholds) -> Finding | None:
    """A target of a year of both plans was eased between them, or an indicator that missed its target was left out."""
    if not isinstance(case, BetweenPlans):
        return None
    since = f"fra il piano {case.plan} e questo ({case.on:%d/%m/%Y})"
    if case.dropped:
        if case.known is None or case.known.meets_before is not False:
            return Finding("clear", "non risulta che l'indicatore lasciato fuori mancasse il target")
        return Finding(
            "raised",
            f"{since} è stato lasciato fuori {case.name}, il cui valore non raggiungeva il target ({case.before}): "
            f"{case.known.text} per {case.known.period}",
        )
    if case.direction == "undetermined":
        return Finding("clear", "i due target non si possono confrontare")
    if case.direction != "easier":
        return Finding("clear", "il target non è più facile di quello del piano precedente")
    return Finding("raised", f"{since} il target {case.year} di {case.name} è passato da {case.before} a {case.after}")


def _words(value: JsonValue) -> str:
    return quoted(target_of(value).text) if value is not None else "nessun target"
