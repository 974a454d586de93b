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
from drybulb.strategy.releases import Releases
from drybulb.verification import day_replicates

#: Horizons after a fill, the last two without a length of their own.
CLOSE, SETTLEMENT = "close", "settlement"
LATER = {"5min": timedelta(minutes=5), "30min": timedelta(minutes=30)}
HORIZONS = (*LATER, CLOSE, SETTLEMENT)
ALL = "all"
#: Where fills of resting orders traded, and whether that is in the window of a release.
PARTS = (("release", True), ("elsewhere", False))

_REPLICATES = 1000
_ENDS = (0.05, 0.95)
_MARKET = ["event", "leg"]
_SIGN = (
    "a markout is what YES came to less the price it traded at, turned round where it was sold, so above 0 is good for"
    " us; in cents a contract, before fees; means are over contracts, and 90 % intervals resample event days"
)
_PRICES = (
    "5min and 30min: the mid of the last quote known by then, two-sided, neither side older than {} min; close: the"
    " last such mid before trading ended; one side at least was seen after the fill; settlement: what the market paid"
)
_MISSING = "a fill without such a price is missing at that horizon, so means of two horizons may be of other fills"
_RESTING = "makers: fills of resting orders, apart by whether they traded in the window of a release of the calendar"
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
    close that of the last such quote before the close; at settlement it is the payout. Where neither side was seen
    since the fill there is no price: it would be what the fill was granted against.

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
    known = mids(quotes, max_age)
    asked = pl.DataFrame(
        {
            "event": [fill.event for fill in fills],
            "leg": [legs[fill.ticker] for fill in fills],
            "at": [fill.at for fill in fills],
            "close_at": [closes[fill.event] for fill in fills],
        },
        schema_overrides={"leg": pl.Int8, "at": known.schema["known_at"], "close_at": known.schema["known_at"]},
    )
    columns = [mid_at(asked, known, later, max_age, is_new=True).to_list() for later in LATER.values()]
    columns += [last_mid(asked, known).to_list(), [float(fill.payout) for fill in fills]]
    return [
        Priced(fill, tuple(None if price is None else fill.markout(price) for price in prices))
        for fill, *prices in zip(fills, *columns, strict=True)
    ]


def mids(quotes: pl.DataFrame, max_age: int) -> pl.DataFrame:
    """Return every quote with its mid, null where it is none to go by.

    Args:
        quotes: ``event``, ``leg``, ``known_at``, ``is_trading``, ``yes_bid``, ``yes_ask`` [centicents], ``bid_age``,
            ``ask_age`` [min]; in any order.
        max_age: of a side [min].

    Returns:
        ``event``, ``leg``, ``known_at``, ``mid`` [centicents], ``age`` of its older side [min], and ``since``, the end
        of the minute before that in which its newer side was seen [UTC]; by ``known_at``.
    """
    age = pl.max_horizontal("bid_age", "ask_age")
    is_price = pl.col("is_trading") & (pl.col("yes_bid") < pl.col("yes_ask")) & (age <= max_age)
    mid = pl.when(is_price).then((pl.col("yes_bid") + pl.col("yes_ask")) / 2.0)
    # An age is of whole minutes, and a dense minute holds what was seen from its beginning on.
    since = pl.col("known_at") - pl.duration(minutes=pl.min_horizontal("bid_age", "ask_age") + 1)
    return quotes.select(*_MARKET, "known_at", age.alias("age"), mid.alias("mid"), since.alias("since")).sort(
        "known_at"
    )


def mid_at(
    asked: pl.DataFrame, known: pl.DataFrame, shift: timedelta, max_age: int, *, is_new: bool = False
) -> pl.Series:
    """Return the mid of each market at some time from ``at``; null where the newest quote known by then has none.

    Args:
        asked: ``event``, ``leg``, ``at``, ``close_at`` [UTC].
        known: what :func:`mids` returns.
        shift: how long after ``at``, or before.
        max_age: of a side by then [min].
        is_new: whether nothing of it may be as old as ``at``: a price carried since before tells nothing.
    """
    then = _numbered(asked).with_columns(then=pl.col("at") + shift).sort("then")
    found = then.join_asof(known, left_on="then", right_on="known_at", by=_MARKET, check_sortedness=False)
    age = pl.col("then") - pl.col("known_at") + pl.duration(minutes="age")
    is_price = (age <= pl.duration(minutes=max_age)) & (pl.col("then") < pl.col("close_at"))
    if is_new:
        is_price &= pl.col("since") >= pl.col("at")
    return found.sort("asked").select(pl.when(is_price).then("mid")).to_series()


def _numbered(asked: pl.DataFrame) -> pl.DataFrame:
    return asked.select(*_MARKET, "at", "close_at").with_row_index("asked")


def last_mid(asked: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return the last mid of each market before its close; null where nothing of it was seen after ``at``.

    Args:
        asked: ``event``, ``leg``, ``at``, ``close_at`` [UTC].
        known: what :func:`mids` returns.
    """
    found = (
        _numbered(asked)
        .sort("close_at")
        .join_asof(
            known.filter(pl.col("mid").is_not_null()),
            left_on="close_at",
            right_on="known_at",
            by=_MARKET,
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    return found.sort("asked").select(pl.when(pl.col("since") >= pl.col("at")).then("mid")).to_series()


def markouts(
    found: Sequence[Priced], sources: Iterable[str], max_age: int, seed: int, releases: Releases | None = None
) -> dict[str, Any]:
    """Return the document ``markouts/1``: means over contracts by city, lead and horizon, with 90 % intervals.

    Those of fills of resting orders stand once more by whether they traded in the window of a release: who rests there
    is picked off by whoever has read it.

    Args:
        found: every fill of a run.
        sources: of the quotes behind the prices.
        max_age: of a side [min].
        seed: of the bootstrap, which draws event days with all their fills.
        releases: the calendar of the run; none when None.
    """
    cities = sorted({one.fill.city for one in found})
    parts = [(city, lead) for city in (ALL, *cities) for lead in (ALL, 1, 0)]
    return {
        "schema": "markouts/1",
        "horizons": list(HORIZONS),
        "rows": [row for city, lead in parts for row in _part(city, lead, found, seed)],
        "makers": _makers(found, releases or Releases(), seed),
        "notes": [
            _SIGN,
            _PRICES.format(max_age),
            _MISSING,
            *([_RESTING] if any(not one.fill.is_taker for one in found) else []),
            *(_SOURCES[source] for source in sorted(set(sources)) if source in _SOURCES),
        ],
    }


def _part(city: str, lead: str | int, found: Sequence[Priced], seed: int) -> list[dict[str, Any]]:
    """Rows of a city and lead."""
    mine = [one for one in found if city in (ALL, one.fill.city) and lead in (ALL, one.fill.lead)]
    return _rows({"city": city, "lead": lead}, mine, seed)


def _makers(found: Sequence[Priced], releases: Releases, seed: int) -> list[dict[str, Any]]:
    """Rows of the fills of resting orders, in the window of a release and elsewhere."""
    made = [one for one in found if not one.fill.is_taker]
    near = [releases.window(one.fill.city, one.fill.at) is not None for one in made]
    rows = []
    for part, wanted in PARTS:
        rows += _rows({"part": part}, [one for one, is_near in zip(made, near, strict=True) if is_near is wanted], seed)
    return rows


def _rows(head: dict[str, Any], mine: Sequence[Priced], seed: int) -> list[dict[str, Any]]:
    """Rows of one part, a horizon each; none for a part without fills."""
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
            **head,
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
