"""The report of the evidence pack on paper: what the OIV has to judge of a year, each statement with the events that it rests on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from api.language.labels import CAUSES, DIRECTIONS, FATES, KINDS, REDACTED, VARIANTS
from api.language.values import value_in_words
from api.pages.changes_shown import sides_in_words
from api.pages.deviations import deviation_said
from api.pages.templating import NOTHING, day_words, instant_words, period_in_words
from api.pages.visit import PlanVisit
from api.paper.model import (
    ActRevision,
    FigureSaid,
    Heading,
    Items,
    KeyFigure,
    KeyFigures,
    Paper,
    PaperBlock,
    PaperColumn,
    PaperLine,
    PaperTable,
    PaperTerm,
    PaperTerms,
    Paragraph,
    Row,
    Run,
    cell,
    run,
)
from api.paper.sheet import PaperTitle, file_name, paper_of, percent_printed, percent_run, seen_from, signs
from api.proof.page import SEVERITIES, references, said
from domain.changes.kinds import ChangeKind
from domain.indicators.card import CARD_LABELS
from domain.objectives.fields import OBJECTIVE_LABELS
from projections.evidence import evidence
from projections.evidence_answer import EvidenceDeviation, VariationRow, WithAndWithout, YearEvidence
from projections.flags import Cited, Flag
from projections.proof.redactions import Redaction
from projections.streams import proposals_stream, review_stream
from projections.successive_plans import FieldOfBoth


def evidence_paper(visit: PlanVisit) -> Paper:
    """The report of the year of a visit."""
    reading, year = visit.reading, visit.year
    answer = evidence(reading.reader, visit.plan, year, visit.point)
    title = PaperTitle(
        visit.worded("Relazione del fascicolo probatorio %(year)s", year=year),
        f"{answer['title']}. {seen_from(visit)}",
        file_name(visit, "fascicolo", year),
    )
    blocks = _Report(visit, answer).blocks()
    streams = [review_stream(visit.plan), proposals_stream(visit.plan)]
    return paper_of(visit, "evidence", title, blocks, answer, streams=streams)


class _Report:
    """The sections of a report, in the order of the page of the pack."""

    def __init__(self, visit: PlanVisit, answer: YearEvidence) -> None:
        self.visit, self.answer = visit, answer
        self.nothing = Paragraph(run(visit.worded("Nessuna.")))
        self._references = {row["indicator"]: row["reference"] for row in answer["scores"]["indicators"]}

    def blocks(self) -> Iterator[PaperBlock]:
        """All of them."""
        yield self._figures()
        yield from self._variations()
        yield from self._rates()
        yield from self._predecessor()
        yield from self._criteria()
        yield from self._flags()
        yield from self._late()
        yield from self._proposals()
        yield from self._rest()

    def _figures(self) -> KeyFigures:
        visit, answer, rate = self.visit, self.answer, self.answer["official_rate"]
        return KeyFigures(
            (
                KeyFigure(
                    visit.worded("Tasso ufficiale"),
                    percent_printed(visit, rate["percent"]),
                    visit.worded("tetto %(ceiling)s", ceiling=signs(rate["ceiling"])) if rate["ceiling"] else "",
                ),
                KeyFigure(
                    visit.worded("Contro i target in vigore"), percent_printed(visit, answer["scores"]["in_force"])
                ),
                KeyFigure(
                    visit.worded("Contro i target approvati"), percent_printed(visit, answer["scores"]["ex_ante"])
                ),
                KeyFigure(visit.worded("Segnalazioni"), str(len(answer["flags"]["flags"]))),
            )
        )

    def _variations(self) -> Iterator[PaperBlock]:
        visit = self.visit
        listed = [row for row in self.answer["variations"] if row["kind"] != "rolling_update"]
        rolling = [row for row in self.answer["variations"] if row["kind"] == "rolling_update"]
        yield Heading(1, visit.worded("Variazioni dell'anno (art. 6 D.Lgs. 150/2009)"))
        yield Paragraph(
            run(
                visit.worded(
                    "%(counted)s. «Noto allora» è ciò che risultava misurato quando la variazione fu registrata.",
                    counted=self._counted(),
                )
            ),
            "note",
        )
        for row in listed:
            yield Heading(2, visit.called(visit.said(row["what"])))
            yield self._variation(row)
        if self.answer["effects_of_acts"]:
            yield Heading(2, visit.worded("Effetto di ogni atto, con tutte le sue variazioni"))
            columns = (
                visit.worded("Atto"),
                visit.worded("Effetto sul punteggio"),
                visit.worded("Effetto sul tasso"),
                visit.worded("Eventi"),
            )
            yield self._table(
                visit.worded("Effetto di ogni atto, con tutte le sue variazioni"),
                columns,
                (
                    (
                        run(row["act"] or visit.worded("nessun atto")),
                        run(self._effect(row["score"])),
                        run(self._effect(row["change_rate"])),
                        run(references(row["events"], self.visit.language), "soft"),
                    )
                    for row in self.answer["effects_of_acts"]
                ),
            )
        if rolling:
            words = visit.worded("Aggiornamento annuale")
            yield Heading(2, words)
            yield self._table(
                words,
                (visit.worded("Che cosa"), visit.worded("Dopo"), visit.worded("Atto"), visit.worded("Eventi")),
                (
                    (
                        run(visit.called(visit.said(row["what"]))),
                        run(self._sides(row)[1]),
                        run(row["act"] or NOTHING),
                        run(references(row["events"], self.visit.language), "soft"),
                    )
                    for row in rolling
                ),
            )

    def _counted(self) -> str:
        """How many variations there are of each kind, as the list of variations counts them."""
        kinds = Counter(row["kind"] for row in self.answer["variations"])
        always: dict[ChangeKind, int] = {"in_year_revision": 0, "rolling_update": 0}
        told = [f"{self.visit.worded(KINDS[kind])}: {number}" for kind, number in {**always, **kinds}.items()]
        said = "; ".join(told)
        return said[:1].upper() + said[1:]

    def _sides(self, row: VariationRow) -> tuple[str, str]:
        """Before and after in words; the signs of a target as it prints."""
        before, after = sides_in_words(self.visit, row["version"], row["before"], row["after"])
        return (signs(before), signs(after)) if row["aspect"] == "target" else (before, after)

    def _variation(self, row: VariationRow) -> PaperTerms:
        visit = self.visit
        by = ActRevision(row["act"] or "", None, row["justification"] or "", version=row["version"])
        known = row["known"]
        then = visit.worded("nessun valore dell'anno")
        if row["retrospective"]:
            then = visit.worded("non conoscibile: caricata a posteriori")
        elif known:
            then = visit.worded("%(value)s per %(period)s", value=signs(known["text"]), period=known["period"])
        opinions = [
            (
                Run(f"{visit.worded(opinion['judgement'])}: {opinion['words'] or visit.worded(REDACTED)}"),
                Run(f" ({references(opinion['events'], self.visit.language)})", "soft"),
            )
            for opinion in row["opinions"]
        ]
        direction, cause = DIRECTIONS.get(row["direction"] or "", ""), CAUSES.get(row["cause"] or "", "")
        since = visit.worded(
            "dal %(day)s; registrata il %(instant)s",
            day=day_words(row["effective_on"]),
            instant=instant_words(row["recorded_at"]),
        )
        before, after = self._sides(row)
        return PaperTerms(
            (
                PaperTerm(visit.worded("Natura"), (run(visit.worded(KINDS[row["kind"]])),)),
                PaperTerm(visit.worded("Prima"), ((Run(before, "struck", by),) if before != NOTHING else run(before),)),
                PaperTerm(visit.worded("Dopo"), ((Run(after, "inserted", by),) if after != NOTHING else run(after),)),
                PaperTerm(visit.worded("Direzione"), (run(visit.worded(direction) if direction else NOTHING),)),
                PaperTerm(visit.worded("Atto"), (run(row["act"] or visit.worded("nessun atto")),)),
                PaperTerm(visit.worded("Motivazione"), (self._words(row["justification"], row["redaction"]),)),
                PaperTerm(visit.worded("Causa"), (run(visit.worded(cause) if cause else visit.worded("non detta")),)),
                PaperTerm(visit.worded("In vigore"), (run(since),)),
                PaperTerm(visit.worded("Noto allora"), (run(then),)),
                PaperTerm(visit.worded("Effetto sul punteggio"), (run(self._effect(row["score"])),)),
                PaperTerm(visit.worded("Effetto sul tasso"), (run(self._effect(row["change_rate"])),)),
                PaperTerm(
                    visit.worded("Parere dell'OIV"), tuple(opinions) or (run(visit.worded("nessuno registrato")),)
                ),
                PaperTerm(visit.worded("Eventi"), (run(references(row["events"], self.visit.language), "soft"),)),
            )
        )

    def _rates(self) -> Iterator[PaperBlock]:
        visit, rate = self.visit, self.answer["official_rate"]
        yield Heading(1, visit.worded("Tasso di modifica"))
        yield Paragraph(
            run(
                visit.worded(
                    "Figura ufficiale: %(rate)s, obiettivi toccati: %(touched)s su %(planned)s programmati.",
                    rate=percent_printed(visit, rate["percent"]),
                    touched=len(rate["touched"]),
                    planned=rate["planned"],
                )
            )
        )
        rates = self.answer["change_rates"]["change_rate"]
        names = visit.reading.names.by_key
        yield self._table(
            visit.worded("Le tre varianti, sugli obiettivi"),
            (visit.worded("Variante"), visit.worded("Tasso"), visit.worded("Obiettivi toccati")),
            (
                (
                    run(visit.worded(words)),
                    (percent_run(visit, rates[variant]["rate"]),),
                    run(
                        "; ".join(names.get(f"objective/{each}", each) for each in rates[variant]["objectives"])
                        or NOTHING
                    ),
                )
                for variant, words in VARIANTS.items()
            ),
        )
        apart = self.answer["counted_apart"]
        yield Paragraph(
            run(
                visit.worded(
                    "Contate a parte: %(rolling)s dell'aggiornamento annuale, %(corrections)s rettifiche, %(others)s riclassificazioni.",
                    rolling=len(apart["rolling_update"]),
                    corrections=len(apart["correction"]),
                    others=len(apart["reclassification"]),
                )
            ),
            "note",
        )

    def _predecessor(self) -> Iterator[PaperBlock]:
        visit, before = self.visit, self.answer["from_plan_before"]
        yield Heading(1, visit.worded("Dal piano precedente"))
        if before is None:
            yield Paragraph(run(visit.worded("Il piano non ne segue altri in questo archivio.")))
            return
        counts = before["counts"]
        yield Paragraph(
            run(
                visit.worded(
                    "Confronto con %(title)s, in vigore al %(day)s. Target degli anni di entrambi: %(easier)s più facili, %(harder)s più difficili, %(undetermined)s non confrontabili, %(neutral)s uguali. Indicatori: %(dropped)s lasciati fuori, %(added)s nuovi, %(redefined)s ridefiniti.",
                    title=before["predecessor_title"],
                    day=day_words(before["compared_on"]),
                    **counts["targets"],
                    dropped=counts["indicators"]["dropped"],
                    added=counts["indicators"]["added"],
                    redefined=counts["indicators"]["redefined"],
                )
            )
        )
        rows: list[tuple[PaperLine, ...]] = []
        for series in before["series"]:
            events = run(references(series["events"], self.visit.language), "soft")
            if series["change"] != "continues":
                rows.append((run(series["name"]), run(visit.worded(FATES[series["change"]])), (), (), events))
            rows += [
                (
                    run(f"{series['name']}, target {pair['year']}"),
                    *_pair(said(pair["before"]), said(pair["after"])),
                    run(visit.worded(DIRECTIONS[pair["direction"]])),
                    events,
                )
                for pair in series["targets"]
                if pair["direction"] != "neutral"
            ]
            rows += [
                (
                    run(f"{series['name']}, {visit.worded(CARD_LABELS.get(pair['field'], pair['field']))}"),
                    *self._pair_of(pair),
                    (),
                    events,
                )
                for pair in series["redefined"]
            ]
        for objective in before["objectives"]:
            events = run(references(objective["events"], self.visit.language), "soft")
            if objective["change"] != "continues":
                rows.append((run(objective["name"]), run(visit.worded(FATES[objective["change"]])), (), (), events))
            rows += [
                (
                    run(f"{objective['name']}, {visit.worded(OBJECTIVE_LABELS.get(pair['field'], pair['field']))}"),
                    *self._pair_of(pair),
                    (),
                    events,
                )
                for pair in objective["fields"]
            ]
        if rows:
            yield self._table(
                visit.worded("Dal piano precedente"),
                (
                    visit.worded("Che cosa"),
                    visit.worded("Prima"),
                    visit.worded("Dopo"),
                    visit.worded("Direzione"),
                    visit.worded("Eventi"),
                ),
                rows,
            )

    def _pair_of(self, pair: FieldOfBoth) -> tuple[PaperLine, PaperLine]:
        words = (value_in_words(value, pair["field"], self.visit.language) for value in (pair["before"], pair["after"]))
        return _pair(*words)

    def _criteria(self) -> Iterator[PaperBlock]:
        visit = self.visit
        yield Heading(1, visit.worded("Criteri di validazione della Relazione"))
        yield Paragraph(
            run(visit.worded("Per ogni criterio, che cosa risulta dal registro. Il giudizio è dell'OIV.")), "note"
        )
        for criterion in self.answer["criteria"]:
            yield Heading(2, f"{criterion['criterion']}) {visit.said(criterion['title'])}")
            items = [
                self._cited(visit.called(visit.said(each["words"])), each["events"]) for each in criterion["statements"]
            ]
            yield Items(tuple(items)) if items else self.nothing

    def _flags(self) -> Iterator[PaperBlock]:
        visit, flags = self.visit, self.answer["flags"]
        yield Heading(1, visit.worded("Segnalazioni"))
        yield Paragraph(
            run(
                visit.worded(
                    "Fatti che meritano una domanda: non sono giudizi, e non riguardano persone. Casi non conoscibili: %(number)s.",
                    number=len(flags["not_knowable"]),
                )
            ),
            "note",
        )
        for flag in flags["flags"]:
            yield Heading(2, visit.worded(flag["title"]))
            yield from self._flag(flag)
        if not flags["flags"]:
            yield self.nothing

    def _flag(self, flag: Flag) -> Iterator[PaperBlock]:
        visit = self.visit
        yield Paragraph(self._cited(f"{visit.called(visit.said(flag['words']))}.", flag["events"]))
        severity = visit.worded(SEVERITIES[flag["severity"]])
        question = visit.worded(
            "Peso: %(severity)s. Domanda: %(question)s", severity=severity, question=visit.said(flag["question"])
        )
        yield Paragraph(run(question))
        reply = flag["answer"]
        words = visit.worded("non ancora data")
        if reply is not None:
            words = f"{reply['words'] or visit.worded(REDACTED)} ({day_words(reply['on'])})"
        yield Paragraph(run(visit.worded("Risposta dell'ufficio: %(words)s", words=words)))

    def _late(self) -> Iterator[PaperBlock]:
        visit, late = self.visit, self.answer["late"]
        words = visit.worded("Registrazioni tardive o retrodatate")
        yield Heading(1, words)
        yield Paragraph(
            run(
                visit.worded(
                    "Oltre %(days)s giorni dopo la data da cui valgono, o con effetto anteriore a quanto era già noto. Eventi di cui non è conoscibile: %(number)s.",
                    days=late["threshold_days"],
                    number=len(late["not_knowable"]["events"]),
                )
            ),
            "note",
        )
        if late["recordings"]:
            yield self._table(
                words,
                (
                    visit.worded("Che cosa"),
                    visit.worded("In vigore dal"),
                    visit.worded("Registrata il"),
                    visit.worded("Giorni"),
                    visit.worded("Eventi"),
                ),
                (
                    (
                        run(visit.called(visit.said(row["what"]))),
                        run(day_words(row["effective_on"])),
                        run(instant_words(row["recorded_at"])),
                        (Run(str(row["days"]), figure=FigureSaid(Decimal(row["days"]), 0)),),
                        run(references(row["events"], self.visit.language), "soft"),
                    )
                    for row in late["recordings"]
                ),
            )
        else:
            yield self.nothing
        yield Heading(1, visit.worded("Rettifiche e annullamenti"))
        items = [
            self._cited(
                f"{visit.called(visit.said(row['what']))} ({instant_words(row['recorded_at'])}). {row['justification'] or ''}".strip(),
                row["events"],
            )
            for row in self.answer["corrections"]
        ]
        yield Items(tuple(items)) if items else self.nothing

    def _proposals(self) -> Iterator[PaperBlock]:
        visit, counts = self.visit, self.answer["proposals"]
        yield Heading(1, visit.worded("Proposte"))
        yield Paragraph(
            run(
                visit.worded(
                    "In bozza %(draft)s, presentate %(submitted)s, adottate %(enacted)s, respinte %(rejected)s, ritirate %(withdrawn)s.",
                    **counts,
                )
            )
        )
        items: list[PaperLine] = []
        for rejected in self.answer["rejected_proposals"]:
            called = rejected["title"] or visit.worded(REDACTED)
            words = visit.worded("Respinta il %(day)s: %(title)s", day=day_words(rejected["rejected_on"]), title=called)
            reason = self._words(rejected["reason"], rejected["reason_redaction"])
            items.append(
                (Run(f"{words}. "), *reason, Run(f" ({references(rejected['events'], self.visit.language)})", "soft"))
            )
        for annulled in self.answer["annulled_enactments"]:
            called = annulled["title"] or visit.worded(REDACTED)
            words = visit.worded(
                "Adottata il %(day)s e poi annullata: %(title)s", day=day_words(annulled["enacted_on"]), title=called
            )
            items.append(self._cited(f"{words}.", annulled["events"]))
        if items:
            yield Items(tuple(items))
        yield Heading(1, visit.worded("Eccezioni alla separazione dei compiti"))
        waived = [
            (
                Run(f"{visit.called(visit.said(row['what']))} ({day_words(row['on'])}). "),
                *self._words(row["words"], row["redaction"]),
            )
            for row in self.answer["separation_waived"]
        ]
        yield Items(tuple(waived)) if waived else self.nothing

    def _deviation(self, row: EvidenceDeviation) -> PaperLine:
        """How far a value is from its target, why, and what is done about it."""
        visit = self.visit
        said = [f"{row['name']}, {period_in_words(row['period'], visit.language)}"]
        if row["observed"] is not None:
            said.append(f"{row['observed']} ({', '.join(row['targets'])})")
        said += deviation_said(visit, row)
        if row["subject"] == "indicator" and (reference := self._references.get(row["id"])):
            said.append(visit.worded("il target rimanda a: %(reference)s", reference=reference))
        return self._cited(f"{'. '.join(said)}.", row["events"])

    def _rest(self) -> Iterator[PaperBlock]:
        visit, answer = self.visit, self.answer
        sections: list[tuple[str, list[PaperLine]]] = [
            (
                visit.worded("Indicatori mai misurati, con un target %(year)s", year=answer["year"]),
                [
                    self._cited(row["name"] + (f": «{row['said']}»" if row["said"] else ""), row["events"])
                    for row in answer["never_measured"]
                ],
            ),
            (
                visit.worded("Scostamenti dal target e loro cause"),
                [self._deviation(row) for row in answer["deviations"]],
            ),
            (
                visit.worded("Target che rimandano ad altri valori"),
                [
                    run(f"{row['name']}: {visit.said(row['reference'])}")
                    for row in answer["scores"]["indicators"]
                    if row["reference"]
                ],
            ),
            (
                visit.worded("Punteggi forzati"),
                [
                    self._cited(
                        visit.worded(
                            "%(what)s: calcolato %(calculated)s, forzato %(forced)s. %(act)s %(why)s",
                            what=visit.called(visit.said(row["what"])),
                            calculated=percent_printed(visit, row["calculated"]),
                            forced=percent_printed(visit, row["forced"]),
                            act=row["act"] or "",
                            why=row["justification"] or "",
                        ),
                        row["events"],
                    )
                    for row in answer["overrides"]
                ],
            ),
            (
                visit.worded("Atti dell'OIV e risposte"),
                [
                    (
                        Run(f"{visit.called(visit.said(row['what']))} ({day_words(row['on'])}). "),
                        *(self._words(row["words"], row["redaction"]) if row["words"] or row["redaction"] else ()),
                        Run(f" ({references(row['events'], self.visit.language)})", "soft"),
                    )
                    for row in answer["acts_of_the_oiv"]
                ],
            ),
            (
                visit.worded("Testi oscurati per ordine"),
                [run(f"{row['digest']}: {day_words(row['on'])}, {row['act']}") for row in answer["redactions"]],
            ),
        ]
        for heading, items in sections:
            yield Heading(1, heading)
            yield Items(tuple(items)) if items else self.nothing

    def _table(self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[PaperLine]]) -> PaperTable:
        """A table whose first cell names each row."""
        shares = (3.0, *(1.8 for _ in heads[1:]))
        columns = tuple(PaperColumn(head, share) for head, share in zip(heads, shares, strict=True))
        made = (Row((cell(first, is_head=True), *(cell(each) for each in rest))) for first, *rest in rows)
        return PaperTable(caption, columns, tuple(made))

    def _cited(self, words: str, events: Sequence[Cited]) -> PaperLine:
        return (Run(words), Run(f" ({references(events, self.visit.language)})", "soft")) if events else run(words)

    def _words(self, text: str | None, redaction: Redaction | None) -> PaperLine:
        """Words of an office, or what stands where they were taken away."""
        if redaction:
            day, act = day_words(redaction["on"]), redaction["act"]
            return run(self.visit.worded("testo oscurato per ordine il %(day)s (%(act)s)", day=day, act=act), "soft")
        return run(f"«{text}»") if text else run(self.visit.worded("non detta"), "soft")

    def _effect(self, effect: WithAndWithout | None) -> str:
        visit = self.visit
        if effect is None:
            return visit.worded("non calcolato: non conta nel tasso")
        with_it, without = percent_printed(visit, effect["with"], 2), percent_printed(visit, effect["without"], 2)
        if effect["with"] == effect["without"]:
            return visit.worded("nessuno (%(figure)s)", figure=with_it)
        return visit.worded("da %(without)s senza, a %(with_it)s con essa", without=without, with_it=with_it)


def _pair(before: str, after: str) -> tuple[PaperLine, PaperLine]:
    return run(signs(before), "struck"), run(signs(after), "inserted")
