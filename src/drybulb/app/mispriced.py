"""Where prices were wrong: the mean of each slice, which of them stand, and which one explains the others.

By *paid*, the error of a price is (payout − mid): no model takes part, and chance is large. By *belief* it is (belief −
mid): chance is small, and what is found is only as right as the belief is calibrated. The two are never mixed. Where
rows are cut by what they are worth (price, warmth), that is by the price where payouts judge, by the belief where the
belief does: who knows less than the price would call every dear price too dear.

Who is quoted on both sides is the market's choice, and a belief that knows less can be right everywhere and wrong on
just these rows. So (payout − belief) is put to the same test, and where that stands, the belief names nothing; nor does
it where payouts are too few to refute it (:attr:`Mispriced.is_belief_borne_out`), unless it is known to be right.

A slice stands if its mean is at least half a cent, which rounding to whole cents can look like, and is not chance at
the level of :data:`LEVEL` after Holm's correction for all slices tested. Many stand because of one: a bracket that is
too dear makes its city too dear, a city the hours in which it is quoted. So of those that more than one city bears out,
or that are a city, the one is named that explains most of the squares of the errors; it is taken out, and then it is
asked what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from drybulb.app.mispriced_slices import Slice, directions, slices, town
from drybulb.verification import (
    Interval,
    SliceSums,
    holm,
    price_variance,
    slice_errors,
    slice_intervals,
    slice_sums,
    without_slice,
)

Floats = NDArray[np.float64]
Directions = NDArray[np.int8]

#: Chance that any slice is said to stand where prices are right.
LEVEL = 0.10
#: Means nearer to 0 than this are not told from rounding [cents].
LEAST = 0.5
#: A slice of fewer events, or fewer days, is shown and not tested.
MIN_EVENTS, MIN_DAYS = 10, 5
#: At most so many slices are named one after the other.
MOST_NAMED = 3
REPLICATES = 2000


class Named(NamedTuple):
    """A slice that stands.

    Attributes:
        place: of the slice among all.
        mean: of (worth − mid) in its direction, after what was named before it was taken out [cents].
        low: lower end of the 90 % interval by calendar day [cents].
        high: upper end.
    """

    place: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """The means of all slices by one measure of what a bracket was worth.

    Attributes:
        counts: rows, instants and events of each slice, (S, 3).
        interval: mean of (worth − mid) in each slice's direction, and 90 % by calendar day [cents].
        adjusted: Holm's p-values; NaN where a slice was not tested.
        named: those that stand, in the order in which they explain the others.
        cities: keys of the cities in which the first of them is sure by itself.
    """

    counts: NDArray[np.int64]
    interval: Interval
    adjusted: Floats
    named: list[Named]
    cities: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Mispriced:
    """What was found in rows of prices.

    Attributes:
        slices: all of them, in order.
        cities: keys of the cities with usable rows.
        paid: by what was paid.
        believed: by the belief; None where there is none.
        unpaid: what the belief itself is off by, (payout − belief); None where there is none.
        bought: what taking each slice's direction brought a taker, and how often it filled [cents a contract].
        sold: likewise the opposite direction.
    """

    slices: list[Slice]
    cities: list[str]
    paid: Tested
    believed: Tested | None
    unpaid: Tested | None
    bought: tuple[Interval, Floats]
    sold: tuple[Interval, Floats]

    @property
    def is_belief_refuted(self) -> bool:
        """Whether payouts say that the belief is wrong somewhere."""
        return self.unpaid is not None and bool(self.unpaid.named)

    @property
    def is_belief_borne_out(self) -> bool:
        """Whether payouts could have refuted the belief in the very slice it names, and did not.

        Only a belief that is known to be right, as a world's own is, needs none of this.
        """
        if self.believed is None or self.unpaid is None or not self.believed.named:
            return False
        first = self.believed.named[0]
        low, high = (float(end[first.place]) for end in (self.unpaid.interval.low, self.unpaid.interval.high))
        return low <= 0.0 <= high and (high - low) / 2.0 < abs(first.mean)

    def sentence(self, tested: Tested) -> str:
        """What stands first, in plain words, or that nothing does."""
        if np.isnan(tested.adjusted).all():
            return f"no slice has the {MIN_EVENTS} events and {MIN_DAYS} days that a test needs"
        if not tested.named:
            return "no slice stands"
        first = tested.named[0]
        one = self.slices[first.place]
        said = one.says(first.mean, first.low, first.high, of_belief=tested is self.unpaid)
        return said if one.family == "city" else said + _scope(tested.cities, self.cities)


def _scope(sure: list[str], cities: list[str]) -> str:
    if len(cities) == 1:
        return f" in {town(cities[0])}"
    if len(sure) == len(cities):
        return " in both cities" if len(cities) == 2 else f" in all {len(cities)} cities"
    if not sure:
        return f" over {len(cities)} cities together, though in none of them for sure"
    return f" in {len(sure)} of {len(cities)} cities: {', '.join(town(key) for key in sure)}"


def find(rows: pl.DataFrame, seed: int) -> Mispriced:
    """Look for slices in which prices are wrong.

    Args:
        rows: whole ladders, at least one of them with a usable row; see ``mispriced_rows`` for the columns.
        seed: seed of the bootstrap.
    """
    ordered = rows.sort("event", "at", "place")
    usable = ordered.filter("is_usable")
    chosen = slices(usable)
    along = directions(ordered, chosen)
    taken = along[ordered["is_usable"].to_numpy()]
    believed, unpaid = _by_belief(ordered, chosen, seed)
    return Mispriced(
        slices=chosen,
        cities=sorted(usable["city"].unique()),
        paid=_test(usable, usable["payout"] - usable["mid"], taken, _chance(ordered, along), seed),
        believed=believed,
        unpaid=unpaid,
        bought=_taken(usable, ("bought", "sold"), taken, seed),
        sold=_taken(usable, ("sold", "bought"), taken, seed),
    )


def _by_belief(ordered: pl.DataFrame, chosen: list[Slice], seed: int) -> tuple[Tested | None, Tested | None]:
    """The tests of (belief − mid) and of (payout − belief), where there is a belief in a whole ladder."""
    spoken = ordered.with_columns(value=pl.col("belief"), warmth=pl.col("believed_warmth")).filter(
        pl.col("belief").is_not_null().all().over("event", "at")
    )
    heard = spoken.filter("is_usable")
    if heard.is_empty():
        return None, None
    along = directions(spoken, chosen)
    taken = along[spoken["is_usable"].to_numpy()]
    believed = _test(heard, heard["belief"] - heard["mid"], taken, np.zeros(len(chosen)), seed)
    return believed, _test(heard, heard["payout"] - heard["belief"], taken, _chance(spoken, along), seed)


def _test(rows: pl.DataFrame, wrong: pl.Series, taken: Directions, chance: Floats, seed: int) -> Tested:
    """Intervals, p-values and names of the slices.

    Args:
        rows: usable rows.
        wrong: worth less mid of each [cents].
        taken: direction of each in each slice.
        chance: standard error of each slice's sum if prices are right [cents].
        seed: seed of the bootstrap.
    """
    sums, counts = slice_sums(_days(rows), wrong.to_numpy(), taken), _counts(rows, taken)
    by_city = slice_sums(rows["city"].rank("dense").to_numpy(), wrong.to_numpy(), taken)
    least = chance / np.maximum(counts[:, 0], 1)
    tested = ((sums.rows > 0).sum(axis=0) >= MIN_DAYS) & (counts[:, 2] >= MIN_EVENTS)
    named = _named(sums, by_city, least, tested, seed)
    return Tested(
        counts,
        slice_intervals(sums, seed, replicates=REPLICATES),
        _adjusted(sums, least, tested),
        named,
        _sure(rows, wrong, taken[:, named[0].place]) if named else [],
    )


def _sizes(sums: SliceSums, chance: Floats) -> Floats:
    """Each slice's mean over its standard error, the larger of what the days show and what the prices imply."""
    errors = np.maximum(slice_errors(sums), chance)
    # An error that is the same every day leaves no doubt.
    sure = np.where(sums.means == 0.0, 0.0, np.copysign(np.inf, sums.means))
    return np.divide(sums.means, errors, out=sure, where=errors > 0)


