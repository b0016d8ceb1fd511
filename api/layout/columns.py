"""Says what each column of a table is: by its heading, then by what stands in it; what may be two things is asked."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from api.layout.grid import Grid
from api.layout.header import Header
from api.layout.sections import is_code
from api.layout.vocabulary import NOTHING, YEAR, ColumnRole, heading_key, is_number_heading, role_of_heading
from api.layout.years_in_cell import targets_in
from api.workbook.cells import letter
from api.workbook.sheets import REVISED
from api.workbook.values import decimal_in
from domain.patterns import regex
from domain.spelling import folded
from domain.targets.decide import read_target_text
from domain.targets.model import Unread

_KINDS = regex(r"efficaci\w*|efficien\w*|qualita|impatto|economicita|output|outcome|input|processo|risultato|realizzazione|customer|temporale|quantitativo|qualitativo|binario|fisico|finanziario|tempestivita|trasparenza|innovazione|accessibilita|volume")  # fmt: skip
_ONCE: tuple[str, ...] = (
    "indicator",
    "code",
    "formula",
    "weight",
    "unit",
    "baseline",
    "source",
    "owner",
    "kind",
    "frequency",
    "polarity",
)
"""What an indicator has once."""

RANKS = (
    (0, regex(r"^(?:macro ?)?area|^ambito|^missione|^linea|^asse|^priorita|^indirizzo|^politica|^valore pubblico|^prospettiva|^dimensione|^tema|^finalita|^sezione|^sfida|^strategia")),
    (1, regex(r"^programma")),
    (2, regex(r"obiettivo (?:strategico|generale|di ente|triennale|di mandato|di valore|comune)|^macro ?obiettivo")),
    (4, regex(r"obiettivo (?:operativo|specifico|esecutivo|gestionale|annuale|individuale|di struttura|di performance)|^sotto ?obiettivo")),
    (5, regex(r"^azione|^attivita|^fase|^progetto|^intervento|^processo")),
)  # fmt: skip


LOWEST = RANKS[-1][0]
"""The rank of actions and projects, of which indicators speak too."""


UNRANKED = 3
"""The rank of a level whose name does not tell."""


def rank_of(level: str) -> int:
    """How high a level stands by its name; an `Obiettivo` that says no more, in the middle."""
    name = folded(level)
    return next((rank for rank, pattern in RANKS if pattern.search(name)), UNRANKED)


def _tells(level: str, beside: int) -> bool:
    """Whether the name of a level says how it stands to another of a rank: `Obiettivo` alone does to areas and actions."""
    if rank_of(level) != UNRANKED:
        return True
    return folded(level).startswith("obiettivo") and beside in {0, 1, LOWEST}


class ColumnDoubt(NamedTuple):
    """A column of which somebody has to say what it is, and what it may be."""

    column: int
    words: str
    options: tuple[ColumnRole, ...]


class TableColumns(NamedTuple):
    """The columns of a layout: what each is, what each is headed by, and what is asked."""

    roles: dict[int, ColumnRole]
    headings: dict[int, str]
    doubts: tuple[ColumnDoubt, ...] = ()
    order: tuple[int, ...] = ()
    """The columns of levels from the highest, by what stands in them."""
    clashes: tuple[tuple[int, ...], ...] = ()
    """Columns that were said to be one thing, of which an indicator has one."""

    def of(self, *kinds: str) -> list[int]:
        """The columns of these kinds, from the left."""
        return [column for column, role in sorted(self.roles.items()) if role.kind in kinds]

    def one(self, kind: str, of: str = "") -> int | None:
        """The column of a kind; None for none."""
        return next((c for c in self.of(kind) if not of or folded(self.roles[c].of) == folded(of)), None)

    @property
    def levels(self) -> list[int]:
        """The columns of the levels of the tree, the highest first; as they stand, among equals."""
        place = {column: position for position, column in enumerate(self.order)}
        return sorted(self.of("level"), key=lambda column: (place.get(column, len(place)), column))


TablePart = tuple[Grid, Header, Sequence[int]]
"""A table: its sheet, its header, the rows below it."""
Answer = Callable[[int, str], ColumnRole | None]
"""What somebody said of a column of this heading."""


def table_columns(
    parts: Sequence[TablePart], said: Answer, years: tuple[int, int] | None, target_year: int | None = None
) -> TableColumns:
    """The columns of the tables of one layout; `said` goes before everything, `years` are those of the plan."""
    headings = parts[0][1].headings
    values = _values(parts)
    columns = sorted({*headings, *values})
    reader = _Reader(headings, values, years)
    reader.target_year = target_year
    reader.varying = {c for c in headings if len({folded(part[1].headings.get(c, "")) for part in parts}) > 1}
    roles = {column: reader.by_heading(column) for column in columns}
    reader.numbers(roles, columns)
    reader.pairs(roles, columns)
    reader.descriptions(roles)
    reader.kinds(roles)
    reader.names(roles)
    reader.weights(roles)
    reader.offices(roles)
    reader.without_indicator(roles)
    reader.grades(roles)
    reader.twice(roles)
    reader.target_years(roles)
    reader.trees(roles)
    reader.unknown(roles)
    asked = [doubt for doubt in reader.doubts if doubt.column in columns]
    for column in columns:
        answer = said(column, headings.get(column, ""))
        if answer is not None:
            roles[column] = answer
    whole = {c: role or NOTHING for c, role in roles.items()}
    return TableColumns(whole, headings, tuple(asked), tuple(reader.ordered(whole)), tuple(_clashes(whole)))


def _clashes(roles: dict[int, ColumnRole]) -> Iterator[tuple[int, ...]]:
    """The columns that are one thing which an indicator has once."""
    by_role: defaultdict[ColumnRole, list[int]] = defaultdict(list)
    for column, role in sorted(roles.items()):
        if role.kind in _ONCE or role.kind in {"target", "revision"}:
            by_role[role].append(column)
    yield from (tuple(columns) for columns in by_role.values() if len(columns) > 1)


def _values(parts: Sequence[TablePart]) -> dict[int, list[tuple[tuple[str, int], str]]]:
    """By column, the texts of the rows below the headings, each with where it stands."""
    values: defaultdict[int, list[tuple[tuple[str, int], str]]] = defaultdict(list)
    for grid, header, rows in parts:
        wide = max(len(header.headings), 2)
        for row in rows:
            cells = grid.texts[row]
            if len(cells) == 1 and (grid.width(row, min(cells)) >= wide // 2 or len(next(iter(cells.values()))) > 200):
                continue  # a section, or a note
            if any(folded(text).split()[:1] in (["totale"], ["totali"]) for text in cells.values()):
                continue
            for column, text in cells.items():
                values[column].append(((grid.name, row), text))
    return dict(values)


class _Reader:
    """The steps by which columns are told apart; each looks at what those before it have left."""

    def __init__(
        self,
        headings: dict[int, str],
        values: dict[int, list[tuple[tuple[str, int], str]]],
        years: tuple[int, int] | None,
    ) -> None:
        self.headings = headings
        self.values = values
        self.years = years
        self.varying: set[int] = set()
        self.target_year: int | None = None
        self.doubts: list[ColumnDoubt] = []

    def texts(self, column: int) -> list[str]:
        return [text for _, text in self.values.get(column, [])]

    def rows(self, column: int) -> set[tuple[str, int]]:
        return {place for place, _ in self.values.get(column, [])}

    def ask(self, column: int, words: str, *options: ColumnRole) -> None:
        if all(doubt.column != column for doubt in self.doubts):
            self.doubts.append(ColumnDoubt(column, words, (*options, NOTHING)))

    def _names(self, columns: Sequence[int]) -> str:
        """Columns as people call them: by their headings; by their letters where these are the same."""
        headings = list(dict.fromkeys(self.shown(column) for column in columns))
        if len(headings) == len(columns):
            return " e ".join(headings[:4])
        return f"{', '.join(map(letter, columns[:6]))} ({' e '.join(headings[:4])})"

    def shown(self, column: int) -> str:
        return repr(" ".join(self.headings.get(column, "").split())[:60])

    # -- the steps -------------------------------------------------------------------------------------------------

    def by_heading(self, column: int) -> ColumnRole | None:
        heading = self.headings.get(column, "")
        role = role_of_heading(heading) if heading else None
        if role is not None and role.kind == "target" and role.year is not None:
            return self._year(column, role)
        if role is not None and role.kind == "baseline" and folded(heading) == "stato":
            texts = [text for text in self.texts(column) if any(c.isalnum() for c in text)]
            if texts and sum(any(c.isdigit() for c in text) for text in texts) < len(texts) / 2:
                self.ask(
                    column,
                    f"la colonna {self.shown(column)} può essere il valore di partenza, o lo stato di avanzamento",
                    role,
                )
                return None
        return role

    def _year(self, column: int, role: ColumnRole) -> ColumnRole | None:
        year = role.year or 0
        if self.years is None or self.years[0] <= year <= self.years[1]:
            return role
        heading = folded(self.headings[column])
        said = any(word in heading for word in ("target", "atteso", "attesi", "previsto"))
        if year < self.years[0] and not said:
            words = f"la colonna {self.shown(column)} è di un anno prima del piano ({self.years[0]}-{self.years[1]})"
            self.ask(column, words, ColumnRole("baseline"))
            return None
        words = f"la colonna {self.shown(column)} è di un anno fuori dal piano ({self.years[0]}-{self.years[1]})"
        self.ask(column, words)
        return None

    def numbers(self, roles: dict[int, ColumnRole | None], columns: list[int]) -> None:
        """A column that only numbers: the code of what stands to its right, or the number of the row."""
        for position, column in enumerate(columns):
            heading = self.headings.get(column, "")
            if roles[column] is not None or not heading or not is_number_heading(heading):
                continue
            texts = self.texts(column)
            right = next((c for c in columns[position + 1 :] if self.values.get(c)), None)
            beside = roles.get(right) if right is not None else None
            numbers = [int(text) for text in texts if text.isdigit()]
            counted = (
                len(numbers) == len(texts) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
                if numbers
                else False
            )
            is_count = folded(heading) not in {"codice", "cod", "id"}
            if (
                beside is not None
                and beside.kind == "level"
                and not (counted and is_count and len(set(self.texts(right or 0))) < len(texts))
            ):
                roles[column] = ColumnRole("level_code", beside.of)
            elif beside is not None and beside.kind == "indicator" and not (counted and is_count):
                roles[column] = ColumnRole("code")
            elif counted or not texts:
                roles[column] = NOTHING
            else:
                names = [role.of for role in roles.values() if role is not None and role.kind == "level"]
                options = [ColumnRole("level_code", name) for name in dict.fromkeys(names)]
                words = f"la colonna {self.shown(column)} numera qualcosa, e non si capisce che cosa"
                self.ask(column, words, *options, ColumnRole("code"))

    def pairs(self, roles: dict[int, ColumnRole | None], columns: list[int]) -> None:
        """Two columns under one heading: a code beside its title."""
        for left, right in pairwise(columns):
            first, second = roles[left], roles[right]
            if first is None or first.kind not in {"level", "indicator"}:
                continue
            same = second == first or (second is None and not self.headings.get(right))
            texts = self.texts(left)
            codes = bool(texts) and all(is_code(text) for text in texts)
            if same and codes and self.values.get(right):
                roles[left] = ColumnRole("level_code", first.of) if first.kind == "level" else ColumnRole("code")
                roles[right] = first

    def descriptions(self, roles: dict[int, ColumnRole | None]) -> None:
        """A description of what has its title beside is no level of its own; without one it is the title."""
        for column, role in list(roles.items()):
            if role is None or role.kind != "level" or not role.of.startswith("descrizione "):
                continue
            of = role.of.removeprefix("descrizione ")
            titled = [
                c
                for c, other in roles.items()
                if other is not None and other.kind == "level" and folded(other.of) == folded(of)
            ]
            if not titled:
                roles[column] = ColumnRole("level", of)
            elif all(is_code(text) for text in self.texts(titled[0])):
                roles[titled[0]], roles[column] = ColumnRole("level_code", of), ColumnRole("level", of)
            else:
                roles[column] = NOTHING

    def _levels(self, roles: dict[int, ColumnRole | None]) -> list[int]:
        return [column for column, role in sorted(roles.items()) if role is not None and role.kind == "level"]

    def names(self, roles: dict[int, ColumnRole | None]) -> None:
        """`Codice ob.`, `Peso obiettivo`: of the level that is called so, or whose name begins so; among several, of the nearest."""
        levels = self._levels(roles)
        for column, role in list(roles.items()):
            if role is None or role.kind not in {"level_code", "level_weight", "level_offices"} or not levels:
                continue
            called = {c: folded((roles[c] or NOTHING).of) for c in levels}
            if folded(role.of) in called.values():
                continue
            near = [c for c in levels if folded(role.of) in called[c]] or levels
            beside = [c for c in near if c > column] if role.kind == "level_code" else [c for c in near if c < column]
            nearest = min(beside or near, key=lambda c: abs(c - column))
            left = max((c for c in levels if c < column), default=nearest)
            of_nearest = self.rows(column) == self.rows(nearest) != self.rows(left)
            if role.kind == "level_weight" and left != nearest and not of_nearest:
                options = [ColumnRole(role.kind, (roles[c] or NOTHING).of) for c in (left, nearest)]
                self.ask(column, f"la colonna {self.shown(column)} è il peso di un livello: di quale", *options)
                roles[column] = None
                continue
            roles[column] = ColumnRole(role.kind, (roles[nearest] or NOTHING).of)

    def ordered(self, roles: dict[int, ColumnRole]) -> list[int]:
        """The levels from the highest: as they stand, unless their names say otherwise, or else how many nodes each has."""
        levels = [column for column, role in sorted(roles.items()) if role.kind == "level"]
        several = {column: len({folded(text) for text in self.texts(column)}) for column in levels}
        for _ in levels:
            for place, (left, right) in enumerate(pairwise(levels)):
                first, second = rank_of(roles[left].of), rank_of(roles[right].of)
                known = _tells(roles[left].of, second) and _tells(roles[right].of, first)
                if first > second if known else several[left] > several[right] > 1:
                    levels[place], levels[place + 1] = right, left
        return levels

    def weights(self, roles: dict[int, ColumnRole | None]) -> None:
        """Of a `Peso` that says no more: the indicator's, or that of the objective on its left, by where and how often it stands."""
        indicator = next((c for c, role in roles.items() if role is not None and role.kind == "indicator"), None)
        levels = self._levels(roles)
        unnamed = [
            c
            for c, role in sorted(roles.items())
            if role == ColumnRole("weight") and "indicator" not in heading_key(self.headings.get(c, ""))
        ]
        if indicator is None or not levels:
            return
        dated = [c for c, role in roles.items() if role is not None and role.kind == "target"]
        with_target = {place for c in dated for place in self.rows(c)}
        of_rows = self.rows(indicator) & with_target if dated else self.rows(indicator)
        for column in unnamed:
            beside = max((c for c in levels if c < column), default=None)
            rows = self.rows(column)
            starts = self.rows(beside) if beside is not None else set()
            once = bool(rows) and beside is not None and rows <= starts and len(rows & of_rows) < len(of_rows)
            if column < indicator and beside is not None:
                if self._sums_in_groups(beside, column):
                    continue
                whole = rows >= of_rows and not self._per_group(beside, column)
                if whole and len(unnamed) == 1 and not once:
                    words = f"la colonna {self.shown(column)} può essere il peso dell'indicatore, o di {(roles[beside] or NOTHING).of!r}"
                    self.ask(
                        column, words, ColumnRole("weight"), ColumnRole("level_weight", (roles[beside] or NOTHING).of)
                    )
                    roles[column] = None
                else:
                    roles[column] = ColumnRole("level_weight", (roles[beside] or NOTHING).of)
            elif once and beside is not None and not self._sums_in_groups(beside, column):
                words = f"la colonna {self.shown(column)} può essere il peso dell'indicatore, o di {(roles[beside] or NOTHING).of!r}"
                self.ask(column, words, ColumnRole("weight"), ColumnRole("level_weight", (roles[beside] or NOTHING).of))
                roles[column] = None

    def _sums_in_groups(self, level: int, column: int) -> bool:
        """Whether the numbers of a column make a hundred under each value of a level, most of them by several."""
        of_row = dict(self.values.get(level, []))
        groups: defaultdict[str, list[Decimal]] = defaultdict(list)
        last = ""
        for place, text in self.values.get(column, []):
            last = folded(of_row.get(place, "")) or last
            number = decimal_in(text.removesuffix("%").strip())
            groups[last].append(number if number is not None else Decimal(-1))
        several = [group for group in groups.values() if len(group) > 1]
        whole = [group for group in several if abs(sum(group, Decimal(0)) - 100) <= 1]
        return bool(whole) and len(whole) >= len(several) - 1

    def _per_group(self, level: int, column: int) -> bool:
        """Whether a column says one thing for each value of a level, the same in each of its rows."""
        values: defaultdict[str, set[str]] = defaultdict(set)
        of_row = dict(self.values.get(level, []))
        last = ""
        for place, text in self.values.get(column, []):
            last = folded(of_row.get(place, "")) or last
            values[last].add(text)
        return all(len(texts) == 1 for texts in values.values())

    def offices(self, roles: dict[int, ColumnRole | None]) -> None:
        """Of several columns of offices, the one among the levels is of the objectives; of two of the same, the second is asked."""
        owners = [c for c, role in sorted(roles.items()) if role is not None and role.kind == "owner"]
        indicator = next((c for c, role in roles.items() if role is not None and role.kind == "indicator"), None)
        levels = self._levels(roles)
        if len(owners) < 2 or indicator is None:
            return
        for column in owners:
            left = max((c for c in levels if c < column), default=None)
            if column < indicator and left is not None:
                roles[column] = ColumnRole("level_offices", (roles[left] or NOTHING).of)
        rest = [c for c in owners if (roles[c] or NOTHING).kind == "owner"]
        for column in rest[1:]:
            words = f"la colonna {self.shown(column)} è di uffici, come {self.shown(rest[0])}, che è presa come responsabile"
            self.ask(
                column, words, *([ColumnRole("level_offices", (roles[levels[-1]] or NOTHING).of)] if levels else [])
            )
            roles[column] = None

    def kinds(self, roles: dict[int, ColumnRole | None]) -> None:
        """`Dimensione`, `Tipo`: of the indicator, where the words are those of efficacy and its like."""
        for column, role in roles.items():
            if role is not None and role.kind == "level" and folded(role.of) in {"dimensione", "ambito", "prospettiva"}:
                texts = self.texts(column)
                if texts and all(_KINDS.search(folded(text)) and len(text) < 40 for text in texts):
                    roles[column] = ColumnRole("kind")

    def without_indicator(self, roles: dict[int, ColumnRole | None]) -> None:
        """No heading says indicator: a description may be; or the only column of texts whose heading is none of the field."""
        if any(role is not None and role.kind == "indicator" for role in roles.values()):
            return
        unknown = [c for c, role in roles.items() if role is None and self.values.get(c) and self._is_text(c)]
        levels = self._levels(roles)
        actions = [c for c in levels if folded((roles[c] or NOTHING).of) in {"azione", "attivita", "obiettivo"}]
        varying = [c for c in self.varying if c in unknown or (roles.get(c) is None and self.values.get(c))]
        if len(varying) == 1:  # each table is headed by the node that it is of
            roles[varying[0]] = ColumnRole("indicator")
        elif len(unknown) == 1:
            words = f"nessuna intestazione dice quale colonna è l'indicatore: forse {self.shown(unknown[0])}"
            self.ask(unknown[0], words, ColumnRole("indicator"))
        elif not unknown and actions:
            words = f"nessuna intestazione dice quale colonna è l'indicatore: forse {self.shown(actions[-1])}"
            self.ask(
                actions[-1], words, ColumnRole("indicator"), ColumnRole("level", (roles[actions[-1]] or NOTHING).of)
            )

    def _is_text(self, column: int) -> bool:
        texts = self.texts(column)
        return bool(texts) and sum(len(text) > 12 and not text[:1].isdigit() for text in texts) >= len(texts) / 2

    def grades(self, roles: dict[int, ColumnRole | None]) -> None:
        """`Soglia | Target | Eccellenza`: grades of one target, of which a plan keeps the value to reach; the others are asked."""
        graded = {c for c in self.headings if self.values.get(c) and _is_a_grade(self.headings[c])}
        plain = [
            c
            for c, role in sorted(roles.items())
            if c not in graded and role is not None and role.kind == "target" and self.values.get(c)
        ]
        for column in sorted(graded):
            years = YEAR.findall(heading_key(self.headings[column]))
            year = int(years[0]) if len(set(years)) == 1 else None
            beside = [c for c in plain if year is None or (roles[c] or NOTHING).year == year]
            others = [c for c in sorted(graded) if c != column]
            if roles[column] not in {None, ColumnRole("target", year=year)} or not (beside or others):
                continue
            of_beside = list(dict.fromkeys(roles[c] or NOTHING for c in beside)) or [ColumnRole("target", year=year)]
            names = self._names([*beside[:1], *others])
            words = f"la colonna {self.shown(column)} dice un grado del target, accanto a {names}: il piano tiene il solo valore da raggiungere"
            self.ask(column, words, *of_beside)
            roles[column] = None

    def twice(self, roles: dict[int, ColumnRole | None]) -> None:
        """Two columns that are the same thing: the one that its heading names plainly, and the other asked; or both."""
        by_role: defaultdict[ColumnRole, list[int]] = defaultdict(list)
        for column, role in sorted(roles.items()):
            if role is not None and (
                role.kind in _ONCE or role.kind in {"target", "level", "level_code", "level_weight"}
            ):
                by_role[role].append(column)
        for role, columns in by_role.items():
            if len(columns) < 2:
                continue
            filled = [c for c in columns if self.values.get(c)]
            for column in columns:
                if column not in filled:
                    roles[column] = NOTHING
            if len(filled) < 2:
                continue
            if role.kind == "target":
                self._targets_twice(roles, role, filled)
                continue
            names = self._names(filled)
            plain = [c for c in filled if _is_plain(self.headings.get(c, ""), role)]
            keep = plain[0] if len(plain) == 1 else None
            for column in filled:
                if column != keep:
                    options = (role,) if keep is None else (role, ColumnRole("level", "Descrizione"))[:1]
                    self.ask(column, f"due colonne sembrano la stessa cosa: {names}", *options)
                    roles[column] = None

    def _targets_twice(self, roles: dict[int, ColumnRole | None], role: ColumnRole, columns: list[int]) -> None:
        """Several columns of targets of one year, or of none: the one that does not speak of a revision is the target."""
        revised = [c for c in columns if REVISED.search(folded(self.headings.get(c, "")))]
        plain = [c for c in columns if c not in revised]
        names = self._names(columns)
        for column in columns:
            if role.year is not None and len(plain) == 1 and column == plain[0]:
                continue
            if role.year is not None and column in revised:
                words = f"la colonna {self.shown(column)} dice i target {role.year} rimodulati, accanto a {self.shown(plain[0])}"
                words = words if len(plain) == 1 else f"più colonne sono di target {role.year}: {names}"
                options = [ColumnRole("revision", year=role.year)]
                options += [role] if len(plain) != 1 else []
            elif role.year is not None:
                words, options = f"più colonne sono di target {role.year}: {names}", [role]
                options.append(ColumnRole("revision", year=role.year))
            else:
                words = f"più colonne di target, senza l'anno: {names}; di quale anno è la {letter(column)}"
                options = self._target_options(roles) or [role]
            self.ask(column, words, *options)
            roles[column] = None

    def _target_options(self, roles: dict[int, ColumnRole | None], step: str = "") -> list[ColumnRole]:
        """What a column of targets may be: of a year that has none yet, or the revision of one that has; of a step, of each."""
        missing = self._missing(roles)
        years = range(self.years[0], self.years[1] + 1) if self.years else ()
        if step:
            return [ColumnRole("target", step, year) for year in years]
        revised = [ColumnRole("revision", year=year) for year in years if year not in missing]
        return [*(ColumnRole("target", year=year) for year in missing), *revised]

    def target_years(self, roles: dict[int, ColumnRole | None]) -> None:
        """A target without a year beside others that have one: what it is, is asked."""
        dated = [c for c, role in roles.items() if role is not None and role.kind == "target" and role.year]
        if not dated and self.years and self.years[0] != self.years[1] and self.target_year is None:
            for column, role in list(roles.items()):
                is_undated = role is not None and role == ColumnRole("target", role.of)
                texts = self.texts(column) if is_undated else []
                if role is not None and texts and not any(targets_in(text, self.years) for text in texts):
                    options = [ColumnRole("target", role.of, year) for year in self._missing(roles)]
                    self.ask(column, f"la colonna {self.shown(column)} non dice di quale anno sono i target", *options)
                    roles[column] = None
        for column, role in list(roles.items()):
            if role is not None and role == ColumnRole("target", role.of) and dated and self.values.get(column):
                words = f"la colonna {self.shown(column)} sembra di target, e non dice di quale anno"
                self.ask(column, words, *self._target_options(roles, role.of))
                roles[column] = None

    def _missing(self, roles: dict[int, ColumnRole | None]) -> list[int]:
        have = {role.year for role in roles.values() if role is not None and role.kind == "target"}
        return [y for y in range(self.years[0], self.years[1] + 1) if y not in have] if self.years else []

    def trees(self, roles: dict[int, ColumnRole | None]) -> None:
        """A column of a higher level whose values do not hold those of the lower one: a level, or a classification."""
        levels = self.ordered({column: role or NOTHING for column, role in roles.items()})
        for high, low in pairwise(levels):
            above, parents = "", defaultdict[str, set[str]](set)
            of_row = dict(self.values.get(high, []))
            full = len(of_row) >= len(self.values.get(low, []))
            for place, text in self.values.get(low, []):
                above = of_row.get(place, "") if full else of_row.get(place, "") or above
                parents[folded(text)].add(folded(above))
            several = sum(len(of) > 1 for of in parents.values())
            if len(parents) > 1 and several > len(parents) / 4 and full:
                name = (roles[high] or NOTHING).of
                words = f"{name!r} non sta sopra {(roles[low] or NOTHING).of!r}: la stessa voce è sotto più d'una"
                self.ask(high, words, ColumnRole("level", name), ColumnRole("classification", name))
                roles[high] = ColumnRole("classification", name)

    def unknown(self, roles: dict[int, ColumnRole | None]) -> None:
        """A heading that says nothing known over cells that look like what a plan needs: asked; others are told later."""
        for column, role in list(roles.items()):
            if role is not None or any(doubt.column == column for doubt in self.doubts):
                continue
            texts = self.texts(column)
            heading = self.headings.get(column)
            if not texts:
                continue
            if looks_like_weights(texts):
                words = (
                    f"la colonna {self.shown(column)} sembra di pesi"
                    if heading
                    else "una colonna senza intestazione sembra di pesi"
                )
                self.ask(column, words, ColumnRole("weight"))
            elif looks_like_targets(texts):
                options = self._target_options(roles) or [ColumnRole("target")]
                words = (
                    f"la colonna {self.shown(column)} sembra di target"
                    if heading
                    else "una colonna senza intestazione sembra di target"
                )
                self.ask(column, words, *options)
            elif not heading and self._is_text(column) and len(texts) > 1:
                self.ask(
                    column,
                    "una colonna con testi non ha intestazione",
                    ColumnRole("indicator"),
                    ColumnRole("level", "Obiettivo"),
                )


