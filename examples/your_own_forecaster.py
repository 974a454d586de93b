"""A forecaster of your own, traded by the same engine under the same limits.

    python examples/your_own_forecaster.py LAKE [FIRST LAST]

Whatever has the method ``beliefs`` can be traded. Its duty is to use nothing known later than ``at``: here a join as-of
``known_at`` sees to that.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from statistics import NormalDist

import polars as pl

import drybulb


class NewestForecast:
    """Believes the newest forecast known, whoever made it, give or take 3 °F."""

    def __init__(self, lake: drybulb.Lake, config: drybulb.Config) -> None:
        self.station = {key: city.station for key, city in config.cities().items()}
        guidance = lake.read(
            "guidance", self.station.values(), columns=["station", "day", "source", "issued_at", "high", "known_at"]
        )
        self.guidance = guidance.drop_nulls("high").sort("known_at")

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[drybulb.Belief]:
        """One belief for every request (city, day, at), in their order."""
        asked = requests.with_row_index().with_columns(station=pl.col("city").replace_strict(self.station)).sort("at")
        newest = asked.join_asof(
            self.guidance, left_on="at", right_on="known_at", by=["station", "day"], check_sortedness=False
        )
        rows = newest.sort("index").select("city", "day", "at", "high").iter_rows()
        return [belief(city, day, at, high, source) for city, day, at, high in rows]


def belief(city: str, day: date, at: datetime, high: float | None, source: str) -> drybulb.Belief:
    """A normal distribution around the forecast, or a belief of none that says why."""
    if high is None:
        return drybulb.Belief(city, day, at, None, "none", "no forecast of this day is known")
    below, low = NormalDist(high, 3.0).cdf, round(high) - 20
    pmf = [below(degree + 0.5) - below(degree - 0.5) for degree in range(low, low + 41)]
    spread = drybulb.TemperatureDistribution.from_pmf(low, pmf)
    return drybulb.Belief(city, day, at, spread, source, f"newest forecast {high:.0f} °F")


def main(folder: str, first: str = "2024-11-20", last: str = "2024-11-26") -> None:
    """Trade the events from ``first`` to ``last`` of every city on it."""
    lake, config = drybulb.Lake.existing(folder), drybulb.load_config()
    run = drybulb.backtest(lake, config, first, last, policy="newest", forecaster=NewestForecast(lake, config))
    total = run.to_json()["total"]
    print(f"{total['fills']} fills, ${total['pnl_usd']:+.2f} after ${total['fees_usd']:.2f} of fees")
    for reason, times in run.to_json()["not_traded"].items():
        print(f"{times:>9,} not traded: {reason}")


if __name__ == "__main__":
    main(*sys.argv[1:])
