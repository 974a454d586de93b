"""`drybulb markouts`: whether the market comes to where a belief says it is wrong, and how soon.

Profit waits for one payout an event, which is mostly luck. The mid moves on every leg at once, and before any luck is
drawn: what it does after a belief has spoken tells with far fewer events whether the belief knew something.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.adapters.lake import Lake
from drybulb.app.asking import BeliefMaker
from drybulb.app.belief_markout_rows import EARLIER, POLL, edge_rows
from drybulb.app.clocked import ALL, CLOCKS
from drybulb.app.config import Config
from drybulb.app.listings import listed_events, load_playable
from drybulb.app.markouts import HORIZONS, SETTLEMENT
from drybulb.app.progress import Progress, silent
from drybulb.domain.city import City
from drybulb.domain.money import CENTICENTS_PER_CENT
from drybulb.engine.ports import Listing
from drybulb.errors import LakeError
from drybulb.strategy.decision_clock import DecisionClock
from drybulb.verification import day_replicates

Floats = NDArray[np.float64]

#: Of fewer calendar days a mean has no interval: drawn again and again they look surer than they are.
LEAST_DAYS = 10
_REPLICATES = 1000
_ENDS = (0.05, 0.95)
#: Half the width of a 90 % interval [standard errors].
_HALF = 1.645
#: Sums of a leg at one horizon, in the order of their columns.
_SUMS = ("xy", "xx", "zy", "zx", "far", "n_far", "far_z", "n_far_z", "paid", "n_paid")


@dataclass(frozen=True, slots=True)
class BeliefMarkouts:
    """What the mids did after beliefs had spoken.

    Attributes:
        window: first and last event day.
        thresholds: least edge of a far leg at lead 0 and lead 1, by city [cents].
        rows: one a city, lead, clock, forecaster and horizon; ``belief_markouts/1`` describes each field.
        notes: what a reader must know.
    """

    window: tuple[date, date]
    thresholds: Mapping[str, tuple[float, float]]
    rows: list[dict[str, Any]]
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``belief_markouts/1``."""
        return {
            "schema": "belief_markouts/1",
            "window": [day.isoformat() for day in self.window],
            "thresholds": {city: list(pair) for city, pair in self.thresholds.items()},
            "horizons": list(HORIZONS),
            "rows": self.rows,
            "notes": self.notes,
        }


def belief_markouts(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    cities: Mapping[str, City],
    forecaster: BeliefMaker,
    start: date,
    end: date,
    names: Sequence[str],
    *,
    clocks: Sequence[DecisionClock] = (),
    progress: Progress = silent,
) -> BeliefMarkouts:
    """Measure what the mids did after beliefs about the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        config: the settings; ``[strategy]`` says what a price is, and which edge is far.
        cities: cities to look at, by key.
        forecaster: makes the beliefs.
        start: first event day.
        end: last event day, inclusive.
        names: forecasters to ask.
        clocks: when events that have dense minutes are looked at; at those of `drybulb verify` when none are given.
            Others are looked at whenever they were quoted.
        progress: told of each month begun.

    Raises:
        LakeError: no price in the window is fresh, two-sided and near enough.
        ModelError: as the forecaster raises.
    """
    listings = listed_events(lake, cities, start, end)
    payouts = load_playable(lake, config.cities(), cities, start, end, by_official=True).payouts
    believers = {name: partial(forecaster.beliefs, source=name) for name in names}
    strategy = config.strategy
    wide = round(strategy.max_spread_cents * CENTICENTS_PER_CENT)
    asked = tuple(clocks) or _usual_clocks()
    parts: list[pl.DataFrame] = []
    sources: set[str] = set()
    months = list(_months(listings))
    for done, listed in enumerate(months):
        progress("edges", done, len(months))
        rows, seen = edge_rows(lake, listed, payouts, believers, asked, strategy.max_quote_age_min, wide)
        parts.append(rows)
        sources |= seen
    progress("edges", len(months), len(months))
    if not any(part.height for part in parts):
        raise LakeError(
            f"no market of {', '.join(cities)} from {start} to {end} was quoted on both sides, at most"
            f" {strategy.max_quote_age_min} min old and {strategy.max_spread_cents:g} ¢ wide, at a clock at which there"
            " is a belief; see `drybulb coverage`, run `drybulb dense`"
        )
    edges = {city: _least(config, city) for city in cities}
    found = pl.concat(parts)
    rows_ = [row for name in names for row in _rows(found.filter(pl.col("forecaster") == name), edges, config)]
    return BeliefMarkouts((start, end), edges, rows_, list(_notes(config, sources)))


