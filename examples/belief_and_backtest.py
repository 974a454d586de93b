"""From a lake to a belief, why it is what it is, and a backtest.

    python examples/belief_and_backtest.py LAKE [FIRST LAST]

The models must have been trained before the first event day; on the demo's lake, name days of its markets.
"""

from __future__ import annotations

import sys

import drybulb

CITY = "miami"


def main(folder: str, first: str = "2024-11-20", last: str = "2024-11-26") -> None:
    """Ask about one city's last event at 18:00 UTC, then trade all its events from ``first`` to ``last``."""
    lake, config = drybulb.Lake.existing(folder), drybulb.load_config()
    forecaster = drybulb.Forecaster.load(lake, config, first)

    belief = forecaster.belief(CITY, last, f"{last}T18:00Z")
    print(f"{belief.city} {belief.day}, as of {belief.at:%H:%M} UTC: {belief.source}, {belief.reason}")
    if belief.distribution is not None:
        ladder = drybulb.listed_event(lake, CITY, last, belief.at).ladder
        for bracket, probability in zip(ladder.brackets, ladder.probabilities(belief.distribution), strict=True):
            print(f"{bracket!s:>9} {probability:7.1%}")

    parts = drybulb.explain(forecaster, CITY, last, belief.at).parts
    if parts is not None:  # somebody spoke, and stood on S
        print(f"{parts.change:+9.2f} °F from S to the belief, of which")
        for group, change in list(parts.groups().items())[:4]:
            print(f"{change:+9.2f} °F by {group}")

    run = drybulb.backtest(lake, config, first, last, cities=[CITY], policy="hybrid", forecaster=forecaster)
    total = run.to_json()["total"]
    print(f"{total['fills']} fills, ${total['pnl_usd']:+.2f} after fees; a day {total['pnl_per_day']['ci90']} (90 %)")


if __name__ == "__main__":
    main(*sys.argv[1:])
