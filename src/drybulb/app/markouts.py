"""Markouts of a run: where prices went after its fills, and what the markets paid.

A policy that is filled only when somebody knows better loses as soon as it has traded; one that is early gains
slowly. The result alone cannot tell them apart, the price five and thirty minutes after a fill can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from drybulb.app.settled import SettledFill
from drybulb.verification import day_replicates

#: Horizons after a fill, the last two without a length of their own.
CLOSE, SETTLEMENT = "close", "settlement"
LATER = {"5min": timedelta(minutes=5), "30min": timedelta(minutes=30)}
HORIZONS = (*LATER, CLOSE, SETTLEMENT)
ALL = "all"

_REPLICATES = 1000
_ENDS = (0.05, 0.95)
_MARKET = ["event", "leg"]
_SIGN = (
    "a markout is what YES came to less the price it traded at, turned round where it was sold, so above 0 is good for"
    " us; in cents a contract, before fees; means are over contracts, and 90 % intervals resample event days"
)
_PRICES = (
    "5min and 30min: the mid of the last quote known by then, two-sided, neither side older than {} min; close: the"
    " last such mid after the fill and before trading ended; settlement: what the market paid"
)
_MISSING = "a fill without such a price is missing at that horizon, so means of two horizons may be of other fills"
_SOURCES = {
    "prints": "prices are of dense minutes made of prints: a side is what takers last paid there, not a standing offer",
    "exchange": "prices are of the exchange's own candles",
    "book": "prices are of recorded books, which were polled",
    "poll": "prices are of polled quotes",
    "daily": "prices are of one quote a day",
}


@dataclass(frozen=True, slots=True)
class Priced:
    """A fill and its markouts.

    Attributes:
        fill: what traded.
        cents: by horizon, in the order of ``HORIZONS`` [cents a contract]; None where there was no price.
    """

    fill: SettledFill
    cents: tuple[float | None, ...]


def priced(
    fills: Sequence[SettledFill],
    quotes: pl.DataFrame,
    legs: Mapping[str, int],
    closes: Mapping[str, datetime],
    max_age: int,
) -> list[Priced]:
    """Look up the markouts of ``fills``.

    A price is the plain mid of a market that is trading, two-sided and not crossed, neither side older than
    ``max_age``. At 5 and 30 minutes it is that of the last quote known by then, while the market is open; at the
    close that of the last such quote after the fill and before the close; at settlement it is the payout.

    Args:
        fills: of events that have paid.
        quotes: ``event``, ``leg``, ``known_at``, ``is_trading``, ``yes_bid``, ``yes_ask`` [centicents], ``bid_age``,
            ``ask_age`` [min]; in any order.
        legs: place of each market in its ladder, by ticker.
        closes: end of trading, by event [UTC].
        max_age: of a side [min].
    """
    if not fills:
        return []
    known = _mids(quotes, max_age)
    asked = pl.DataFrame(
        {
            "event": [fill.event for fill in fills],
            "leg": [legs[fill.ticker] for fill in fills],
            "at": [fill.at for fill in fills],
            "close_at": [closes[fill.event] for fill in fills],
        },
        schema_overrides={"leg": pl.Int8, "at": known.schema["known_at"], "close_at": known.schema["known_at"]},
    ).with_row_index("fill")
    columns = [_after(asked, known, later, max_age) for later in LATER.values()]
    columns += [_last(asked, known), [float(fill.payout) for fill in fills]]
    return [
        Priced(fill, tuple(None if price is None else fill.markout(price) for price in prices))
        for fill, *prices in zip(fills, *columns, strict=True)
    ]


def _mids(quotes: pl.DataFrame, max_age: int) -> pl.DataFrame:
    """Every quote with its mid, null where it is none to go by, and the age of its older side [min]."""
    age = pl.max_horizontal("bid_age", "ask_age")
    is_price = pl.col("is_trading") & (pl.col("yes_bid") < pl.col("yes_ask")) & (age <= max_age)
    mid = pl.when(is_price).then((pl.col("yes_bid") + pl.col("yes_ask")) / 2.0)
    return quotes.select(*_MARKET, "known_at", age.alias("age"), mid.alias("mid")).sort("known_at")


def _after(asked: pl.DataFrame, known: pl.DataFrame, later: timedelta, max_age: int) -> list[float | None]:
    """Mid a while after each fill."""
    then = asked.with_columns(then=pl.col("at") + later).sort("then")
    found = then.join_asof(known, left_on="then", right_on="known_at", by=_MARKET, check_sortedness=False)
    age = pl.col("then") - pl.col("known_at") + pl.duration(minutes="age")
    is_fresh = (age <= pl.duration(minutes=max_age)) & (pl.col("then") < pl.col("close_at"))
    return found.sort("fill").select(pl.when(is_fresh).then("mid")).to_series().to_list()


def _last(asked: pl.DataFrame, known: pl.DataFrame) -> list[float | None]:
    """Last mid of each fill's market before its close, if that was after the fill."""
    mids = known.filter(pl.col("mid").is_not_null())
    found = asked.sort("close_at").join_asof(
        mids,
        left_on="close_at",
        right_on="known_at",
        by=_MARKET,
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return found.sort("fill").select(pl.when(pl.col("known_at") > pl.col("at")).then("mid")).to_series().to_list()


def markouts(found: Sequence[Priced], sources: Iterable[str], max_age: int, seed: int) -> dict[str, Any]:
    """Return the document ``markouts/1``: means over contracts by city, lead and horizon, with 90 % intervals.

    Args:
        found: every fill of a run.
        sources: of the quotes behind the prices.
        max_age: of a side [min].
        seed: of the bootstrap, which draws event days with all their fills.
    """
    cities = sorted({one.fill.city for one in found})
    parts = [(city, lead) for city in (ALL, *cities) for lead in (ALL, 1, 0)]
    return {
        "schema": "markouts/1",
        "horizons": list(HORIZONS),
        "rows": [row for city, lead in parts for row in _rows(city, lead, found, seed)],
        "notes": [
            _SIGN,
            _PRICES.format(max_age),
            _MISSING,
            *(_SOURCES[source] for source in sorted(set(sources)) if source in _SOURCES),
        ],
    }


def _rows(city: str, lead: str | int, found: Sequence[Priced], seed: int) -> list[dict[str, Any]]:
    """Rows of one part, a horizon each; none for a part without fills."""
    mine = [one for one in found if city in (ALL, one.fill.city) and lead in (ALL, one.fill.lead)]
    if not mine:
        return []
    cents = np.array([one.cents for one in mine], dtype=np.float64)
    contracts = np.array([one.fill.contracts for one in mine])
    weights = np.where(np.isnan(cents), 0.0, contracts[:, None])
    sums = weights * np.nan_to_num(cents)
    days = np.array([one.fill.day.toordinal() for one in mine])
    ends = _ends(days, sums, weights, seed)
    return [
        {
            "city": city,
            "lead": lead,
            "horizon": horizon,
            "fills": int(np.count_nonzero(weights[:, i])),
            "missing": int(np.count_nonzero(weights[:, i] == 0.0)),
            "contracts": round(float(weights[:, i].sum()), 2),
            "mean_cents": round(float(sums[:, i].sum() / weights[:, i].sum()), 4) if weights[:, i].any() else None,
            "ci90": ends[i],
        }
        for i, horizon in enumerate(HORIZONS)
    ]


def _ends(days: np.ndarray, sums: np.ndarray, weights: np.ndarray, seed: int) -> list[list[float] | None]:
    """Ends of the interval of each horizon's mean; None where its fills are not of two days at least."""
    drawn = day_replicates(days, np.hstack([sums, weights]), seed, replicates=_REPLICATES)
    ends: list[list[float] | None] = []
    for i, (total, weight) in enumerate(zip(*np.split(drawn.T, 2), strict=True)):
        if len(set(days[weights[:, i] > 0.0])) < 2:
            ends.append(None)
            continue
        # A resample may hold no day with a price; it has no mean.
        is_drawn = weight > 0.0
        low, high = np.quantile(total[is_drawn] / weight[is_drawn], _ENDS)
        ends.append([round(float(low), 4), round(float(high), 4)])
    return ends
