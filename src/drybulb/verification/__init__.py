"""How good a forecast was: scores, skill, calibration, and intervals that resample whole calendar days.

Functions of numpy arrays, each with its formula, its units and its reference. The room knows no table, no city and no
model, so that the same function scores the market, a baseline and our own belief. Whoever calls it decides what is
paired with what.

Where do I go to...

- score distributions over whole degrees, or probabilities over a ladder? :mod:`~drybulb.verification.scores`
- compare a mean score with a reference's? :mod:`~drybulb.verification.skill`
- see whether probabilities mean what they say? :mod:`~drybulb.verification.reliability` for yes-or-no events,
  :mod:`~drybulb.verification.pit` for whole distributions, :mod:`~drybulb.verification.exceedance` for the yes-or-no
  events within them
- see how much they dare to say? :mod:`~drybulb.verification.sharpness`; whether too much?
  :mod:`~drybulb.verification.recalibration`
- put an interval around a mean, or around a difference? :mod:`~drybulb.verification.bootstrap`
- test a forecast against a rival day by day, and stop when it is refuted? :mod:`~drybulb.verification.evalue`
- know how far off a mean would be by chance? :mod:`~drybulb.verification.chance`
- know what the best of many trials is worth, or whether choosing it helps? :mod:`~drybulb.verification.overfitting`
- say whether a window of trading is enough to judge by? :mod:`~drybulb.verification.enough`; what a dollar at stake
  brings a day? :mod:`~drybulb.verification.capital`
- find in which of many overlapping slices a mean is not what it should be? :mod:`~drybulb.verification.slices`
"""

from __future__ import annotations

from drybulb.verification.bootstrap import Interval, day_bootstrap, day_replicates
from drybulb.verification.capital import return_on_capital
from drybulb.verification.chance import chance_means, chance_p
from drybulb.verification.enough import Verdict, Word, block_length, daily_spread, days_needed, verdict
from drybulb.verification.evalue import crossings, log_e_values, log_factors
from drybulb.verification.exceedance import Exceedances, exceedance_sums, exceedances
from drybulb.verification.overfitting import (
    Deflated,
    Overfitting,
    backtest_overfitting,
    deflated_sharpe,
    effective_trials,
    expected_maximum_sharpe,
    probabilistic_sharpe,
    sharpe_ratio,
)
from drybulb.verification.pit import (
    coverage,
    pit_cdf,
    pit_chance,
    pit_deviation,
    pit_histogram,
    pit_parts,
    pit_spread,
)
from drybulb.verification.recalibration import exponent_replicates, power_gradient, recalibration_exponent
from drybulb.verification.reliability import (
    BrierDecomposition,
    ReliabilityTable,
    brier_decomposition,
    isotonic,
    reliability_table,
)
from drybulb.verification.scores import (
    absolute_error,
    brier,
    crps,
    log_score,
    median,
    outcome_probability,
    rps,
    within,
)
from drybulb.verification.sharpness import CentralDegrees, central_degrees, central_width, standard_deviation
from drybulb.verification.skill import skill_score
from drybulb.verification.slices import (
    SliceSums,
    holm,
    price_variance,
    slice_errors,
    slice_intervals,
    slice_sums,
    without_slice,
)

__all__ = [
    "BrierDecomposition",
    "CentralDegrees",
    "Deflated",
    "Exceedances",
    "Interval",
    "Overfitting",
    "ReliabilityTable",
    "SliceSums",
    "Verdict",
    "Word",
    "absolute_error",
    "backtest_overfitting",
    "block_length",
    "brier",
    "brier_decomposition",
    "central_degrees",
    "central_width",
    "chance_means",
    "chance_p",
    "coverage",
    "crossings",
    "crps",
    "daily_spread",
    "day_bootstrap",
    "day_replicates",
    "days_needed",
    "deflated_sharpe",
    "effective_trials",
    "exceedance_sums",
    "exceedances",
    "expected_maximum_sharpe",
    "exponent_replicates",
    "holm",
    "isotonic",
    "log_e_values",
    "log_factors",
    "log_score",
    "median",
    "outcome_probability",
    "pit_cdf",
    "pit_chance",
    "pit_deviation",
    "pit_histogram",
    "pit_parts",
    "pit_spread",
    "power_gradient",
    "price_variance",
    "probabilistic_sharpe",
    "recalibration_exponent",
    "reliability_table",
    "return_on_capital",
    "rps",
    "sharpe_ratio",
    "skill_score",
    "slice_errors",
    "slice_intervals",
    "slice_sums",
    "standard_deviation",
    "verdict",
    "within",
    "without_slice",
]
