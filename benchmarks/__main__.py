"""Runs the quick form of every benchmark; each module's own page says how to run it whole."""

from benchmarks import proof, two_dates, workbook

if __name__ == "__main__":
    two_dates.main()
    workbook.main()
    proof.main()
