"""The inputs of questions: the two dates, and what each question wants to know beside them."""

from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import Field, create_model

from api.language.closed_lists import code_of, listed_words, near_word
from api.language.labels import EVENT_NAMES
from api.operations.dated import Dated, KnownAt, KnownFrom
from api.settings import Actor
from domain.changes.kinds import ChangeKind
from domain.errors import Malformed, Problem
from domain.indicators.feeds import Feeds
from domain.late import late
from domain.library.entry import LibraryCode, Scheme
from domain.oiv.lacking import Lack
from domain.point import Point, WrittenDay
from domain.proposals.status import ProposalStatus
from domain.scoring.basis import Basis
from domain.vocabulary import Cause, EventVersion, Frozen, Identifier, Line, Polarity, Year
from projections.plans import PLANS_AT_A_TIME
from projections.roles import EVERY_ROLE

with late:  # made of what is asked, when it is asked
    from domain.documents.next_plan import NextYears
    from projections.audit import Filter

AnyQuery = TypeVar("AnyQuery", bound=Frozen)
KINDS_OF_EVENTS = tuple(EVENT_NAMES)
"""The events that a plan's trail may have."""
Limit = Annotated[
    int,
    Field(ge=1, le=1000, title="righe per pagina", description="Quante righe al più in una pagina.", examples=[100]),
]


class Nothing(Frozen, defer_build=False):
    """No parameters."""


AnswerFormat = Literal["json", "xlsx"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def or_as_sheet(query: type[AnyQuery]) -> type[AnyQuery]:
    """A query model with the format of the answer: as data, or as the sheet that the page of the question offers."""
    said = Field(
        "json",
        title="formato",
        description="json, oppure xlsx: le stesse righe in un foglio, da stampare e con cui calcolare.",
        examples=["xlsx"],
    )
    return create_model(
        query.__name__, __base__=query, __module__=query.__module__, __doc__=query.__doc__, format=(AnswerFormat, said)
    )


class Preview(Frozen):
    """Whether a command is only to be tried."""

    preview: Annotated[
        bool,
        Field(
            title="solo anteprima",
            description="true: dice che cosa cambierebbe, e non registra nulla.",
            examples=[True],
        ),
    ] = False


class Loading(Preview):
    """How a plan document is to be taken."""

    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando vale l'approvazione, se non dalla data dell'atto del documento.",
        examples=["2022-01-31"],
    )


class Changing(Preview):
    """How changes are to be taken."""

    as_of: WrittenDay | None = Field(
        None,
        title="in vigore al",
        description="Solo per l'anteprima: la data a cui confrontare prima e dopo. Se manca, quella dell'ultima modifica.",
        examples=["2022-09-30"],
    )
    effects: bool = Field(
        default=False,
        title="anche gli effetti",
        description="Solo per l'anteprima: anche punteggi, segnalazioni che nascerebbero e tempo dell'OIV. Costa di più.",
        examples=[True],
    )


class OfYear(Dated):
    """A year of a plan."""

    year: Year = Field(title="anno", description="L'anno del piano.", examples=[2022])


class OfLevel(OfYear):
    """A year of a plan and, where wanted, one level of its objectives."""

    level: str | None = Field(
        None,
        max_length=200,
        title="livello",
        description="Solo gli obiettivi di questo livello, con il nome che ha nel piano.",
        examples=["obiettivo operativo"],
    )


class OfWatch(OfYear):
    """A year of a plan, and one thing that may be lacking."""

    lack: Lack | None = Field(
        None,
        title="che cosa manca",
        description="Solo ciò a cui manca questo; in `counts` c'è quanto manca di tutto.",
        examples=["no_office"],
    )


WantedTree = Annotated[
    str | None,
    Field(
        max_length=200,
        title="albero",
        description="Degli altri alberi del piano, solo questo: missioni, prospettive, aree, con il nome che ha nel piano.",
        examples=["mission"],
    ),
]


class OfChanges(OfLevel):
    """A year of a plan and, where wanted, one level of its objectives, and one of its further trees."""

    tree: WantedTree = None


class OfScores(OfYear):
    """A year of a plan, against which targets, and which rows."""

    basis: Basis = Field(
        "in_force",
        title="base",
        description="I target in vigore alla data, oppure (ex ante) il piano com'era quando l'anno fu approvato.",
        examples=["in_force"],
    )
    feeds: Feeds = Field(
        "objective",
        title="righe che contano",
        description="Le righe che contano: dell'albero, della produttività, o tutte.",
        examples=["objective"],
    )


