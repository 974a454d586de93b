"""How fast the models are: snapshots by the batch, all training, and one belief from the lake's rows to the pmf.

    python -m bench.forecast [--json]

Everything is measured on a synthetic world of six cities, made anew in a temporary lake. Snapshots and training are of
the :data:`SNAPSHOTS` instants a training looks at. Then the days after it are served: at each of :data:`INSTANTS`
random instants of the next month, rows that became known since the last question are learnt, and the hybrid says what
it believes of today's or of tomorrow's event: of one random city, and of all six at once, each in a process of its own.
What was served is compared with what a batch says. CPU is that of all threads of a process. The bench ends with status
1 where a bound is broken; a machine that has other things to do breaks those of latency.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import os

# As the command line does: a fit of small arrays is slower on many threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster, read_tables, snapshot_rules
from drybulb.app.serving import Server
from drybulb.app.train import train
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.hybrid import NAME
from drybulb.forecast.labels import known_labels
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.snapshot import READS, SnapshotTables, snapshots
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

SNAPSHOTS = 160_000
NEAR = 0.05
"""A training of so many snapshots more or fewer is taken to cost as much more or less; of more, the bench ends."""

FIRST_DAY, DAYS, SERVED_DAYS = date(2023, 6, 1), 780, 30
UNTIL = datetime(2025, 6, 14, 12, tzinfo=UTC)
"""742 days of 36 snapshots in six cities end before the embargo of this instant."""

SERVED_FROM = UNTIL + timedelta(days=2)
SEED, REPEATS, INSTANTS = 7, 3, 2000


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the bench.

    Attributes:
        name: what was measured.
        measured: the number.
        unit: of it.
        least: it is broken below; no bound when None.
        most: it is broken above.
    """

    name: str
    measured: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it lies outside its bounds."""
        below = self.least is not None and self.measured < self.least
        return below or (self.most is not None and self.measured > self.most)

    def row(self) -> dict[str, str | float]:
        """The row of schema ``bench/1``."""
        bounds = (("≥", self.least), ("≤", self.most))
        said = ", ".join(f"{sign} {bound:,g}" for sign, bound in bounds if bound is not None)
        return {"name": self.name, "measured": round(self.measured, 3), "unit": self.unit, "reference": said}


def made(folder: Path, settings: Config) -> Lake:
    """The tables of the world that models read."""
    lake = Lake(folder)
    spec = WorldSpec(FIRST_DAY, DAYS, SERVED_DAYS, SEED, settings.latency.model_dump())
    for table, frame in build(settings.cities().values(), spec):
        if table in READS or table == "settlements":
            lake.merge(table, frame)
    return lake


def batches(lake: Lake, settings: Config) -> Iterator[Measured]:
    """Snapshots of the training requests, a city at a time."""
    rules, window = snapshot_rules(settings), settings.training.window_days
    rows, seconds = 0, 0.0
    for key, city in settings.cities().items():
        labels = known_labels(lake.read("official", [city.station]), lake.read("settlements", [key]), [city], UNTIL, 2)
        tables = _known(read_tables(lake, city))
        requests = training_requests(city, training_days(labels["day"], tables, city, window))
        took = []
        for _ in range(REPEATS):
            began = perf_counter()
            snapshots(requests, {key: city}, tables, rules)
            took.append(perf_counter() - began)
        rows, seconds = rows + requests.height, seconds + median(took)
        yield Measured(f"snapshots, {key}", requests.height / median(took), "rows/s", least=100_000)
    yield Measured("snapshots, all cities", rows / seconds, "rows/s", least=100_000)


def _known(tables: SnapshotTables) -> SnapshotTables:
    return SnapshotTables(
        **{f.name: getattr(tables, f.name).filter(pl.col("known_at") <= UNTIL) for f in fields(tables)}
    )


def trained(lake: Lake, settings: Config) -> Iterator[Measured]:
    """One training of everything, as `drybulb train` does it."""
    wall, cpu = perf_counter(), process_time()
    result = train(lake, settings, UNTIL)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    rows = result.grown[0][1].n_rows
    if abs(rows - SNAPSHOTS) > NEAR * SNAPSHOTS:
        raise SystemExit(f"the world has {rows:,} training snapshots, not about {SNAPSHOTS:,}; change its DAYS")
    yield Measured("training, snapshots", rows, "rows")
    yield Measured("training, models", len(result.grown), "models", least=1 + len(settings.cities()))
    yield Measured("training, wall", wall, "s")
    yield Measured("training, CPU", cpu, "s")
    yield Measured(f"training, CPU, scaled to {SNAPSHOTS:,} snapshots", cpu * SNAPSHOTS / rows, "s", most=60.0)


class Feed:
    """Rows of some cities in the order in which they became known, from :data:`SERVED_FROM` on."""

    def __init__(self, lake: Lake, cities: Sequence[City]) -> None:
        read = [read_tables(lake, city, SERVED_FROM.date()) for city in cities]
        self._keys = [city.key for city in cities]
        self._rows = {table: pl.concat(getattr(one, table) for one in read).sort("known_at") for table in READS}
        self._told = {table: self._upto(table, SERVED_FROM) for table in READS}

    def tell(self, learn: Callable[[str, pl.DataFrame, Sequence[str]], None], at: datetime) -> int:
        """Hand over what became known since it was last told; return the number of rows."""
        count = 0
        for table, told in self._told.items():
            upto = self._upto(table, at)
            if upto > told:
                learn(table, self._rows[table][told:upto], self._keys)
                self._told[table], count = upto, count + upto - told
        return count

    def _upto(self, table: str, at: datetime) -> int:
        return int(self._rows[table]["known_at"].search_sorted(at, side="right"))


def served(lake: Lake, *, is_one: bool) -> list[Measured]:
    """Questions about one random city each, or about all of them."""
    settings, draw = config.load(), Random(SEED)  # noqa: S311 - a seeded bench, not a secret
    cities = settings.cities()
    began = perf_counter()
    server = Server.load(lake, settings, SERVED_FROM, SERVED_FROM)
    loaded = perf_counter() - began
    groups = [[city] for city in cities.values()] if is_one else [list(cities.values())]
    feeds = [Feed(lake, group) for group in groups]
    span = timedelta(days=SERVED_DAYS)
    wall, cpu, rows, asked, said = [], [], 0, [], list[Belief]()
    for at in sorted(SERVED_FROM + span * draw.random() for _ in range(INSTANTS)):
        chosen = draw.randrange(len(groups))
        requests = _requests(groups[chosen], at, draw)
        began, busy = perf_counter(), process_time()
        rows += feeds[chosen].tell(server.learn, at)
        said += server.beliefs(requests, NAME)
        wall.append(perf_counter() - began)
        cpu.append(process_time() - busy)
        asked.append(requests)
    batch = Forecaster.load(lake, settings, SERVED_FROM).beliefs(pl.concat(asked), NAME)
    name, most = ("one city", 10.0) if is_one else (f"{len(cities)} cities", 30.0)
    silent = sum(one.distribution is None for one in said)
    differ = sum(one != other for one, other in zip(said, batch, strict=True))
    return [
        *([Measured("serving, models and rows loaded", loaded, "s")] if is_one else []),
        *_latencies(f"serving, {name}", wall, cpu, most),
        Measured(f"serving, {name}, rows learnt before a question", rows / len(wall), "rows"),
        Measured(f"serving, {name}, silent", silent, "beliefs", most=0),
        Measured(f"serving, {name}, other than the batch's", differ, "beliefs", most=0),
    ]


def _requests(cities: Sequence[City], at: datetime, draw: Random) -> pl.DataFrame:
    """Today's or tomorrow's event of each city."""
    days = [ClimateDay.at(at, c.standard_offset_hours).date + timedelta(days=draw.randrange(2)) for c in cities]
    rows = [(city.key, day, at) for city, day in zip(cities, days, strict=True)]
    return pl.DataFrame(rows, schema=REQUEST_SCHEMA, orient="row")


def _latencies(name: str, wall: Sequence[float], cpu: Sequence[float], most: float) -> Iterator[Measured]:
    yield Measured(f"{name}, wall p50", 1e3 * float(np.quantile(wall, 0.5)), "ms")
    yield Measured(f"{name}, wall p99", 1e3 * float(np.quantile(wall, 0.99)), "ms", most=most)
    yield Measured(f"{name}, CPU p99", 1e3 * float(np.quantile(cpu, 0.99)), "ms")


def measure(folder: Path) -> list[Measured]:
    """Make the world in a folder and measure everything on it."""
    settings = config.load()
    found = [Measured("load of the machine, before", os.getloadavg()[0], "processes")]
    lake = made(folder, settings)
    found += batches(lake, settings)
    found += trained(lake, settings)
    for is_one in (True, False):
        # A server is a process of its own, which never trained anything.
        with ProcessPoolExecutor(1, get_context("spawn")) as own:
            found += own.submit(served, lake, is_one=is_one).result()
    return [*found, Measured("load of the machine, after", os.getloadavg()[0], "processes")]


def main() -> None:
    """Measure, print, and end with status 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the document of schema bench/1")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    if wanted.json:
        print(json.dumps({"schema": "bench/1", "rows": [one.row() for one in found]}, indent=1))
    else:
        for row in (one.row() for one in found):
            print(f"{row['name']:<48} {row['measured']:>14,.3f} {row['unit']:<10} {row['reference']}")
    if broken := [one for one in found if one.is_broken]:
        raise SystemExit("broken: " + "; ".join(f"{one.name} {one.measured:,.3f} {one.unit}" for one in broken))


if __name__ == "__main__":
    main()
