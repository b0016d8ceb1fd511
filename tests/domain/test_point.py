"""The two dates of a question: how their texts are read, and what they mean."""

from datetime import UTC, date, datetime

import pytest

from domain.point import Point, end_of_day, point_at, read_day, read_known_at, read_known_from, today

NOW = datetime(2022, 10, 3, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2022-09-30", "30/09/2022", " 30/9/2022 "])
def test_a_day_is_written_either_way(text: str) -> None:
    assert read_day(text) == date(2022, 9, 30)


@pytest.mark.parametrize(
    "text",
    ["", "0", "1664528400", "2022-9-30", "30/09/22", "31/02/2022", "2022-02-31", "oggi", "1899-12-31", "0900-01-01",
     "2022-09-30T00:00:00Z", "٢٠٢٢-09-30"],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="scrivere AAAA-MM-GG"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2022-10-03", datetime(2022, 10, 3, 21, 59, 59, 999_999, tzinfo=UTC)),
        ("03/01/2022", datetime(2022, 1, 3, 22, 59, 59, 999_999, tzinfo=UTC)),
        ("2022-10-03T09:30Z", NOW),
        ("2022-10-03 11:30:00+02:00", NOW),
        ("2022-10-03T09:30:00.000001Z", NOW.replace(microsecond=1)),
        ("9999-12-31", datetime(9999, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC)),
        ("9999-12-31T23:30:00Z", datetime(9999, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_knowledge_is_a_day_to_its_end_in_rome_or_an_instant_with_its_zone(text: str, instant: datetime) -> None:
    assert read_known_at(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "0", "1664528400", "ieri", "2022-10-03T09:30:00", "2022-10-03 09:30", "2022-10-03T09:30:00 02:00",
     "2022-10-03T25:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1899-12-31"],
)  # fmt: skip
def test_what_is_no_knowledge_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="scrivere AAAA-MM-GG"):
        read_known_at(text)


def test_what_is_said_of_a_day_or_an_instant_holds_at_every_door() -> None:
    with pytest.raises(ValueError, match="scrivere") as refusal:
        read_known_at("ieri")
    assert "indirizzo" not in str(refusal.value)


def test_a_time_of_recording_begins_with_its_day_in_rome() -> None:
    assert read_known_from("2022-10-03") == datetime(2022, 10, 2, 22, tzinfo=UTC)
    assert read_known_from("2022-10-03T09:30Z") == NOW


def test_a_knowledge_of_the_future_is_that_of_now() -> None:
    assert point_at(date(2022, 1, 1), datetime(2099, 1, 1, tzinfo=UTC), NOW) == Point(date(2022, 1, 1))
    assert point_at(None, datetime(2022, 10, 1, tzinfo=UTC), NOW) == Point(
        date(2022, 10, 3), datetime(2022, 10, 1, tzinfo=UTC)
    )


def test_the_day_is_that_of_rome() -> None:
    assert today(datetime(2022, 12, 31, 23, 30, tzinfo=UTC)) == date(2023, 1, 1)
    assert end_of_day(date(2022, 3, 27)) == datetime(2022, 3, 27, 21, 59, 59, 999_999, tzinfo=UTC)
