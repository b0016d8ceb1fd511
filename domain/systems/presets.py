"""The rules seen in practice, by name: a starting point for the office, which adopts them as they are or amended."""

from decimal import Decimal

from domain.systems.model import Band, Lateness, MeasurementSystem, Rounding

PRESETS: dict[str, MeasurementSystem] = {
    "predefinito": MeasurementSystem(),
    "due-decimali": MeasurementSystem(
        name="Risultati arrotondati a due decimali",
        achievements=Rounding(how="half_up", step=Decimal("0.01")),
        scores=Rounding(how="half_up", step=Decimal("0.01")),
    ),
    "troncato": MeasurementSystem(
        name="Risultati troncati all'intero",
        achievements=Rounding(how="truncated", step=Decimal(1)),
        scores=Rounding(how="truncated", step=Decimal(1)),
    ),
    "raggiunto-o-no": MeasurementSystem(
        name="Tutto o niente",
        thresholds="met_or_not",
        ranges="met_or_not",
        milestones="all",
    ),
    "dati-mancanti-a-zero": MeasurementSystem(name="Dato mancante pari a zero", missing="zero"),
    "pesi-in-punti": MeasurementSystem(
        name="Pesi in punti di cento, non riportati a cento",
        weights="as_points",
        missing="zero",
    ),
    "anello-debole": MeasurementSystem(name="Vale il risultato peggiore", combination="worst"),
    "media-semplice": MeasurementSystem(name="Media semplice", combination="mean"),
    "scostamento": MeasurementSystem(name="Scostamento percentuale dal target", thresholds="distance"),
    "ritardo-a-giorni": MeasurementSystem(
        name="Un punto in meno per giorno di ritardo, nulla oltre i 60 giorni",
        lateness=Lateness(rule="points_per_day", points_per_day=Decimal(1), worthless_after=60),
    ),
    "soglia-minima": MeasurementSystem(
        name="Nulla sotto il 50 %",
        worthless_below=Decimal(50),
        bands=(
            Band(from_percent=Decimal(0), name="red", word="non raggiunto"),
            Band(from_percent=Decimal(50), name="yellow", word="parzialmente raggiunto"),
            Band(from_percent=Decimal(80), name="lime", word="quasi raggiunto"),
            Band(from_percent=Decimal(100), name="green", word="raggiunto"),
        ),
    ),
}
