"""What stands for an office and looks like a person is seen; what offices are called is not."""

from pathlib import Path

import pytest

from domain.administrations.people_named import PersonNamed, person_in_role, person_seen, require_office
from domain.documents.plan import PlanDocument

PLANS = Path(__file__).parents[3] / "examples" / "plans"


@pytest.mark.parametrize(
    "text",
    [
        *("dott. Rossi", "Dott.ssa Maria Bianchi", "Ing. Zanetti", "Avv. Neri", "Sig.ra Anna Blu", "dott Rossi"),
        *(
            "DOTT. ROSSI",
            "dott. rossi",
            "Dott.Rossi",
            "Dott. ssa Bianchi",
            "dottssa Bianchi",
            "D.ssa Verdi",
            "Dr. Rossi",
        ),
        *("DR. ZANETTI", "Dr.ssa Verdi", "dottor Verdi", "dottoressa Zanetti", "avvocato Zanetti", "avvocata Zanetti"),
        *("Signora Zanetti", "sig. Zanetti", "sig.na Verdi", "Prof.ssa Elena De Luca", "prof. avv. Luigi Neri"),
        *("Rag. Carlo Conti", "Geom. Zanetti", "arch. Sanna", "On. Zanetti", "Ing. Vitale", "Dott. Luca Di Stefano"),
        *("Dott.ri Rossi e Zanetti", "dott.sse Verdi e Neri", "Sigg. Rossi e Zanetti", "avv.ti Rossi e Bianchi"),
        *("Dottori Mario Rossi e Anna Zanetti", "dott. M. Zanetti", "architetta Zanetti", "ingegner Zanetti"),
        *("Mario Rossi", "ROSSI Mario", "Zanetti Mario", "ROSSI MARIO", "mario rossi", "Maria Rosaria Zanetti"),
        *("Bianchi Anna Maria", "Lucia D'Angelo", "Franco Bianchi", "Marina Zanetti", "Niccolò Zanetti", "NICOLÒ NERI"),
        *("RSSMRA80A01H501U", "rossi.mario@cciaa.it", "Luca_Bianchi", "LucaBianchi", "M\u200bario Rossi", "Mario"),
        *("Xhensila Hoxha", "Wang Li", "Ahmed Ben Ali", "Ufficio di Mario", "Ufficio Rossi", "m.rossi@cciaa.it"),
        *("M. Rossi", "Rossi M.", "Rossi", "Rossi / Bianchi", "Ufficio Mario Rossi", "Ufficio del dott. Rossi"),
    ],
)
def test_a_person_without_an_office_is_seen(text: str) -> None:
    seen = person_seen(text)
    assert seen is not None
    assert seen.office is None