class OfAllScores(OfScores):
    """The scores of a year and, where wanted, one of the further trees of the plan."""

    tree: WantedTree = None


class OfProposals(Dated):
    """The proposals of a plan, or those of one status."""

    status: ProposalStatus | None = Field(
        None,
        title="stato",
        description="Solo le proposte di questo stato.",
        examples=["submitted"],
    )


class OfObject(Dated):
    """One object, or all."""

    object: str | None = Field(
        None,
        max_length=300,
        title="obiettivo o indicatore",
        description="Solo questo obiettivo o indicatore.",
        examples=["incasso-diritto-annuale"],
    )


class Between(Frozen):
    """Two points; each says what was in force on a date, as known at another."""

    from_: WrittenDay = Field(
        alias="from",
        title="in vigore al (primo)",
        description="In vigore al, per il primo punto.",
        examples=["2022-09-29"],
    )
    to: WrittenDay | None = Field(
        None,
        title="in vigore al (secondo)",
        description="In vigore al, per il secondo punto. Se manca, oggi in Italia.",
        examples=["2022-09-30"],
    )
    known_from: KnownAt | None = Field(
        None,
        title="noto al (primo)",
        description="Noto al, per il primo punto: una data o un istante. Se manca, adesso.",
        examples=["2022-10-01"],
    )
    known_to: KnownAt | None = Field(
        None,
        title="noto al (secondo)",
        description="Noto al, per il secondo punto: una data o un istante. Se manca, adesso.",
        examples=["2022-12-01"],
    )

    def points(self, now: datetime) -> tuple[Point, Point]:
        """The two points at an instant."""
        return self._start.point(now), self._end.point(now)

    def asked(self) -> tuple[datetime, ...]:
        """The knowledge that is asked about, where it is said."""
        return (*self._start.asked(), *self._end.asked())

    def says_when(self) -> bool:
        """Whether all dates are said: the answer changes no more than the knowledge does."""
        return self._start.says_when() and self._end.says_when()

    @property
    def _start(self) -> Dated:
        return Dated(as_of=self.from_, known_at=self.known_from)

    @property
    def _end(self) -> Dated:
        return Dated(as_of=self.to, known_at=self.known_to)


class OfTrail(Dated):
    """What of the audit trail is wanted; every filter that is said must hold."""

    since: WrittenDay | None = Field(
        None, title="con effetto dal", description="Con effetto da questa data, compresa.", examples=["2022-01-01"]
    )
    until: WrittenDay | None = Field(
        None,
        title="con effetto fino al",
        description="Con effetto fino a questa data, compresa.",
        examples=["2022-12-31"],
    )
    actor: Actor | None = Field(
        None, title="chi registra", description="Registrati da questa utenza o ruolo.", examples=["ufficio-performance"]
    )
    kind: ChangeKind | None = Field(
        None, title="natura", description="Di questa natura.", examples=["in_year_revision"]
    )
    object: str | None = Field(
        None,
        max_length=300,
        title="obiettivo, indicatore o serie",
        description="Che riguardano questo obiettivo, indicatore o serie.",
        examples=["1.1.1-2"],
    )
    event: str | None = Field(
        None,
        max_length=80,
        title="tipo di evento",
        description="Di questo tipo di evento, per esempio target rimodulato.",
        examples=["target-revised"],
    )
    role: str | None = Field(
        None, max_length=80, title="ruolo", description="Registrati sotto questo ruolo.", examples=["oiv"]
    )
    act: str | None = Field(
        None, max_length=300, title="atto", description="Con questo atto, per id.", examples=["giunta-2022-01-31-piano"]
    )
    cause: Cause | None = Field(None, title="causa", description="Per questa causa.", examples=["new_data"])
    text: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        title="parole",
        description="Che dicono queste parole, nella frase, nella motivazione o nella nota.",
        examples=["monitoraggio"],
    )
    recorded_since: WrittenDay | None = Field(
        None,
        title="registrati dal",
        description="Registrati da questo giorno (in Italia), compreso.",
        examples=["2022-10-01"],
    )
    recorded_until: WrittenDay | None = Field(
        None,
        title="registrati fino al",
        description="Registrati fino a questo giorno (in Italia), compreso.",
        examples=["2022-12-31"],
    )
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        0, title="da quale riga", description="Quante righe saltare; si prende da `next`, non si calcola.", examples=[0]
    )
    limit: Limit = 100

    def filter(self) -> Filter:
        """The filters, as the projection wants them; Malformed for a type of event, or a role, that there is not."""
        closed = (
            ("event", self.event, KINDS_OF_EVENTS, "un tipo di evento"),
            ("role", self.role, EVERY_ROLE, "un ruolo"),
        )
        meant = {where: _meant(where, value, codes, what) for where, value, codes, what in closed if value is not None}
        return Filter(**self.model_dump(include=set(Filter._fields)) | meant)

    def point(self, now: datetime) -> Point:
        """The trail is of what was recorded: what takes effect on a future date is in it, unless a date is asked for."""
        return super().point(now)._replace(as_of=self.as_of or date.max)


