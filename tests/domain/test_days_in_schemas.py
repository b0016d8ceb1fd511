"""A schema says which days there are, as the calendar does."""

import re
from datetime import date

from domain.point import ISO_DAY, ITALIAN_DAY


def test_every_day_of_the_calendar_is_one_of_the_schema_and_no_other() -> None:
    iso, italian = re.compile(ISO_DAY), re.compile(ITALIAN_DAY)
    for year in (*range(1890, 2030), 2096, 2100, 2104, 2400, 2900):
        for month in range(14):
            for day in range(33):
                try:
                    exists = date(year, month, day).year >= 1900
                except ValueError:
                    exists = False
                assert bool(iso.fullmatch(f"{year}-{month:02}-{day:02}")) is exists
                assert bool(italian.fullmatch(f"{day}/{month}/{year}")) is exists
                assert bool(italian.fullmatch(f"{day:02}/{month:02}/{year}")) is exists