@pytest.mark.parametrize(
    ("text", "person", "office"),
    [
        ("il Segretario Generale dott. Rossi", "dott. Rossi", "Segretario Generale"),
        ("SEGRETARIO GENERALE DOTT. MARIO ROSSI", "DOTT. MARIO ROSSI", "SEGRETARIO GENERALE"),
        ("Segretario Generale (dott. Mario Rossi)", "dott. Mario Rossi", "Segretario Generale"),
        ("Rossi Mario (Segretario Generale)", "Rossi Mario", "Segretario Generale"),
        ("Servizio Bilancio - dott.ssa Zanetti", "dott.ssa Zanetti", "Servizio Bilancio"),
        ("dott. Rossi, Servizio Bilancio", "dott. Rossi", "Servizio Bilancio"),
        ("Dott.ssa Maria Bianchi Servizio Promozione", "Dott.ssa Maria Bianchi", "Servizio Promozione"),
        ("Mario Rossi - Servizio Promozione", "Mario Rossi", "Servizio Promozione"),
        ("Dirigente Area I dott.ssa Lucia D'Angelo", "dott.ssa Lucia D'Angelo", "Dirigente Area I"),
        ("Dirigente Bianchi", "Bianchi", "Dirigente"),
        ("Responsabile: Giovanni Zanetti", "Giovanni Zanetti", "Responsabile"),
        ("dott. Paolo Ferro e Rita Zanetti, Servizio Metrico", "dott. Paolo Ferro, Rita Zanetti", "Servizio Metrico"),
    ],
)
def test_the_office_beside_a_person_is_kept_apart(text: str, person: str, office: str) -> None:
    assert person_seen(text) == (person, office)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Servizio Promozione",
            "Segretario Generale",
            "Ufficio Rossi Doria",
            "SEGRETARIO GENERALE",
            "S. Maria",
            "Staff",
        ),
        *(
            "Ufficio Messina",
            "InfoCamere",
            "protocollo@cciaa.legalmail.it",
            "AS CSS",
            "Promobrindisi",
            "Pari Opportunità",
        ),
        *("Arch. storico", "Archivio Storico", "Ufficio Rag. e Patrimonio", "Servizio Conti", "Ufficio Ing. civile"),
        *("Ordine dei Dottori Commercialisti", "Ordine degli Avvocati di Roma", "Consiglio Ordine Avvocati Roma"),
        *(
            "Servizi on line",
            "SERVIZI ON LINE",
            "Avvocatura Generale",
            "Ingegneria civile",
            "Avv. Regionale",
            "Avvocati",
        ),
        *(
            "Via Mario Rossi",
            "Scuola Guglielmo Marconi",
            "Santa Maria Nuova",
            "Regione Emilia-Romagna",
            "EMILIA ROMAGNA",
        ),
        *(
            "Porto Franco Internazionale",
            "Porto Franco",
            "Marina Militare",
            "Marina di Carrara",
            "Dottorato di ricerca",
        ),
        *("Friuli Venezia Giulia", "Collegio Geometri e Geometri Laureati", "Responsabile Anticorruzione", "dott.", ""),
        *(
            "Dirigente Area I",
            "U.O. Personale",
            "R.U.P.",
            "S.Segreteria Generale",
            "Servizio Economia locale (CDC A202)",
        ),
    ],
)
def test_what_offices_are_called_is_no_person(text: str) -> None:
    assert person_seen(text) is None


def test_no_office_of_the_five_plans_is_taken_for_a_person() -> None:
    names = set()
    for path in PLANS.glob("*.json"):
        document = PlanDocument.model_validate_json(path.read_bytes())
        names |= {name for row in document.objectives for name in row.offices}
        names |= {row.owner for row in document.indicators if row.owner}
        names |= {name for row in document.administration.offices for name in (row.name, *row.aliases)}
        names |= {row.office for row in document.measurements if row.office}
    assert len(names) > 80
    assert [name for name in sorted(names) if person_seen(name)] == []


@pytest.mark.parametrize(
    "role",
    ["mario.rossi", "rossi-mario", "mario_rossi", "m.rossi", "mario", "rossi", "xhensila.hoxha", "anna2.bianchi"],
)
def test_a_role_that_is_written_as_people_are_is_taken_for_a_person(role: str) -> None:
    assert person_in_role(role)


@pytest.mark.parametrize(
    "role",
    ["ufficio-performance", "oiv", "segretario-generale", "ced", "ufficio.statistica", "initinere", "giunta", "u7"],
)
def test_a_role_is_a_role(role: str) -> None:
    assert not person_in_role(role)


def test_a_refusal_proposes_the_office_and_says_how_to_keep_the_name() -> None:
    with pytest.raises(PersonNamed, match="persona") as refused:
        require_office("il Segretario Generale dott. Rossi", "name")
    assert refused.value.problem.where == "name"
    assert "'Segretario Generale'" in refused.value.problem.accepted
    assert "«è un ufficio»" in refused.value.problem.accepted


def test_a_long_text_is_looked_at_in_bounded_time() -> None:
    assert person_seen("dott. " * 50_000) is None
    assert person_seen("Mario Rossi, " * 20_000) is not None
