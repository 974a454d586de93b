"""A gradient-boosted hazard, the threshold a feature: one fit for all degrees, monotone, unable to go single-class.

*H1* starts from the log odds of S's hazard and learns a correction; *H0* has no such start and counts degrees from the
maximum so far. Rows are pairs of a snapshot and a degree the high reached, ``k ≤ high``; the label is whether it went
on to ``k + 1``. All pairs of an event, reached or not, weigh one together, so that a weight does not depend on how far
its event went: dividing by the pairs an event reached would weigh cool events' pairs more and pull every hazard down.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drybulb.errors import ModelError
from drybulb.forecast.boosting import lightgbm
from drybulb.forecast.features import Features
from drybulb.forecast.hazards import logit, near
from drybulb.forecast.model import GRID, Floats

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class HazardRules:
    """How one hazard is grown.

    Attributes:
        name: ``H1`` or ``H0``.
        from_anchor: whether S's log odds are the start (H1) or unknown to it (H0).
        span: first and last degree from the maximum so far that is learnt without S [°F].
        trees: number of trees.
        leaves: most leaves of a tree.
        learning_rate: share of each tree's answer that is taken.
        events_in_leaf: least weight of a leaf, in events: rows of one event share one label, so rows do not count.
        feature_share: share of the features each tree may look at.
        ridge: penalty on the answers of leaves.
        smoothing: pull of a leaf towards its parent, in events.
        pairs: about the most pairs it is grown on; of more, whole rows are left out evenly.
        bins: values of a feature that are told apart; fewer are quicker and learn less by heart.
    """

    name: str = "H1"
    from_anchor: bool = True
    span: tuple[int, int] = (-2, 14)
    trees: int = 60
    leaves: int = 7
    learning_rate: float = 0.05
    events_in_leaf: float = 30.0
    feature_share: float = 0.4
    ridge: float = 10.0
    smoothing: float = 2.0
    pairs: int = 1_000_000
    bins: int = 63


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of a row and a degree a hazard may speak about.

    Attributes:
        row: row of each pair, shape (m,).
        degree: position of its degree on the grid, shape (m,).
        anchor: log odds of S's hazard there, shape (m,).
    """

    row: Rows
    degree: Rows
    anchor: Floats

    @classmethod
    def of(cls, rules: HazardRules, hazards: Floats, highest: Floats, floor: Floats) -> Pairs:
        """Find the pairs.

        Args:
            rules: which degrees the hazard may speak about.
            hazards: of S, shape (n, 201).
            highest: maximum so far to count from [°F], shape (n,), NaN where there is none.
            floor: the station's own maximum so far on the event's day [°F], NaN where there is none. What lies below it
                is the gap model's, which a correction must not touch.
        """
        active = near(hazards, None if rules.from_anchor else highest, rules.span)
        active &= ~(GRID[None, :] < floor[:, None])
        row, degree = np.nonzero(active)
        return cls(row, degree, logit(hazards[row, degree]))


class Hazard:
    """One fitted hazard.

    Args:
        rules: how it was grown.
        columns: names of its features, in order.
        text: the model as the boosting library writes it.
    """

    def __init__(self, rules: HazardRules, columns: tuple[str, ...], text: str) -> None:
        self.rules = rules
        self.columns = columns
        self.text = text
        engine = lightgbm()
        try:
            self._booster = engine.Booster(model_str=text)
        except engine.basic.LightGBMError as error:
            raise ModelError(f"hazard {rules.name}: its text is no model ({error}); train again") from error
        if tuple(self._booster.feature_name()) != _names(columns):
            raise ModelError(f"hazard {rules.name}: its text names other features than its manifest; train again")

    @classmethod
    def fit(
        cls, rules: HazardRules, features: Features, pairs: Pairs, highs: Floats, events: NDArray[np.int64], seed: int
    ) -> Hazard:
        """Grow a hazard.

        Args:
            rules: how.
            features: of the rows.
            pairs: of the rows; those above the row's high are not used, but count for the weights.
            highs: official high of each row [°F].
            events: number of each row's event.
            seed: seed of the draws of features.

        Raises:
            ModelError: nothing to learn from.
        """
        _, event, count = np.unique(events[pairs.row], return_inverse=True, return_counts=True)
        at_risk = np.flatnonzero(GRID[pairs.degree] <= highs[pairs.row])
        if not at_risk.size:
            raise ModelError(f"hazard {rules.name}: no degree it may speak about was reached; train on more days")
        row, degree = pairs.row[at_risk], GRID[pairs.degree[at_risk]]
        weight = (1.0 / count[event])[at_risk]
        pairs_per_event = weight.size / count.size
        offset = pairs.anchor[at_risk] if rules.from_anchor else None
        columns = features.columns(with_offset=rules.from_anchor)
        engine = lightgbm()
        data = engine.Dataset(
            features.at_degrees(row, degree, offset),
            label=(degree < highs[row]).astype(np.float32),
            weight=weight * (weight.size / weight.sum()),
            init_score=offset,
            feature_name=list(_names(columns)),
            params=_parameters(rules, pairs_per_event, seed),
        )
        grown = engine.train(_parameters(rules, pairs_per_event, seed), data, rules.trees, keep_training_booster=True)
        return cls(rules, columns, grown.model_to_string())

    def log_odds(self, features: Features, pairs: Pairs) -> Floats:
        """Log odds of the hazard at each pair, shape (m,)."""
        offset = pairs.anchor if self.rules.from_anchor else None
        table = features.at_degrees(pairs.row, GRID[pairs.degree], offset)
        if not table.shape[0]:
            return np.empty(0)
        raw: Floats = self._booster.predict(table, raw_score=True, num_threads=1)
        return raw if offset is None else raw + offset

    def contributions(self, features: Features, pairs: Pairs) -> Floats:
        """What each feature adds to the log odds at each pair, shape (m, features + 1); the last is the constant.

        Tree SHAP as the boosting library computes it; with the anchor's log odds they sum to :meth:`log_odds`.
        """
        offset = pairs.anchor if self.rules.from_anchor else None
        table = features.at_degrees(pairs.row, GRID[pairs.degree], offset)
        found: Floats = self._booster.predict(table, pred_contrib=True, num_threads=1)
        return found

    def to_json(self) -> dict[str, Any]:
        """Everything but the text."""
        return {"rules": asdict(self.rules), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, data: dict[str, Any], text: str) -> Hazard:
        """The inverse of :meth:`to_json`.

        Raises:
            ModelError: the text is no model, or one of other features.
        """
        rules = {**data["rules"], "span": tuple(data["rules"]["span"])}
        return cls(HazardRules(**rules), tuple(str(name) for name in data["columns"]), text)


def _names(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Names the boosting library accepts: it writes models as lines of words."""
    return tuple(name.replace(" ", "_").replace(":", ".") for name in columns)


_BINNED = 20_000
"""Pairs from which the bins of the features are made."""


def _parameters(rules: HazardRules, pairs_per_event: float, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "boost_from_average": not rules.from_anchor,
        "num_leaves": rules.leaves,
        "learning_rate": rules.learning_rate,
        "min_data_in_leaf": max(1, round(rules.events_in_leaf * pairs_per_event)),
        "feature_fraction": rules.feature_share,
        "max_bin": rules.bins,
        "bin_construct_sample_cnt": _BINNED,
        "lambda_l2": rules.ridge,
        "path_smooth": rules.smoothing * pairs_per_event,
        "seed": seed,
        # One thread and one order of sums: the same inputs give the same bytes.
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