class _Ratio(NamedTuple):
    """A ratio of sums, the ends of its interval, and its standard error; None where there is none."""

    value: float | None
    ends: list[float] | None
    error: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Ratios:
    """Ratios of the sums of legs, over draws of whole days.

    Attributes:
        days: of each leg, as an ordinal [days].
        sums: what each adds, in the order of :data:`_SUMS`, (n, 10).
        drawn: means of the same over resamples of days, (replicates, 10).
    """

    days: NDArray[np.int64]
    sums: Floats
    drawn: Floats

    def of(self, top: str, bottom: str) -> _Ratio:
        """Ratio of two sums, least squares through 0 where they are of products."""
        over, under = _SUMS.index(top), _SUMS.index(bottom)
        total = self.sums.sum(axis=0)
        # Products of two edges may sum to less than nothing, and then no line is worth drawing.
        if total[under] <= 0.0:
            return _Ratio(None, None, None)
        value = round(float(total[over] / total[under]), 4)
        if np.unique(self.days[self.sums[:, under] != 0.0]).size < LEAST_DAYS:
            return _Ratio(value, None, None)
        is_drawn = self.drawn[:, under] > 0.0
        ratios = self.drawn[is_drawn, over] / self.drawn[is_drawn, under]
        low, high = np.quantile(ratios, _ENDS)
        return _Ratio(value, [round(float(low), 4), round(float(high), 4)], round(float(ratios.std(ddof=1)), 4))


def _usual_clocks() -> tuple[DecisionClock, ...]:
    return tuple(
        DecisionClock.parse(f"D{'-1' if lead else ''}T{hour:02}:00") for lead in CLOCKS for hour in CLOCKS[lead]
    )


def _least(config: Config, city: str) -> tuple[float, float]:
    """Least edge the policy trades on in a city, at lead 0 and lead 1 [cents]."""
    own = config.strategy.city.get(city)
    return (own.min_edge_cents if own else None) or config.strategy.min_edge_cents


def _months(listings: Mapping[str, Listing]) -> Iterator[dict[str, Listing]]:
    for first in sorted({listing.event.day.replace(day=1) for listing in listings.values()}):
        yield {name: one for name, one in listings.items() if one.event.day.replace(day=1) == first}


def _rows(found: pl.DataFrame, edges: Mapping[str, tuple[float, float]], config: Config) -> Iterator[dict[str, Any]]:
    """Rows of one forecaster: cities in order and all last, the day before first, clocks before their mean."""
    if found.is_empty():
        return
    least = [edges[city][lead] for city, lead in found.select("city", "lead").iter_rows()]
    table = found.with_columns(pl.Series("least", least))
    for city in [*sorted(found["city"].unique()), ALL]:
        of_city = table if city == ALL else table.filter(pl.col("city") == city)
        for lead in sorted(of_city["lead"].unique(), reverse=True):
            of_lead = of_city.filter(pl.col("lead") == lead)
            clocks = sorted(of_lead["clock"].unique())
            for clock in [*(clocks if len(clocks) > 1 else []), ALL]:
                part = of_lead if clock == ALL else of_lead.filter(pl.col("clock") == clock)
                head = {"city": city, "lead": lead, "clock": clock, "forecaster": part["forecaster"][0]}
                yield from _part(head, part, config.training.seed)


