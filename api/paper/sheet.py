"""What every paper has: whose it is, from where it is seen, how to verify it, the same as data; and how a paper writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from re import compile as pattern
from typing import NamedTuple

import orjson

from api.language.labels import CAUSES, REDACTED
from api.operations.actors import as_shown
from api.pages.changes_shown import VariantFigure
from api.pages.frame import StreamSeen, WhereFrom
from api.pages.plan import STANDINGS
from api.pages.plan_tree import ScoreShown, TargetShown
from api.pages.templating import (
    NOTHING,
    exact_instant,
    instant_words,
    long_day,
    number_words,
    percent_words,
    printed_signs,
)
from api.pages.visit import PlanVisit
from api.paper.model import (
    ActRevision,
    CheckpointCited,
    FigureSaid,
    Heading,
    Mark,
    Paper,
    PaperBlock,
    PaperKind,
    PaperLine,
    Paragraph,
    Run,
    Stamp,
    Twin,
    run,
)
from domain.access.principal import PUBLIC
from domain.errors import Malformed, Problem
from domain.measurements.reader import read_value
from domain.measurements.values import NumberValue
from domain.point import Point
from domain.scoring.numbers import places_to_say
from domain.vocabulary import JsonValue
from projections.plan_history import PlanChange

_NUMBER = pattern(r"[-+]?[0-9][0-9.,]{0,30}\s?%?")
"""A text that may be a number and no more."""
LONGEST_TITLE = 2000
"""Characters of a title on paper: the whole stands in the attached data."""


class PaperTitle(NamedTuple):
    """What a paper is called: its title, what is said beneath it, the name of its file."""

    words: str
    beneath: str
    name: str


def paper_of(
    visit: PlanVisit,
    kind: PaperKind,
    title: PaperTitle,
    blocks: Iterable[PaperBlock],
    answer: object,
    *,
    wide: bool = False,
    where: WhereFrom | None = None,
    streams: Sequence[str] = (),
) -> Paper:
    """A paper on the plan of a visit; `answer` is the same as data, `where` of another point than that of the visit.

    `streams` are those that it tells of besides the plan's and its administration's. Nobody who recorded anything is named.
    """
    document = visit.reading.document
    stamp = stamp_of(visit, where or visit.evidence(streams=streams))
    twin = Twin(
        name=f"{title.name}.json",
        content=orjson.dumps(as_shown(answer, PUBLIC, None), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
        description=visit.worded("Gli stessi dati, per un programma"),
    )
    return Paper(
        kind=kind,
        name=title.name,
        language=visit.language,
        body=document["administration"]["name"],
        plan_title=document["plan"]["title"],
        title=title.words if len(title.words) <= LONGEST_TITLE else f"{title.words[: LONGEST_TITLE - 1]}…",
        subtitle=title.beneath,
        stamp=stamp,
        blocks=(*blocks, *_how_to_verify(visit, stamp, twin)),
        twin=twin,
        is_wide=wide,
    )


def as_data(shown: object) -> JsonValue:
    """What pages and papers make of an answer, as data: by its names, without where it leads and who recorded it."""
    match shown:
        case tuple() if hasattr(shown, "_asdict"):
            return as_data(shown._asdict())
        case Mapping():
            return {str(name): as_data(value) for name, value in shown.items() if name not in _OF_PAGES}
        case list() | tuple():
            return [as_data(each) for each in shown]
        case date():
            return shown.isoformat()
        case Decimal():
            return str(shown)
        case None | bool() | int() | str():
            return shown
        case _:
            raise TypeError(type(shown).__name__)


_OF_PAGES = frozenset({"address", "actor", "tone", "digest"})
"""What of a row is for a page alone, or for those who may know who recorded it."""


def stamp_of(visit: PlanVisit, where: WhereFrom) -> Stamp:
    """From where a paper is seen, as the foot of a page says it."""
    shown = where.checkpoint
    return Stamp(
        as_of=where.as_of,
        known_at=where.known_at,
        version=where.version,
        address=where.address,
        checkpoint=CheckpointCited(shown.number, shown.made_at, shown.root) if shown else None,
        before=where.before,
        versions=tuple((seen.version, _of_record(visit, seen)) for seen in where.seen),
        beyond=tuple(_beyond(visit, seen) for seen in where.beyond),
    )


def _of_record(visit: PlanVisit, seen: StreamSeen) -> str:
    return visit.worded(seen.of.words, id=seen.of.id)


def _beyond(visit: PlanVisit, seen: StreamSeen) -> str:
    """What of a record came after the checkpoint."""
    first, last = seen.covered + 1, seen.version
    several = visit.worded("Versioni %(first)s-%(last)s", first=first, last=last)
    words = several if last > first else visit.worded("Versione %(last)s", last=last)
    return f"{words} {_of_record(visit, seen)}"


def seen_from(visit: PlanVisit) -> str:
    """From which point, in a sentence."""
    point = visit.point
    day = long_day(point.as_of, visit.language)
    if point.known_at is None:
        return visit.worded("In vigore al %(day)s.", day=day)
    instant = exact_instant(point.known_at)
    return visit.worded("In vigore al %(day)s, per quanto risultava il %(instant)s.", day=day, instant=instant)


def file_name(visit: PlanVisit, kind: str, *of: object, point: Point | None = None) -> str:
    """A name that says of which plan, what, and on which date."""
    return "-".join(map(str, (visit.plan, kind, *of, (point or visit.point).as_of.isoformat())))


def _how_to_verify(visit: PlanVisit, stamp: Stamp, twin: Twin) -> tuple[PaperBlock, ...]:
    where = visit.worded("Si riapre alle stesse due date da %(address)s", address=stamp.address)
    of = ", ".join(f"{version} {words}" for version, words in stamp.versions)
    version = visit.worded("versione %(version)s", version=of)
    if stamp.checkpoint:
        covered = visit.worded(
            "checkpoint n. %(number)s del %(instant)s, radice %(root)s",
            number=stamp.checkpoint.number,
            instant=instant_words(stamp.checkpoint.made_at),
            root=stamp.checkpoint.root,
        )
    else:
        covered = visit.worded("nessun checkpoint lo copre ancora")
    beyond = ""
    if stamp.checkpoint and stamp.beyond:
        said = visit.worded("Non copre ancora tutto ciò che si vede.")
        beyond = f" {said} {', '.join(stamp.beyond)}: {visit.worded('dopo il checkpoint, nel prossimo.')}"
    kept = visit.worded("Chi conserva un checkpoint può far verificare il registro senza fidarsi di chi lo tiene.")
    attached = visit.worded("Gli stessi dati sono allegati a questo file: %(name)s.", name=twin.name)
    return (
        Heading(1, visit.worded("Come verificare")),
        Paragraph(run(f"{where} · {version} · {covered}.{beyond}"), "note"),
        Paragraph(run(kept), "note"),
        Paragraph(run(attached), "attached"),
    )


def signs(text: str | None) -> str:
    """A target or a value as it prints; a dash where there is none."""
    return printed_signs(text)


def written_run(text: str, mark: Mark = "plain", footnote: str = "") -> Run:
    """A target or a value as it was written, with the number that it is, where it is one and says no more."""
    return Run(signs(text), mark, footnote=footnote, figure=_figure_written(text.strip()))


def observed_run(text: str) -> Run:
    """A value that was observed, as it was written, with its number; what is written beside the number is not lost by it."""
    return Run(signs(text), figure=_figure_written(text.strip(), alone=False))


def _figure_written(text: str, *, alone: bool = True) -> FigureSaid | None:
    is_alone = _NUMBER.fullmatch(text) is not None
    value = read_value(text) if is_alone or not alone else None
    if not isinstance(value, NumberValue) or value.value is None:
        return None
    exponent = value.value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return FigureSaid(value.value, decimals, is_percent=value.unit == "%", says_more=not is_alone)


def require_tree(wanted: str, trees: Iterable[str]) -> None:
    """Malformed for a tree that the plan does not have."""
    known = list(trees)
    if wanted not in known:
        raise Malformed([Problem(where="tree", found=f"{wanted[:80]!r} non è un albero", accepted=", ".join(known))])


def target_lines(shown: TargetShown, meanings: dict[str, str] | None = None) -> tuple[PaperLine, ...]:
    """The targets of a cell: those that stood before, struck, over those in force; what an office says that one means is a note."""
    said = meanings or {}
    struck = [(Run(signs(text), "struck"),) for text in shown.struck]
    mark: Mark = "inserted" if shown.struck else "plain"
    held = [(written_run(text, mark, said.get(text, "")),) for text in shown.texts if text]
    return (*struck, *held) or (run(NOTHING),)


def score_line(visit: PlanVisit, score: ScoreShown) -> PaperLine:
    """A score, with what must be said beside it; why there is none, where there is none."""
    if score.figure is None:
        words = NOTHING if score.standing == "scored" else visit.worded(STANDINGS[score.standing])
        return run(words, "soft")
    below = visit.worded("sotto il target") if score.below and score.tone != "bad" else ""
    band = visit.worded("parziale") if score.partial else visit.said(score.band) if score.band else ""
    beside = " · ".join(part for part in (band, below) if part)
    figure = percent_run(visit, score.figure, "strong")
    return (figure, Run(f" {beside}", "soft")) if beside else (figure,)


def reason_lines(visit: PlanVisit, change: PlanChange) -> tuple[PaperLine, ...]:
    """Why something changed, by which act; which event says so."""
    return (reason_line(visit, change["justification"] or "", redacted=change["redacted"]), act_line(visit, change))


def reason_line(visit: PlanVisit, why: str, *, redacted: bool = False) -> PaperLine:
    """A reason in the words of who gave it."""
    if redacted:
        return run(visit.worded(REDACTED), "soft")
    return run(f"«{why}»") if why else ()


def act_line(visit: PlanVisit, change: PlanChange) -> PaperLine:
    """An act, its cause, and the event."""
    cause = CAUSES.get(change["cause"] or "", "")
    parts = [
        visit.reading.acts.get(change["act"] or "", change["act"] or "") or visit.worded("nessun atto"),
        visit.worded(cause) if cause else "",
        visit.worded("evento n. %(version)s", version=change["version"]),
    ]
    return run(" · ".join(part for part in parts if part), "soft")


def revision_of(visit: PlanVisit, change: PlanChange) -> ActRevision:
    """What stands behind a change of the plan."""
    act = visit.reading.registered_acts.get(change["act"] or "")
    return ActRevision(
        act=str(act) if act else change["act"] or "",
        on=act.date if act else date.fromisoformat(change["effective_on"]),
        reason="" if change["redacted"] else change["justification"] or "",
        cause=visit.worded(CAUSES[change["cause"]]) if change["cause"] else "",
        version=change["version"],
        is_redacted=change["redacted"],
    )


def percent_run(visit: PlanVisit, value: object, mark: Mark = "plain", places: int = 1) -> Run:
    """A percentage with its number; a dash where there is none."""
    exact = None if value is None else Decimal(str(value))
    figure = None if exact is None else FigureSaid(exact, places_to_say(exact, places), is_percent=True)
    return Run(percent_printed(visit, value, places), mark, figure=figure)


def percent_printed(visit: PlanVisit, value: object, places: int = 1) -> str:
    """A percentage; a dash where there is none."""
    return percent_words(None if value is None else str(value), places, language=visit.language)


def weight_run(visit: PlanVisit, weight: str | None) -> Run:
    """A weight with its number; a dash where there is none."""
    exact = None if weight is None else Decimal(weight).normalize()
    exponent = 0 if exact is None else exact.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return Run(number_words(weight, visit.language), figure=None if exact is None else FigureSaid(exact, decimals))


def rate_run(visit: PlanVisit, rate: VariantFigure, mark: Mark = "plain") -> Run:
    """A rate with its number, which is the ratio itself and not what is printed of it."""
    printed = percent_run(visit, rate.rate, mark)
    if printed.figure is None or not rate.denominator:
        return printed
    ratio = Decimal(100 * rate.numerator) / rate.denominator
    return replace(printed, figure=printed.figure._replace(value=ratio))
