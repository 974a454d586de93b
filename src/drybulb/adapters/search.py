"""The next settings to try: optuna's tree-structured Parzen estimator, the one module that knows that library.

Each proposal is made from the seed, its own number and the history alone, so that a search that was interrupted goes
on exactly as if it had not been.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from drybulb.errors import TuningError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Settings = Mapping[str, float]
"""Values by name; whole numbers are ints."""

_DRAWN_BLINDLY = 6
"""So many proposals are drawn at random before the history is listened to."""

_DIGITS = 3
"""Significant digits of a value: what is printed, pasted and scored is one number."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One setting and where it may lie.

    Attributes:
        name: of the setting.
        low: least value.
        high: greatest value.
        is_whole: whether it is a whole number.
    """

    name: str
    low: float
    high: float
    is_whole: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value lies where proposals may."""
        return self.low <= value <= self.high


def require() -> None:
    """Make sure that optuna is there.

    Raises:
        TuningError: it is not installed.
    """
    if find_spec("optuna") is None:
        raise TuningError("tuning needs optuna, which is not installed; `pip install 'drybulb[tune]'`")


def propose(
    space: Sequence[Dimension], history: Sequence[tuple[Settings, float]], seed: int, number: int
) -> dict[str, float]:
    """Propose settings worth trying.

    Args:
        space: what may be set; every dimension is searched by its logarithm.
        history: settings tried and their scores, the lower the better, in the order they were tried.
        seed: of the search.
        number: of this proposal.

    Returns:
        One value a dimension.

    Raises:
        TuningError: optuna is not installed.

    References:
        Bergstra, Bardenet, Bengio and Kégl (2011), Algorithms for Hyper-Parameter Optimization, NeurIPS 24.
    """
    require()
    import optuna  # noqa: PLC0415 - a part that is not everybody's: see docs/decisions/0001

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions: dict[str, BaseDistribution] = {
        one.name: optuna.distributions.IntDistribution(int(one.low), int(one.high), log=True)
        if one.is_whole
        else optuna.distributions.FloatDistribution(one.low, one.high, log=True)
        for one in space
    }
    sampler = optuna.samplers.TPESampler(seed=(seed + 1_000_003 * number) % 2**32, n_startup_trials=_DRAWN_BLINDLY)
    study = optuna.create_study(sampler=sampler, direction="minimize")
    for settings, score in history:
        if all(one.holds(settings[one.name]) for one in space):
            params = dict(settings)
            trial = optuna.trial.create_trial(params=params, distributions=distributions, value=score)
            study.add_trial(trial)
    found = study.ask(distributions).params
    return {one.name: found[one.name] if one.is_whole else float(f"{found[one.name]:.{_DIGITS}g}") for one in space}
