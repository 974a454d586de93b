"""Markouts: prices after a fill, by hand, and what becomes of a fill that has none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from drybulb.app import config
from drybulb.app.backtest import backtest
from drybulb.app.densify import densify
from drybulb.app.markouts import HORIZONS, Priced, markouts, priced
from drybulb.app.settled import SettledFill
from drybulb.domain.ledger import Side
from drybulb.frames.asof import INSTANT
from drybulb.strategy.releases import Release, Releases
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, at, calm, lake_at, list_event, poll, trade

CONFIG = calm(config.load())
#: A quote: clock, bid and ask [cents], ages [min], whether the exchange is open.
Quoted = tuple[str, int | None, int | None, int, int, bool]
BOUGHT = SettledFill("E", "E-0", "chicago", DAY, 1, at("16:00"), Side.BID, 4000, 1000, 0, 10_000)
NUMBERS = dict.fromkeys(("yes_bid", "yes_ask", "bid_age", "ask_age"), pl.Int32)
MISSING = (None, None, None, 60.0)


def quotes(*rows: Quoted) -> pl.DataFrame:
    """Quotes of the one market."""
    return pl.DataFrame(
        [
            ("E", 0, at(clock), is_open, bid and 100 * bid, ask and 100 * ask, bid_age, ask_age)
            for clock, bid, ask, bid_age, ask_age, is_open in rows
        ],
        schema={"event": pl.String, "leg": pl.Int8, "known_at": INSTANT, "is_trading": pl.Boolean, **NUMBERS},
        orient="row",
    )


def cents(fill: SettledFill, *rows: Quoted) -> tuple[float | None, ...]:
    """Markouts of a fill whose market closes at 18:00, by quotes at most five minutes old."""
    (found,) = priced([fill], quotes(*rows), {"E-0": 0}, {"E": at("18:00")}, 5)
    return found.cents


def test_a_markout_is_the_mid_some_time_after_the_fill() -> None:
    """Bought at 40 c: mid 46 at 16:05, 43 at 16:30, 51.5 before the close and a payout of $1."""
    rows: Sequence[Quoted] = (
        ("16:04", 44, 48, 0, 0, True),
        ("16:06", 10, 12, 0, 0, True),
        ("16:29", 42, 44, 2, 4, True),
        ("16:31", 10, 12, 0, 0, True),
        ("17:59", 51, 52, 0, 5, True),
    )
    assert cents(BOUGHT, *rows) == (6.0, 3.0, 11.5, 60.0)


def test_a_sale_is_marked_the_other_way_round() -> None:
    """Sold at 40 c, a mid of 46 is 6 c against us, and so is the payout in its measure."""
    sold = replace(BOUGHT, side=Side.ASK)
    assert cents(sold, ("16:05", 44, 48, 0, 0, True)) == (-6.0, None, -6.0, -60.0)


@pytest.mark.parametrize(
    "quote",
    [
        ("16:04", 44, None, 0, 0, True),
        ("16:04", None, 48, 0, 0, True),
        ("16:04", 48, 44, 0, 0, True),
        ("16:04", 46, 46, 0, 0, True),
        ("16:04", 44, 48, 0, 6, True),
        ("16:04", 44, 48, 6, 0, True),
        ("16:04", 44, 48, 0, 0, False),
    ],
    ids=["no ask", "no bid", "crossed", "locked", "old ask", "old bid", "closed"],
)
def test_a_quote_that_is_no_price_is_not_replaced_by_an_older_one(quote: Quoted) -> None:
    """Where the last quote is one-sided, crossed, old or of a closed exchange, there is no price at that horizon."""
    assert cents(BOUGHT, ("16:03", 44, 48, 0, 0, True), quote)[0] is None


def test_a_side_ages_until_the_horizon() -> None:
    """An ask seen four minutes before a quote of 16:04 is five minutes old at 16:05, six at 16:06."""
    quote: Quoted = ("16:04", 44, 48, 0, 4, True)
    assert cents(BOUGHT, quote)[0] == 6.0
    assert cents(replace(BOUGHT, at=at("16:01")), quote)[0] is None


def test_a_price_carried_since_before_the_fill_is_none() -> None:
    """Of a quote of 16:05 one side was seen in a minute that began at 16:00 or later; likewise at the close."""
    assert cents(BOUGHT, ("16:05", 44, 48, 5, 4, True)) == (6.0, None, 6.0, 60.0)
    assert cents(BOUGHT, ("16:05", 44, 48, 5, 5, True)) == MISSING


def test_nothing_is_marked_at_or_after_the_close() -> None:
    """A fill at 17:55 has no price at 18:00, when trading ends, nor from the quote it was filled at."""
    late = replace(BOUGHT, at=at("17:55"))
    assert cents(late, ("17:55", 44, 48, 0, 0, True)) == MISSING
    assert cents(late, ("17:58", 44, 48, 0, 0, True)) == (None, None, 6.0, 60.0)
    assert cents(late, ("18:00", 44, 48, 0, 0, True)) == MISSING


def row(found: Sequence[Priced], city: str = "all", lead: Any = "all", horizon: str = "5min") -> dict[str, Any]:
    """A row of the document."""
    rows = markouts(found, ["poll"], 5, 1)["rows"]
    (one,) = (each for each in rows if (each["city"], each["lead"], each["horizon"]) == (city, lead, horizon))
    return dict(one)


def made(value: float | None, contracts: int, day: int = 0, city: str = "chicago", lead: int = 1) -> Priced:
    """A fill with one markout for every horizon."""
    fill = replace(BOUGHT, count=100 * contracts, day=DAY + timedelta(days=day), city=city, lead=lead)
    return Priced(fill, (value,) * len(HORIZONS))


def test_means_are_over_contracts() -> None:
    """10 contracts at +6 c and 30 at -2 c come to nothing; a fill without a price is counted beside them."""
    found = row([made(6.0, 10), made(-2.0, 30), made(None, 100)])
    assert (found["fills"], found["missing"], found["contracts"], found["mean_cents"]) == (2, 1, 40.0, 0.0)
    assert found["ci90"] is None


def test_the_interval_resamples_days() -> None:
    """Of two days, each drawn twice in a quarter of the resamples, the interval reaches from one to the other."""
    found = row([made(10.0, 5), made(10.0, 5), made(-4.0, 10, day=1)])
    assert (found["mean_cents"], found["ci90"]) == (3.0, [-4.0, 10.0])


def test_a_day_without_a_price_widens_nothing() -> None:
    """Days whose fills have no price cannot be resampled for one: a single other day has no interval."""
    found = row([made(10.0, 5), made(None, 5, day=1)])
    assert (found["mean_cents"], found["ci90"]) == (10.0, None)


def test_every_part_that_filled_has_its_rows() -> None:
    """All, by lead, by city and by both, for every horizon; a part without a fill has none, nor has a run without."""
    rows = markouts([made(1.0, 1), made(2.0, 1, city="miami", lead=0)], [], 5, 1)["rows"]
    parts = list(dict.fromkeys((each["city"], each["lead"]) for each in rows))
    both = [("all", 1), ("all", 0)]
    own = [("chicago", "all"), ("chicago", 1), ("miami", "all"), ("miami", 0)]
    assert parts == [("all", "all"), *both, *own]
    assert [each["horizon"] for each in rows] == list(HORIZONS) * len(parts)
    assert markouts([], [], 5, 1)["rows"] == []
    assert priced([], quotes(), {}, {}, 5) == []


def test_resting_orders_near_a_release_stand_apart() -> None:
    """Two sold to us in the window of a release lost 3 c, one elsewhere gained 1 c; what was taken is in neither."""
    calendar = Releases([Release("report", is_standard=False, hours=(16,), minute=0, before=3, after=10)])
    filled = [(-3.0, "15:58", 2), (1.0, "16:10", 1)]
    rested = [
        Priced(replace(BOUGHT, at=at(clock), count=100 * count, is_taker=False), (cents,) * 4)
        for cents, clock, count in filled
    ]
    rows = markouts([*rested, made(9.0, 5)], [], 5, 1, calendar)["makers"]
    found = [
        (row["part"], row["fills"], row["contracts"], row["mean_cents"]) for row in rows if row["horizon"] == "5min"
    ]
    assert found == [("release", 1, 2.0, -3.0), ("elsewhere", 1, 1.0, 1.0)]
    assert markouts([made(9.0, 5)], [], 5, 1, calendar)["makers"] == []


def written(folder: Path) -> dict[str, Any]:
    """The markouts of a run, checked against their schema."""
    found: dict[str, Any] = json.loads((folder / "markouts.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "markouts.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    return found


def test_a_backtest_writes_its_markouts(tmp_path: Path) -> None:
    """96 contracts filled at the 49 c of 17:00: no mid but that of the quote they were filled at, a payout of $1."""
    lake = lake_at(tmp_path)
    event = list_event(lake)
    poll(lake, event, ("16:00", 0, 48, 50), ("17:00", 0, 47, 49))
    run = backtest(lake, CONFIG, DAY, DAY, policy="steady", forecaster=Steady())
    found = written(run.folder)
    whole = [each["mean_cents"] for each in found["rows"] if (each["city"], each["lead"]) == ("all", "all")]
    assert whole == [None, None, None, 51.0]
    assert found["rows"][0]["missing"] == 1
    assert any("polled quotes" in note for note in found["notes"])


def test_prices_made_of_prints_are_said_to_be(tmp_path: Path) -> None:
    """Bought at 50 c at 16:03 of a tape: five minutes on takers last paid 53 and 57 c, a mid of 55."""
    lake = lake_at(tmp_path)
    event = list_event(lake, winner=1)
    trade(lake, event, ("16:00:30", 0, 50, "yes", 9), ("16:03:00", 0, 49, "yes", 3))
    trade(lake, event, ("16:06:30", 0, 53, "no", 1), ("16:06:50", 0, 57, "yes", 1))
    densify(lake, CONFIG, ["chicago"])
    run = backtest(lake, CONFIG, DAY, DAY, policy="steady", forecaster=Steady())
    found = written(run.folder)
    assert (found["rows"][0]["fills"], found["rows"][0]["mean_cents"]) == (1, 5.0)
    assert any("made of prints" in note for note in found["notes"])
