"""Whether what stands for an office, or for a role, names a person: by a title, a first name beside another word, a code.

A plan is entrusted to offices. What looks like a person is asked about, for a rule cannot know: `Ufficio Mario Rossi` may
be a person's room, or a room called after somebody.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.errors import Refusal
from domain.patterns import regex


class PersonNamed(Refusal):
    """What stands for an office looks like a person, and nobody has said that it is an office."""

    name = "person_named"
    title = "Una persona al posto di un ufficio"


class PersonSeen(NamedTuple):
    """What of a text looks like a person, and what is left of it: the office, None where it says no other."""

    person: str
    office: str | None


@lru_cache(maxsize=4096)
def person_seen(text: str) -> PersonSeen | None:
    """The person that a text seems to name; None where it names offices only.

    A text is read as people see it: without signs that nobody sees, its words apart where only a capital or an underscore
    parts them.
    """
    seen_text = _readable(text[:MOST_CHARACTERS])
    parted = _INNER_CAPITAL.sub(" ", seen_text)
    return _seen_in(seen_text) or (_seen_in(parted, listed=True) if parted != seen_text else None)


def person_in_role(role: str) -> bool:
    """Whether what stands for a role is more likely a person: `mario.rossi`, `rossi-m`, a first name or a surname alone."""
    words = [word for word in re.split(r"[^a-z]+", role.casefold()) if word]
    written = " ".join(f"{word.capitalize()}." if len(word) == 1 else word.capitalize() for word in words)
    return person_seen(written) is not None


def _seen_in(text: str, *, listed: bool = False, is_prose: bool = False) -> PersonSeen | None:
    """The person in a text that is as people see it; with `listed`, only one with a first name that is known."""
    people: list[str] = []
    rest = text
    while (span := _next_person(rest)) is not None and len(people) < MOST_PEOPLE:
        people.append(rest[slice(*span)].strip())
        rest = _without(rest, span)
    if not people and not listed and not is_prose and _is_nothing_but_names(text):
        people, rest = [text.strip()], ""
    if not people or (listed and not any(_folded(word) in _FIRST_NAMES for word in _WORD.findall(" ".join(people)))):
        return None
    office = _trimmed(rest)
    says_one = any(word not in GENERIC for word in map(_folded, _WORD.findall(office)))
    return PersonSeen(", ".join(people), office if says_one and _next_person(office) is None else None)


def require_office(name: str, where: str) -> None:
    """PersonNamed for a text that seems to name a person."""
    seen = person_seen(name)
    if seen is not None:
        office = f"{seen.office!r}" if seen.office else "il nome dell'ufficio"
        raise PersonNamed(
            f"{name[:120]!r} sembra il nome di una persona, e un piano dice solo uffici",
            accepted=f"{office}; {SAID_TO_BE_AN_OFFICE}",
            where=where,
        )


def person_in_prose(text: str) -> PersonSeen | None:
    """The person in a text that is no name as a whole, a title or a label: two words of it with capitals are none."""
    return _seen_in(_readable(text[:MOST_CHARACTERS]), is_prose=True)


SAID_TO_BE_AN_OFFICE = (
    "se è proprio un ufficio, «è un ufficio» dove lo si registra, o il nome fra gli uffici confermati"
)
MOST_PEOPLE = 8
"""How many people are looked for in one text."""
MOST_NAMES = 4
"""How many words a name has."""
MOST_CHARACTERS = 1_000
"""How much of a text is looked at: no office is called by more."""

MOST_NAMES_ALONE = 3
"""How many words a text has at most that is taken for nothing but names, none of which is known."""
_TAX_CODE = regex(
    r"(?<![A-Z0-9])[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z](?![A-Z0-9])", re.IGNORECASE
)
_MAIL = regex(r"(?P<who>[\w.+-]{1,64})@[\w-]+(?:\.[\w-]+)+")
_INNER_CAPITAL = regex(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ][a-zà-ÿ])")
_WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = r"(?:\.|(?![\w]))"
_SURE = (
    rf"dott\.?\s?(?:ssa|sse|ri|r|i)\b\.?|d\.?\s?ssa\b\.?|dr\.?\s?ssa\b\.?|dott{_END}|dr{_END}"
    rf"|(?:prof|avv|rag|arch|ing|geom)\.?\s?ssa\b\.?|proff?\.?\s?sse\b\.?"
    rf"|sigg?\.?\s?(?:ra|re|na|ne|ri)\b\.?|sigg?{_END}|avv\.\s?(?:to|ta|ti|te)\b\.?"
    r"|dottor(?:e|essa|esse)?\b|signor(?:a|e|ina|ine)?\b|professor(?:e|essa)?\b"
)
"""Titles that are nothing else, as they are shortened and in full, of one person or several."""
_LIKELY = (
    rf"(?:ingg?|avv|archh?|ragg?|geomm?|proff?){_END}|(?:cav|onn?|mons|not)\.|p\.\s?i\.|per\.\s?ind\."
    r"|ingegner[ea]?\b|avvocat(?:o|a|essa)\b|architett[oa]\b|ragionier[ea]?\b|geometra\b|notaio\b|cavalier[e]?\b|onorevole\b"
)
"""Titles that may as well be the beginning of a subject (`Arch. storico`, `Ing. civile`) or of an office."""
_SEVERAL = r"dottori\b|signori\b|professori\b|ingegneri\b|avvocati\b|architetti\b|ragionieri\b|geometri\b"
"""Full plurals, which name a profession more often than people."""
_TITLE = regex(rf"(?<![\w.'’])(?:(?P<sure>{_SURE})|(?P<likely>{_LIKELY})|(?P<several>{_SEVERAL}))\s*", re.IGNORECASE)
_SUBJECT = regex(r"(?:zion[ei]|ment[oi]|ità|ita)$")
_SEPARATORS = " \t,;:/-–—|&+"
_PAIRS = (("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"))
_INITIAL = regex(r"\s[A-Z]\.")
_PART_BEGINS = regex(r"(?:^|[,;/(]|\s[eE]\s|\s[-–]\s)\s*$")
_PART_ENDS = regex(r"\s*(?:$|[,;/)]|[eE]\s|[-–]\s)")
_EDGES = regex(
    r"^(?:(?:il|lo|la|i|gli|le|e|ed|a cura di|a cura del|a cura della)\s+|l['’])+"
    r"|\s+(?:e|ed|di|del|dello|della|dell['’]|dei|degli|delle|da|dal|dalla|a cura di|a cura del|a cura della|il|la|lo|l['’])$",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTICLES = _words("de del della dello dei degli delle di da dal dalla lo la li le d dell")
_CALLED_AFTER = _words(
    """
    s san santa santo sant ss via viale piazza piazzale corso largo villa palazzo sala teatro museo biblioteca
    scuola istituto fondazione liceo ospedale premio centro polo laboratorio archivio stadio aula auditorium
    """
)
"""Words after which a name is that of a place, or of somebody long dead."""

GENERIC = _words(
    """
    il lo la i gli le e ed di del dello della dei degli delle da dal a al in per con l dell d ufficio uffici uff
    servizio servizi serv settore settori s area unita operativa
    """
)
"""What an office is not told from another by."""

_ROLES = _words(
    """
    segretario segretaria generale dirigente direttore direttrice responsabile presidente vicepresidente
    vicesegretario commissario commissaria capo funzionario funzionaria referente coordinatore coordinatrice
    incaricato incaricata istruttore istruttrice
    """
)
_OFFICE_WORDS = (
    GENERIC
    | _ROLES
    | _words(
        """
    staff direzione dipartimento divisione sezione sezioni sportello segreteria reparto gruppo nucleo comitato
    giunta consiglio collegio ordine albo camera camere commercio azienda aziende speciale speciali ente enti
    agenzia progetto posizione organizzativa elevata qualificazione vice tutti tutte trasversale promozione sviluppo
    economico economica bilancio ragioneria contabile contabili finanza finanziaria finanziario patrimonio
    provveditorato personale risorse umane anagrafe anagrafico registro impresa imprese regolazione mercato mercati
    tutela consumatore consumatori metrico metrica legale legali affari generali protocollo comunicazione
    informatica informatico innovazione digitale digitali statistica statistico studi studio ambiente ambientale
    agricoltura turismo cultura territorio territoriale acquisti contratti tributi performance controllo gestione
    programmazione europei internazionale internazionali europeo nazionale nazionali comunale comunali provinciale
    provinciali regionale regionali statale statali pubblico pubblica pubblici civile civili storico storica storici
    tecnico tecnica tecnici sanitario sanitaria sanitarie sanitari industriale industriali interno interna esterno
    esterna militare stato abilitative commercialisti agronomi forestali anticorruzione trasparenza qualita
    sicurezza lavoro lavori orientamento formazione informazione arbitrato mediazione abruzzo basilicata calabria
    campania romagna friuli lazio liguria lombardia marche molise piemonte puglia sardegna sicilia
    toscana trentino umbria veneto valle roma milano napoli torino genova bologna firenze line on venezia porto deposito
    punto assemblea conferenza commissione tavolo struttura funzione organismo organo organi osservatorio camerale
    camerali straordinario straordinaria unico unica certificazione documentale estero esteri europa export fiere eventi
    artigianato artigiani industria industrie credito energia clima brevetti marchi prezzi protesti sanzioni vigilanza
    ispettivo ispettiva albi ruoli elenchi diritto annuale crisi sistemi sistema rete reti dati sito portale web media
    social marketing privacy logistica magazzino economato cassa tesoreria paghe stipendi presenze entrate spese costi
    audit pari opportunita conciliazione borsa merci chimico agenti immobili opere appalti gare concorsi archivio
    biblioteca stampa relazioni pubblico urp suap rup oiv ced pnrr presidenza vicepresidenza sede sedi filiale polo centro
    istituto fondazione consorzio unione associazione associazioni societa italia italiana italiano lavoro scuola
    universita ricerca competitivita credito filiere infrastrutture mobilita porti aeroporto sviluppo metrologia desk
    help front back office team service
    """
    )
)
"""Words that offices, their subjects and their places are called by, and people hardly ever."""

_FIRST_NAMES = _words(
    """
    niccolo noemi samanta jessica ludovica ludovico leonardo leonarda alberta gaia greta ignazio mirco moreno ivano
    lidia livia livio luigina pina gino gina tina dino ermanno ezio fausto fausta fiorella fiorenza gemma gilda
    giacinto gioacchino gualtiero ines katia laerte leandro lino lina maddalena marianna melissa miriam morena natalia
    norma oreste oscar paride pamela quirino rachele rodolfa romina ruggero rosetta saverio santina silvestro
    tamara tania teodoro tonino ursula vania veronica vilma vinicio yuri zaira
    adele adriana adriano agnese agostino alberto aldo alessandra alessandro alessia alessio alfonso alfredo alice
    amedeo andrea ada angelo angiolina anita anna annalisa annamaria antonella antonello antonia antonietta antonino
    antonio armando arturo attilio aurelio barbara beatrice benedetta benedetto bernardo bruna camilla carla carlo
    carlotta carmela carmelo carolina caterina cecilia chiara claudia claudio corrado cosimo cristian cristiana
    cristiano cristina damiano daniela daniele danilo dario davide debora deborah diego domenico donatella donato
    edoardo elena eleonora elisa elisabetta emanuela emanuele emilio enrica enrico enzo ernesto erika ettore eugenia
    eugenio eva fabiana fabio fabrizio federica federico ferdinando filippo flavia flavio francesca francesco fulvio
    gabriele gabriella gaetano gennaro gerardo giacomo giada giancarlo gianfranco gianluca gianluigi gianmarco
    gianni gianpaolo gianpiero giorgia giorgio giovanna giovanni giulia giuliana giuliano giulio giuseppa giuseppe
    giuseppina graziella guglielmo guido ilaria irene isabella ivan ivana jacopo laura lorena loredana lorenza
    lorenzo luca lucia luciana luciano luigi luigia luisa manuela marcella marcello marco margherita maria
    marialuisa mariangela mariano marilena mario marisa marta martina massimiliano matteo mattia maura maurizio
    mauro michela michele milena mirella mirko monica nadia nicola nicoletta nicolo nunzia nunzio ornella orietta
    osvaldo ottavio paola paolo pasquale patrizia patrizio piera pierluigi piero pierpaolo pietro raffaele raffaella
    remo renata renato riccardo rita roberta roberto rocco rodolfo romeo rosalba rosanna rosaria rosario rossana
    rossella sabrina salvatore samuele sandra sandro sara sebastiano sergio silvana silvano silvia silvio simona
    simone sofia sonia stefania stefano susanna teresa tiziana tiziano tommaso ugo umberto valentina valentino
    valeria valerio vanessa veronica vincenza vincenzo virginia vito vittorio viviana walter
    """
)
"""First names that are hardly anything else; not those that are words or places as well (Franco, Marina, Emilia, Alba)."""

_NAMES_AND_WORDS = _words(
    """
    angela bianca bruno carmine cesare domenica emilia felice fortunato franca franco gioia letizia libero loreto
    marina marino massimo pia rosa sabina salvo santo serena stella vera viola vittoria
    """
)
"""First names that are words or places as well: a name only beside a common surname, or where nothing else is said."""

_SURNAMES = _words(
    """
    rossi russo ferrari esposito bianchi colombo ricci greco bruno gallo giordano rizzo lombardi moretti barbieri
    mariani rinaldi caruso ferrara galli martini santoro marini bianco conte ferraro fabbri gatti marchetti parisi
    gentile grassi bellini benedetti barone messina verdi neri bernardi pellegrini palumbo sanna farina rizzi
    cattaneo ferretti martinelli silvestri giuliani pellegrino piras deluca mancini caputo guerra sorrentino coppola
    damico d'angelo d'amico
    """
)
"""Surnames that are common enough to be one behind an initial, a role, or alone."""


_CITIES = _words("messina ferrara")
"""Surnames that are those of towns, where chambers have offices."""


class _Name(NamedTuple):
    """A word of a text, with its place."""

    word: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """The word without case and accents."""
        return _folded(self.word)


def _next_person(text: str) -> tuple[int, int] | None:
    """The place of the first person in a text, with the title."""
    words = [_Name(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    spans = (*_by_code(text), *_titled(text, words), *_first_and_last(text, words), *_by_surname(text, words))
    return min(spans, default=None)


def _by_code(text: str) -> Iterator[tuple[int, int]]:
    """What is a person's alone: a tax code, an address of mail in whose first part a person is named."""
    yield from (match.span() for match in _TAX_CODE.finditer(text))
    yield from (match.span() for match in _MAIL.finditer(text) if person_in_role(match["who"]))


