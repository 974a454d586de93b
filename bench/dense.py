"""How long the dense table takes on an imported archive, and what nulling does to its quotes.

    python bench/dense.py --lake lake [--json]

It copies what dense is made from into a temporary lake, builds it there twice, and looks at
every leg at three local standard times: with the last print of each side carried as it is, and
as the dense table has it. Events before `SINCE` are left out of the second part: their tape is thin.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.densify import densify

INPUTS = ("prints", "markets", "sessions")
SINCE = date(2024, 11, 20)
FRESH_MINUTES = 5
#: Local standard hours from midnight of the event day, with the share of legs known to be fresh there [%].
CLOCKS = {"D-1 16:00": (-8, "1"), "D 10:00": (10, ""), "D 14:00": (14, "18")}

Row = dict[str, Any]


def _row(name: str, measured: float, unit: str, reference: str) -> Row:
    return {"name": name, "measured": round(measured, 3), "unit": unit, "reference": reference}


def _built(lake: Lake) -> Iterator[Row]:
    settings = config.load()
    began = perf_counter()
    result = densify(lake, settings)
    yield _row("the whole archive", perf_counter() - began, "s", "< 60 on 2 cores")
    total = result.to_json()["total"]
    yield _row("rows", total["rows"], "rows", "")
    yield _row("a city-month", total["seconds"] / max(total["months_built"], 1), "s", "")
    yield _row("candles that became a bar", 100 * total["candles_observed"] / max(total["candles"], 1), "%", "100")
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
    yield _row("peak memory of the process", peak / 1e9, "GB", "< 2")
    began = perf_counter()
    again = densify(lake, settings)
    yield _row("again, nothing changed", perf_counter() - began, "s", "")
    yield _row("months built again", again.to_json()["total"]["months_built"], "months", "0")


def _at_clock(dense: pl.DataFrame, hours: int) -> pl.DataFrame:
    """Legs at a local standard hour of their event."""
    offsets = {key: city.standard_offset_hours for key, city in config.load().cities().items()}
    offset = pl.col("city").replace_strict(offsets, return_dtype=pl.Int64)
    midnight = pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return dense.filter(pl.col("end_at") == midnight + pl.duration(hours=hours - offset))


def _carried(prints: pl.DataFrame) -> pl.DataFrame:
    """The last print of each side, carried with nothing nulled."""
    sides = {"bid": "no", "ask": "yes"}
    seen = [pl.when(pl.col("taker_side") == taker).then("yes_price").alias(side) for side, taker in sides.items()]
    when = [pl.when(pl.col("taker_side") == taker).then("at").alias(f"{side}_at") for side, taker in sides.items()]
    rows = prints.sort("ticker", "at").select("ticker", "at", *seen, *when)
    return rows.with_columns(pl.exclude("ticker", "at").forward_fill().over("ticker")).sort("at")


def _shares(clock: str, kind: str, legs: pl.DataFrame, fresh: str) -> Iterator[Row]:
    """What stands on both sides, what of it is crossed, and what is fresh; columns bid, ask and age [min]."""
    two = legs.drop_nulls(["bid", "ask"])
    crossed, touching = two.filter(pl.col("bid") > pl.col("ask")), two.filter(pl.col("bid") == pl.col("ask"))
    of_legs, of_two = 100 / max(legs.height, 1), 100 / max(two.height, 1)
    yield _row(f"{clock} {kind}: two-sided", two.height * of_legs, "% of legs", "")
    yield _row(
        f"{clock} {kind}: crossed", crossed.height * of_two, "% of two-sided", "0" if kind == "dense" else "6-13"
    )
    yield _row(f"{clock} {kind}: touching", touching.height * of_two, "% of two-sided", "0" if kind == "dense" else "")
    yield _row(
        f"{clock} {kind}: fresh", two.filter(pl.col("age") <= FRESH_MINUTES).height * of_legs, "% of legs", fresh
    )


def _quotes(lake: Lake) -> Iterator[Row]:
    columns = ["ticker", "city", "day", "end_at", "yes_bid_close", "yes_ask_close", "quote_age"]
    dense = pl.concat(lake.read("dense", [key], SINCE, columns=columns) for key in lake.keys("dense"))
    carried = _carried(lake.read("prints", start=SINCE))
    for clock, (hours, fresh) in CLOCKS.items():
        legs = _at_clock(dense, hours).sort("end_at")
        naive = legs.join_asof(carried, left_on="end_at", right_on="at", by="ticker", check_sortedness=False)
        older = pl.min_horizontal("bid_at", "ask_at")
        age = ((pl.col("end_at") - older).dt.total_seconds() / 60).alias("age")
        yield from _shares(clock, "carried", naive.select("bid", "ask", age), fresh)
        yield from _shares(clock, "dense", legs.select(bid="yes_bid_close", ask="yes_ask_close", age="quote_age"), "")


def measure(source: Path) -> list[Row]:
    """Build dense anew from the tables of ``source`` and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for table in INPUTS:
            shutil.copytree(source / table, lake.path / table)
        return [*_built(lake), *_quotes(lake)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, required=True, help="a lake into which the archive was imported")
    parser.add_argument("--json", action="store_true", help="print the document of schema bench/1")
    wanted = parser.parse_args()
    rows = measure(wanted.lake)
    if wanted.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
        return
    for row in rows:
        print(f"{row['name']:<45} {row['measured']:>14,.3f} {row['unit']:<15} {row['reference']}")


if __name__ == "__main__":
    main()
