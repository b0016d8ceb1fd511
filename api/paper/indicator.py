"""The card of an indicator on paper: its chart, year by year, who set what by which act, and the card itself."""

from datetime import date

from api.language.labels import POLARITIES, TARGET_FORMS
from api.pages.date_chart import date_chart
from api.pages.deviations import deviation_said, read_deviations
from api.pages.indicator import BASES, benchmarks_shown, card_lines
from api.pages.observations import observed_periods
from api.pages.places import above
from api.pages.step_chart import step_chart
from api.pages.target_pieces import TargetOfYear, targets_on_calendar
from api.pages.templating import NOTHING, day_words, instant_words, period_in_words
from api.pages.visit import PlanVisit
from api.pages.who_set_it import Setting, who_set_it
from api.pages.year_by_year import YearLine, year_lines
from api.paper.chart import WIDTH, days_drawing, steps_drawing
from api.paper.model import (
    ActRevision,
    Drawing,
    Heading,
    Items,
    Paper,
    PaperBlock,
    PaperCell,
    PaperColumn,
    PaperLine,
    PaperTable,
    PaperTerm,
    PaperTerms,
    Paragraph,
    Row,
    Run,
    cell,
    run,
)
from api.paper.sheet import (
    PaperTitle,
    as_data,
    file_name,
    observed_run,
    paper_of,
    percent_printed,
    reason_line,
    score_line,
    seen_from,
    signs,
    written_run,
)
from domain.systems.model import MeasurementSystem
from projections.benchmarks import BenchmarksOfIndicator
from projections.deviations import DeviationRow
from projections.plan_parts import indicator, part_by_id


def indicator_paper(visit: PlanVisit) -> Paper:
    """The indicator that the address of a visit names; NotFound where it is not in force there."""
    reading = visit.reading
    row = part_by_id(reading.document["indicators"], visit.parts["indicator"], visit.point, "indicator")
    targets = targets_on_calendar(reading, row["id"])
    periods = observed_periods(reading, row["series"] or "")
    rules = reading.history.years

    def system(of_year: int) -> MeasurementSystem:
        return reading.history.system(min(max(of_year, rules[0]), rules[-1]), visit.point.as_of).system

    steps = step_chart(targets, periods, rules, visit.point.as_of, row["polarity"], system, narrowest=WIDTH)
    dates = None if steps else date_chart(targets, periods, visit.point.as_of)
    drawing = (
        steps_drawing(visit, steps, visit.point.as_of)
        if steps
        else days_drawing(visit, dates, visit.point.as_of)
        if dates
        else None
    )
    basis = BASES.get(row.get("polarity_basis", ""), "")
    path = above(visit, row["objective"])
    polarity = (
        visit.worded(POLARITIES[row["polarity"]])
        if row["polarity"]
        else visit.worded("non si sa se più è meglio o meno")
    )
    title = PaperTitle(
        row["name"],
        " ".join(
            (
                f"{polarity[:1].upper()}{polarity[1:]}"
                + (f" ({visit.worded(basis)})." if row["polarity"] and basis else "."),
                visit.worded(
                    "Obiettivo: %(path)s.", path=" / ".join(f"{each.code} {each.title}".strip() for each in path)
                )
                if path
                else "",
                seen_from(visit),
            )
        ).replace("  ", " "),
        file_name(visit, "scheda", row["id"]),
    )
    benchmarks = benchmarks_shown(visit, row)
    lines = year_lines(reading, row["id"], targets, periods)
    blocks: list[PaperBlock] = [*_chart(visit, drawing, targets)]
    blocks += [
        Heading(1, visit.worded("Anno per anno")),
        _years(visit, lines),
    ]
    blocks += [*_deviations(visit, row["id"]), *_benchmarks(visit, benchmarks)]
    who = who_set_it(visit, row["id"])
    if who.settings:
        blocks += [
            Heading(1, visit.worded("Chi l'ha fissato")),
            _settings(visit, who.settings, visit.worded("In vigore dal")),
        ]
    if who.measured:
        heading = visit.worded("I valori registrati")
        blocks += [Heading(1, heading), _settings(visit, who.measured, visit.worded("Dati al"))]
    offices = {office["id"]: office["name"] for office in reading.document["administration"]["offices"]}
    formula = PaperTerm(visit.worded("Formula"), (run(row["formula"] or visit.worded("non indicata")),))
    card = [
        PaperTerm(line.name[:1].upper() + line.name[1:], (run(signs(line.value)),))
        for line in card_lines(row, offices, visit.language)
    ]
    blocks += [Heading(1, visit.worded("Scheda")), PaperTerms((formula, *card))]
    answer = {
        **indicator(reading.reader, visit.plan, visit.point, row["id"]),
        "years": as_data(lines),
        "set_by": as_data(who.settings),
        "measured_by": as_data(who.measured),
        "benchmarks": benchmarks["others"] if benchmarks else [],
    }
    return paper_of(visit, "indicator", title, blocks, answer)


