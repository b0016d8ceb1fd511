"""Says what each row of a table is: an indicator, a node of the tree, more text of the row above, a total, a note."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from api.layout.columns import LOWEST, TableColumns, rank_of
from api.layout.grid import Grid
from api.layout.sections import SectionRow, coded, level_label, section_of
from api.layout.vocabulary import role_of_heading
from domain.patterns import regex
from domain.spelling import folded
from domain.targets.revisions import says_changed, says_ended

RowKind = Literal["indicator", "more", "revision", "section", "level", "nothing", "doubt"]

_TOTAL = regex(r"^(?:(?:sub ?)?total[ei]|tot|somma|totale complessivo)\b")
_PAGE = regex(
    r"^(?:pag(?:ina)?\.?\s*)?[0-9]{1,4}(?:\s*(?:di|/|su)\s*[0-9]{1,4})?$|^pag(?:ina)?\.?\s*[0-9ivx]{1,5}\b.{0,40}$",
    re.IGNORECASE,
)
_NUMBERING = regex(r"\(?(?:[0-9]{1,2}|[a-z])\)?", re.IGNORECASE)
_NOTE = regex(
    r"^(?:\(?\*+\)?|\(?[0-9]{1,2}\)\s|[¹²³]|n\.?\s?b\.?\b|note?\b|nota\b|legenda|fonte\s*:|avvertenz|s\.?e\.?&?o|\(1\)|redatto|approvato|il (?:dirigente|segretario|responsabile|direttore|presidente)|"
    r"(?:data|luogo),?\s|per (?:il|la|le|gli) |i (?:target|pesi|valori|dati)\b|gli? indicator|monitoraggio\b)",
    re.IGNORECASE,
)
_WORDS = (
    "di|del|dello|della|dei|degli|delle|dell['’]|d['’]|al|allo|alla|ai|agli|alle|all['’]|da|dal|dalla|dai|dalle|in|nel|nella|nei|"
    "nelle|nell['’]|con|col|su|sul|sulla|sui|sulle|sull['’]|per|tra|fra|ed|od|il|lo|la|gli|le|un|una|che|entro|entro il|almeno"
)
_CONNECTS = regex(
    rf"(?:\b(?:{_WORDS}|a|e|o|i|n\.|nr\.)|(?<=[A-Z]{{2}}\s)(?:{_WORDS.upper()})|[,(/+*×÷=<>≥≤]|\s-|\bn°|[a-zà-ý]-)\s*$"
)
"""What no text ends with: words that want another, signs that want another side."""
_GOES_ON = regex(r"^[a-zà-ý)\],;/+*×÷%]")

_BEGINS = regex(
    r"(?:n\.|n°|nr\.?|num\b|numero|percentuale|tempo|tempi|grado|tasso|rapporto|valore|livello|giorni|importo|s[iì]\b|no\b)",
    re.IGNORECASE,
)
"""Small letters with which indicators and targets begin too."""

DITTO = {'"', "''", "“", "”", "idem", "id.", "id", "c.s.", "come sopra", "ditto", "vedi sopra", '" "', "“ “"}
"""How people write: as above."""


def is_page_number(text: str) -> bool:
    """Whether a text only numbers its page."""
    return bool(_PAGE.match(text))


def is_ditto(text: str) -> bool:
    """Whether a cell says only: as above."""
    return text.strip().casefold() in DITTO


def joins(before: str, text: str) -> bool:
    """Whether a text is certainly the rest of another: a broken word, a small letter, an open bracket, a word that goes on."""
    if not before or not text:
        return False
    if wants_more(before):
        return True
    return bool(_GOES_ON.match(text)) and not _BEGINS.match(text) and not re.search(r"[.!?;]\s*$", before)


def wants_more(text: str) -> bool:
    """Whether a text cannot end where it does: a bracket is open, a preposition or a sign stands last."""
    return text.count("(") > text.count(")") or bool(_CONNECTS.search(text))


def _is_a_revision(name: str, above: str) -> bool:
    """Whether the name of an indicator says that the one above it was changed: `Tempo medio (rimodulato)`, `di cui rimodulato con ...`."""
    words = _OF_WHICH.sub("", name.strip())
    same = folded(name).startswith(folded(above)) and len(folded(name)) > len(folded(above)) > 0
    rest = words[len(above) :].strip(" -–—:;,.()[]") if same else words
    return says_changed(rest, apart=same) or says_ended(rest, apart=same)


_OF_WHICH = regex(r"^[-–—•(\s]*(?:(?:di cui|poi|successivamente|ora|target|valore)\b[\s:]*)*", re.IGNORECASE)


def joined(before: str, text: str) -> str:
    """Two parts of one text; a word broken by a hyphen is one again."""
    if re.search(r"[a-zà-ý]-$", before) and re.match(r"[a-zà-ý]", text):
        return before[:-1] + text
    return f"{before} {text}"


@dataclass
class RowRead:
    """A row of a table: what it is, its texts by column, and the rows that it was joined of."""

    number: int
    kind: RowKind
    texts: dict[int, str]
    section: SectionRow | None = None
    level: str = ""
    why: str = ""
    joined: list[int] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    """The columns of which the text is no longer the cell's: joined, or taken from above."""


