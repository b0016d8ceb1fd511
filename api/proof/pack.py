"""The evidence pack: one ZIP that is valid without the product. The same bytes for the same point."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import orjson

from api.proof.page import report_page
from domain.administrations.events import ActCompleted, ActRegistered
from domain.errors import ConcurrentChange, Refusal
from domain.installation.succession import INSTALLATION
from domain.point import Point
from domain.vocabulary import JsonValue
from initinere_verify.archive import write_archive
from initinere_verify.enclosed import own_sources, readme
from initinere_verify.pack import FORMAT
from initinere_verify.report import citations
from initinere_verify.slots import subject_of
from projections.evidence import evidence
from projections.evidence_answer import YearEvidence
from projections.plan_in_force import plan_in_force
from projections.proof.bundle import Files, Included, record_files, schema_files
from projections.proof.checkpoints import RecordAltered, checkpoint_number, covering, first_with_subjects
from projections.proof.key_succession import require_unbroken
from projections.proof.log import Log, public_keys
from projections.proof.notes import Signing
from projections.proof.redactions import redactions
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import all_plans_of, find_plan, plan_stream, proposals_stream, review_stream


class Pack(NamedTuple):
    """A pack: its bytes, the checkpoint that it stands on, and its digest."""

    content: bytes
    checkpoint: int
    sha256: str


class CheckpointWanted(Refusal):
    """What is asked for is covered by no checkpoint yet, and a question makes none."""

    name = "checkpoint_wanted"
    title = "Manca un checkpoint"


def make_pack(store: Store, log: Log, plan: str, year: int, point: Point) -> Pack:
    """The pack of a plan and a year; a checkpoint is made where none covers the point yet."""
    log.begin()
    try:
        return signed_pack(store, log, plan, year, point)
    except CheckpointWanted:
        log.checkpoint("pack")
        return signed_pack(store, log, plan, year, point)


def signed_pack(store: Store, log: Log, plan: str, year: int, point: Point) -> Pack:
    """The pack of a plan and a year, on the first checkpoint that covers the point; CheckpointWanted where none does yet.

    Nothing is written.
    """
    key = log.key_in_force()
    with store.reading() as reader:
        return signed_pack_on(reader, key, plan, year, point)


def signed_pack_on(reader: Reader, key: Signing, plan: str, year: int, point: Point) -> Pack:
    """The same, on a snapshot, signed with the key in force."""
    require_unbroken(reader)
    if public_keys(reader)[-1] != key.verifying:
        raise ConcurrentChange("la chiave di firma viene sostituita ora", accepted="riprovare fra poco")
    with _of_a_record():
        included, report = _included(reader, plan, point), evidence(reader, plan, year, point)
        number = covering(reader.cursor, _versions(reader, included, report, point))
        begun = first_with_subjects(reader.cursor)
    if number is None or begun is None:
        words = f"nessun checkpoint copre ancora {plan} a quel punto"
        raise CheckpointWanted(words, accepted="prima un checkpoint (POST /v1/checkpoint); initinere pack lo fa da sé")
    with _of_a_record():
        number = max(number, begun)
        files = pack_files(reader, report, point, number, included)
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    files["manifest.txt"] = key.note(f"{key.name} {plan} {year} checkpoint {number}\n{lines}").encode()
    content = write_archive(files)
    return Pack(content, number, hashlib.sha256(content).hexdigest())


@contextmanager
def _of_a_record() -> Iterator[None]:
    """RecordAltered for what no record of the program leads to: somebody wrote events past its rules."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        found = "gli eventi non seguono le regole del programma: non se ne fa un fascicolo"
        raise RecordAltered(found, accepted="initinere verify, che dice quale; initinere restore") from error


def pack_files(reader: Reader, report: YearEvidence, point: Point, number: int, included: list[Included]) -> Files:
    """Every file of the pack but its manifest."""
    plan, year = report["plan"], report["year"]
    document = plan_in_force(reader, plan, point)
    keys = public_keys(reader)
    own = {subject_of(plan_stream(one)) for one in all_plans_of(reader, document["administration"]["id"])}
    own |= {subject_of(stream.stream) for stream in included}
    files = record_files(reader, number, included, own, keys, _cited(report))
    checkpoint = checkpoint_number(reader.cursor, number)
    covered = max(report["known_at"], write_instant(checkpoint.text.made_at))
    if document.get("known_at", "") > covered:  # the checkpoint tells nothing of what was asked for beyond it
        document["known_at"] = covered
    about = {
        "format": FORMAT,
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "known_at": report["known_at"],
        "checkpoint": number,
        "streams": {
            stream.stream: {"role": stream.role, "file": stream.file, "known": stream.known}
            for stream in included
            if f"events/{stream.file}" in files
        },
    }
    files["pack.json"] = _document(about)
    files["plan.json"] = _document(document)
    files["report.json"] = _document(report)
    files["acts.json"] = _document(_acts(reader, plan, point))
    files["index.html"] = report_page(report, document, checkpoint, keys).encode()
    files["LEGGIMI.txt"] = readme(plan, year, number, keys[-1])
    files |= schema_files()
    return files | own_sources()


def _included(reader: Reader, plan: str, point: Point) -> list[Included]:
    plan_known = find_plan(reader, plan, point.known_at)
    review, proposals = review_stream(plan), proposals_stream(plan)
    return [
        Included(plan_known.stream, "plan", plan_known.known.version),
        Included(plan_known.administration_stream, "administration", plan_known.administration_known.version),
        Included(review, "review", reader.known(review, point.known_at).version),
        Included(proposals, "proposals", reader.known(proposals, point.known_at).version),
        Included(INSTALLATION, "installation", reader.head(INSTALLATION).version),
    ]


def _versions(reader: Reader, included: list[Included], report: YearEvidence, point: Point) -> dict[str, int]:
    """How far the checkpoint must reach: what the evidence rests on, and every order by which a text is gone since."""
    reach = {stream.stream: stream.known for stream in included if stream.known}
    for order in redactions(reader, list(reach)).values():
        reach[order["stream"]] = max(reach[order["stream"]], order["version"])
    if (before := report["from_plan_before"]) is not None:
        reach[find_plan(reader, before["predecessor"], point.known_at).stream] = before["predecessor_version"]
    return reach


def _cited(report: YearEvidence) -> dict[str, set[int]]:
    """The events that a report names, wherever it does, by role."""
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for role, version in citations(report):
        versions[role].add(version)
    return versions


def _acts(reader: Reader, plan: str, point: Point) -> list[JsonValue]:
    plan_known = find_plan(reader, plan, point.known_at)
    records = reader.records(plan_known.administration_stream, upto=plan_known.administration_known.version)
    acts: dict[str, dict[str, JsonValue]] = {}
    for record in records:
        match record.event:
            case ActRegistered() as registered:
                acts[registered.act.id] = orjson.loads(registered.body())["act"]
            case ActCompleted() as completed if completed.act in acts:
                later = orjson.loads(completed.body())
                acts[completed.act] |= {
                    name: value for name, value in later.items() if name != "act" and value is not None
                }
            case _:
                pass
    return list(acts.values())


def _document(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
