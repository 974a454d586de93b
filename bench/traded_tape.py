"""A maker's fills beside the prints that granted them: how much of each it took, and what the rules overlook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from bench.traded_fills import Traded
from bench.traded_plan import Window
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.tally import per_day, usd
from drybulb.domain.ledger import Side

Row = dict[str, Any]

#: Shares of a print beyond which nothing of it is ours.
SHARES = (0.5, 0.25, 0.1)
#: How long before a fill a print on its own side counts as a price that its order would have crossed [min].
SHORTLY = (1, 5)
#: How long after a special report a fill counts as near it.
SPECIAL = timedelta(minutes=10)


def beside(lake: Lake, config: Config, window: Window, gains: Mapping[date, int], trades: Sequence[Traded]) -> Row:
    """Return what a desk of a window took of the prints, and which fills the rules would better have refused.

    Args:
        lake: the tables.
        config: its cities and their stations.
        window: the event days.
        gains: of the desk by event day [microdollars].
        trades: its fills; makers pay nothing.
    """
    fills = _table(trades)
    prints = lake.read("prints", window.cities, window.start, window.end).select(
        "trade_id", "ticker", "at", "yes_price", "taker_side", pl.col("count").alias("printed")
    )
    met = fills.join(prints.select("trade_id", "printed"), on="trade_id", how="left", validate="m:1")
    of_print = met.group_by("trade_id", "printed").agg(pl.col("count").sum().alias("taken"), pl.col("gain").sum())
    emptied = of_print.filter(pl.col("taken") >= pl.col("printed"))
    seed = config.training.seed
    return {
        "prints": of_print.height,
        "taken": int(of_print["taken"].sum()) / int(of_print["printed"].sum()),
        "emptied": {"prints": emptied.height, "pnl_usd": usd(int(emptied["gain"].sum()))},
        "capped": [{"share": share, **_capped(gains, met, of_print, share, seed)} for share in SHARES],
        "crossing": [{"minutes": minutes, **_sum(_crossing(fills, prints, minutes))} for minutes in SHORTLY],
        "special": _sum(_special(lake, config, window, fills)),
    }


def _table(trades: Sequence[Traded]) -> pl.DataFrame:
    rows = [
        (n, one.trade_id, fill.ticker, fill.city, fill.day, fill.at, fill.side is Side.BID, fill.price, fill.count)
        for n, one in enumerate(trades)
        for fill in (one.fill,)
    ]
    names = ("fill", "trade_id", "ticker", "city", "day", "at", "is_buy", "price", "count")
    table = pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"at": pl.Datetime("us", "UTC")})
    return table.with_columns(gain=pl.Series([one.fill.gain for one in trades], dtype=pl.Int64))


def _capped(
    gains: Mapping[date, int], met: pl.DataFrame, of_print: pl.DataFrame, share: float, seed: int
) -> dict[str, Any]:
    """What the desk gained, had it got no more than a share of each print; all else as it was."""
    kept = of_print.select("trade_id", kept=pl.min_horizontal(1.0, share * pl.col("printed") / pl.col("taken")))
    lost = met.join(kept, on="trade_id").group_by("day").agg((pl.col("gain") * (1.0 - pl.col("kept"))).sum())
    changed = dict(gains)
    for day, gain in lost.iter_rows():
        changed[day] -= round(gain)
    return {"pnl_usd": usd(sum(changed.values())), "pnl_per_day": per_day(changed, seed)}


def _crossing(fills: pl.DataFrame, prints: pl.DataFrame, minutes: int) -> pl.DataFrame:
    """Fills before which somebody traded on their own side, at or inside their price."""
    near = fills.join(prints.select("ticker", "yes_price", "taker_side", seen="at"), on="ticker").filter(
        pl.col("seen") < pl.col("at"),
        pl.col("at") - pl.col("seen") <= timedelta(minutes=minutes),
        pl.col("is_buy") == (pl.col("taker_side") == "yes"),
        (pl.col("price") - pl.col("yes_price")) * pl.when("is_buy").then(1).otherwise(-1) >= 0,
    )
    return fills.join(near, on="fill", how="semi")


def _special(lake: Lake, config: Config, window: Window, fills: pl.DataFrame) -> pl.DataFrame:
    """Fills soon after a report that was made out of turn, at the station or its neighbour."""
    found = []
    for city in window.cities:
        block = config.city[city]
        stations = [block.station] if block.neighbour is None else [block.station, block.neighbour]
        seen = lake.read("observations", stations, window.start, window.end + timedelta(days=1))
        special = seen.filter(pl.col("kind") == "speci").select(made="valid_at").sort("made")
        mine = fills.filter(pl.col("city") == city).sort("at")
        met = mine.join_asof(special, left_on="at", right_on="made")
        found.append(met.filter(pl.col("at") - pl.col("made") <= SPECIAL).select(fills.columns))
    return pl.concat(found)


def _sum(fills: pl.DataFrame) -> Row:
    return {"fills": fills.height, "pnl_usd": usd(int(fills["gain"].sum()))}
