"""The neighbour's bias as its errors become known: the counterpart of :mod:`drybulb.frames.neighbourly`."""

from __future__ import annotations

from collections.abc import Iterable

from drybulb.frames.live.decayed import Biases, error_steps
from drybulb.frames.live.observed import Station
from drybulb.frames.live.published import Highs
from drybulb.frames.reports import MIN_READINGS


class Neighbour:
    """A neighbour station's reports with the bias of its maxima.

    Args:
        station: its reports, by the city's climate days.
        highs: the official highs its maxima are measured by.
        half_life_days: calendar days in which the weight of an error halves [d].
    """

    def __init__(self, station: Station, highs: Highs, half_life_days: float) -> None:
        self._station = station
        self._highs = highs
        self._biases = Biases((half_life_days,))

    def restate(self, days: Iterable[int]) -> None:
        """Make the errors of these days again, of reports and highs as they now are."""
        for day in days:
            finals = self._highs.finals(day)
            if not finals:
                continue
            # The maximum known when the first final was.
            so_far = self._station.so_far(day, finals[0][0])
            said = so_far.running if so_far.readings >= MIN_READINGS else None
            self._biases.restate(day, [] if said is None else error_steps(said, finals))

    def bias(self, day: int, at: int) -> float | None:
        """Return the bias as known at an instant [µs], for the event of a day [°F]; None where no error is known."""
        found = self._biases.of(day, at)
        return None if found is None else found[0]
