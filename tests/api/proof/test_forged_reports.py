"""Forged reports: what the holder of the key may not hide, or say otherwise; each with the verifier's words."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from api.commands.oversight import say
from api.proof.pack import make_pack
from domain.administrations.events import AdministrationSystemAdopted
from domain.annulments.events import EventsAnnulled
from domain.catalogue import ADMINISTRATION_EVENTS, INSTALLATION_EVENTS, PLAN_EVENTS, TOPICS
from domain.event import Event
from domain.indicators.events import PolarityStated
from domain.measurements.events import MeasurementRecorded
from domain.oiv.commands import GiveOpinion, MakeRemark
from domain.oiv.events import DocumentOpened
from domain.plans.events import PlanApproved, YearApproved
from domain.recording import Pending
from domain.targets.events import TargetInterpreted, TargetReferenceResolved, TargetRevised, TargetSet
from domain.targets.reader import read_one
from initinere_verify.rules import HOMES, MOST_CHAINED, Rules
from projections.proof.checkpoints import RecordAltered
from projections.store.append import Append, StreamAppend
from tests.support.forging import judged, judged_live, key_of, pack_of, signed_pack_at, taken
from tests.support.harness import PLAN, ServiceHarness, point, versions
from tests.support.packs import Files, files_of, spelt


def _about(files: Files, **changed: object) -> Files:
    return {"pack.json": spelt(json.loads(files["pack.json"]) | changed)}


def test_an_older_plan_cannot_be_shown_under_a_later_instant(harness: ServiceHarness, tmp_path: Path) -> None:
    log, older = harness.service.transparency_log, point("2022-12-31", "2022-09-01")
    now = files_of(pack_of(harness, tmp_path / "now.zip"))
    path = tmp_path / "older.zip"
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, older).content)
    then = files_of(path)
    about, known_at = json.loads(now["pack.json"]), json.loads(now["pack.json"])["known_at"]
    about["streams"] = {name: row | {"known": _known_then(then, name, row)} for name, row in about["streams"].items()}
    report = json.loads(then["report.json"]) | {"known_at": known_at}
    plan = {name: value for name, value in json.loads(then["plan.json"]).items() if name != "known_at"}
    forged = now | {"plan.json": spelt(plan), "pack.json": spelt(about)}
    forged["report.json"] = spelt(report)
    words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness)), taken(harness))
    assert words.startswith("file_altered: ")
    assert "noto fino all'evento" in words


def _known_then(then: Files, name: str, row: dict[str, Any]) -> int:
    streams = json.loads(then["pack.json"])["streams"]
    return int(streams[name]["known"] if name in streams else 0) if row["role"] != "installation" else row["known"]


@pytest.mark.parametrize("role", ["review", "installation"])
def test_a_stream_that_the_checkpoint_covers_is_in_the_pack(harness: ServiceHarness, tmp_path: Path, role: str) -> None:
    """The OIV's remark is left out with its stream; a consistency proof takes its place, as of a stream of another's."""
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    about = json.loads(files["pack.json"])
    name, row = next((name, row) for name, row in about["streams"].items() if row["role"] == role)
    left = {key: data for key, data in files.items() if not key.endswith(f"/{row['file']}")}
    del about["streams"][name]
    report = json.loads(files["report.json"]) | {"acts_of_the_oiv": []}
    left |= {"pack.json": spelt(about), "report.json": spelt(report)}
    left["proofs/inclusion.jsonl"] = b"".join(
        line + b"\n" for line in files["proofs/inclusion.jsonl"].splitlines() if json.loads(line)["stream"] != name
    )
    words = judged(signed_pack_at(tmp_path / "forged.zip", left, key_of(harness)), taken(harness))
    assert words.partition(":")[0] in {"stream_vanished", "other_key", "text_altered"}


@pytest.mark.parametrize("name", ["variations", "corrections", "acts_of_the_oiv"])
def test_no_row_of_the_lists_of_a_report_is_left_out_or_put_in(
    harness: ServiceHarness, tmp_path: Path, name: str
) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    rows = report[name]
    assert rows
    for other in ([], rows[1:], [*rows, rows[0]], rows[::-1] if len(rows) > 1 else []):
        forged = files | {"report.json": spelt(report | {name: other})}
        words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness)), taken(harness))
        assert words.startswith("report_differs: ")


def test_a_variation_keeps_its_kind(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    for kind in ("drafting", "rolling_update", "correction", "reclassification"):
        report["variations"][0]["kind"] = kind
        forged = files | {"report.json": spelt(report)}
        assert judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness))).startswith("report_differs: ")


def test_no_act_is_left_out(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    acts = json.loads(files["acts.json"])
    forged = files | {"acts.json": spelt(acts[:-1])}
    assert judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness))).startswith("file_altered: ")


def test_what_cannot_be_verified_is_named(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    forged = signed_pack_at(
        tmp_path / "forged.zip", files | {"index.html": b"<p>Nessuna variazione.</p>"}, key_of(harness)
    )
    assert "Le parole della pagina index.html sono firmate, e non verificate" in judged(forged)
    assert "non sono verificate" in files["index.html"].decode()


def test_a_salt_does_not_swallow_the_first_line_of_a_text(harness: ServiceHarness) -> None:
    remark = MakeRemark(about="plan", words="Rilievo grave: il target fu abbassato.\nSi chiede di ripristinarlo.")
    say(harness.service, PLAN, remark, harness.caller())
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(
            "UPDATE text SET salt = salt || char(10) || ?, text = ? WHERE text LIKE 'Rilievo grave%'",
            ("Rilievo grave: il target fu abbassato.", "Si chiede di ripristinarlo."),
        )
    assert judged_live(harness).startswith("text_altered: ")


def _altered_rows(rows: list[Any]) -> Iterator[list[Any]]:
    """Rows with a field that is gone, or says something else; with one too many; with events that are cited otherwise."""
    for place, row in enumerate(rows):
        for field in row:
            if field not in VERIFIER_LEAVES:
                other = [*row[field], {}] if isinstance(row[field], list) else {"altro": 1}
                yield [*rows[:place], row | {field: other}, *rows[place + 1 :]]
            yield [*rows[:place], {name: said for name, said in row.items() if name != field}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"altro": 1}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"events": []}, *rows[place + 1 :]]
        yield [*rows[:place], row | {"events": row["events"] * 2}, *rows[place + 1 :]]


VERIFIER_LEAVES = {"what", "objectives", "direction", "known", "score", "change_rate"}


@pytest.mark.parametrize("name", ["variations", "corrections", "acts_of_the_oiv"])
def test_a_row_of_the_report_is_whole_and_as_its_event_says(harness: ServiceHarness, tmp_path: Path, name: str) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    report = json.loads(files["report.json"])
    for rows in _altered_rows(report[name]):
        forged = files | {"report.json": spelt(report | {name: rows})}
        words = judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness)), taken(harness))
        assert words.partition(":")[0] in {"report_differs", "file_altered"}, rows


def test_an_opinion_keeps_its_judgement_and_its_words(harness: ServiceHarness, tmp_path: Path) -> None:
    revised = versions(harness.on("2022-11-03").revise(">= 60%", "2022-10-30"))[0]
    opinion = GiveOpinion(judgement="contrary", about="plan", versions=(revised,), words="Contrario.")
    say(harness.service, PLAN, opinion, harness.caller())
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    for field, said in (("judgement", "favorevole"), ("words", "Favorevole."), ("opinion", "parere-9")):
        report = json.loads(files["report.json"])
        row = next(row for row in report["variations"] if row["opinions"])
        row["opinions"][0][field] = said
        words = judged(signed_pack_at(tmp_path / "forged.zip", files | {"report.json": spelt(report)}, key_of(harness)))
        assert words.startswith("report_differs: ")


def test_nothing_of_the_plan_is_shown_twice(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    plan = json.loads(files["plan.json"])
    for part in ("objectives", "indicators", "measurements", "statuses"):
        for row in plan[part][:1]:
            forged = files | {"plan.json": spelt(plan | {part: [row | {"altro": "altro"}, *plan[part]]})}
            assert judged(signed_pack_at(tmp_path / "forged.zip", forged, key_of(harness))).startswith("plan_differs: ")


def test_a_pack_says_of_what_it_is_and_how_much_it_leaves_out(harness: ServiceHarness, tmp_path: Path) -> None:
    path, log = tmp_path / "older.zip", harness.service.transparency_log
    path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2022-12-31", "2022-09-01")).content)
    line = next(line for line in judged(path).splitlines() if line.startswith("Piano "))
    assert f"Piano {PLAN}, anno 2022, in vigore al 2022-12-31, noto al 2022-" in line
    later = judged(pack_of(harness, tmp_path / "now.zip"))
    assert "NON sono mostrati" not in later


def _put(harness: ServiceHarness, stream: str, event: Event, on: str = "2022-11-01", **beside: Any) -> None:
    """Writes an event past the rules of the domain, as whoever holds the key may."""
    part = StreamAppend(stream, harness.store.head(stream).version, (Pending(event, date.fromisoformat(on), **beside),))
    harness.store.append(Append(f"forged-{stream}-{part.expected}", "", "ufficio", (part,)))
    harness.service.transparency_log.checkpoint()


def test_an_annulment_of_acts_of_the_oiv_is_none(harness: ServiceHarness, tmp_path: Path) -> None:
    against = taken(harness)
    _put(harness, f"review/{PLAN}", EventsAnnulled(versions=(1,), reason="recorded_by_mistake"))
    assert judged_live(harness, against).startswith("rule_broken: ")
    assert judged(pack_of(harness, tmp_path / "forged.zip"), against).startswith("rule_broken: ")


@pytest.mark.parametrize(
    ("event", "beside"),
    [
        (PlanApproved(year=2022), {}),
        (YearApproved(year=2022), {}),
        (TargetSet(indicator="incasso", year=2023, ordinal=1, target=read_one(">= 1%", 2023)), {"claim": "drafting"}),
        (TargetReferenceResolved(indicator="incasso", year=2022, ordinal=1, target=read_one(">= 1%", 2022)), {}),
        (
            TargetInterpreted(
                indicator="incasso",
                year=2022,
                ordinal=1,
                target=read_one(">= 1%", 2022).model_copy(update={"meaning": ">= 1%"}),
            ),
            {},
        ),
    ],
    ids=[
        "approved again",
        "a year approved again",
        "a claim of its own",
        "another target as a reference",
        "another target as its meaning",
    ],
)
def test_an_event_of_the_plan_that_no_rule_admits_is_found(
    harness: ServiceHarness, tmp_path: Path, event: Event, beside: dict[str, Any]
) -> None:
    against = taken(harness)
    _put(harness, f"plan/{PLAN}", event, "2022-12-20", **beside)
    assert judged_live(harness, against).startswith("rule_broken: ")
    assert judged(pack_of(harness, tmp_path / "forged.zip"), against).startswith("rule_broken: ")


def _revised(year: int = 2022, indicator: str = "incasso") -> TargetRevised:
    target = read_one(">= 1%", year)
    return TargetRevised(indicator=indicator, year=year, ordinal=1, before=target, target=target)


IN_THE_PLAN, IN_THE_ADMINISTRATION = f"plan/{PLAN}", "administration/cciaa-prova"
PAST_THE_RULES: dict[str, tuple[str, Event, dict[str, Any]]] = {
    **{
        f"an annulment of {versions}": (
            IN_THE_PLAN,
            EventsAnnulled(versions=versions, reason="recorded_by_mistake"),
            {},
        )
        for versions in ((0,), (-1,), (21,), (22,), (9999,), (18, 9999))
    },
    **{
        f"a correction of {versions}": (IN_THE_PLAN, _revised(), {"claim": "correction", "restores": versions})
        for versions in ((0,), (21,), (50,), (3,), (11,), (7, 11), ())
    },
    "a reclassified target": (IN_THE_PLAN, _revised(), {"claim": "reclassification"}),
    "a target of another year": (IN_THE_PLAN, _revised(2031), {}),
    "a target of no indicator": (IN_THE_PLAN, _revised(indicator="nessuno"), {}),
    "a known polarity": (IN_THE_PLAN, PolarityStated(indicator="incasso", polarity="down"), {}),
    **{
        f"an event of the plan in {stream}": (stream, _revised(), {})
        for stream in (IN_THE_ADMINISTRATION, f"review/{PLAN}", f"diligence/{PLAN}", "installation", "altro/x")
    },
    "an act in the plan": (IN_THE_PLAN, DocumentOpened(what="plan"), {}),
}


@pytest.mark.parametrize("way", PAST_THE_RULES)
def test_an_event_past_the_rules_is_named_and_never_an_error(harness: ServiceHarness, tmp_path: Path, way: str) -> None:
    assert harness.store.head(IN_THE_PLAN).version == 20
    stream, event, beside = PAST_THE_RULES[way]
    if way == "a known polarity":
        _put(harness, stream, PolarityStated(indicator="incasso", polarity="up"))
    _put(harness, stream, event, **beside)
    assert judged_live(harness).startswith("rule_broken: ")
    try:
        words = judged(pack_of(harness, tmp_path / "forged.zip"))
    except RecordAltered as refused:
        words = str(refused)
    if stream in {IN_THE_PLAN, IN_THE_ADMINISTRATION, f"review/{PLAN}", "installation"}:
        assert words.startswith(("rule_broken: ", "gli eventi non seguono le regole")), words


def test_annulments_without_end_are_found_and_cost_no_more_than_they_are_many() -> None:
    rules = Rules("plan/p")
    begun = perf_counter()
    faults = [
        rules.fault({"topic": "events-annulled", "version": version, "body": {"versions": [version - 1]}})
        for version in range(2, 2_500)
    ]
    assert perf_counter() - begun < 10
    assert faults[: MOST_CHAINED - 1] == [None] * (MOST_CHAINED - 1)
    assert faults[MOST_CHAINED] is not None


def test_the_verifier_knows_where_each_event_belongs() -> None:
    assert set(HOMES) == set(TOPICS)
    for role, of in {
        "plan": PLAN_EVENTS,
        "administration": ADMINISTRATION_EVENTS,
        "installation": INSTALLATION_EVENTS,
    }.items():
        assert {event.topic for event in of} <= {topic for topic, homes in HOMES.items() if role in homes}


def test_rules_that_were_adopted_again_are_told_and_the_same_are_none(harness: ServiceHarness, tmp_path: Path) -> None:
    other = AdministrationSystemAdopted(year=2022, system={"name": "altro"})
    for event in (AdministrationSystemAdopted(year=2022, system={"name": "uno"}), other):
        _put(harness, IN_THE_ADMINISTRATION, event)
    words = judged(pack_of(harness, tmp_path / "fascicolo.zip"))
    assert words.startswith("VERIFICATO")
    assert "Attenzione: il sistema di misurazione 2022 fu adottato più volte" in words
    _put(harness, IN_THE_ADMINISTRATION, other, "2022-11-02")
    assert judged_live(harness).startswith("rule_broken: ")


def test_an_annulment_is_listed_whatever_its_own_date(harness: ServiceHarness, tmp_path: Path) -> None:
    """By a date after the one that is asked about it would undo a change that nothing names."""
    revised = versions(harness.on("2022-11-03").revise(">= 60%", "2022-10-30"))[0]
    _put(harness, f"plan/{PLAN}", EventsAnnulled(versions=(revised,), reason="recorded_by_mistake"), "2099-01-01")
    path = pack_of(harness, tmp_path / "fascicolo.zip")
    assert judged(path).startswith("VERIFICATO")
    listed = [row["restores"] for row in json.loads(files_of(path)["report.json"])["corrections"]]
    assert [revised] in listed


def test_a_final_figure_is_not_measured_over(harness: ServiceHarness) -> None:
    harness.on("2023-02-01").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-12-31")
    with harness.store.reading() as reader:
        records = reader.records("administration/cciaa-prova")
    event = next(r.event for r in reversed(records) if isinstance(r.event, MeasurementRecorded))
    _put(harness, "administration/cciaa-prova", event, "2023-01-31")
    assert judged_live(harness).startswith("rule_broken: ")


@pytest.mark.parametrize(
    "later",
    [
        "2022-12-30T00:00:00.000000Z",
        "9999-12-31T00:00:00.000000Z",
        "\uff19\uff19\uff19\uff19-12-31T00:00:00.000000Z",
        0,
        None,
    ],
)
def test_a_plan_is_not_shown_as_known_beyond_what_its_checkpoint_covers(
    harness: ServiceHarness, tmp_path: Path, later: object
) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    plan = json.loads(files["plan.json"]) | {"known_at": later}
    forged = signed_pack_at(tmp_path / "forged.zip", files | {"plan.json": spelt(plan)}, key_of(harness))
    assert judged(forged).startswith("plan_differs: ")


def test_a_pack_says_as_known_when_it_was_asked_for_and_no_later_than_its_checkpoint(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    log = harness.service.transparency_log
    made_at = log.checkpoint().answer()["made_at"]
    path = tmp_path / "fascicolo.zip"
    harness.on("2023-06-30")
    for known, asked in (("2022-10-20", "2022-10-20T21:59:59.999999Z"), ("2023-05-31", made_at)):
        path.write_bytes(make_pack(harness.store, log, PLAN, 2022, point("2022-12-31", known)).content)
        statement = judged(path)
        assert statement.startswith("VERIFICATO"), statement
        assert json.loads(files_of(path)["plan.json"])["known_at"] == min(asked, made_at)
        assert (
            f"in vigore al 2022-12-31, noto al {json.loads(files_of(path)['pack.json'])['known_at']} (chiesto al "
            in statement
        )


NOTHING: list[object] = [0, "", False, None, [], {}]
"""What some would take for a field that is not there."""


def test_what_is_nothing_is_not_put_into_a_plan_nor_taken_out_of_it(harness: ServiceHarness, tmp_path: Path) -> None:
    files = files_of(pack_of(harness, tmp_path / "fascicolo.zip"))
    key, path = key_of(harness), tmp_path / "forged.zip"
    parts = (
        ("plan",),
        ("act",),
        ("administration",),
        ("objectives", 0),
        ("indicators", 0),
        ("indicators", 0, "targets", 0),
        ("measurements", 0),
        ("measurements", 0, "observed"),
    )
    forgeries: list[str] = []
    for part in parts:
        for field, value in [("altro", value) for value in NOTHING] + [("value", 0), ("common", False), ("period", "")]:
            document, row = _part(files, part)
            if row.get(field, ...) == value:
                continue
            row[field] = value
            forgeries.append(spelt(document).decode())
        for field in _part(files, part)[1]:
            document, row = _part(files, part)
            if not row.pop(field):
                forgeries.append(spelt(document).decode())
    forgeries += [
        spelt(_part(files, ())[0] | {name: value}).decode() for name in ("acts", "altro") for value in NOTHING
    ]
    assert len(forgeries) > 90
    for forged in forgeries:
        words = judged(signed_pack_at(path, files | {"plan.json": forged.encode()}, key))
        assert words.partition(":")[0] in {"plan_differs", "file_altered"}, forged


def _part(files: Files, part: tuple[str | int, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A plan document, and a part of it."""
    document: Any = json.loads(files["plan.json"])
    row = document
    for step in part:
        row = row[step]
    return document, row
