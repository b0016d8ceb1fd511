"""What is refused of a measurement, by name."""

from domain.errors import OutsidePlan, Refusal


class PeriodInFuture(OutsidePlan):
    """A period that had not begun on the day that the data are of, or data of a day that is still to come."""

    name = "period_in_future"
    title = "Periodo futuro"


class DenominatorZero(Refusal):
    """A ratio to zero, which is no value."""

    name = "denominator_zero"
    title = "Denominatore zero"


class TermMissing(Refusal):
    """A term of the confirmed formula that was not given, or one that it does not have."""

    name = "term_missing"
    title = "Termini della formula"


class OfficeNotResponsible(Refusal):
    """A measurement by an office that the indicator is not entrusted to."""

    name = "office_not_responsible"
    title = "Ufficio non responsabile"


class UnitDoubtful(Refusal):
    """A value whose size is that of another unit: 15 for 0.15 %. It is asked about, not taken in silence."""

    name = "unit_doubtful"
    title = "Unità di misura dubbia"