def _meant(where: str, said: str, codes: tuple[str, ...], what: str) -> str:
    """The code of a closed list that is said, by its word or by itself; Malformed for none of them."""
    if (code := code_of(said, codes)) is not None:
        return code
    near = near_word(said, codes)
    found = f"{said!r} non è {what}" + (f"; forse {near!r}" if near else "")
    raise Malformed([Problem(where=where, found=found, accepted=listed_words(codes))])


TrailFormat = Literal["json", "jsonl", "csv", "xlsx"]
"""What the whole trail goes out as."""


class OfTrailFile(OfTrail):
    """The trail as it is filtered, whole, in a format."""

    format: TrailFormat = Field(
        "json",
        title="formato",
        description="json, jsonl (una riga un evento), csv separato da punto e virgola, oppure xlsx da stampare.",
    )


class OfExport(Dated):
    """What a plan goes out as, and from which point."""

    format: Literal["json", "xlsx", "csv"] = Field(
        "json", title="formato", description="Il formato; csv è uno ZIP, un file per foglio."
    )


class OfCollection(Frozen):
    """Whose sheet of a round is asked for."""

    office: Line | None = Field(
        None,
        title="ufficio",
        description="Solo la scheda di questo ufficio, per nome o id. Se manca, tutte in uno ZIP.",
        examples=["Servizio Bilancio"],
    )


class OfPredecessor(Dated):
    """Which plan is held against the one that is asked about."""

    before: Identifier | None = Field(
        None,
        title="piano precedente",
        description="Il piano con cui confrontarlo. Se manca, quello da cui prosegue.",
        examples=["riviere-di-liguria-2022-2024"],
    )


class OfNextPlan(OfExport):
    """The plan of the next years, as it is prepared from one that there is: its years, its title, its id."""

    years: Annotated[str, Field(pattern=r"^(19|2[0-9])[0-9]{2}-(19|2[0-9])[0-9]{2}$", max_length=9)] = Field(
        title="anni", description="Il primo e l'ultimo anno del piano da preparare.", examples=["2025-2027"]
    )
    title: Annotated[Line, Field(min_length=1)] | None = Field(
        None,
        title="titolo",
        description="Il titolo. Se manca, quello del piano con gli anni nuovi.",
        examples=["Piano della performance 2025-2027"],
    )
    id: Identifier | None = Field(
        None,
        title="identificativo",
        description="L'id. Se manca, quello del piano con gli anni nuovi.",
        examples=["riviere-di-liguria-2025-2027"],
    )

    def wanted(self) -> NextYears:
        """The years, with the title and the id."""
        first, last = self.years.split("-")
        return NextYears(int(first), int(last), self.title, self.id)


class OfTemplate(Frozen):
    """The first of the three years of a template."""

    year: Annotated[int, Field(ge=1990, le=2198)] | None = Field(
        None,
        title="primo anno",
        description="Il primo dei tre anni del piano. Se manca, quello in corso.",
        examples=[2023],
    )


class Paged(Frozen):
    """A page of the record. Positions rise with the order of recording: what comes later comes after."""

    after: Annotated[int, Field(ge=0, le=2**53)] = Field(
        0,
        title="dopo",
        description="Solo gli eventi dopo questa posizione; si prende da `last` della pagina precedente.",
        examples=[0],
    )
    limit: Limit = 100


class OfCheckpoint(Frozen):
    """One checkpoint, or the last."""

    number: Annotated[int, Field(ge=1, le=10**9)] | None = Field(
        None, title="checkpoint", description="Il numero di un checkpoint già fatto.", examples=[1]
    )


class OfVersion(Frozen):
    """One event of a stream, by its version."""

    version: EventVersion = Field(
        title="versione", description="La versione dell'evento nel suo flusso.", examples=[12]
    )


class OfFormula(Frozen):
    """A formula as it is printed."""

    text: str = Field(
        max_length=4000,
        title="formula",
        description="La formula, com'è stampata.",
        examples=["N. imprese aderenti Cassetto digitale/n. imprese attive al 31/12*100"],
    )


