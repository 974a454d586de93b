"""Evidence that may be looked at every day: a bet of one forecast against another, multiplied up event by event.

Who believes a forecast takes any bet that is fair by it. The rival bets a share of what he has on his own probabilities
at the forecast's odds, and keeps the rest. Where the forecast is the chance of the outcome *given all that the rival
knows*, his wealth is a martingale, whatever he bets on, so by Ville's inequality it ever reaches L with a chance of at
most 1/L: a stop at L needs no day to be named beforehand on which one looks. A forecast that is calibrated by itself,
but leaves out what the rival knows, has no such shelter. The bets must follow each other: the next is placed when the
last has paid.

References:
    Ville (1939), Étude critique de la notion de collectif, Gauthier-Villars, chapter V.
    Shafer (2021), Testing by betting, Journal of the Royal Statistical Society A 184, 407-431.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, Integers, checked_numbers, checked_unit

#: A probability below this is taken for this where it divides, as in the log score: what was thought impossible and
#: happened multiplies the evidence by 1 - share + share · rival / FLOOR, and not by infinity.
FLOOR = 1e-3


def log_factors(believed: ArrayLike, rival: ArrayLike, *, share: float = 0.5) -> Floats:
    """Logarithm of what each outcome multiplies the evidence against ``believed`` by.

    ::

        log(1 - share + share · rival / max(believed, FLOOR))

    The floor only ever lowers a factor, so where ``believed`` is right, given all that the rival knows, its mean stays
    at most 1.

    Args:
        believed: (n,) probability each forecast gave to what happened, before it did.
        rival: (n,) probability the rival gave to it, before it did.
        share: of what he has that the rival bets, in (0, 1).

    Returns:
        (n,) values [nats].

    Raises:
        VerificationError: something that is no probability, shapes that do not fit, or a share outside (0, 1).
    """
    if not 0.0 < share < 1.0:
        raise VerificationError(f"a share of {share} is not in (0, 1); bet a part, such as 0.5")
    held, other = checked_unit(believed, "believed"), checked_unit(rival, "rival")
    if held.shape != other.shape:
        raise VerificationError(f"{held.size} believed and {other.size} rival probabilities; give both of each outcome")
    return np.log1p(share * (other / np.maximum(held, FLOOR) - 1.0))


def log_e_values(factors: ArrayLike) -> Floats:
    """Logarithm of the evidence after each event: the sum of the :func:`log_factors` so far.

    Args:
        factors: (..., n) of events in the order in which they were bet on [nats].

    Returns:
        (..., n) values [nats].

    Raises:
        VerificationError: values that are no numbers.
    """
    return np.cumsum(checked_numbers(factors, "factors"), axis=-1)


def crossings(log_values: ArrayLike, level: float) -> Integers:
    """Place of the first event at which the evidence is ``level`` or more; -1 where it never is.

    Args:
        log_values: (..., n) as :func:`log_e_values` gives them [nats].
        level: above 1; where the forecast is right, given all that the rival knows, it is ever reached with a chance of
            at most ``1 / level``.

    Returns:
        (...) places.

    Raises:
        VerificationError: values that are no numbers, or a level of 1 or less.
    """
    if not level > 1.0:
        raise VerificationError(f"a level of {level} is reached before anything happened; 20 is the usual one")
    values = checked_numbers(log_values, "log_values")
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], -1, dtype=np.int64)
    # A level reached on the dot is reached, whatever the logarithms round to.
    reached = values >= np.log(level) - 1e-12
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1), -1).astype(np.int64)
