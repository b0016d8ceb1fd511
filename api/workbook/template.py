"""The workbook that an office fills in from nothing: every sheet, every heading with its note, no row."""

from api.workbook.write import write_xlsx

YEARS = 3


def write_template(first_year: int) -> bytes:
    """The template of a plan of three years."""
    plan = {"first_year": first_year, "last_year": first_year + YEARS - 1}
    return write_xlsx({"plan": plan, "objectives": [], "indicators": []})
