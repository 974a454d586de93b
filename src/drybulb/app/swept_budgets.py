"""How the bankroll would be shared among the cities of a sweep, by what the best set of each gained in its replay.

What an event may stake is a share of the bankroll, at most ``[risk] max_event_usd`` over it; so it was replayed,
at the budget in force. A dollar at stake gained the day's gain over ``max_event_usd``, and
:func:`drybulb.strategy.budgets.shares` divides the stakes by mean and covariance of these gains. A city that gets less
than the most has a ``budget`` that much smaller. An event's gain is taken to grow with its budget in proportion, which
limits and whole contracts do not quite let it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drybulb.app.config import Config
from drybulb.app.reporting.sentences import city_name, listed
from drybulb.app.tally import per_day
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.strategy.budgets import shares
from drybulb.verification.enough import LEAST_TRADED

#: What is said where no mean is clear of zero.
NONE_EARNED = "no city has earned a budget; [strategy] budget stays"


@dataclass(frozen=True, slots=True)
class CityBudget:
    """What one city gets of the bankroll.

    Attributes:
        name: of its best set; None where none traded.
        a_day: mean gain of an event day that all cities have, and its 90 % interval [dollars], as ``pnl_per_day``.
        counted: what a dollar at stake is taken to gain: the lower end of the interval, never below 0 [dollars].
        share: of the bankroll that an event may have at stake.
        budget: what ``[strategy.city.X] budget`` would be; None where the share is 0.
    """

    name: str | None
    a_day: Mapping[str, Any]
    counted: float
    share: float
    budget: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as the document ``sweep/1`` has it."""
        return {
            "set": self.name,
            "pnl_per_day": dict(self.a_day),
            "counted": self.counted,
            "share": self.share,
            "budget": self.budget,
        }


@dataclass(frozen=True, slots=True)
class Budgets:
    """How the bankroll would be shared.

    Attributes:
        cities: by key.
        days: number of event days that all cities have.
        risk_aversion: the inverse of the smallest fraction of Kelly in force in these cities, at either lead.
        cap_each: the most that an event may have at stake, ``max_event_usd`` [share of the bankroll].
        cap_in_all: the most that the events of one day may, ``max_region_usd``: as if all cities had one weather.
        covariance: by day, of what a dollar at stake gained, in the order of ``cities`` [dollars^2].
    """

    cities: Mapping[str, CityBudget]
    days: int
    risk_aversion: float
    cap_each: float
    cap_in_all: float
    covariance: tuple[tuple[float, ...], ...]

    @property
    def sentence(self) -> str:
        """Who has earned what."""
        earned = [
            f"{city_name(city)} {100.0 * one.share:.2f} %"
            for city, one in self.cities.items()
            if one.budget is not None
        ]
        if not earned:
            return NONE_EARNED
        others = "" if len(earned) == len(self.cities) else "; the others have earned nothing"
        return f"share of the bankroll that one event may have at stake: {listed(earned)}{others}"

    def to_json(self) -> dict[str, Any]:
        """Return it as the document ``sweep/1`` has it."""
        return {
            "days": self.days,
            "risk_aversion": self.risk_aversion,
            "cap_each": self.cap_each,
            "cap_in_all": self.cap_in_all,
            "cities": {city: one.to_json() for city, one in self.cities.items()},
            "covariance": [list(row) for row in self.covariance],
            "sentence": self.sentence,
        }


def budgets(config: Config, best: Mapping[str, tuple[str, Mapping[date, float]] | None]) -> Budgets:
    """Share the bankroll among cities.

    A mean counts at the lower end of its interval; with fewer than 30 event days that all cities have, as 0. Where it
    counts as 0 the share is 0, even where it would hedge another's.

    Args:
        config: the settings in force.
        best: of each city the name of its best replayed set and what that gained by event day [dollars]; None where
            no set traded, which gained nothing.
    """
    known = [set(found[1]) for found in best.values() if found is not None]
    days = sorted(set.intersection(*known)) if known else []
    bankroll, region = config.strategy.bankroll_usd, config.risk.max_region_usd
    stake = min(config.risk.max_event_usd, bankroll)
    cap, cap_in_all = stake / bankroll, min(region / bankroll, 1.0)
    gains = np.array([[0.0 if found is None else found[1][day] for day in days] for found in best.values()])
    covariance = _covariance(gains / stake)
    a_day = [_a_day(days, row, config.training.seed) for row in gains]
    mean = [_counted(one, len(days)) / stake for one in a_day]
    aversion = 1.0 / min(fraction for city in best for fraction in _in_force(config, city, "kelly_fraction"))
    caps = [cap if gain > 0.0 else 0.0 for gain in mean]
    found_shares = shares(mean, covariance.tolist(), aversion, caps, cap_in_all)
    cities = {
        city: CityBudget(
            name=None if found is None else found[0],
            a_day=day,
            counted=gain,
            share=share,
            budget=round(share / cap * _in_force(config, city, "budget"), 4) or None,
        )
        for (city, found), day, gain, share in zip(best.items(), a_day, mean, found_shares, strict=True)
    }
    return Budgets(cities, len(days), aversion, cap, cap_in_all, tuple(tuple(row) for row in covariance.tolist()))


def proposed_budget(document: Mapping[str, Any], city: str) -> float | None:
    """Return what a document ``sweep/1`` proposes as a city's budget; None where its evidence does not carry one."""
    found = document["budgets"]
    if found is None or not document["cities"][city]["carried"]:
        return None
    budget: float | None = found["cities"][city]["budget"]
    return budget


def _covariance(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariance of the rows; of fewer than two days there is none, and no mean counts."""
    count, days = gains.shape
    return np.zeros((count, count)) if days < 2 else np.atleast_2d(np.cov(gains))


def _a_day(days: list[date], gains: NDArray[np.float64], seed: int) -> dict[str, Any]:
    return per_day({day: round(gain * MICRODOLLARS_PER_DOLLAR) for day, gain in zip(days, gains, strict=True)}, seed)


def _counted(a_day: Mapping[str, Any], days: int) -> float:
    """The mean as it counts [dollars a day]."""
    is_known = a_day["ci90"] is not None and days >= LEAST_TRADED
    return max(float(a_day["ci90"][0]), 0.0) if is_known else 0.0


def _in_force(config: Config, city: str, name: str) -> Any:  # noqa: ANN401 - a value of the block
    """What the settings in force say of a city."""
    own = getattr(config.strategy.city.get(city), name, None)
    return getattr(config.strategy, name) if own is None else own
