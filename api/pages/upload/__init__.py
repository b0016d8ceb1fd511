"""A workbook on its way in: what it changes, what is asked about it, what that would do, and its recording."""
