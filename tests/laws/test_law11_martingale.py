"""Law 11, the truth: at the world's stated price, without spread and fee, no policy gains and no policy loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from drybulb.verification import price_variance
from drybulb.world import makers
from drybulb.world.ladders import MINUTE
from tests.laws.stated_world import Stated, stated

Floats = NDArray[np.float64]
#: Holdings of a policy through an event, (minutes, 6) contracts of each bracket, from the event and its fair prices.
Policy = Callable[[Stated, Floats], Floats]

#: How many standard errors a mean gain may be from 0: over all policies chance goes beyond once in a thousand worlds.
FAR = 4.0
#: The widest standard error that still shows something [$ an event].
WIDEST = 0.20
_HOUR = 60


def coins(event: Stated, fair: Floats) -> Floats:
    """Long or short each bracket for an hour, by the toss of a coin."""
    tosses = np.random.default_rng(event.listed.open_at // MINUTE).choice([-1.0, 1.0], size=(fair.shape[0], 6))
    return np.repeat(tosses[::_HOUR], _HOUR, axis=0)[: fair.shape[0]]


def momentum(event: Stated, fair: Floats) -> Floats:
    """Long what has risen within the hour, short what has fallen."""
    return np.sign(fair - _before(fair, _HOUR))


def contrarian(event: Stated, fair: Floats) -> Floats:
    """Short what has risen within a quarter of an hour, long what has fallen."""
    return -np.sign(fair - _before(fair, _HOUR // 4))


def favourites(event: Stated, fair: Floats) -> Floats:
    """Long what is likely and short what is not; its opposite buys long shots."""
    return fair - 1.0 / 6.0


def believer(event: Stated, fair: Floats) -> Floats:
    """Long what the newest guidance and a bell curve of 3 °F around it make more of than the price does."""
    middle = np.full(fair.shape[0], float(event.listed.edges[2]))
    for at, high in sorted(event.guidance):
        middle[event.listed.ends >= at] = high
    below = ndtr((event.listed.edges - 0.5 - middle[:, None]) / 3.0)
    believed = np.diff(np.hstack([np.zeros((len(below), 1)), below, np.ones((len(below), 1))]), axis=1)
    held: Floats = np.sign(believed - fair)
    return held


def reader_of_guidance(event: Stated, fair: Floats) -> Floats:
    """For an hour after guidance, long the brackets above the likeliest if it is warmer than that, else those below."""
    held = np.zeros_like(fair)
    for at, high in event.guidance:
        now = _minute(event, at)
        if 0 < now < len(fair):
            likeliest = int(fair[now - 1].argmax())
            held[now : now + _HOUR] = np.sign(np.arange(6) - likeliest) * np.sign(
                _holds(event, high).argmax() - likeliest
            )
    return held


def reader_of_maxima(event: Stated, fair: Floats) -> Floats:
    """From each published maximum on, long the bracket that holds it, to the end."""
    held = np.zeros_like(fair)
    for at, maximum in event.maxima:
        held[_minute(event, at) :] = _holds(event, maximum)
    return held


def reader_of_floors(event: Stated, fair: Floats) -> Floats:
    """From each published maximum on, short the brackets below the one that holds it, to the end."""
    held = np.zeros_like(fair)
    for at, maximum in event.maxima:
        held[_minute(event, at) :] = -(np.arange(6) < _holds(event, maximum).argmax()).astype(np.float64)
    return held


POLICIES: Mapping[str, Policy] = {
    policy.__name__: policy
    for policy in (
        *(coins, momentum, contrarian, favourites),
        *(believer, reader_of_guidance, reader_of_maxima, reader_of_floors),
    )
}


def _before(fair: Floats, minutes: int) -> Floats:
    return np.vstack([np.repeat(fair[:1], minutes, axis=0), fair])[: len(fair)]


def _minute(event: Stated, at: int) -> int:
    """The first minute that ends when something known at ``at`` is known."""
    return int(np.searchsorted(event.listed.ends, at))


def _holds(event: Stated, degree: int) -> Floats:
    return np.array([bracket.contains(degree) for bracket in event.listed.brackets], dtype=np.float64)


def gain(policy: Policy, event: Stated) -> tuple[float, float]:
    """Gain of a policy by an event [$], and its variance if prices are right: what it holds it bought at the price."""
    fair = makers.fair(event.state, event.listed)
    bought = np.diff(policy(event, fair), axis=0, prepend=0.0)
    return float((bought * (event.paid - fair)).sum()), float(price_variance(fair, bought[:, :, None])[0])


def test_no_policy_gains_at_the_stated_price() -> None:
    """Against the world's stated P(high | all published so far), without spread and fee, eight policies gain nothing.

    They are coins, momentum, contrarian, favourites, a belief made of guidance, and three that act on releases. Over
    ninety events each is within four standard errors of 0, of which the widest is 20 ¢ an event.
    """
    events = stated()
    assert len(events) == 90
    for name, policy in POLICIES.items():
        gained, variance = np.array([gain(policy, event) for event in events]).T
        # Where losses are rare and large, what came about shows less spread than there is.
        error = float(np.sqrt(max(variance.sum(), np.square(gained).sum()))) / len(events)
        assert 0.0 < error <= WIDEST, f"{name}: an error of {100 * error:.1f} ¢ an event shows nothing"
        assert abs(gained.mean()) <= FAR * error, (
            f"{name} gains {100 * gained.mean():.1f} ± {100 * error:.1f} ¢ an event"
        )
