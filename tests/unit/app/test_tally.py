"""Results from a journal: gains by day, city and lead, their interval, their deepest fall."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from drybulb.app.tally import Tallies, max_drawdown, per_day, tally
from drybulb.engine.ports import Record
from drybulb.errors import EngineError
from tests.trading import DAY, at, usd


def bought(event: str, city: str, lead: int, side: str, cents: int, fee: float = 0.0) -> tuple[Record, Record]:
    """An order for ten contracts of market A at 16:00, and its fill at 16:01."""
    about: dict[str, Any] = {"event": event, "city": city, "lead": lead, "order_id": f"{event}{lead}{side}"}
    wanted = {**about, "ticker": "A", "side": side, "price": 100 * cents, "count": 1000}
    return Record(at("16:00"), "order", wanted), Record(at("16:01"), "fill", {**wanted, "fee": usd(fee)})


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
        *bought("E", "chicago", 1, "bid", 40, 0.17),
        *bought("E", "chicago", 0, "ask", 40, 0.17),
        paid("E", "chicago", 5.83 - 6.17),
    )
    city = found.cities["chicago"]
    assert (city.orders, city.fills, city.count, city.fees) == (2, 2, 2000, usd(0.34))
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
        *bought("E", "chicago", 1, "bid", 40),
        *bought("F", "austin", 0, "bid", 40),
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
        *bought("E", "chicago", 0, "bid", 40),
        *bought("F", "austin", 0, "bid", 40),
        paid("E", "chicago", 6.0),
        paid("F", "austin", -4.0, winner="B"),
    )
    assert found.total.gains == {DAY: usd(2.0)}
    assert found.total.events == 2


def test_a_journal_must_add_up() -> None:
    """Fills that do not come to what the account gained are an error, not a result."""
    with pytest.raises(EngineError, match="come to 6000000, its account to 5000000"):
        tallied(*bought("E", "chicago", 0, "bid", 40), paid("E", "chicago", 5.0))


def test_the_worth_of_a_part() -> None:
    """$4 of YES held from 16:01 and kept back from 16:00 on until 23:00, and a day that did not trade."""
    later = DAY + timedelta(days=1)
    found = tallied(
        *bought("E", "chicago", 1, "bid", 40, 0.17), paid("E", "chicago", 5.83), paid("F", "chicago", 0.0, later)
    )
    part = found.total.to_json(1)["worth"]
    assert (part["verdict"], part["event_days"], part["days_traded"]) == ("too early to say", 2, 1)
    assert (part["turnover_usd"], part["pnl_without_two_best_usd"]) == (4.0, 0.0)
    # It gained; three days more that lose the $4.17 at stake are $12.51, over two days.
    assert part["unseen_per_day_usd"] == pytest.approx(3 * 4.17 / 2)
    minutes = 4.0 * 7 * 60 + 0.17 * (7 * 60 - 1)
    assert part["capital_days_usd"] == pytest.approx(minutes / 1440, abs=1e-6)
    assert part["pnl_per_capital_day"]["mean"] == pytest.approx(5.83 * 1440 / minutes, abs=1e-6)
    # Of gains of 5.83 and 0 the mean is half the range, the deviation of the sample the range over √2.
    assert part["sharpe_per_day"] == pytest.approx(2**-0.5, abs=1e-6)


def test_what_a_day_could_lose_and_win() -> None:
    """Of ten YES of A at 40 c and ten NO at 70 c (YES at 30 c) $1 is lost in any case; alone each has its stake."""
    found = tallied(
        *bought("E", "chicago", 1, "bid", 40, 0.17),
        *bought("E", "chicago", 0, "ask", 30),
        *bought("F", "austin", 0, "bid", 5),
        paid("E", "chicago", -1.17),
        paid("F", "austin", 9.5),
    )
    assert found.by_lead[1].extremes == {DAY: (usd(4.17), usd(5.83))}
    assert found.by_lead[0].extremes == {DAY: (usd(7.0 + 0.5), usd(3.0 + 9.5))}
    assert found.cities["chicago"].extremes == {DAY: (usd(1.17), 0)}
    assert found.total.extremes == {DAY: (usd(1.17 + 0.5), usd(9.5))}


def test_a_lead_has_no_capital_of_its_own() -> None:
    """A position bought the day before is at stake on both days, so capital is told of whole parts only."""
    found = tallied(*bought("E", "chicago", 1, "bid", 40), paid("E", "chicago", 6.0))
    of_lead, idle = (found.by_lead[lead].to_json(1)["worth"] for lead in (1, 0))
    assert (of_lead["turnover_usd"], of_lead["capital_days_usd"], of_lead["pnl_per_capital_day"]) == (4.0, None, None)
    assert (idle["turnover_usd"], idle["days_traded"], idle["sharpe_per_day"]) == (0.0, 0, None)
    assert found.cities["austin"].to_json(1)["worth"]["pnl_per_capital_day"] is None


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
    gains = {DAY + timedelta(days=n): usd(n * n % 7) for n in range(28)}
    first = per_day(gains, 1)
    assert first["mean"] == 2.0
    low, high = first["ci90"]
    # The standard deviation is 1.5 dollars, of the mean of 28 days 0.29.
    assert 1.3 < low < 2.0 < high < 2.7
    assert per_day(gains, 1) == first
    assert per_day({DAY: usd(2)}, 1) == {"mean": 2.0, "ci90": None}
    assert per_day({}, 1) == {"mean": None, "ci90": None}
