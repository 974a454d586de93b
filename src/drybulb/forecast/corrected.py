"""S, corrected by hazards: what the global model and the city models are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.features import Features
from drybulb.forecast.forms import neighbour_bias
from drybulb.forecast.hazard import Hazard, HazardRules, Pairs
from drybulb.forecast.hazards import expit, hazards_of, pmf_of_hazards
from drybulb.forecast.model import Booleans, Floats, Prediction, at_positions, column
from drybulb.forecast.normals import Normals
from drybulb.forecast.shares import GRADES, Shares
from drybulb.forecast.structural import Structural

_SAMPLED = 16
"""One row in so many is looked at to foresee the number of pairs."""

_BLOCK = 2048
"""Rows whose hazards are held at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A hazard and what it is asked about some rows.

    Attributes:
        hazard: it.
        features: of the rows.
        pairs: rows and degrees it may speak about.
        speaks: whether it has a say in each row, shape (n,); H0 has none before anything was observed.
        change: by how much it would change S's log odds at each pair.
    """

    hazard: Hazard
    features: Features
    pairs: Pairs
    speaks: Booleans
    change: Floats

    def taken(self, hazards: Floats, share: Floats) -> Floats:
        """S's hazards with a share of the change taken, shape (n, 201).

        Args:
            hazards: of S, shape (n, 201).
            share: of each row, shape (n,), 0 … 1.
        """
        found = hazards.copy()
        pairs = self.pairs
        found[pairs.row, pairs.degree] = expit(pairs.anchor + share[pairs.row] * self.change)
        return found


class Correction:
    """The mean of what some hazards make of S's distributions.

    Args:
        normals: usual highs by station.
        sources: families of guidance sources with features of their own.
        hazards: the members.
        shares: how much of their changes is taken; all of them when None.
    """

    def __init__(
        self, normals: Normals, sources: tuple[str, ...], hazards: Sequence[Hazard], shares: Shares | None = None
    ) -> None:
        self.normals = normals
        self.sources = sources
        self.hazards = tuple(hazards)
        self.shares = shares or Shares.whole()

    @classmethod
    def fit(
        cls,
        rows: pl.DataFrame,
        anchor: Prediction,
        normals: Normals,
        sources: tuple[str, ...],
        rules: Sequence[HazardRules],
        seed: int,
    ) -> Correction:
        """Grow each member.

        Args:
            rows: snapshot rows with ``high`` [°F].
            anchor: S's distributions of the rows, each by a fit that did not see the row's day.
            normals: usual highs by station.
            sources: families of guidance sources with features of their own.
            rules: of the members.
            seed: seed of the draws of features.
        """
        spoken = np.flatnonzero(anchor.available)
        pmf = anchor.pmf if spoken.size == rows.height else anchor.pmf[spoken]
        rows, grown = at_positions(rows, spoken), []
        for rule in rules:
            kept = _thinned(rows, pmf, rule)
            mine, of_s = at_positions(rows, kept), pmf[kept]
            features = Features.of(mine, of_s, normals, sources)
            pairs = Pairs.of(rule, hazards_of(of_s), *_maxima(mine))
            grown.append(Hazard.fit(rule, features, pairs, column(mine, "high"), _events(mine), seed))
        return cls(normals, sources, grown)

    def sharing(self, shares: Shares) -> Correction:
        """The same with other shares of its changes taken."""
        return Correction(self.normals, self.sources, self.hazards, shares)

    def apply(self, rows: pl.DataFrame, pmf: Floats) -> Floats:
        """Correct distributions of S.

        Args:
            rows: rows of the snapshot frame.
            pmf: S's distribution of each, shape (n, 201).

        Returns:
            Shape (n, 201): the mean over the members that can speak; H0 cannot before anything was observed.
        """
        found = pmf.copy()
        for start in range(0, rows.height, _BLOCK):
            mine, block = rows[start : start + _BLOCK], slice(start, start + _BLOCK)
            found[block] = taking(pmf[block], list(self.members(mine, pmf[block])), self.shares.at(mine))
        return found

    def graded(self, rows: pl.DataFrame, pmf: Floats, score: Callable[[pl.DataFrame, Floats], Floats]) -> Floats:
        """Scores of what comes out when each of the possible shares is taken everywhere.

        Args:
            rows: rows of the snapshot frame.
            pmf: S's distribution of each, shape (n, 201).
            score: gives the scores of some rows under their distributions, shape (scores, rows).

        Returns:
            Shape (shares, scores, n), shares as :data:`~drybulb.forecast.shares.GRADES`.
        """
        parts = []
        for start in range(0, rows.height, _BLOCK):
            mine, of_s = rows[start : start + _BLOCK], pmf[start : start + _BLOCK]
            members = list(self.members(mine, of_s))
            hazards = hazards_of(of_s)
            grades = [score(mine, _mean(of_s, hazards, members, np.full(mine.height, grade))) for grade in GRADES]
            parts.append(np.stack(grades))
        return np.concatenate(parts, axis=2)

    def members(self, rows: pl.DataFrame, pmf: Floats) -> Iterator[Member]:
        """Each hazard with what it is asked about some rows.

        Args:
            rows: rows of the snapshot frame.
            pmf: S's distribution of each, shape (n, 201).
        """
        features = Features.of(rows, pmf, self.normals, self.sources)
        hazards = hazards_of(pmf)
        highest, floor = _maxima(rows)
        for hazard in self.hazards:
            pairs = Pairs.of(hazard.rules, hazards, highest, floor)
            speaks = np.full(rows.height, fill_value=True) if hazard.rules.from_anchor else ~np.isnan(highest)
            yield Member(hazard, features, pairs, speaks, hazard.log_odds(features, pairs) - pairs.anchor)

    def changes(self, rows: pl.DataFrame, pmf: Floats) -> dict[str, Floats]:
        """How each member changes S's log odds at each pair of some rows, by the member's name.

        Args:
            rows: rows of the snapshot frame.
            pmf: S's distribution of each, shape (n, 201).
        """
        return {member.hazard.rules.name: member.change for member in self.members(rows, pmf)}

    def to_json(self) -> dict[str, Any]:
        """Everything but the hazards' texts."""
        return {
            "normals": self.normals.to_json(),
            "sources": list(self.sources),
            "hazards": [hazard.to_json() for hazard in self.hazards],
            "shares": self.shares.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], texts: Sequence[str]) -> Correction:
        """The inverse of :meth:`to_json`, with the hazards' texts in their order."""
        hazards = [Hazard.from_json(one, text) for one, text in zip(data["hazards"], texts, strict=True)]
        shares = Shares.from_json(data["shares"])
        return cls(Normals.from_json(data["normals"]), tuple(map(str, data["sources"])), hazards, shares)


