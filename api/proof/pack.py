"""The evidence pack: one ZIP that is valid without the product. The same bytes for the same point."""

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from importlib.resources import files as resources
from typing import NamedTuple

import orjson

from api.proof.page import report_page
from domain.errors import NotFound
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.evidence import evidence
from projections.evidence_answer import YearEvidence
from projections.plan_in_force import plan_in_force
from projections.proof.bundle import Files, Included, record_files, schema_files
from projections.proof.checkpoints import checkpoint_number, covering
from projections.proof.log import INSTALLATION, Log, public_keys
from projections.proof.redactions import redactions
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import find_plan, review_stream

VERIFIER = "initinere_verify"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the ZIP: the pack has none of its own."""


class Pack(NamedTuple):
    """A pack: its bytes, the checkpoint that it stands on, and its digest."""

    content: bytes
    checkpoint: int
    sha256: str


def make_pack(store: Store, log: Log, plan: str, year: int, point: Point) -> Pack:
    """The pack of a plan and a year, on the first checkpoint that covers the point; one is made where none does yet."""
    key = log.begin()
    with store.reading() as reader:
        find_plan(reader, plan, point.known_at)
        number = covering(reader.cursor, _versions(reader, plan, point))
    if number is None:
        log.checkpoint(f"pack {plan} {year}")
    with store.reading() as reader:
        included = _included(reader, plan, point)
        number = covering(reader.cursor, _versions(reader, plan, point))
        if number is None:
            raise NotFound("nessun checkpoint copre ancora il piano a quel punto", accepted="riprovare")
        files = pack_files(reader, plan, year, point, number, included)
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    files["manifest.txt"] = key.note(f"{key.name} {plan} {year} checkpoint {number}\n{lines}").encode()
    content = _zip(files)
    return Pack(content, number, hashlib.sha256(content).hexdigest())


def pack_files(reader: Reader, plan: str, year: int, point: Point, number: int, included: list[Included]) -> Files:
    """Every file of the pack but its manifest."""
    report = evidence(reader, plan, year, point)
    document = plan_in_force(reader, plan, point)
    keys = public_keys(reader)
    files = record_files(reader, number, included, keys, _cited(report))
    checkpoint = checkpoint_number(reader.cursor, number)
    about = {
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
    files["LEGGIMI.txt"] = README.format(plan=plan, year=year, number=number, key=keys[-1]).encode()
    files |= schema_files()
    for source in sorted(resources(VERIFIER).iterdir(), key=lambda resource: resource.name):
        if source.name.endswith(".py"):
            files[f"{VERIFIER}/{source.name}"] = source.read_bytes()
    return files


def _included(reader: Reader, plan: str, point: Point) -> list[Included]:
    plan_known = find_plan(reader, plan, point.known_at)
    review = review_stream(plan)
    return [
        Included(plan_known.stream, "plan", plan_known.known.version),
        Included(plan_known.administration_stream, "administration", plan_known.administration_known.version),
        Included(review, "review", reader.known(review, point.known_at).version),
        Included(INSTALLATION, "installation", reader.head(INSTALLATION).version),
    ]


def _versions(reader: Reader, plan: str, point: Point) -> dict[str, int]:
    """How far the checkpoint must reach: what the evidence rests on, and every order by which a text is gone since."""
    reach = {stream.stream: stream.known for stream in _included(reader, plan, point) if stream.known}
    for order in redactions(reader, list(reach)).values():
        reach[order["stream"]] = max(reach[order["stream"]], order["version"])
    return reach


def _cited(report: YearEvidence) -> dict[str, set[int]]:
    """The events that a report names, wherever it does."""
    versions: defaultdict[str, set[int]] = defaultdict(set)
    waiting: list[object] = [report]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            for event in node.get("events") or () if isinstance(node.get("events"), list) else ():
                versions[event["in"]].add(event["version"])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return versions


def _acts(reader: Reader, plan: str, point: Point) -> list[JsonValue]:
    plan_known = find_plan(reader, plan, point.known_at)
    records = reader.records(plan_known.administration_stream, upto=plan_known.administration_known.version)
    return [orjson.loads(r.event.body())["act"] for r in records if r.event.topic == "act-registered"]


def _document(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _zip(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content)
    return buffer.getvalue()


README = """Fascicolo probatorio di {plan}, anno {year}. Si regge sul checkpoint n. {number}.

index.html            la relazione per l'OIV, da leggere o stampare
report.json           la stessa, in dati
plan.json             il piano in vigore
events/               gli eventi, una riga ciascuno: i byte della riga, senza il fine riga, sono quelli dell'archivio
leaves/               di ogni evento: versione, posizione, foglia (RFC 9162: SHA-256 di 0x00 e dei byte)
texts.jsonl           le motivazioni e le note, col sale: gli eventi ne tengono l'impronta
checkpoint.txt        il checkpoint su cui il fascicolo si regge; checkpoints.jsonl tutti quelli fino ad allora
heads.jsonl           le teste di tutti i flussi a ogni checkpoint; proofs/ le prove di inclusione e di consistenza
keys.txt              le chiavi pubbliche, l'attuale per ultima
acts.json             gli atti, con l'impronta dei loro file dove l'ente l'ha registrata
schemas/              la forma di ogni evento
manifest.txt          l'impronta di ogni file, firmata
initinere_verify/     il verificatore, in sorgente

Per verificare, senza rete e senza il prodotto, con Python 3.11 e la libreria cryptography:

  unzip FASCICOLO.zip -d fascicolo
  cd fascicolo
  python3 -m initinere_verify ../FASCICOLO.zip [--against CHECKPOINT-PRESO-IN-PRECEDENZA.txt]

Chi non si fida del verificatore che è nel fascicolo ne usi uno preso altrove: sono poche pagine, e non ha bisogno d'altro.
La chiave con cui confrontare keys.txt è quella che l'ente pubblica: {key}
"""
