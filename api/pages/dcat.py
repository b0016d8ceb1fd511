"""The catalogue of the open data, as the national catalogue reads it: DCAT-AP_IT 1.0, in RDF/XML.

https://docs.italia.it/italia/daf/linee-guida-cataloghi-dati-dcat-ap-it: the mandatory properties of catalogue, data set,
distribution, agent and licence, with the authority tables of the European Union. One data set a plan and a kind of data,
so that each has its own holder: the body whose plan it is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from starlette.responses import Response

from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.open_data import FORMATS, data_address
from domain.point import ROME
from projections.open_data import DATASETS, OpenDataset

NAMESPACES: Mapping[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority/"
THEME = AUTHORITY + "data-theme/GOVE"
THEMES = AUTHORITY + "data-theme"
FREQUENCY = AUTHORITY + "frequency/IRREG"
LANGUAGE_ITALIAN = AUTHORITY + "language/ITA"
LICENCE_URI = "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40"
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"
XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"

for _prefix, _uri in NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


class CataloguedPlan(NamedTuple):
    """What the catalogue says of a plan."""

    id: str
    title: str
    first_year: int
    last_year: int
    body: str
    body_name: str
    ipa_code: str | None
    recorded_at: datetime


class CataloguePage(NamedTuple):
    """Which part of the catalogue an answer is: of the plans after one, up to another, empty where it is the last.

    And of the whole, how many plans it has, and when anything was recorded last.
    """

    after: str
    following: str
    plans: int
    modified: datetime


def catalogue(
    plans: Sequence[CataloguedPlan], origin: str, now: datetime, part: CataloguePage | None = None
) -> Response:
    """The catalogue of the data of some plans; where they are not all, one page of it, which names the next.

    Pages are those of Hydra, as the harvesters of CKAN follow them, the national one among them: its older words (a paged
    collection and its `nextPage`, a text) beside those of today (a view and its `next`).
    """
    root = ET.Element(_name("rdf:RDF"))
    bodies = {plan.body: plan for plan in plans}
    publisher = next(iter(bodies)) if len(bodies) == 1 and part is None else ""
    whole = _node(root, "dcatapit:Catalog", f"{origin}{addresses.OPEN_DATA}", also="dcat:Catalog")
    _text(whole, "dct:title", "Piani della performance: dati aperti", language="it")
    words = "Piani della performance pubblicati, con i loro indicatori, le misurazioni, le modifiche e i loro atti."
    _text(whole, "dct:description", words, language="it")
    _link(whole, "dct:publisher", _agent(origin, publisher))
    modified = part.modified if part else max((plan.recorded_at for plan in plans), default=now)
    _day(whole, "dct:modified", modified.astimezone(ROME).date())
    _link(whole, "foaf:homepage", f"{origin}{addresses.OPEN_DATA}")
    _link(whole, "dct:language", LANGUAGE_ITALIAN)
    _link(whole, "dcat:themeTaxonomy", THEMES)
    for plan in plans:
        for dataset in DATASETS.values():
            _link(whole, "dcat:dataset", _dataset_address(origin, dataset, plan))
    for plan in plans:
        for dataset in DATASETS.values():
            _dataset(root, dataset, plan, origin)
    for body, plan in bodies.items():
        _body(root, _agent(origin, body), plan.ipa_code or body, plan.body_name)
    if not publisher:
        _body(root, _agent(origin, ""), origin.partition("://")[2] or origin, "In Itinere")
    _licence(root)
    headers = {"Cache-Control": "no-cache"}
    if part is not None:
        _page(root, part, origin)
        if part.following:
            headers["Link"] = f'<{origin}{_page_after(part.following)}>; rel="next"'
    body_bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body_bytes, media_type="application/rdf+xml", headers=headers)


def _page(root: ET.Element, part: CataloguePage, origin: str) -> None:
    page = _node(root, "hydra:PagedCollection", origin + _page_after(part.after), also="hydra:PartialCollectionView")
    _number(page, "hydra:totalItems", part.plans * len(DATASETS))
    first = origin + _page_after("")
    _text(page, "hydra:firstPage", first)
    _link(page, "hydra:first", first)
    if part.following:
        following = origin + _page_after(part.following)
        _text(page, "hydra:nextPage", following)
        _link(page, "hydra:next", following)


def _page_after(plan: str) -> str:
    return page_address(addresses.CATALOGUE, {"after": plan})


def _dataset(root: ET.Element, dataset: OpenDataset, plan: CataloguedPlan, origin: str) -> None:
    of = _node(root, "dcatapit:Dataset", _dataset_address(origin, dataset, plan), also="dcat:Dataset")
    _text(of, "dct:identifier", f"{plan.id}:{dataset.name}")
    _text(of, "dct:title", f"{dataset.title}: {plan.title}", language="it")
    _text(of, "dct:description", f"{dataset.description} {plan.title}, {plan.body_name}.", language="it")
    modified = plan.recorded_at.astimezone(ROME).date()
    _day(of, "dct:modified", modified)
    _link(of, "dcat:theme", THEME)
    _link(of, "dct:rightsHolder", _agent(origin, plan.body))
    _link(of, "dct:publisher", _agent(origin, plan.body))
    _link(of, "dct:accrualPeriodicity", FREQUENCY)
    _link(of, "dct:language", LANGUAGE_ITALIAN)
    _link(of, "dcat:landingPage", origin + page_address(addresses.PLAN, plan=plan.id))
    for word in ("performance", "PIAO", plan.body_name):
        _text(of, "dcat:keyword", word, language="it")
    period = ET.SubElement(ET.SubElement(of, _name("dct:temporal")), _name("dct:PeriodOfTime"))
    ET.SubElement(period, _name("rdf:type"), {_name("rdf:resource"): NAMESPACES["dcatapit"] + "PeriodOfTime"})
    _day(period, "dcatapit:startDate", date(plan.first_year, 1, 1))
    _day(period, "dcatapit:endDate", date(plan.last_year, 12, 31))
    files = {kind: origin + data_address(dataset.name, kind, plan.id) for kind in FORMATS}
    for address in files.values():
        _link(of, "dcat:distribution", f"{address}#distribuzione")
    for kind, address in files.items():
        file = _node(root, "dcatapit:Distribution", f"{address}#distribuzione", also="dcat:Distribution")
        _text(file, "dct:title", f"{dataset.title} ({kind.upper()})", language="it")
        _text(file, "dct:description", dataset.description, language="it")
        _link(file, "dct:format", f"{AUTHORITY}file-type/{kind.upper()}")
        _link(file, "dcat:accessURL", address)
        _link(file, "dcat:downloadURL", address)
        _link(file, "dct:license", LICENCE_URI)
        _day(file, "dct:modified", modified)


def _body(root: ET.Element, address: str, identifier: str, name: str) -> None:
    agent = _node(root, "dcatapit:Agent", address, also="foaf:Agent")
    _text(agent, "dct:identifier", identifier)
    _text(agent, "foaf:name", name, language="it")


def _licence(root: ET.Element) -> None:
    licence = _node(root, "dcatapit:LicenseDocument", LICENCE_URI, also="dct:LicenseDocument")
    _link(licence, "dct:type", "http://purl.org/adms/licencetype/Attribution")
    _text(licence, "foaf:name", "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)", language="it")
    _text(licence, "owl:versionInfo", "4.0")


def _dataset_address(origin: str, dataset: OpenDataset, plan: CataloguedPlan) -> str:
    return f"{origin}{addresses.OPEN_DATA}#{dataset.name}.{plan.id}"


def _agent(origin: str, body: str) -> str:
    return f"{origin}{addresses.OPEN_DATA}#{f'ente.{body}' if body else 'editore'}"


def _name(prefixed: str) -> str:
    prefix, _, name = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{name}"


def _node(root: ET.Element, kind: str, address: str, *, also: str) -> ET.Element:
    """A resource with its two types: that of the Italian profile, and that of the vocabulary that it narrows."""
    node = ET.SubElement(root, _name(kind), {_name("rdf:about"): address})
    prefix, _, name = also.partition(":")
    ET.SubElement(node, _name("rdf:type"), {_name("rdf:resource"): NAMESPACES[prefix] + name})
    return node


def _text(node: ET.Element, name: str, text: str, *, language: str = "") -> None:
    attributes = {"{http://www.w3.org/XML/1998/namespace}lang": language} if language else {}
    ET.SubElement(node, _name(name), attributes).text = text


def _link(node: ET.Element, name: str, address: str) -> None:
    ET.SubElement(node, _name(name), {_name("rdf:resource"): address})


def _number(node: ET.Element, name: str, number: int) -> None:
    ET.SubElement(node, _name(name), {_name("rdf:datatype"): XSD_INTEGER}).text = str(number)


def _day(node: ET.Element, name: str, day: date) -> None:
    ET.SubElement(node, _name(name), {_name("rdf:datatype"): XSD_DATE}).text = day.isoformat()
