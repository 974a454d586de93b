"""What may be scored: shape, range and sum are checked here, once, and a wrong value is named."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drybulb.errors import VerificationError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOLERANCE = 1e-6
"""How far a sum of probabilities may be from 1: the rounding of one cell of a belief."""


def checked_numbers(values: ArrayLike, name: str) -> Floats:
    """Finite float64 array of any shape.

    Raises:
        VerificationError: something that is not a number, or not finite.
    """
    try:
        given = np.asarray(values)
    except ValueError as error:
        raise VerificationError(f"{name} is no array ({error}); give every row the same length") from error
    if given.dtype.kind not in "biuf":
        raise VerificationError(
            f"{name} has dtype {given.dtype}; hand over plain numbers, nothing missing, days as ordinals"
        )
    array = given.astype(np.float64)
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise VerificationError(f"{name} at {where} is {array[where]}; drop what is missing before scoring")
    return array


def checked_rows(probabilities: ArrayLike, name: str) -> Floats:
    """Probabilities of shape (n, K), each row a distribution.

    Raises:
        VerificationError: another shape, a negative or non-finite cell, a row that does not sum to 1 within 1e-6.
    """
    array = checked_numbers(probabilities, name)
    if array.ndim != 2 or array.shape[1] == 0:
        raise VerificationError(f"{name} has shape {array.shape}; one row a forecast is needed, (n, K)")
    negative = array < 0.0
    if negative.any():
        row, column = (int(i) for i in np.argwhere(negative)[0])
        raise VerificationError(f"{name} row {row} holds {array[row, column]} at column {column}; mend its forecast")
    sums = array.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1.0) > TOLERANCE)
    if wrong.size:
        raise VerificationError(f"{name} row {wrong[0]} sums to {sums[wrong[0]]}, not 1; mend its forecast")
    return array


def checked_whole(values: ArrayLike, name: str, rows: int) -> Integers:
    """Whole numbers of shape (rows,).

    Raises:
        VerificationError: another shape, or a value that is missing or not whole.
    """
    array = checked_numbers(values, name)
    if array.shape != (rows,):
        raise VerificationError(f"{name} has shape {array.shape}, the rows to go with it are {rows}; give one a row")
    broken = np.flatnonzero(array != np.floor(array))
    if broken.size:
        raise VerificationError(f"{name} at {broken[0]} is {array[broken[0]]}; it must be whole, and rounded upstream")
    return array.astype(np.int64)


def checked_index(values: ArrayLike, name: str, rows: int, size: int) -> Integers:
    """Indices of shape (rows,), each in 0 … size - 1.

    Raises:
        VerificationError: as :func:`checked_whole`, or an index out of range.
    """
    index = checked_whole(values, name, rows)
    outside = np.flatnonzero((index < 0) | (index >= size))
    if outside.size:
        raise VerificationError(f"{name} at {outside[0]} is {index[outside[0]]}, not an index of {size} columns")
    return index


def checked_unit(values: ArrayLike, name: str) -> Floats:
    """Probabilities of shape (n,); what rounding put outside [0, 1] by at most 1e-6 is put back.

    Raises:
        VerificationError: another shape, or a value outside [0, 1].
    """
    array = checked_numbers(values, name)
    if array.ndim != 1:
        raise VerificationError(f"{name} has shape {array.shape}; one probability a row is needed, (n,)")
    outside = np.flatnonzero((array < -TOLERANCE) | (array > 1.0 + TOLERANCE))
    if outside.size:
        raise VerificationError(f"{name} at {outside[0]} is {array[outside[0]]}, no probability; mend its forecast")
    return np.clip(array, 0.0, 1.0)


def checked_events(forecast: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Integers]:
    """Probabilities of yes-or-no events and whether each happened (0 or 1), both of shape (n,), n ≥ 1.

    Raises:
        VerificationError: no event at all, a wrong shape, a value that is no probability, an outcome not 0 or 1.
    """
    probability = checked_unit(forecast, "forecast")
    if probability.size == 0:
        raise VerificationError("forecast is empty; reliability needs at least one event")
    return probability, checked_index(outcome, "outcome", probability.size, 2)
