"""How fast a synthetic world is made, and whether what it states of itself is so.

    python -m bench.world [--seeds 5] [--json]

Speed is in days of one city for each second of CPU: of a year of weather with all that is published of it, and of a
quarter of markets. Then what the world states is held against what happened in it, on six cities by 90 days by
``--seeds`` worlds: *reliability*, whether a stated chance comes true as often as it says, by clock and tenth; and
*news*, whether chances change in a way that could have been foreseen, by hours of an event's life and by where the
chance stood. Each is a sum over events divided by its own standard deviation, so that among some dozens three is rare
and five does not happen by chance. The bench ends with status 1 where a bound is broken. That the filter is exact is
shown by counting, in `tests/unit/world/test_filtered.py`; here it is only used much.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import os

# As the command line does: products of small matrices are slower on many threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from time import process_time

import numpy as np

from bench.forecast import Measured
from drybulb.app import config
from drybulb.domain.city import City
from drybulb.world import build, weather
from drybulb.world.clock import HOUR
from drybulb.world.filtered import Filtered, filtered
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather

FIRST_DAY = date(2025, 6, 1)
YEAR, WARM_UP, QUARTER = 365, 10, 90
#: Hours after an event's open at which reliability is looked at: the last are of its own day, morning to dusk.
CLOCKS = (0, 9, 18, 24, 28, 32)
SLICES = (0, 12, 18, 24, 30, 40)
#: Standard deviations that the worst of some dozens of sums does not reach by chance.
WORST = 4.5

Sums = dict[tuple[str, int, int], list[float]]


def _spec(seed: int, days: int, markets: int) -> WorldSpec:
    return WorldSpec(FIRST_DAY, days, markets, seed, config.load().latency.model_dump())


def _rate(cities: Iterable[City], days: int, make: Callable[[City], object]) -> float:
    began, made = process_time(), 0
    for city in cities:
        make(city)
        made += days
    return made / (process_time() - began)


def speed(cities: list[City]) -> Iterator[Measured]:
    """Days of a city for each second of CPU."""
    year, quarter = _spec(1, YEAR, 2), _spec(1, WARM_UP + QUARTER, QUARTER)
    whole = _rate(cities, YEAR, lambda city: build.published(weather.simulate(city, year), year))
    yield Measured("weather, readings, guidance, highs", whole, "city-days/s", least=500)
    stated = _rate(cities, QUARTER, lambda city: list(filtered(weather.simulate(city, quarter), quarter)))
    yield Measured("weather and what is stated of it", stated, "city-days/s", least=40)
    traded = _rate(cities, QUARTER, lambda city: list(build.build([city], quarter)))
    yield Measured("everything, with markets", traded, "city-days/s", least=20)


def _add(sums: Sums, drawn: CityWeather, event: Filtered) -> None:
    """Add an event's surprises: what happened less what was stated, and every change of what was stated."""
    happened = drawn.official[event.index] < event.degrees
    hours = (event.known_at - event.known_at[0]) / HOUR
    for clock in CLOCKS:
        now = int(np.searchsorted(hours, clock, side="right")) - 1
        stated = event.below[now]
        tenth = np.minimum((stated * 10).astype(int), 9)
        for number in np.unique(tenth):
            sums["reliability", clock, int(number)].append(float((happened - stated)[tenth == number].sum()))
    change, before = np.diff(event.below, axis=0), np.minimum((event.below[:-1] * 5).astype(int), 4)
    part = np.searchsorted(SLICES, hours[1:], side="right") - 1
    for number in range(len(SLICES) - 1):
        for fifth in range(5):
            held = (part == number)[:, None] & (before == fifth)
            if held.any():
                sums["news", number, fifth].append(float(change[held].sum()))


def truth(cities: list[City], seeds: int) -> Iterator[Measured]:
    """How far what is stated is from what happened, in standard deviations."""
    sums: Sums = defaultdict(list)
    events = 0
    for seed in range(1, seeds + 1):
        spec = _spec(seed, WARM_UP + QUARTER, QUARTER)
        for city in cities:
            drawn = weather.simulate(city, spec)
            for event in filtered(drawn, spec):
                _add(sums, drawn, event)
                events += 1
    yield Measured("events looked at", float(events), "city-days")
    for kind in ("reliability", "news"):
        found = [np.array(values) for (name, _, _), values in sums.items() if name == kind]
        # Too few events in a cell are no sum: their standard deviation is chance itself.
        scores = [abs(values.sum()) / np.sqrt((values**2).sum()) for values in found if (values != 0).sum() >= 30]
        yield Measured(f"{kind}: sums", float(len(scores)), "sums")
        yield Measured(
            f"{kind}: root mean square, 1 by chance", float(np.sqrt(np.mean(np.square(scores)))), "deviations"
        )
        yield Measured(f"{kind}: worst", max(scores), "deviations", most=WORST)


def main() -> None:
    """Measure, print, and end with 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="worlds whose statements are held against the truth")
    parser.add_argument("--json", action="store_true", help="print the document of schema bench/1")
    wanted = parser.parse_args()
    cities = list(config.load().cities().values())
    found = [*speed(cities), *truth(cities, wanted.seeds)]
    rows = [measured.row() for measured in found]
    if wanted.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            print(f"{row['name']:<45} {row['measured']:>14,.3f} {row['unit']:<15} {row['reference']}")
    if any(measured.is_broken for measured in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