class RowReader:
    """Reads the rows of one table in order."""

    def __init__(self, grid: Grid, columns: TableColumns, rows: list[int], said: Mapping[int, str]) -> None:
        self.grid = grid
        self.columns = columns
        self.said = said
        self.rows = rows
        self.indicator = columns.one("indicator")
        self.figures = columns.of("target", "revision", "weight", "unit", "baseline")
        self.targets = columns.of("target", "revision", "weight")
        self.levels = columns.levels
        self.known = [c for c, role in columns.roles.items() if role.kind != "nothing"]
        last = [
            row
            for row in rows
            if self.indicator is not None
            and grid.text(row, self.indicator)
            and any(grid.text(row, c) for c in self.targets)
        ]
        self.last_row = max(last, default=max(rows, default=0))
        self.elsewhere = False
        self.share_with_targets = self._share()
        names = [grid.text(row, self.indicator) for row in last] if self.indicator is not None else []
        texts = {c: list(dict.fromkeys(text for row in rows if (text := grid.text(row, c)))) for c in self.levels}
        self.upper = {c: sum(not text[:1].islower() for text in of) >= len(of) * 0.5 for c, of in texts.items()}
        self.capitalised = sum(not name[:1].islower() for name in names) >= len(names) * 0.8

    def _share(self) -> float:
        if self.indicator is None:
            return 1.0
        filled = [row for row in self.rows if self.grid.text(row, self.indicator)]
        return sum(any(self.grid.text(row, c) for c in self.targets) for row in filled) / max(len(filled), 1)

    def read(self) -> list[RowRead]:
        """The rows, those that go on joined to the one above."""
        read: list[RowRead] = []
        openers: dict[int, RowRead] = {}
        for number in self.rows:
            row = self._row(number, read)
            if row.kind == "section":
                openers, self.elsewhere = {}, False
            elif self._heads_another(row):
                row.kind, row.why, self.elsewhere = "nothing", "intestazioni di un'altra tabella", True
            elif self.elsewhere and row.kind != "nothing" and number not in self.said:
                row.kind, row.why = "nothing", "di un'altra tabella"
            if row.kind in {"indicator", "level"}:
                self._levels_that_go_on(row, openers)
            if row.kind == "more":
                before = next((r for r in reversed(read) if r.kind in {"indicator", "level", "section"}), None)
                if before is None:
                    row.kind, row.why = "doubt", "sembra la continuazione di una riga che non c'è"
                else:
                    self._join(before, row)
            read.append(row)
        return read

    def _heads_another(self, row: RowRead) -> bool:
        """Whether a row among the others has only headings: those of a table of another kind, below this one."""
        texts = list(row.texts.values())
        return len(texts) > 1 and all(len(text) < 40 and role_of_heading(text) is not None for text in texts)

    def _levels_that_go_on(self, row: RowRead, openers: dict[int, RowRead]) -> None:
        """A title broken over the rows of its indicators goes to the row that opened it."""
        for column in self.levels:
            text = row.texts.get(column, "")
            if not text or is_ditto(text) or self.grid.merged_above(row.number, column) is not None:
                continue
            opener = openers.get(column)
            above = opener.texts[column] if opener is not None else ""
            certain = self.upper[column] or bool(_CONNECTS.search(above)) or above.count("(") > above.count(")")
            begins = bool(coded(text)[0])
            if opener is not None and certain and joins(above, text) and folded(above) != folded(text) and not begins:
                opener.texts[column] = joined(above, text)
                opener.changed.add(column)
                del row.texts[column]
            else:
                openers[column] = row

    def _join(self, before: RowRead, row: RowRead) -> None:
        before.joined.append(row.number)
        for column, text in row.texts.items():
            above = before.texts.get(column)
            if (
                above is not None
                and self.grid.merged_above(row.number, column) is not None
                and folded(above) == folded(text)
            ):
                continue
            before.texts[column] = joined(above, text) if above else text
            before.changed.add(column)
        if before.section is not None:
            before.section = before.section._replace(title=joined(before.section.title, " ".join(row.texts.values())))

    def _row(self, number: int, read: list[RowRead]) -> RowRead:
        texts = dict(self.grid.texts[number])
        distinct = {folded(text) or text for text in texts.values()}
        row = RowRead(number, "indicator", texts)
        if number in self.said:
            return self._as_said(row, self.said[number])
        first = texts[min(texts)]
        if any(_TOTAL.match(folded(text)) for text in texts.values()) and not self._is_indicator_row(number, texts):
            row.kind, row.why = "nothing", "riga di totale"
            return row
        if len(texts) > 1 and all(_NUMBERING.fullmatch(text) for text in texts.values()) and not read:
            row.kind, row.why = "nothing", "numerazione delle colonne"
            return row
        if len(distinct) == 1 and _PAGE.match(first):
            row.kind, row.why = "nothing", "numero di pagina"
            return row
        if len(distinct) == 1:
            return self._alone(row, min(texts), first, read)
        if len(distinct) == 2 and (level := level_label(first)) and not any(texts.get(c) for c in self.targets):
            title = next(text for text in texts.values() if folded(text) != folded(first))
            section = section_of(f"{first.rstrip(' :')}: {title}")
            if section is not None:
                row.kind, row.section, row.level = "section", section, level
                return row
        section = section_of(first)
        beside = set(self.columns.of("weight", "owner", "level_weight", "level_offices"))
        if section is not None and section.title != first and set(texts) - {min(texts)} <= beside - {min(texts)}:
            row.kind, row.section = "section", section
            return row
        indicator = texts.get(self.indicator, "") if self.indicator is not None else ""
        if not indicator:
            return self._without_indicator(row, read)
        return self._with_indicator(row, indicator, read)

    def _is_indicator_row(self, number: int, texts: dict[int, str]) -> bool:
        """Whether a row that speaks of a total is an indicator all the same: it is one with a target of its own."""
        name = texts.get(self.indicator, "") if self.indicator is not None else ""
        del number
        return (
            bool(name)
            and bool(not _TOTAL.match(folded(name)) or len(name.split()) > 3)
            and any(texts.get(c) for c in self.columns.of("target", "revision"))
        )

    def _as_said(self, row: RowRead, words: str) -> RowRead:
        key = folded(words)
        text = " ".join(dict.fromkeys(row.texts.values()))
        if key in {"", "niente", "nulla"}:
            row.kind, row.why = "nothing", "lo dice la lettura"
        elif key in {"continua", "continuazione"}:
            row.kind = "more"
        elif key in {"rimodulazione", "rimodulato", "target rimodulati"}:
            row.kind = "revision"
        elif key.startswith("livello"):
            level = words.split(maxsplit=1)[1] if " " in words.strip() else "Obiettivo"
            own = section_of(text)
            row.kind, row.section = "section", own._replace(level=level) if own else SectionRow(level, "", text)
        elif key not in {"indicatore", "come sopra", "vuoto", "dividi"}:
            row.kind, row.why = "doubt", f"la lettura dice {words!r}, che non si capisce"
        return row

    def _alone(self, row: RowRead, column: int, text: str, read: list[RowRead]) -> RowRead:
        """A row with one text: a node, a note, more of the row above; otherwise it is asked."""
        wide = self.grid.width(row.number, column) > 1
        previous = next((r for r in reversed(read) if r.kind != "nothing"), None)
        section = section_of(text)
        if section is not None and (
            wide or self.indicator is None or column != self.indicator or column == min(self.columns.headings)
        ):
            weak = not wide and column == self.indicator and not section.code and rank_of(section.level) == LOWEST
            if weak and section.level not in {r.section.level for r in read if r.section is not None}:
                row.kind, row.why = "doubt", "una riga con una voce sola: un livello, o un indicatore senza target"
                return row
            row.kind, row.section = "section", section
            return row
        if _NOTE.match(text) and (row.number > self.last_row or len(text) > 40):
            row.kind, row.why = "nothing", "nota"
            return row
        if column in self.levels and not wide:
            before = self._above(read, column)
            if before is not None and previous is before and joins(before.texts.get(column, ""), text):
                row.kind = "more"
            elif row.number > self.last_row:
                row.kind, row.why = "nothing", "testo sotto la tabella"
            else:
                row.kind = "level"
            return row
        if not wide and previous is not None and previous.kind in {"indicator", "more"}:
            before = self._above(read, column)
            if before is not None and joins(before.texts.get(column, ""), text):
                row.kind = "more"
                return row
        if row.number > self.last_row:
            row.kind, row.why = "nothing", "testo sotto la tabella"
            return row
        row.kind, row.why = (
            "doubt",
            "una riga con una voce sola: un livello, una nota, o la continuazione di quella sopra",
        )
        return row

    def _above(self, read: list[RowRead], column: int) -> RowRead | None:
        for row in reversed(read):
            if row.kind in {"indicator", "level"}:
                return row if row.texts.get(column) else None
            if row.kind == "section":
                return None
        return None

    def _without_indicator(self, row: RowRead, read: list[RowRead]) -> RowRead:
        texts = row.texts
        known = {c: text for c, text in texts.items() if c in self.known}
        if not known:
            row.kind, row.why = "nothing", "niente nelle colonne che si leggono"
            return row
        above = next((r for r in reversed(read) if r.kind in {"indicator", "level", "section"}), None)
        if self._goes_on(above, known):
            row.kind = "more"
            return row
        of_levels = {c for c in known if c in self.levels or self.columns.roles[c].kind.startswith("level")}
        if of_levels and not any(
            texts.get(c) for c in self.figures if self.columns.roles[c].kind in {"target", "revision"}
        ):
            row.kind = "level"
            return row
        first = texts[min(texts)]
        if _NOTE.match(first) or row.number > self.last_row:
            row.kind, row.why = "nothing", "nota"
            return row
        row.kind, row.why = "doubt", "una riga senza indicatore: la continuazione di quella sopra, o altro"
        return row

    def _goes_on(self, above: RowRead | None, known: dict[int, str]) -> bool:
        """Whether each cell of a row certainly is the rest of the one above it."""
        if above is None or above.kind != "indicator":
            return False
        filled = {c: text for c, text in known.items() if not is_ditto(text)}
        return bool(filled) and all(joins(above.texts.get(c, ""), text) for c, text in filled.items())

    def _with_indicator(self, row: RowRead, indicator: str, read: list[RowRead]) -> RowRead:
        texts = row.texts
        above = next((r for r in reversed(read) if r.kind in {"indicator", "level", "section"}), None)
        apart = above is None or above.kind != "indicator" or row.number > max([above.number, *above.joined]) + 1
        bare = not any(texts.get(c) for c in (*self.figures, *self.levels))
        if bare and apart and row.number > self.last_row:
            row.kind, row.why = "nothing", "sotto la tabella, senza target né peso"
            return row
        if self.indicator is None or above is None or above.kind != "indicator":
            return row
        if self.grid.merged_above(row.number, self.indicator) is not None and folded(
            above.texts.get(self.indicator, "")
        ) == folded(indicator):
            row.kind = "more"
            own = {c: t for c, t in texts.items() if c in self.known and folded(above.texts.get(c, "")) != folded(t)}
            if any(above.texts.get(c) for c in own):
                row.kind, row.why = "doubt", "un indicatore su più righe, con valori diversi"
            return row
        has_figures = any(texts.get(c) for c in self.targets)
        above_has = any(above.texts.get(c) for c in self.targets)
        name_above = above.texts.get(self.indicator, "")
        if _is_a_revision(indicator, name_above):
            row.kind, row.why = (
                "doubt",
                "una riga che dice una rimodulazione: dell'indicatore sopra, o un indicatore a sé",
            )
            return row
        others = {
            c: text for c, text in texts.items() if c in self.known and c != self.indicator and not is_ditto(text)
        }
        apart = any(
            not joins(above.texts[c], text) if above.texts.get(c) else c not in self.figures or above_has
            for c, text in others.items()
        )
        level_text = any(
            texts.get(c)
            and not joins(above.texts.get(c, ""), texts[c])
            and folded(texts[c]) != folded(above.texts.get(c, ""))
            for c in self.levels
        )
        certain = (
            self.capitalised or bool(_CONNECTS.search(name_above)) or name_above.count("(") > name_above.count(")")
        )
        if joins(name_above, indicator) and not level_text and not apart and certain:
            clash = [
                c for c in texts if c in self.figures and above.texts.get(c) and not joins(above.texts[c], texts[c])
            ]
            if not clash and (not has_figures or not above_has):
                row.kind = "more"
                return row
        if self._may_go_on(row, above, level_text=level_text):
            row.kind, row.why = "doubt", "un indicatore, o la continuazione di quello sopra"
            return row
        if (
            not has_figures
            and self.share_with_targets >= 0.7
            and set(texts) <= {self.indicator, *self.columns.of("formula", "source", "owner")}
        ):
            if row.number > self.last_row and len(texts) == 1:
                row.kind, row.why = "nothing", "testo sotto la tabella"
                return row
            row.kind, row.why = "doubt", "un indicatore senza target né peso, o la continuazione di quello sopra"
        return row

    def _may_go_on(self, row: RowRead, above: RowRead, *, level_text: bool) -> bool:
        """Whether a row right below an indicator may be its rest, although it need not: a text of the one above wants another."""
        if level_text or row.number > max([above.number, *above.joined]) + 1:
            return False
        columns = [c for c in row.texts if c not in self.levels and c in self.known and above.texts.get(c)]
        wants = [
            c for c in columns if len(above.texts[c]) > 1 and wants_more(above.texts[c]) and not is_ditto(row.texts[c])
        ]
        unit = [
            c
            for c in columns
            if c in self.targets and _UNIT_ALONE.fullmatch(row.texts[c]) and not _NO_TARGET.fullmatch(row.texts[c])
        ]
        name = self.indicator if self.indicator is not None else -1
        bare = not any(row.texts.get(c) for c in self.targets) and any(above.texts.get(c) for c in self.targets)
        small = bare and self.capitalised and name in columns and joins(above.texts[name], row.texts[name])
        return bool(wants or unit or small)


_UNIT_ALONE = regex(r"[a-zà-ý.%€]{1,12}(?: [a-zà-ý.]{1,12})?")
"""A cell of a target without any figure: the rest of one, as `gg` is of `<= 5`."""
_NO_TARGET = regex(r"s[iì]|no|on|off|fatto|idem|c\.s\.|n\.?[cd]\.?", re.IGNORECASE)
