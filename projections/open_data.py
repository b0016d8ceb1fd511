"""The open data: plans, indicators with their targets, measurements, changes, a flat row each; of plans given by id.

Who recorded something is in none of them; words beside an event are there as long as no redaction took them away.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from domain.acts.model import Act
from domain.names import Names
from domain.plans.history import plan_changes
from domain.point import Point
from domain.vocabulary import JsonValue, period_year
from projections.audit import names_of
from projections.plan_history import change_answer, read_history
from projections.plan_in_force import plan_in_force
from projections.plans import OF_ADMINISTRATIONS, PlanRow
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.stored_objects import objects
from projections.streams import find_plan


class OpenPlan(TypedDict):
    """Un piano pubblicato."""

    plan: Annotated[str, Field(description="Identificativo del piano.")]
    administration: Annotated[str, Field(description="Identificativo dell'ente.")]
    administration_name: Annotated[str, Field(description="Nome dell'ente.")]
    ipa_code: Annotated[str | None, Field(description="Codice IPA dell'ente, se noto.")]
    title: Annotated[str, Field(description="Titolo del piano.")]
    first_year: Annotated[int, Field(description="Primo anno del piano.")]
    last_year: Annotated[int, Field(description="Ultimo anno del piano.")]
    status: Annotated[str, Field(description="Stato: approved, closed, succeeded.")]
    approved_years: Annotated[str, Field(description="Anni approvati, separati da uno spazio.")]
    objectives: Annotated[int, Field(description="Quanti obiettivi in vigore.")]
    indicators: Annotated[int, Field(description="Quanti indicatori in vigore.")]
    version: Annotated[int, Field(description="Versione del registro del piano.")]


class OpenTarget(TypedDict):
    """Il target di un indicatore per un anno, in vigore oggi."""

    plan: Annotated[str, Field(description="Identificativo del piano.")]
    indicator: Annotated[str, Field(description="Identificativo dell'indicatore nel piano.")]
    name: Annotated[str, Field(description="Nome dell'indicatore.")]
    series: Annotated[str | None, Field(description="Serie delle misurazioni, la stessa di piano in piano.")]
    objective: Annotated[str, Field(description="Identificativo dell'obiettivo di cui è indicatore.")]
    objective_title: Annotated[str | None, Field(description="Titolo dell'obiettivo.")]
    weight: Annotated[str | None, Field(description="Peso nell'obiettivo, se il piano ha pesi.")]
    year: Annotated[int, Field(description="Anno del target.")]
    ordinal: Annotated[int, Field(description="Ordine del target nella cella, da 0.")]
    target: Annotated[str | None, Field(description="Il target come è scritto nel piano.")]
    comparator: Annotated[str | None, Field(description="Confronto letto nel testo, se è stato letto.")]
    value: Annotated[str | None, Field(description="Valore letto nel testo, se è stato letto.")]
    unit: Annotated[str | None, Field(description="Unità del valore.")]


class OpenMeasurement(TypedDict):
    """Il valore osservato di una serie per un periodo."""

    plan: Annotated[str, Field(description="Identificativo del piano.")]
    series: Annotated[str, Field(description="Serie.")]
    indicator: Annotated[str | None, Field(description="Indicatore del piano che la serie misura.")]
    period: Annotated[str, Field(description="Periodo che il valore descrive: 2022, 2022-H1, 2022-03.")]
    observed: Annotated[str | None, Field(description="Valore come è stato scritto, se è stato scritto come testo.")]
    value: Annotated[str | None, Field(description="Valore letto.")]
    unit: Annotated[str | None, Field(description="Unità del valore.")]
    numerator: Annotated[str | None, Field(description="Numeratore, di un rapporto.")]
    denominator: Annotated[str | None, Field(description="Denominatore, di un rapporto.")]
    finality: Annotated[str, Field(description="provisional o final.")]
    data_as_at: Annotated[str, Field(description="Data dei dati.")]


class OpenChange(TypedDict):
    """Una modifica di un piano pubblicato, con il suo atto e il suo perché."""

    plan: Annotated[str, Field(description="Identificativo del piano.")]
    version: Annotated[int, Field(description="Versione del registro: con il piano identifica la modifica.")]
    kind: Annotated[str, Field(description="Natura della modifica.")]
    aspect: Annotated[str, Field(description="Che cosa tocca.")]
    indicator: Annotated[str | None, Field(description="Indicatore toccato.")]
    name: Annotated[str | None, Field(description="Nome di ciò che è toccato.")]
    objectives: Annotated[str, Field(description="Obiettivi toccati, separati da uno spazio.")]
    year: Annotated[int | None, Field(description="Anno in cui conta.")]
    target_year: Annotated[int | None, Field(description="Anno del target toccato.")]
    before: Annotated[str | None, Field(description="Prima.")]
    after: Annotated[str | None, Field(description="Dopo.")]
    direction: Annotated[str | None, Field(description="Verso: easier, harder, neutral, undetermined.")]
    counts: Annotated[bool, Field(description="Se il tasso di modifica del suo anno la conta.")]
    effective_on: Annotated[str, Field(description="Data da cui vale.")]
    recorded_at: Annotated[str, Field(description="Istante della registrazione.")]
    act: Annotated[str | None, Field(description="Atto che la decide.")]
    cause: Annotated[str | None, Field(description="Causa.")]
    justification: Annotated[str | None, Field(description="Motivazione; vuota dove è stata oscurata per ordine.")]
    redacted: Annotated[bool, Field(description="Se la motivazione è stata oscurata per ordine.")]


OpenRow = OpenPlan | OpenTarget | OpenMeasurement | OpenChange


class OpenDataset(NamedTuple):
    """A data set: the name in its address, its title and description, the type of its rows, what gives those of a plan."""

    name: str
    title: str
    description: str
    row: type
    rows: Callable[[Reader, PlanRow, Point], Iterable[OpenRow]]


class PlanOwner(NamedTuple):
    """The administration of a plan on a date: its id, and its code in the national index, if that is known."""

    id: str
    ipa_code: str | None


def plan_owner(reader: Reader, plan: str, point: Point) -> PlanOwner:
    """Whose a plan is, read without what is in it."""
    known = find_plan(reader, plan, point.known_at)
    of_owner = reader.state(known.administration_stream, point.as_of, known.administration_known, OF_ADMINISTRATIONS)
    return PlanOwner(known.administration, objects(of_owner).administration().get("ipa_code"))


def _plans(reader: Reader, row: PlanRow, point: Point) -> Iterable[OpenPlan]:
    owner = plan_owner(reader, row["id"], point)
    yield {
        "plan": row["id"],
        "administration": owner.id,
        "administration_name": row["administration"],
        "ipa_code": owner.ipa_code,
        "title": row["title"] or row["id"],
        "first_year": row["first_year"] or 0,  # of what is published all is said
        "last_year": row["last_year"] or 0,
        "status": row["status"],
        "approved_years": " ".join(map(str, row["approved_years"])),
        "objectives": row["objectives"],
        "indicators": row["indicators"],
        "version": row["version"],
    }


def _targets(reader: Reader, row: PlanRow, point: Point) -> Iterable[OpenTarget]:
    document = plan_in_force(reader, row["id"], point)
    titles = {objective["id"]: objective["title"] for objective in document["objectives"]}
    for card in document["indicators"]:
        for target in card["targets"]:
            yield {
                "plan": row["id"],
                "indicator": card["id"],
                "name": card["name"],
                "series": card["series"],
                "objective": card["objective"],
                "objective_title": titles.get(card["objective"]),
                "weight": card["weight"],
                "year": target["year"],
                "ordinal": target["ordinal"],
                "target": target["text"],
                "comparator": target["comparator"],
                "value": target["value"],
                "unit": target["unit"],
            }


def _measurements(reader: Reader, row: PlanRow, point: Point) -> Iterable[OpenMeasurement]:
    document = plan_in_force(reader, row["id"], point)
    indicators = {card["series"]: card["id"] for card in document["indicators"] if card["series"]}
    for measurement in document["measurements"]:
        yield {
            "plan": row["id"],
            "series": measurement["series"],
            "indicator": indicators.get(measurement["series"]),
            "period": measurement["period"],
            "observed": measurement.get("text"),
            "value": measurement.get("value"),
            "unit": measurement.get("unit"),
            "numerator": measurement.get("numerator"),
            "denominator": measurement.get("denominator"),
            "finality": measurement["finality"],
            "data_as_at": measurement["data_as_at"],
        }


def _changes(reader: Reader, row: PlanRow, point: Point) -> Iterable[OpenChange]:
    known = find_plan(reader, row["id"], point.known_at)
    changes = plan_changes(read_history(reader, known), point.as_of, drafting=False)
    names, acts = names_of(reader, known), _acts(reader, row["id"], point)
    texts = reader.texts(
        [change.record.justification for change in changes if change.record.justification], known.stream
    )
    for change in changes:
        answer = change_answer(change, texts)
        yield {
            "plan": row["id"],
            "version": answer["version"],
            "kind": answer["kind"],
            "aspect": answer["aspect"],
            "indicator": answer["indicator"],
            "name": _name(names, answer["indicator"], answer["objectives"]),
            "objectives": " ".join(answer["objectives"]),
            "year": answer["year"],
            "target_year": answer["target_year"],
            "before": _text(answer["before"]),
            "after": _text(answer["after"]),
            "direction": answer["direction"],
            "counts": answer["counts"],
            "effective_on": answer["effective_on"],
            "recorded_at": answer["recorded_at"],
            "act": acts.get(answer["act"] or "", answer["act"]),
            "cause": answer["cause"],
            "justification": answer["justification"],
            "redacted": answer["redacted"],
        }


def _acts(reader: Reader, plan: str, point: Point) -> Mapping[str, str]:
    timelines = administration_record(reader, find_plan(reader, plan, point.known_at), point.known_at).timelines
    entries = {key.removeprefix("act/"): timelines.entries(key, "act") for key in timelines.objects("act/")}
    return {act: str(Act.model_validate(of_act[-1].value)) for act, of_act in entries.items() if of_act}


def _name(names: Names, indicator: str | None, objectives: list[str]) -> str | None:
    key = f"indicator/{indicator}" if indicator else f"objective/{objectives[0]}" if objectives else ""
    return names.by_key.get(key)


def _text(value: JsonValue) -> str | None:
    """A value before or after a change, as a cell says it: of a target, its text."""
    if isinstance(value, dict) and isinstance(text := value.get("text"), str):
        return text
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


DATASETS: Mapping[str, OpenDataset] = MappingProxyType(
    {
        dataset.name: dataset
        for dataset in (
            OpenDataset(
                "piani",
                "Piani della performance",
                "I piani pubblicati: ente, anni, stato, quanti obiettivi e indicatori.",
                OpenPlan,
                _plans,
            ),
            OpenDataset(
                "indicatori",
                "Indicatori e target",
                "Gli indicatori dei piani pubblicati, con il target in vigore di ogni anno.",
                OpenTarget,
                _targets,
            ),
            OpenDataset(
                "misurazioni",
                "Misurazioni",
                "I valori osservati delle serie dei piani pubblicati, come valgono oggi.",
                OpenMeasurement,
                _measurements,
            ),
            OpenDataset(
                "modifiche",
                "Modifiche dei piani",
                "Le modifiche dei piani pubblicati: prima e dopo, verso, atto, causa, motivazione.",
                OpenChange,
                _changes,
            ),
        )
    }
)
"""The data sets, by the name in their address."""


def of_years(dataset: OpenDataset, years: Collection[int]) -> OpenDataset:
    """The same, without what was observed in any other year; what is decided is of every year."""
    if dataset.row is not OpenMeasurement:
        return dataset
    return dataset._replace(
        rows=lambda reader, row, point: (
            measurement
            for measurement in _measurements(reader, row, point)
            if period_year(measurement["period"]) in years
        )
    )