def _part(head: dict[str, Any], part: pl.DataFrame, seed: int) -> Iterator[dict[str, Any]]:
    sums = {horizon: _sums(part, horizon) for horizon in HORIZONS}
    days = np.array([day.toordinal() for day in part["day"]], dtype=np.int64)
    drawn = day_replicates(days, np.hstack(list(sums.values())), seed, replicates=_REPLICATES)
    for horizon, replicates in zip(HORIZONS, np.split(drawn, len(HORIZONS), axis=1), strict=True):
        ratios = _Ratios(days, sums[horizon], replicates)
        has_price = part[horizon].is_not_null()
        plain, free = ratios.of("xy", "xx"), ratios.of("zy", "zx")
        yield {
            **head,
            "horizon": horizon,
            "n_events": part.filter(has_price)["event"].n_unique(),
            "n_legs": int(has_price.sum()),
            "missing": int((~has_price).sum()),
            "slope": plain.value,
            "slope_ci90": plain.ends,
            "slope_earlier": free.value,
            "slope_earlier_ci90": free.ends,
            "far": _far(part, horizon, ratios),
        }


def _sums(part: pl.DataFrame, horizon: str) -> Floats:
    """What every leg adds to the :data:`_SUMS` of a horizon, (n, 10); nothing where it has no price."""
    edge, earlier, least, move, paid = (
        part[name].cast(pl.Float64).to_numpy() for name in ("edge", "earlier", "least", horizon, SETTLEMENT)
    )
    far, far_z = np.abs(edge) >= least, np.abs(earlier) >= least
    pays = far & ~np.isnan(move) & ~np.isnan(paid)
    columns = (
        *(edge * move, np.where(np.isnan(move), 0.0, edge**2)),
        *(earlier * move, np.where(np.isnan(move), 0.0, earlier * edge)),
        *(np.where(far, np.sign(edge) * move, 0.0), far & ~np.isnan(move)),
        *(np.where(far_z, np.sign(earlier) * move, 0.0), far_z & ~np.isnan(move)),
        *(np.where(pays, np.sign(edge) * paid, 0.0), pays),
    )
    return np.nan_to_num(np.column_stack(columns).astype(np.float64))


def _far(part: pl.DataFrame, horizon: str, ratios: _Ratios) -> dict[str, Any] | None:
    """The legs the policy would look at: how far the mid came to the belief, and what they paid."""
    mine = part.filter((pl.col("edge").abs() >= pl.col("least")) & pl.col(horizon).is_not_null())
    if mine.is_empty():
        return None
    events = mine["event"].n_unique()
    came, free, paid = ratios.of("far", "n_far"), ratios.of("far_z", "n_far_z"), ratios.of("paid", "n_paid")
    return {
        "n_events": events,
        "n_legs": mine.height,
        "cents": came.value,
        "ci90": came.ends,
        "cents_earlier": free.value,
        "ci90_earlier": free.ends,
        "paid_cents": paid.value,
        "paid_ci90": paid.ends,
        "se": came.error,
        "paid_se": paid.error,
        "events_for_1c": _needed(events, came.error),
        "paid_events_for_1c": _needed(events, paid.error),
    }


def _needed(events: int, error: float | None) -> int | None:
    """How many events it takes for a 90 % interval of half a width of 1 cent."""
    return None if error is None else math.ceil(events * (_HALF * error) ** 2)


def _notes(config: Config, sources: set[str]) -> Iterator[str]:
    strategy = config.strategy
    yield (
        "slope: how much of the edge the mid has moved towards the belief, 0 never and 1 all the way; 90 % intervals"
        f" draw calendar days, and of fewer than {LEAST_DAYS} there is none"
    )
    yield (
        "noise of the mid is in the edge and, turned round, in the move, which makes a slope too steep; *_earlier takes"
        f" as instrument the edge on the mid of {EARLIER.seconds // 60} min before, whose noise is another"
    )
    yield (
        f"an edge is on a mid two-sided, not crossed, at most {strategy.max_quote_age_min} min old and"
        f" {strategy.max_spread_cents:g} ¢ wide; of a later mid one side at least was seen later, and a leg without one"
        " is missing at that horizon"
    )
    yield "settlement is the payout, of the official high where no settlement is recorded"
    if "prints" in sources:
        yield "prices are partly of prints: a market in which nobody trades again is missing, not unmoved"
    if sources - {"prints", "exchange"}:
        yield f"events without dense minutes are looked at whenever they were quoted: clock {POLL}"
