"""How scores are named on a page: leads, clocks, places."""

from __future__ import annotations

from drybulb.app.reporting.sentences import ALL, city_name

#: The clock of the archive's one quote a day.
QUOTE = "quote"
#: Events, below which a clock's mean would be read as more than it is.
FEW = 10


def day_name(lead: int) -> str:
    """Write a lead as the day it is."""
    return "D−1" if lead else "D"


def clock_name(lead: int, clock: str) -> str:
    """Write a clock with its day."""
    return f"{day_name(lead)} {'daily quote' if clock == QUOTE else clock}"


def place_name(city: str, lead: int) -> str:
    """Write a city, or all of them, with a lead's day."""
    return f"{'All cities' if city == ALL else city_name(city)}, {day_name(lead)}"