class TargetToRead(Frozen):
    """A target as an office writes it, and what is known of it beside its text."""

    text: str = Field(
        max_length=4000, title="target", description="Il target, come lo scrive l'ufficio.", examples=[">= 70,34%"]
    )
    year: Year | None = Field(None, title="anno", description="L'anno del target.", examples=[2022])
    polarity: Polarity | None = Field(
        None, title="polarità", description="Se più è meglio o meno è meglio.", examples=["up"]
    )


class OfPlans(Dated):
    """A page of the list of plans."""

    after: Identifier | None = Field(
        None,
        title="dopo",
        description="Solo i piani dopo questo, nell'ordine dei loro id; si prende da `next`.",
        examples=["riviere-di-liguria-2022-2024"],
    )
    limit: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            title="piani per pagina",
            description="Quanti piani al più in una pagina.",
            examples=[PLANS_AT_A_TIME],
        ),
    ] = PLANS_AT_A_TIME


class OfAll(Frozen):
    """A year of all administrations, on a date, as known now; one level, where wanted."""

    year: Year = Field(title="anno", description="L'anno.", examples=[2022])
    as_of: WrittenDay | None = Field(
        None,
        title="in vigore al",
        description="In vigore al: contano gli atti con effetto fino a questa data. Se manca, oggi in Italia.",
        examples=["2022-12-31"],
    )
    level: str | None = Field(
        None,
        max_length=200,
        title="livello",
        description="Solo gli obiettivi di questo livello, con il nome che ha nei piani.",
        examples=["strategico"],
    )
    after: Identifier | None = Field(
        None,
        title="dopo",
        description="Solo i piani dopo questo; si prende da `next`.",
        examples=["riviere-di-liguria-2022-2024"],
    )
    limit: Limit = 100


class InPeriod(Frozen):
    """A period, by when changes were recorded or by when they take effect, and filters: all that are said must hold."""

    recorded_since: KnownFrom | None = Field(
        None,
        title="registrate dal",
        description="Registrate da questa data (dal mattino in Italia) o istante, compreso.",
        examples=["2022-10-01"],
    )
    recorded_until: KnownAt | None = Field(
        None,
        title="registrate fino al",
        description="Registrate fino a questa data (fino a sera) o istante, compreso.",
        examples=["2022-12-31"],
    )
    since: WrittenDay | None = Field(
        None, title="con effetto dal", description="Con effetto da questa data, compresa.", examples=["2022-01-01"]
    )
    until: WrittenDay | None = Field(
        None,
        title="con effetto fino al",
        description="Con effetto fino a questa data, compresa.",
        examples=["2022-12-31"],
    )
    administration: Identifier | None = Field(
        None, title="ente", description="Di questa amministrazione.", examples=["cciaa-riviere-di-liguria"]
    )
    plan: Identifier | None = Field(
        None, title="piano", description="Di questo piano.", examples=["riviere-di-liguria-2022-2024"]
    )
    actor: Actor | None = Field(
        None, title="chi registra", description="Registrate da questa utenza o ruolo.", examples=["ufficio-performance"]
    )
    kind: ChangeKind | None = Field(
        None, title="natura", description="Di questa natura.", examples=["in_year_revision"]
    )
    cause: Cause | None = Field(None, title="causa", description="Per questa causa.", examples=["new_data"])
    after: str | None = Field(
        None,
        max_length=200,
        title="dopo",
        description="Solo le modifiche dopo questa chiave (istante o data, piano, versione); si prende da `next`.",
        examples=["2022-10-03T09:00:06.000000Z/riviere-di-liguria-2022-2024/8"],
    )
    limit: Limit = 100


class OfLibrary(Dated):
    """Which entries of the library of indicators."""

    scheme: Scheme | None = Field(None, title="schema", description="Solo di questo schema.", examples=["KPISTD"])
    code: LibraryCode | None = Field(None, title="codice", description="Solo con questo codice.", examples=["84"])
    text: Annotated[Line, Field(max_length=200)] | None = Field(
        None, title="testo", description="Solo con queste parole nel nome o nella formula.", examples=["incasso"]
    )


class OfLibraryEntry(Dated):
    """One entry of the library of indicators."""

    scheme: Scheme
    code: LibraryCode


class OfLibraryFile(Dated):
    """The library as a file."""

    format: Literal["json", "csv"] = Field(
        "json", title="formato", description="JSON, com'è preso da un caricamento, oppure CSV.", examples=["csv"]
    )