def taking(pmf: Floats, members: Sequence[Member], share: Floats) -> Floats:
    """Distributions when a share of the members' changes is taken, shape (n, 201).

    Args:
        pmf: of S, shape (n, 201).
        members: what they would change.
        share: of each row, shape (n,), 0 … 1.
    """
    return _mean(pmf, hazards_of(pmf), members, share)


def _mean(pmf: Floats, hazards: Floats, members: Sequence[Member], share: Floats) -> Floats:
    """What :func:`taking` returns, for whoever has S's hazards at hand."""
    total, spoken = np.zeros_like(pmf), np.zeros(share.size)
    for member in members:
        total[member.speaks] += pmf_of_hazards(member.taken(hazards, share))[member.speaks]
        spoken += member.speaks
    # A model of H0 alone has nothing to add before anything was observed: S stands.
    silent = spoken == 0
    total[silent], spoken[silent] = pmf[silent], 1.0
    total /= spoken[:, None]
    total /= total.sum(axis=1, keepdims=True)
    return total


class Corrected:
    """S and its correction: a forecaster like the others, see :class:`~drybulb.forecast.model.Model`.

    Args:
        name: ``global``, or ``city``.
        structural: S, fitted on all training days.
        correction: fitted on S out of fold.
    """

    def __init__(self, name: str, structural: Structural, correction: Correction) -> None:
        self.name = name
        self.structural = structural
        self.correction = correction

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions, with S's basis as reason."""
        found = self.structural.predict(rows)
        spoken = np.flatnonzero(found.available)
        if spoken.size:
            found.pmf[spoken] = self.correction.apply(at_positions(rows, spoken), found.pmf[spoken])
        return found

    def to_json(self) -> dict[str, Any]:
        """Everything but the hazards' texts."""
        return {"name": self.name, "S": self.structural.to_json(), "correction": self.correction.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any], texts: Sequence[str]) -> Corrected:
        """The inverse of :meth:`to_json`, with the hazards' texts in their order."""
        return cls(
            str(data["name"]),
            Structural.from_json(data["S"]),
            Correction.from_json(data["correction"], texts),
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The hazards as the boosting library writes them, in their order."""
        return tuple(hazard.text for hazard in self.correction.hazards)


def _maxima(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    """Maximum so far to count degrees from, own or else the neighbour's less its bias, and the own; NaN on D-1 [°F]."""
    own, near = column(rows, "running_max"), column(rows, "neighbour_running_max") - neighbour_bias(rows)
    today = column(rows, "lead") == 0
    floor = np.where(today, own, np.nan)
    return np.where(np.isnan(floor), np.where(today, near, np.nan), floor), floor


def _thinned(rows: pl.DataFrame, pmf: Floats, rule: HazardRules) -> NDArray[np.intp]:
    """Positions of the rows a hazard is grown on: every n-th of an event, beginning elsewhere each day."""
    sample = slice(None, None, _SAMPLED)
    pairs = Pairs.of(rule, hazards_of(pmf[sample]), *_maxima(rows[sample]))
    step = max(1, -(-pairs.row.size * _SAMPLED // rule.pairs))
    place = pl.int_range(pl.len()).over("station", "day") + pl.col("day").cast(pl.Int32)
    return np.flatnonzero(rows.select(place % step == 0).to_series().to_numpy())


def _events(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Number of each row's event."""
    return rows.select(pl.struct("station", "day").rank("dense")).to_series().cast(pl.Int64).to_numpy()