_GRADE = regex(
    r"(?:(?:valore|livello|target|risultato|grado)\s+)?(?:di\s+)?(?:soglia|minim[oa]|massim[oa]|eccellen(?:za|te)|ottim[oa]|ottimale|sfidante"
    r"|accettabile|sufficien(?:za|te)|stretch|intermedi[oa]|soddisfacente)(?:\s+(?:minim[oa]|massim[oa]|di accettabilita|di eccellenza))?"
)


def _is_a_grade(heading: str) -> bool:
    """Whether a heading says a grade of a target: the least, or the best, that is still one."""
    return _GRADE.fullmatch(" ".join(YEAR.sub(" ", heading_key(heading)).split())) is not None


def _is_plain(heading: str, role: ColumnRole) -> bool:
    words = folded(heading)
    return words in {"indicatore", "indicatori", "kpi", "formula", "algoritmo", "fonte", "fonte dei dati", "responsabile", "peso",
                     "unita di misura", "baseline", "formula di calcolo", "tipo", "obiettivo", "nome indicatore",
                     "denominazione indicatore", folded(role.of)}  # fmt: skip


def looks_like_weights(texts: Sequence[str]) -> bool:
    """Whether the cells of a column are numbers that a whole of 100 may be made of."""
    numbers = [decimal_in(text.removesuffix("%").strip()) for text in texts]
    known = [number for number in numbers if number is not None]
    if len(known) < len(texts) or len(known) < 2:
        return False
    total = sum(known)
    return (
        total > 0
        and (total % 100 == 0)
        and all(0 < number <= 100 for number in known)
        and len(set(texts)) < len(texts) + 1
    )


def looks_like_targets(texts: Sequence[str]) -> bool:
    """Whether most cells of a column can be read as targets, and are no mere numbers that count."""
    short = [text for text in texts if len(text) <= 60]
    if len(short) < len(texts) * 0.8:
        return False
    sample = short[:60]
    readable = [t for t in sample if not isinstance(read_target_text(t, 2024, polarity=None, formula=None), Unread)]
    signs = sum(bool(re.search(r"[<>=≥≤%]|entro|almeno|^s[iì]$", text.casefold())) for text in sample)
    return len(readable) >= len(sample) * 0.6 and signs >= len(sample) * 0.4 and Counter(sample).total() > 0
