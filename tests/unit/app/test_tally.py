"""Results from a journal: gains by day, city and lead, their interval, their deepest fall."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from drybulb.app.tally import Tallies, max_drawdown, per_day, tally
from drybulb.engine.ports import Record
from drybulb.errors import EngineError
from tests.trading import DAY, at, usd


def order(city: str, lead: int) -> Record:
    """An order."""
    return Record(at("16:00"), "order", {"city": city, "lead": lead})


def fill(event: str, city: str, lead: int, side: str, cents: int, fee: float = 0.0) -> Record:
    """A fill of ten contracts of market A."""
    fields: dict[str, Any] = {"event": event, "city": city, "lead": lead, "ticker": "A", "side": side}
    return Record(at("16:00"), "fill", {**fields, "price": 100 * cents, "count": 1000, "fee": usd(fee)})


def paid(event: str, city: str, gain: float, day: date = DAY, winner: str = "A") -> Record:
    """A settlement of markets A and B."""
    payouts = {ticker: 10_000 if ticker == winner else 0 for ticker in "AB"}
    more: dict[str, Any] = {"beliefs": {"S": 2, "none:no readings": 1}, "refusals": {"no edge": {"times": 3}}}
    return Record(
        at("23:00"),
        "settlement",
        {"event": event, "city": city, "day": day, "payouts": payouts, "gain": usd(gain), **more},
    )


def tallied(*records: Record) -> Tallies:
    """Tallies of two cities."""
    return tally(records, ["chicago", "austin"])


def test_a_fill_gains_its_payout_less_price_and_fee() -> None:
    """Ten YES at 40 c that won gain $6 less 17 c; ten NO at 60 c that lost cost $6 and 17 c."""
    found = tallied(
        order("chicago", 1),
        fill("E", "chicago", 1, "bid", 40, 0.17),
        fill("E", "chicago", 0, "ask", 40, 0.17),
        paid("E", "chicago", 5.83 - 6.17),
    )
    city = found.cities["chicago"]
    assert (city.orders, city.fills, city.count, city.fees) == (1, 2, 2000, usd(0.34))
    assert city.gain == found.total.gain == usd(-0.34)
    assert found.by_lead[1].gains == {DAY: usd(5.83)}
    assert found.by_lead[0].gains == {DAY: usd(-6.17)}
    assert city.beliefs == {"S": 2, "none:no readings": 1}
    assert city.refusals == {"no edge": 3}


def test_days_without_a_trade_count() -> None:
    """An event that was not traded gains nothing, and is a day all the same, also for both leads."""
    found = tallied(paid("E", "chicago", 0.0))
    assert found.total.gains == {DAY: 0}
    assert found.by_lead[0].gains == found.by_lead[1].gains == {DAY: 0}
    assert found.cities["austin"].gains == {}


def test_each_city_has_its_own_leads() -> None:
    """What one city gains on the day before is neither another's nor of the event day."""
    found = tallied(
        order("chicago", 1),
        fill("E", "chicago", 1, "bid", 40),
        fill("F", "austin", 0, "bid", 40),
        paid("E", "chicago", 6.0),
        paid("F", "austin", 6.0),
    )
    gains = {place: part.gain for place, part in found.by_city_and_lead.items()}
    assert gains == {("chicago", 0): 0, ("chicago", 1): usd(6), ("austin", 0): usd(6), ("austin", 1): 0}
    assert (found.city_leads("chicago")[1].orders, found.city_leads("austin")[1].orders) == (1, 0)
    assert found.city_leads("austin")[1].gains == {DAY: 0}


def test_cities_of_one_day_are_added() -> None:
    """The total of a day is the sum over its cities."""
    found = tallied(
        fill("E", "chicago", 0, "bid", 40),
        fill("F", "austin", 0, "bid", 40),
        paid("E", "chicago", 6.0),
        paid("F", "austin", -4.0, winner="B"),
    )
    assert found.total.gains == {DAY: usd(2.0)}
    assert found.total.events == 2


def test_a_journal_must_add_up() -> None:
    """Fills that do not come to what the account gained are an error, not a result."""
    with pytest.raises(EngineError, match="come to 6000000, its account to 5000000"):
        tallied(fill("E", "chicago", 0, "bid", 40), paid("E", "chicago", 5.0))


def test_drawdown() -> None:
    """From 0 up to 5, down to -2, up to 4, down to 3: the deepest fall is 7, whatever the order of the days given."""
    steps = [5, -7, 6, -1]
    gains = {DAY + timedelta(days=n): step for n, step in enumerate(steps)}
    assert max_drawdown(gains) == 7
    assert max_drawdown(dict(reversed(gains.items()))) == 7
    assert max_drawdown({DAY: -3}) == 3
    assert max_drawdown({}) == 0


def test_gain_of_a_day() -> None:
    """The mean and an interval around it, alike for the same seed; one day has no interval, none has no mean."""
    gains = {DAY + timedelta(days=n): usd(n % 3) for n in range(30)}
    first = per_day(gains, 1)
    assert first["mean"] == 1.0
    low, high = first["ci90"]
    assert 0.6 < low < 1.0 < high < 1.4
    assert per_day(gains, 1) == first
    assert per_day({DAY: usd(2)}, 1) == {"mean": 2.0, "ci90": None}
    assert per_day({}, 1) == {"mean": None, "ci90": None}
