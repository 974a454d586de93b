"""Days and instants as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from drybulb.domain.iso import as_day, as_first, as_instant
from drybulb.errors import DomainError

DAY = date(2024, 11, 20)
NOON = datetime(2024, 11, 20, 12, tzinfo=UTC)


def test_a_day_is_a_date_or_its_text() -> None:
    """A date stays as it is, and its ISO text is that date."""
    assert as_day(DAY) == as_day("2024-11-20") == DAY


def test_an_instant_is_read_in_its_zone_and_given_in_utc() -> None:
    """06:00 at six hours behind UTC is noon UTC, given as text or as a datetime."""
    behind = timezone(timedelta(hours=-6))
    for written in ("2024-11-20T12:00Z", "2024-11-20T06:00-06:00", NOON, datetime(2024, 11, 20, 6, tzinfo=behind)):
        read = as_instant(written)
        assert (read, read.tzinfo) == (NOON, UTC)


def test_what_is_asked_first_is_a_day_or_an_instant() -> None:
    """Text with a time is an instant, text without one a day, and values stay what they are."""
    assert as_first("2024-11-20") == as_first(DAY) == DAY
    assert as_first("2024-11-20T12:00Z") == as_first(NOON) == NOON


@pytest.mark.parametrize("wrong", ["2024-11-31", "20 November", "", "2024-11-20T12:00Z", NOON])
def test_what_is_no_day_is_refused(wrong: str | datetime) -> None:
    """A date that is not in the calendar, other text, and an instant, which is on two days at once, are no day."""
    with pytest.raises(DomainError, match="2024-11-20"):
        as_day(wrong)


@pytest.mark.parametrize("read", [as_instant, as_first])
@pytest.mark.parametrize("wrong", ["2024-11-20T12:00", "noon", datetime(2024, 11, 20, 12)])  # noqa: DTZ001 - the fault
def test_what_is_no_instant_is_refused(read: object, wrong: str | datetime) -> None:
    """A time without its zone, and other text, are no instant; the error says how one is written."""
    assert callable(read)
    with pytest.raises(DomainError, match=r"2024-11-\d\dT1\d:00Z"):
        read(wrong)


def test_a_day_is_no_instant() -> None:
    """A day alone has no instant: its midnight is another one in every city."""
    with pytest.raises(DomainError, match="no time zone"):
        as_instant("2024-11-20")


@pytest.mark.parametrize("read", [as_day, as_instant, as_first])
@pytest.mark.parametrize("wrong", [20241120, None])
def test_what_is_neither_value_nor_text_is_refused(read: Callable[[Any], object], wrong: object) -> None:
    """A number or nothing is no day and no instant; the error says how one is written."""
    with pytest.raises(DomainError, match=f"^{wrong} is not .* such as 2024-11-"):
        read(wrong)
