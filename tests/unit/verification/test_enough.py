"""Whether a window is enough to judge by: the days needed by hand, and each verdict with its reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt

import numpy as np
import pytest

from bench.verdicts import rates
from drybulb import verification as v
from drybulb.errors import VerificationError

DAYS = np.arange(100)
NOISE = np.random.default_rng(1).normal(size=100)


def judged(
    gains: object, traded: int = 100, events: object = None, most: tuple[float, float] = (3.0, 3.0)
) -> v.Verdict:
    """The verdict on a hundred days, each with one event; ``most`` is what each with a trade could lose and win."""
    at_stake, to_win = (np.full(traded, one) for one in most)
    return v.verdict(DAYS, gains, at_stake, to_win, gains if events is None else events, 7)  # type: ignore[arg-type]


def test_days_needed_by_hand() -> None:
    """A tenth of a deviation a day takes ((1.6449 + 0.8416) · 10)² = 618.3 days; so does a loss, and no edge any."""
    assert v.days_needed(0.1, 1.0, 0.0) == v.days_needed(-0.1, 1.0, 0.0) == 619
    assert v.days_needed(0.1, 1.0, 0.0, power=0.5) == 271
    assert v.days_needed(0.0, 1.0, 9.0) is None


def test_days_that_are_unseen_are_needed_too() -> None:
    """A gain of 5 c every day pays for three days of 95 c at stake after 2.85 / 0.05 = 57, and never before 30."""
    assert v.days_needed(0.05, 0.0, 2.85) == 57
    assert v.days_needed(1.0, 0.0, 2.85) == v.days_needed(1.0, 0.0, 0.0) == 30
    # n · 0.1 = 2.4865 √n + 3: √n = (2.4865 + √(6.1826 + 1.2)) / 0.2 = 26.018.
    assert v.days_needed(0.1, 1.0, 3.0) == 677


def test_the_days_needed_are_enough_as_often_as_said() -> None:
    """Of worlds with a true edge and that many days, four fifths have an interval clear of zero."""
    rng = np.random.default_rng(2)
    needed = v.days_needed(0.25, 1.0, 0.0)
    assert needed == 99
    worlds = rng.normal(0.25, 1.0, size=(2000, 99))
    clear = worlds.mean(axis=1) - 1.6449 * worlds.std(axis=1, ddof=1) / sqrt(99) > 0
    assert clear.mean() == pytest.approx(0.80, abs=0.03)


def test_a_run_of_days_grows_with_their_cube_root() -> None:
    """Runs of 1, 2, 3 and 4 days begin at 1, 8, 27 and 64 days."""
    assert [v.block_length(days) for days in (0, 1, 7, 8, 26, 27, 64, 100, 125)] == [1, 1, 1, 2, 2, 3, 4, 4, 5]


def test_days_that_lose_together_are_less_evidence() -> None:
    """Independent days of deviation 1 are felt as 1; days alike in fours as up to twice that."""
    rng = np.random.default_rng(3)
    alone, together = rng.normal(size=1000), np.repeat(rng.normal(size=250), 4)
    assert v.daily_spread(range(1000), alone, 1) == pytest.approx(1.0, abs=0.1)
    assert 1.5 < v.daily_spread(range(1000), together, 1) < 2.0


def test_a_clear_gain_earns() -> None:
    """Half a deviation a day over a hundred days is clear of zero by 3 · 3 / 100, and not the work of two events."""
    found = judged(NOISE + 0.5)
    assert found.word == "earns"
    assert found.interval is not None
    assert found.mean == pytest.approx(0.5 + NOISE.mean())
    assert 0.0 < found.interval[0] < 0.5 + NOISE.mean() < found.interval[1]
    assert (found.days, found.traded, found.further) == (100, 100, 0)
    assert found.unseen == pytest.approx(0.09)
    assert found.reason == (
        "the 90 % interval of a day is above zero, by more than the $0.09 of 3 days yet unseen, and without its 2 best"
        " events it still gained"
    )
    top = sorted(NOISE + 0.5)[-2:]
    assert found.without_best == pytest.approx((NOISE + 0.5).sum() - sum(top))


def test_a_clear_loss_loses() -> None:
    """The mirror of a gain loses, and is held against what could have been won, not lost."""
    found = judged(-NOISE - 0.5, most=(900.0, 2.0))
    assert found.unseen == pytest.approx(0.06)
    assert found.word == "loses"
    assert "below zero" in found.reason


@pytest.mark.parametrize(("sign", "most"), [(1.0, (0.96, 0.05)), (-1.0, (0.05, 0.96))])
def test_equal_wins_without_a_loss_are_too_early(sign: float, most: tuple[float, float]) -> None:
    """45 wins of 5 c with 96 c at stake are no edge, for 1 in 20 would have lost; nor are 45 losses of 5 c."""
    gains, at_stake, to_win = np.full(45, sign * 0.05), np.full(45, most[0]), np.full(45, most[1])
    found = v.verdict(range(45), gains, at_stake, to_win, gains, 7)
    assert (found.word, found.needed, found.further) == ("too early to say", 58, 13)
    assert found.unseen == pytest.approx(3 * 0.96 / 45)
    missing = "losses" if sign > 0 else "gains"
    assert f"not by the $0.06 that 3 full {missing}, which these days may lack by luck" in found.reason
    longer = v.verdict(range(58), np.full(58, sign * 0.05), np.full(58, most[0]), np.full(58, most[1]), [sign] * 9, 7)
    assert longer.word == ("earns" if sign > 0 else "loses")


@pytest.mark.parametrize(("kind", "wrong"), [("loss on 5 % of days", "earns"), ("fair legs at 1 to 5 c", "loses")])
def test_worthless_days_are_rarely_judged(kind: str, wrong: str) -> None:
    """Rare losses and rare wins clear the interval far more often than 5 %, and the verdict no more often than that."""
    found = rates(kind, 35, 200, seed=1)
    below = {"earns": found["interval_above_zero"], "loses": found["interval_below_zero"]}
    assert below[wrong] > 0.10
    assert found["earns"] <= 0.05
    assert found["loses"] <= 0.05


def test_an_interval_that_holds_zero_is_too_early() -> None:
    """What is further needed is what the edge seen needs less what is there, and the reason says so."""
    found = judged(NOISE)
    assert found.word == "too early to say"
    assert found.needed == v.days_needed(float(NOISE.mean()), v.daily_spread(DAYS, NOISE, 7), 9.0)
    assert found.needed is not None
    assert found.further == found.needed - 100
    assert found.reason == (
        f"the 90 % interval of a day holds zero; about {found.further:,} more event days would tell,"
        " if it goes on like this"
    )


def test_few_days_with_trades_are_too_early() -> None:
    """Ten days with a gain among a hundred bound nothing: twenty more such days take two hundred."""
    gains = np.zeros(100)
    gains[::10] = 1.0 + NOISE[::10] / 10
    found = judged(gains, traded=10, events=gains[::10])
    assert found.word == "too early to say"
    assert found.reason.startswith("it traded on 10 event days, 30 are the least")
    assert found.further == 200
    assert found.unseen == pytest.approx(0.09)


@pytest.mark.parametrize(("sign", "which"), [(1.0, "best events it gained"), (-1.0, "worst events it lost")])
def test_a_result_of_two_events_is_too_early(sign: float, which: str) -> None:
    """A gain that the two best events of each day's many make up is no verdict, nor such a loss."""
    gains = sign * (0.5 + np.abs(NOISE) / 10)
    # The days gain together; the two events that made it all are not of one day.
    found = judged(gains, events=np.array([*(sign * np.array([40.0, 40.0])), *(-sign * np.full(20, 1.0))]))
    assert found.word == "too early to say"
    assert found.reason == f"without its 2 {which} nothing"
    assert found.further is None