def _chart(visit: PlanVisit, drawing: Drawing | None, targets: list[TargetOfYear]) -> list[PaperBlock]:
    heading = Heading(1, visit.worded("Target e valori osservati"))
    if drawing is not None:
        return [heading, drawing]
    forms = dict.fromkeys(visit.worded(TARGET_FORMS[target.in_force.form]) for target in targets if target.in_force)
    if not forms:
        return [heading, Paragraph(run(visit.worded("Questo indicatore non ha target.")))]
    words = visit.worded(
        "I target di questo indicatore non sono quantità (%(forms)s): si leggono nella tabella, anno per anno.",
        forms=", ".join(forms),
    )
    return [heading, Paragraph(run(words))]


def _years(visit: PlanVisit, lines: list[YearLine]) -> PaperTable:
    columns = (
        PaperColumn(visit.worded("Anno"), 0.8),
        PaperColumn(visit.worded("Approvato"), 1.5),
        PaperColumn(visit.worded("In vigore"), 1.5),
        PaperColumn(visit.worded("Osservato"), 2.6),
        PaperColumn(visit.worded("Raggiunto"), 2.2),
    )
    day = day_words(visit.point.as_of)
    caption = visit.worded("Target, valori osservati e risultato di ogni anno, in vigore al %(day)s", day=day)
    return PaperTable(caption, columns, tuple(_year(visit, line) for line in lines))


def _year(visit: PlanVisit, line: YearLine) -> Row:
    observed: list[PaperLine] = []
    for seen in line.observed:
        beside = " ".join(
            part
            for part in (seen.period[5:], visit.worded("provv.") if seen.provisional else "")
            if part and (seen.period != str(line.year) or seen.provisional)
        )
        before = [part for text in seen.superseded for part in (Run(" "), Run(signs(text), "struck"))]
        observed.append((observed_run(seen.text), *([Run(f" {beside}", "soft")] if beside else []), *before))
    outside = {"before": visit.worded("prima del piano"), "after": visit.worded("dopo il piano")}
    reached = score_line(visit, line.score) if line.place == "within" else run(outside[line.place], "soft")
    ex_ante = (
        visit.worded("contro il target approvato %(figure)s", figure=percent_printed(visit, line.ex_ante))
        if line.changed and line.ex_ante is not None
        else ""
    )
    nothing = (run(NOTHING),)
    return Row(
        (
            cell(run(line.year, "strong"), is_head=True),
            PaperCell(
                tuple((written_run(text, "struck" if line.changed else "plain"),) for text in line.approved) or nothing
            ),
            PaperCell(
                tuple(
                    (written_run(text, "inserted" if line.changed and line.approved else "plain"),)
                    for text in line.in_force
                )
                or nothing
            ),
            PaperCell(tuple(observed) or nothing),
            cell(
                reached,
                run(ex_ante, "soft"),
                run(signs(visit.said(line.arithmetic)) if line.arithmetic else "", "soft"),
                run(signs(visit.said(line.note)) if line.note else "", "soft"),
            ),
        )
    )


