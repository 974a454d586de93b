"""A distribution is whole millionths that sum to one million; a belief says who speaks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from drybulb.domain.distribution import MILLION, Belief, TemperatureDistribution
from drybulb.errors import DomainError


def test_thirds_are_rounded_by_largest_remainder() -> None:
    """Three thirds become 333334, 333333 and 333333 millionths."""
    assert TemperatureDistribution.from_pmf(70, [1 / 3] * 3).millionths == (333334, 333333, 333333)


def test_empty_ends_are_dropped() -> None:
    """Degrees that round to nothing at the ends are not kept, inner ones are."""
    distribution = TemperatureDistribution.from_pmf(60, [0.0, 0.5, 0.0, 0.5, 1e-9])
    assert (distribution.low, distribution.high, distribution.millionths) == (61, 63, (500000, 0, 500000))


@pytest.mark.parametrize("bad", [[0.5, 0.6], [float("nan"), 1.0], [-0.1, 1.1], [], [float("inf")]])
def test_what_is_no_pmf_is_refused(bad: list[float]) -> None:
    """NaN, negative numbers and wrong sums never become a distribution."""
    with pytest.raises(DomainError):
        TemperatureDistribution.from_pmf(0, bad)


def test_moments_and_quantiles_by_hand() -> None:
    """Mean, quantiles and survival of a small distribution."""
    d = TemperatureDistribution.from_pmf(70, [0.25, 0.25, 0.5])
    assert d.mean() == pytest.approx(71.25)
    assert [d.quantile(q) for q in (0.25, 0.26, 0.5, 0.51, 1.0)] == [70, 71, 71, 72, 72]
    assert [d.survival(k) for k in (69, 70, 71, 72, 73)] == [1.0, 1.0, 0.75, 0.5, 0.0]
    assert d.probability(None, 71) == 0.5
    assert d.mass(None, None) == MILLION


def test_belief_of_none_must_say_why() -> None:
    """Standing down is said with its reason."""
    with pytest.raises(DomainError, match="must say why"):
        Belief("chicago", date(2024, 7, 4), datetime(2024, 7, 4, 12, tzinfo=UTC), None, "none", "")


def test_belief_cannot_speak_without_a_distribution() -> None:
    """A named source without a distribution is a contradiction."""
    with pytest.raises(DomainError, match="does not fit"):
        Belief("chicago", date(2024, 7, 4), datetime(2024, 7, 4, 12, tzinfo=UTC), None, "S", "guidance")
