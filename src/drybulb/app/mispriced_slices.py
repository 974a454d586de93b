"""The slices in which prices may be wrong: which rows each takes, in which direction, and how a finding is said.

Three things can be wrong with prices, and each is a mean of (payout − mid) in another direction:

- *price*: YES of every row. Above 0 the prices are too cheap, below it too dear.
- *warmth*: YES of the brackets above the ladder's likeliest, NO of those below it. Above 0 the ladder is too cold.
- *news*: YES of the brackets the belief has gone up in since just before a release, NO of those it went down in. Above
  0 prices are behind the news. The belief says only which way the news went; what is averaged is what was paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

#: Kinds of release, as columns and as words.
RELEASES = {"metar": "a METAR", "group": "a 6-hour group", "guidance": "guidance", "report": "a preliminary report"}

_PRICES = (0.0, 5.0, 10.0, 20.0, 50.0, 80.0, 100.0)  # [cents]
_LONGSHOT = 10.0  # below it a price is a long shot's [cents]
_CLOCKS = {1: (0, 12, 18, 24), 0: (0, 6, 9, 12, 15, 18, 24)}  # local standard hours, by lead [h]
_AGES = (0, 5, 15, 30, 60)  # since a release [min]

#: What a mean below 0 says, and one above, by measure.
_WRONG_PRICE = {
    "price": ("too dear", "too cheap"),
    "warmth": ("a bracket too warm", "a bracket too cold"),
    "news": ("ahead of the news: they overreact", "behind the news: they are slow"),
}
_WRONG_BELIEF = {
    "price": ("too high", "too low"),
    "warmth": ("a bracket too warm", "a bracket too cold"),
    "news": ("ahead of the news", "behind the news"),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one kind.

    Attributes:
        family: what it is cut by: bracket, price, city, clock, a kind of release, or all.
        name: which part of that.
        measure: price, warmth or news.
        text: how a sentence begins that says what is wrong there, verb included.
        takes: which rows.
        along: column of their directions.
    """

    family: str
    name: str
    measure: str
    text: str
    takes: pl.Expr
    along: str

    def says(self, mean: float, low: float, high: float, *, of_belief: bool = False) -> str:
        """What a mean and its interval mean in words [cents].

        Args:
            mean: of (worth − mid), or of (payout − belief).
            low: lower end of its interval.
            high: upper end.
            of_belief: whether it is the belief that is wrong by it, and not the price.
        """
        words = _WRONG_BELIEF if of_belief else _WRONG_PRICE
        ends = (low, high) if mean > 0 else (-high, -low)
        return f"{self.text} {abs(mean):.1f} ¢ [{ends[0]:.1f}, {ends[1]:.1f}] {words[self.measure][mean > 0]}"


def slices(rows: pl.DataFrame) -> list[Slice]:
    """The slices of rows, in the order in which they are shown; see ``mispriced_rows`` for the columns."""
    cities = sorted(rows["city"].unique())
    places = sorted(rows["place"].unique())
    return [
        Slice("all", "all", "price", "prices together are", pl.lit(value=True), "yes"),
        *(Slice("bracket", f"bracket {n}", "price", f"bracket {n} is", pl.col("place") == n, "yes") for n in places),
        *_prices(),
        *(
            Slice("city", key, "price", f"every bracket of {town(key)} is", pl.col("city") == key, "yes")
            for key in cities
        ),
        *(Slice("clock", name, "price", f"prices of {name} are", takes, "yes") for name, takes in _clocks()),
        *(
            Slice(kind, name, "price", f"prices {name} after {said} are", takes, "yes")
            for kind, said in RELEASES.items()
            for name, takes in _ages(kind)
        ),
        Slice("all", "all", "warmth", "all ladders are", pl.lit(value=True), "warmth"),
        *(
            Slice("city", key, "warmth", f"the ladder of {town(key)} is", pl.col("city") == key, "warmth")
            for key in cities
        ),
        *(Slice("clock", name, "warmth", f"ladders of {name} are", takes, "warmth") for name, takes in _clocks()),
        *(
            Slice(kind, name, "news", f"prices {name} after {said} are", takes, f"news_{kind}")
            for kind, said in RELEASES.items()
            for name, takes in _ages(kind)
        ),
    ]


def directions(rows: pl.DataFrame, chosen: list[Slice]) -> NDArray[np.int8]:
    """Direction of every row in every slice, (n, S): −1, 0 or +1."""
    made = rows.with_columns(pl.lit(1, dtype=pl.Int8).alias("yes")).select(
        pl.when(one.takes).then(pl.col(one.along)).otherwise(0).fill_null(0).cast(pl.Int8).alias(str(number))
        for number, one in enumerate(chosen)
    )
    return made.to_numpy()


def _prices() -> Iterator[Slice]:
    for low, high in pairwise(_PRICES):
        name = f"under {high:g} ¢" if low == 0 else f"over {low:g} ¢" if high == 100 else f"{low:g}–{high:g} ¢"
        kind = "longshots" if high <= _LONGSHOT else "prices"
        takes = pl.col("value").is_between(low, high, closed="left")
        yield Slice(
            "price", name, "price", f"{kind} {name if low == 0 or high == 100 else f'of {name}'} are", takes, "yes"
        )


def _clocks() -> Iterator[tuple[str, pl.Expr]]:
    for lead, hours in _CLOCKS.items():
        for first, last in pairwise(hours):
            inside = pl.col("hour").is_between(first, last, closed="left")
            yield f"D{'-1' if lead else ''} {first:02d}–{last:02d}", (pl.col("lead") == lead) & inside


def _ages(kind: str) -> Iterator[tuple[str, pl.Expr]]:
    for first, last in pairwise(_AGES):
        yield f"{first}–{last} min", pl.col(f"since_{kind}").is_between(first, last, closed="left")


def town(key: str) -> str:
    """A city's key as a name."""
    return key.replace("_", " ").title()