def _is_nothing_but_names(text: str) -> bool:
    """Whether a whole text is names, be they on no list: `Xhensila Hoxha`; or one that is, under no more than `ufficio`.

    No word of it is of offices, and each but a particle has a capital alone: acronyms are no names.
    """
    words = [_Name(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    telling = [word for word in words if word.folded not in GENERIC]
    if not telling or any(word.folded in _CALLED_AFTER for word in words):
        return False
    if len(telling) == 1:
        return telling[0].folded in _FIRST_NAMES | (_SURNAMES - _CITIES)
    apart = re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", "", text).strip()
    is_short = len(words) == len(telling) <= MOST_NAMES_ALONE and not apart
    return is_short and all(len(word.word) > 1 and word.word.istitle() and not _is_of_offices(word) for word in telling)


def _titled(text: str, words: Sequence[_Name]) -> Iterator[tuple[int, int]]:
    """A title with the names behind it, or with several: `dott.ssa Maria Bianchi`, `avv.ti Neri e Zanetti`."""
    for title in _TITLE.finditer(text):
        begins = title.end()
        while (again := _TITLE.match(text, begins)) is not None:  # `Prof. Avv. Rossi`
            begins = again.end()
        names = _names_from(text, begins, words, sure=title["sure"] is not None)
        if not names:
            continue
        first, given = names[0], any(name.folded in _FIRST_NAMES for name in names)
        is_likely = first.word[0].isupper() and (len(first.word) > 2 or text == text.upper())
        if given or title["sure"] or (title["likely"] and is_likely):
            yield title.start(), _with_others(text, names[-1].end, words)


def _names_from(text: str, begins: int, words: Sequence[_Name], *, sure: bool) -> list[_Name]:
    """The words from a place on that may be a name; a sure title takes one in small letters as well."""
    names: list[_Name] = []
    end = begins
    for word in words:
        if word.start < begins:
            continue
        is_name = word.word[0].isupper() or word.folded in _FIRST_NAMES or (sure and not names)
        is_particle = word.folded in _PARTICLES
        if text[end : word.start].strip(" .") or len(names) == MOST_NAMES or not (is_particle or is_name):
            break
        if not is_particle and _is_of_offices(word):
            break
        names.append(word)
        end = word.end
    while names and names[-1].folded in _PARTICLES:
        names.pop()
    return names


def _with_others(text: str, end: int, words: Sequence[_Name]) -> int:
    """Where the names end that are joined to one: `Rossi e Zanetti`."""
    for word in words:
        joined = word.start > end and text[end : word.start].strip() in {"e", "ed"}
        if joined and word.word[0].isupper() and not _is_of_offices(word):
            return _with_others(text, word.end, words)
    return end


def _is_of_offices(word: _Name) -> bool:
    return word.folded in _OFFICE_WORDS or _SUBJECT.search(word.folded) is not None


def _first_and_last(text: str, words: Sequence[_Name]) -> Iterator[tuple[int, int]]:
    """A first name with the words beside it that may be a surname: `Mario Rossi`, `ROSSI Mario`."""
    small = text == text.lower()
    if small and len(words) > MOST_NAMES:  # a sentence in small letters is no name
        return
    for place, word in enumerate(words):
        is_first, is_doubtful = word.folded in _FIRST_NAMES, word.folded in _NAMES_AND_WORDS
        if not (is_first or is_doubtful) or not (word.word[0].isupper() or small):
            continue
        before = words[place - 1] if place else None
        if before and before.folded in _CALLED_AFTER and not text[before.end : word.start].strip(" ."):
            continue
        name = _name_around(text, words, place, small=small)
        start, end = name[0].start, name[-1].end
        if len(name) > 1 and (is_first or _tells_by_itself(text, name)):
            yield start, end


def _name_around(text: str, words: Sequence[_Name], place: int, *, small: bool) -> Sequence[_Name]:
    """The words around a first name that may be of the same name, itself among them."""
    first, last = place, place
    while last + 1 < len(words) and last - place < MOST_NAMES and _goes_with(text, words[last], words[last + 1]):
        if not _may_be_name(words[last + 1], small=small):
            break
        last += 1
    while last > place and words[last].folded in _PARTICLES:
        last -= 1
    if place and _goes_with(text, words[place - 1], words[place]) and words[place - 1].folded not in _PARTICLES:
        first -= _may_be_name(words[place - 1], small=small)
    return words[first : last + 1]


def _tells_by_itself(text: str, name: Sequence[_Name]) -> bool:
    """Whether a doubtful first name is one here: beside a common surname, or where nothing else is said."""
    if any(word.folded in _SURNAMES for word in name):
        return True
    has_particle = any(word.folded in _PARTICLES for word in name)  # `Marina di Carrara`
    return not has_particle and _stands_alone(text, name[0].start, name[-1].end)


def _goes_with(text: str, left: _Name, right: _Name) -> bool:
    return not text[left.end : right.start].strip()


def _may_be_name(word: _Name, *, small: bool) -> bool:
    if word.folded in _PARTICLES:
        return True
    return not _is_of_offices(word) and len(word.word) > 1 and (word.word[0].isupper() or small)


def _by_surname(text: str, words: Sequence[_Name]) -> Iterator[tuple[int, int]]:
    """A common surname behind an initial or a role, or by itself: `M. Rossi`, `Rossi M.`, `Dirigente Bianchi`, `Verdi`."""
    for place, word in enumerate(words):
        if word.folded not in _SURNAMES or not (word.word[0].isupper() or len(words) == 1):
            continue
        before = words[place - 1] if place else None
        if (initial := _INITIAL.match(text, word.end)) is not None:
            yield word.start, initial.end()
        elif before is not None and len(before.word) == 1 and text[before.end : word.start].strip() == ".":
            yield before.start, word.end
        elif _has_role(text, before, word) or _stands_alone(text, word.start, word.end):
            yield word.start, word.end


def _has_role(text: str, before: _Name | None, word: _Name) -> bool:
    return before is not None and before.folded in _ROLES and not text[before.end : word.start].strip(" :,-–(")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but separators is beside what stands in a place, up to the ends of the text or of its part."""
    return _PART_BEGINS.search(text[:start]) is not None and _PART_ENDS.match(text, end) is not None


def _without(text: str, span: tuple[int, int]) -> str:
    """A text without what stands in a place; what was around it is kept apart."""
    before, after = _trimmed(text[: span[0]]), _trimmed(text[span[1] :])
    return f"{before}, {after}" if before and after else before or after


def _trimmed(text: str) -> str:
    """A text without separators, articles and conjunctions at its ends, and without brackets that lost their pair."""
    earlier = None
    while text != earlier:
        earlier = text
        text = _EDGES.sub("", text.strip(_SEPARATORS))
        for opens, closes in _PAIRS:
            if text[:1] == closes or (text[:1] == opens and (text.count(closes) == 0 or text[-1:] == closes)):
                text = text[1:]
            if text[-1:] == opens or (text[-1:] == closes and text.count(closes) > text.count(opens)):
                text = text[:-1]
    return text


def _readable(text: str) -> str:
    """A text without the signs that nobody sees, and with blanks for underscores."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf").replace("_", " ")


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    """A word without case and accents, with one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(c for c in plain if c.isalpha() or c == "'")
