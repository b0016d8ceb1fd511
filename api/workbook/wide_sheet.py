"""A sheet whose last column has its format to the edge: cheaper than sixteen thousand columns, each with the same."""

from xlsxwriter.worksheet import ColumnInfo, Worksheet

from api.workbook.look import LAST_COLUMN


class WideSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """What is set for the last of its columns holds for all after it."""

    def _write_col_info(self, col_min: int, col_max: int, col_info: ColumnInfo) -> None:
        last = max(self.col_info) if self.col_info else col_max
        super()._write_col_info(col_min, LAST_COLUMN if col_max >= last else col_max, col_info)