def test_nothing_traded_says_nothing() -> None:
    """A policy that never trades is neither good nor bad, and no number of days would tell."""
    found = v.verdict(DAYS, np.zeros(100), [], [], [], 7)
    assert (found.word, found.needed, found.further) == ("too early to say", None, None)
    assert found.reason == "it traded on 0 event days, 30 are the least"
    assert (found.mean, found.interval, found.without_best) == (0.0, (0.0, 0.0), 0.0)


@pytest.mark.parametrize(("days", "gains", "mean"), [([], [], None), ([5], [2.0], 2.0)])
def test_without_two_days_there_is_no_interval(days: list[int], gains: list[float], mean: float | None) -> None:
    """No day and one day have no interval."""
    found = v.verdict(days, gains, gains, gains, gains, 7)
    assert (found.word, found.mean, found.interval, found.needed) == ("too early to say", mean, None, None)


def test_the_same_seed_says_the_same() -> None:
    """The verdict hangs on nothing but what it is given."""
    assert judged(NOISE + 0.2) == judged(NOISE + 0.2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (partial(v.days_needed, 0.1, -1.0, 0.0), "spread -1.0"),
        (partial(v.days_needed, 0.1, 1.0, -2.0), "unseen -2.0"),
        (partial(v.days_needed, 0.1, 1.0, 0.0, level=1.0), "level 1.0"),
        (partial(v.verdict, [1, 1], [1.0, 2.0], [1.0], [1.0], [1.0], 1), "2 days, 1 of them different"),
        (partial(v.verdict, [1, 2], [1.0, 2.0], [1.0] * 3, [1.0] * 3, [1.0], 1), "3 traded"),
        (partial(v.verdict, [1, 2], [1.0, 2.0], [1.0], [], [1.0], 1), "1 traded, 0 with something to win"),
        (partial(v.verdict, [1, 2], [1.0, 2.0], [-1.0], [1.0], [1.0], 1), "at_stake of shape"),
        (partial(v.verdict, [1, 2], [1.0, float("nan")], [1.0], [1.0], [1.0], 1), "gains at"),
    ],
)
def test_what_cannot_be_judged_is_refused(call: Callable[[], object], message: str) -> None:
    """Days twice, more days with trades than days, numbers that are none."""
    with pytest.raises(VerificationError, match=message):
        call()
