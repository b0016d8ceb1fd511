"""Which notes beside the value of a target are understood, and what becomes of the others."""

import pytest

from domain.targets.kinds_of_notes import KINDS, UNKNOWN_NOTE, KindOfNote
from domain.targets.model import Threshold, Unread
from domain.targets.reader import read_one
from domain.targets.revisions import REVISED, WITHDRAWN
from domain.targets.splitting import doubted_values, has_unknown_note

YEAR = 2023


def reason(text: str) -> str | None:
    """Why a text is not read; None when it is."""
    target = read_one(text, YEAR)
    return target.reason if isinstance(target, Unread) else None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_example_of_a_kind_leaves_the_value_as_it_is(kind: KindOfNote) -> None:
    for example in kind.examples:
        target = read_one(f"60% ({example})", YEAR)
        assert isinstance(target, Threshold), example
        assert (str(target.value), target.note) == ("60", f"({example})")


@pytest.mark.parametrize(
    "text",
    [
        *("60% (imprese iscritte)", "60% soddisfazione", "60% tempestività", "60% - fonte: Infocamere", "0 (zero)"),
        *("3 sedi (Siena, Arezzo, Grosseto)", "3 sedi: Siena, Arezzo, Grosseto", "60% (sessanta per cento)"),
        *(
            "40 iniziative (corsi, seminari)",
            "60% nelle sedi decentrate",
            "€ 40.000 (IVA esclusa)",
            "60% (target 2023)",
        ),
        *("entro il 30/06 (pubblicazione)", "Sì (approvazione del regolamento)", "30 gg (art. 4, D.Lgs. 231/2002)"),
    ],
)
def test_what_is_counted_measured_or_cited_is_a_note(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "60% (fuori programma)",
            "60% (confluito nel target 4)",
            "60% (in capo ad altra sede)",
            "60% (fuso)",
            "60% (NQ)",
        ),
        *(
            "60% (bozza)",
            "60% - provvisorio",
            "60% (da confermare)",
            "60% (in attesa del parere)",
            "60% (nuova proposta)",
        ),
        *("60% (vedi rettifica)", "60% (cfr. nota di variazione)", "60% (dopo la revisione)", "60% (originario)"),
        *("60% (valore iniziale: 70%)", "60% (media 2023-2025)", "60% media biennale", "60% (II sem.)", "60% (N.V.)"),
        *(
            "40 iniziative - bozza",
            "40 iniziative (fuso)",
            "entro il 30/06 p.v.",
            "Sì (in bozza)",
            "alto (fuori piano)",
        ),
        *(
            "tra 3 e 8 (superato)",
            "+4% sul 2021 (chiuso)",
            "60%, da rivedere",
            "60% (dato provvisorio)",
            "60% in bozza",
        ),
        *(
            "60% (livello base)",
            "60% (consuntivo)",
            "60% (24-26)",
            "60% (+3)",
            "30 gg (20 per lo sportello)",
            "60% in 6 mesi",
        ),
        *(
            "8 seminari (3 corsi)",
            "almeno 3 (max 5)",
            "60% con 5 seminari",
            "60% nel primo anno",
            "60% annuo per tre anni",
        ),
        *("60% (zero)", "60% (a regime)", "60% entro 20 gg"),
    ],
)
def test_a_note_that_is_of_no_known_kind_is_no_note(text: str) -> None:
    assert reason(text) is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((f"60% ({short})", WITHDRAWN) for short in ("ann.", "sosp.", "soppr.", "elim.", "stralc.", "revoc.")),
        *((f"60% ({short})", REVISED) for short in ("rimod.", "agg. 55%", "var. con DGC", "rinv. 2024", "mod.")),
        *(("60% - ANN.", WITHDRAWN), ("60% rimod.", REVISED), ("12 eventi - sosp.", WITHDRAWN)),
    ],
)
def test_a_change_or_an_end_may_be_said_by_an_abbreviation(text: str, why: str) -> None:
    assert reason(text) == why


def test_what_an_unknown_note_stands_beside_is_offered_to_whoever_imports_it() -> None:
    assert reason(">= 60% (fuso)") == UNKNOWN_NOTE
    assert has_unknown_note(">= 60% (fuso)", YEAR)
    assert doubted_values(">= 60% (fuso)", YEAR) == (">= 60%",)
    assert not has_unknown_note(">= 60% (fonte: protocollo)", YEAR)