def _deviations(visit: PlanVisit, indicator: str) -> list[PaperBlock]:
    """How far its values of the year are from the target, why, and what is done: for whoever reads what came of the monitoring."""
    if not visit.may("list_deviations"):
        return []
    rows = read_deviations(visit, visit.year, indicator)["deviations"]
    lines = ["; ".join((_of_period(visit, row), *deviation_said(visit, row))) for row in rows]
    heading = visit.worded("Scostamenti %(year)s", year=visit.year)
    return [Heading(1, heading), Items(tuple(map(run, lines)))] if lines else []


def _of_period(visit: PlanVisit, row: DeviationRow) -> str:
    """The period, what was observed, and what the target says."""
    targets = f" ({signs(', '.join(row['targets']))})" if row["targets"] else ""
    return f"{period_in_words(row['period'], visit.language)}: {signs(row['observed'])}{targets}"


def _benchmarks(visit: PlanVisit, benchmarks: BenchmarksOfIndicator | None) -> list[PaperBlock]:
    """What others published, each with its period, day and source."""
    if benchmarks is None:
        return []
    rows = [
        Row(
            (
                cell(run(visit.worded(other["called"])), is_head=True),
                cell(run(period_in_words(other["period"], visit.language))),
                cell(run(signs(other["words"]))),
                cell(run(day_words(other["published_on"]))),
                cell(run(other["source"])),
            )
        )
        for other in benchmarks["others"]
    ]
    heading = visit.worded("Confronto con altri")
    columns = (
        PaperColumn(visit.worded("Di chi"), 1.8),
        PaperColumn(visit.worded("Periodo"), 1.4),
        PaperColumn(visit.worded("Valore"), 1.2),
        PaperColumn(visit.worded("Pubblicato il"), 1.3),
        PaperColumn(visit.worded("Fonte"), 3.0),
    )
    return [Heading(1, heading), PaperTable(heading, columns, tuple(rows))]


def _settings(visit: PlanVisit, settings: list[Setting], since: str) -> PaperTable:
    columns = (
        PaperColumn(since, 1.1),
        PaperColumn(visit.worded("Che cosa"), 3.4),
        PaperColumn(visit.worded("Perché, con quale atto"), 3.6),
        PaperColumn(visit.worded("Registrato"), 1.7),
    )
    caption = visit.worded("Ogni evento che ha fissato qualcosa dell'indicatore, dal più recente")
    return PaperTable(caption, columns, tuple(_setting(visit, setting) for setting in settings))


def _setting(visit: PlanVisit, setting: Setting) -> Row:
    by = ActRevision(setting.act, date.fromisoformat(setting.since), setting.why, version=setting.version)
    fields: list[PaperLine] = []
    for field in setting.fields:
        of = f" {field.of}" if field.of else ""
        before = (Run(signs(field.before), "struck", by), Run(" ")) if field.before else ()
        after = (Run(signs(field.after), "inserted" if field.before else "strong", by),) if field.after else ()
        fields.append((Run(f"{field.name}{of} "), *before, *after))
    nature = [
        visit.worded(setting.nature) if setting.nature else "",
        visit.worded(setting.direction) if setting.direction else "",
    ]
    annulled = setting.annulled
    act = [setting.act, visit.worded(setting.cause) if setting.cause else ""]
    said = (
        visit.worded(
            "annullato il %(instant)s: %(reason)s",
            instant=instant_words(annulled.recorded_at),
            reason=visit.worded(annulled.reason),
        )
        if annulled
        else ""
    )
    return Row(
        (
            cell(run(day_words(setting.since)), is_head=True),
            cell(*fields, run(" · ".join(part for part in nature if part), "soft"), run(said, "soft")),
            cell(
                reason_line(visit, setting.why, redacted=setting.redacted),
                run(" · ".join(part for part in act if part), "soft"),
            ),
            cell(
                run(instant_words(setting.recorded_at)),
                run(visit.worded("evento n. %(version)s", version=setting.version), "soft"),
            ),
        ),
        by=by,
    )