def _adjusted(sums: SliceSums, chance: Floats, tested: NDArray[np.bool_]) -> Floats:
    """Holm's p-values of the tested slices, by Student's t with one day less than there are; NaN of the others."""
    found = np.full(tested.shape, np.nan)
    days = (sums.rows > 0).sum(axis=0)
    found[tested] = holm(2.0 * stdtr(days[tested] - 1.0, -np.abs(_sizes(sums, chance)[tested])))
    return found


def _named(sums: SliceSums, by_city: SliceSums, chance: Floats, tested: NDArray[np.bool_], seed: int) -> list[Named]:
    """The slices that stand, each time the one that explains most of the errors' squares, less chance's share.

    One that a single city makes comes last: it is that city that is wrong.
    """
    named: list[Named] = []
    while len(named) < MOST_NAMED:
        stands = (_adjusted(sums, chance, tested) <= LEVEL) & (np.abs(sums.means) >= LEAST)
        if not stands.any():
            break
        # A mean of m over n rows takes n · m² off the sum of squares; where prices are right, chance takes n · error².
        square = np.square(_sizes(sums, chance))
        share = 1.0 - 1.0 / np.maximum(square, 1.0)
        explained = sums.rows.sum(axis=0) * np.square(sums.means) * share
        common = stands & _is_common(by_city)
        best = int(np.argmax(np.where(common if common.any() else stands, explained, -1.0)))
        interval = slice_intervals(sums, seed, replicates=REPLICATES)
        named.append(Named(best, *(float(part[best]) for part in interval)))
        sums, by_city = without_slice(sums, best), without_slice(by_city, best)
    return named


