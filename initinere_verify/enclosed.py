"""What a pack holds beside its record and its report: this verifier, the schemas of events, LEGGIMI; each as a program wrote it."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files as resources

from initinere_verify.rules import HOMES
from initinere_verify.trees import Failed

SCHEMAS = "bcfc2f6a0272ec083d748eee0fdd5645e400c139326d2e1380b5e89f73ed57b4"
"""The digest (`digest_of`) of the schemas that this program writes."""


def digest_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of some files: over a line for each, its own digest and its name, sorted by name."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def own_sources() -> dict[str, bytes]:
    """The source files of this verifier, by name."""
    return {
        f"initinere_verify/{source.name}": source.read_bytes()
        for source in sorted(resources("initinere_verify").iterdir(), key=lambda source: source.name)
        if source.name.endswith(".py")
    }


def readme(plan: str, year: int, number: int, key: object) -> bytes:
    """LEGGIMI.txt of the pack of a plan and a year, on a checkpoint, with the key in force."""
    return README.format(plan=plan, year=year, number=number, key=key).encode()


def check_enclosed(files: Mapping[str, bytes], expected_readme: bytes) -> str:
    """Holds what is enclosed against what this program writes; what the statement says of it.

    A file of a name that no program writes could be taken for one of these: it fails. One of another program's, which
    may have written other bytes under the same names, is told apart, and is not to be run.
    """
    sources, schemas = (
        {name: data for name, data in files.items() if name.startswith(folder)}
        for folder in ("initinere_verify/", "schemas/")
    )
    own = own_sources()
    known = {*own, "schemas/envelope.json", *(f"schemas/{topic}.json" for topic in HOMES)}
    if unknown := sorted({*sources, *schemas} - known):
        expected = "i file che scrive questo programma, o che scriveva uno anteriore"
        found = "un altro; per il fascicolo di un programma più recente, il suo verificatore"
        raise Failed("file_altered", unknown[0], expected, found)
    if sources == own and digest_of(schemas) == SCHEMAS:
        if files["LEGGIMI.txt"] != expected_readme:
            raise Failed("file_altered", "LEGGIMI.txt", "il testo che il programma scrive", "un altro")
        return "Il verificatore accluso è uguale a questo, che lo giudica; così gli schemi e LEGGIMI.txt."
    return (
        "ATTENZIONE: il verificatore accluso, o gli schemi, non sono quelli di questo programma: sono di un altro, o "
        "alterati; non li si usi. LEGGIMI.txt non è verificato."
    )


README = """Fascicolo probatorio di {plan}, anno {year}. Si regge sul checkpoint n. {number}.

index.html            la relazione per l'OIV, da leggere o stampare
report.json           la stessa, in dati
plan.json             il piano in vigore
events/               gli eventi, una riga ciascuno: i byte della riga, senza il fine riga, sono quelli dell'archivio
leaves/               di ogni evento: versione, posizione, foglia (RFC 9162: SHA-256 di 0x00 e dei byte)
texts.jsonl           le motivazioni e le note, col sale: gli eventi ne tengono l'impronta
checkpoint.txt        il checkpoint su cui il fascicolo si regge; checkpoints.jsonl tutti quelli fino ad allora
heads.jsonl           le teste dei flussi dell'ente e dell'installazione a ogni checkpoint
proofs/               le prove di inclusione e di consistenza
others.jsonl          degli altri flussi le sole impronte, senza nome; others-before.jsonl fino ai checkpoint dei programmi anteriori
keys.txt              le chiavi pubbliche, l'attuale per ultima
acts.json             gli atti, con l'impronta dei loro file dove l'ente l'ha registrata
schemas/              la forma di ogni evento
manifest.txt          l'impronta di ogni file, firmata
initinere_verify/     il verificatore, in sorgente

Per verificare si usa un verificatore preso altrove, perché quello che è nel fascicolo lo ha messo chi lo ha fatto:

  initinere verify FASCICOLO.zip --key CHIAVE-PUBBLICATA [--against CHECKPOINT-PRESO-IN-PRECEDENZA.txt]

oppure, senza il prodotto e senza rete, con Python 3.11 e la libreria cryptography, il solo file initinere_verify.pyz, dopo
averne confrontato l'impronta SHA-256 con quella pubblicata con il prodotto (docs/prova.md; lo scrive initinere verifier):

  python3 initinere_verify.pyz FASCICOLO.zip --key CHIAVE-PUBBLICATA [--against CHECKPOINT-PRESO-IN-PRECEDENZA.txt]

Solo in mancanza d'altro il verificatore accluso, che vale quanto la fiducia in chi ha dato il fascicolo:

  python3 -m zipfile -e FASCICOLO.zip fascicolo
  cd fascicolo
  python3 -m initinere_verify ../FASCICOLO.zip [--against CHECKPOINT-PRESO-IN-PRECEDENZA.txt]

Il fascicolo è l'unico archivio di questi file: ogni programma che lo apre vi trova gli stessi, o il verificatore lo rifiuta.
Le parole di index.html sono firmate, e non verificate. La chiave va presa da dove l'ente la pubblica, e non da qui; qui è

  {key}
"""