def _is_common(by_city: SliceSums) -> NDArray[np.bool_]:
    """Whether each slice keeps a third of its mean without any one of the cities it has rows in, or has one alone."""
    rows = by_city.rows.sum(axis=0) - by_city.rows
    means = (by_city.total.sum(axis=0) - by_city.total) / np.maximum(rows, 1.0)
    alone = (by_city.rows > 0).sum(axis=0) == 1
    kept = (means * np.sign(by_city.means) >= np.abs(by_city.means) / 3.0).all(axis=0)
    common: NDArray[np.bool_] = kept | alone
    return common


def _sure(rows: pl.DataFrame, wrong: pl.Series, along: Directions) -> list[str]:
    """Cities in which the slice's mean alone is on the side of all, its 90 % interval by calendar day too."""
    found = []
    mean = float((wrong.to_numpy() * along).sum())
    for (key,), part in rows.select("city", "day", wrong.alias("wrong"), along=along).group_by(
        "city", maintain_order=True
    ):
        sums = slice_sums(_days(part), part["wrong"].to_numpy(), part["along"].to_numpy()[:, None])
        days = int((sums.rows > 0).sum())
        if days > 1 and sums.means[0] * np.sign(mean) > stdtrit(days - 1.0, 0.95) * slice_errors(sums)[0]:
            found.append(str(key))
    return sorted(found)


def _days(rows: pl.DataFrame) -> NDArray[np.int64]:
    return rows["day"].to_physical().to_numpy().astype(np.int64)


def _counts(usable: pl.DataFrame, taken: Directions) -> NDArray[np.int64]:
    """Rows, distinct instants of an event, and events of each slice, (S, 3)."""
    event = usable["event"].rank("dense").to_numpy()
    instant = usable.select(pl.struct("event", "at").rank("dense")).to_series().to_numpy()
    inside = [np.flatnonzero(column) for column in taken.T]
    return np.array([(n.size, np.unique(instant[n]).size, np.unique(event[n]).size) for n in inside], dtype=np.int64)


def _chance(ordered: pl.DataFrame, along: Directions) -> Floats:
    """Standard error of each slice's sum of (payout − value) if values are right and events independent [cents].

    Args:
        ordered: whole ladders, by event, instant and place.
        along: direction of each row in each slice; those not usable are in none.
    """
    variance = np.zeros(along.shape[1])
    worth, is_usable = ordered["value"].to_numpy(), ordered["is_usable"].to_numpy()
    sizes = ordered.group_by("event", maintain_order=True).agg(pl.len(), pl.col("place").n_unique().alias("legs"))
    start = 0
    for rows, legs in sizes.select("len", "legs").iter_rows():
        part = slice(start, start + rows)
        price = worth[part].reshape(-1, legs)
        weights = np.where(is_usable[part, None], along[part], 0).reshape(-1, legs, along.shape[1])
        variance += price_variance(price / price.sum(axis=1, keepdims=True), weights)
        start += rows
    return 100.0 * np.sqrt(variance)


def _taken(usable: pl.DataFrame, sides: tuple[str, str], taken: Directions, seed: int) -> tuple[Interval, Floats]:
    """Gain a contract of taking the first side where a slice's direction is +1, the second where it is −1."""
    days, parts = _days(usable), []
    for side, sign in zip(sides, (1, -1), strict=True):
        gains = usable[side].to_numpy()
        filled = np.isfinite(gains)
        parts.append((days[filled], gains[filled], (taken[filled] == sign).astype(np.int8)))
    day, gain, inside = (np.concatenate(pair) for pair in zip(*parts, strict=True))
    if not day.size:
        nothing = np.full(taken.shape[1], np.nan)
        return Interval(nothing, nothing, nothing), np.zeros(taken.shape[1])
    sums = slice_sums(day, gain, inside)
    return slice_intervals(sums, seed, replicates=REPLICATES), sums.rows.sum(axis=0)
