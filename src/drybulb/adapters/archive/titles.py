"""Strikes from a market's title, in the two wordings of the polls of 2026.

    Will the high temp in Austin be 73-74° on Apr 7, 2026?      73° to 74°
    Will the high temp in Austin be <73° on Apr 7, 2026?        72° or below
    Will the high temp in Austin be >80° on Apr 7, 2026?        81° or above

The first wording names the strike of a tail, the second the first degree inside it. Degrees may be negative.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Strikes = tuple[str, float | None, float | None]
"""Strike type, floor strike and cap strike as the exchange's API gives them [°F]."""

_DEGREES = r"(-?\d+)"
_WORDINGS: tuple[tuple[re.Pattern[str], Callable[..., Strikes]], ...] = (
    (re.compile(rf"{_DEGREES}°?\s*(?:-|to)\s*{_DEGREES}°"), lambda low, high: ("between", low, high)),
    (re.compile(rf"<\s*{_DEGREES}°"), lambda cap: ("less", None, cap)),
    (re.compile(rf">\s*{_DEGREES}°"), lambda floor: ("greater", floor, None)),
    (re.compile(rf"{_DEGREES}° or below"), lambda high: ("less", None, high + 1)),
    (re.compile(rf"{_DEGREES}° or above"), lambda low: ("greater", low - 1, None)),
)
_QUESTION = re.compile(r"Will the high temp in .+ be (.+) on \w{3} \d{1,2}, \d{4}\?")


def strikes_of(title: str) -> Strikes | None:
    """Return the strikes a title states, or None where it is of no known wording.

    Args:
        title: such as ``73° to 74°`` or ``Will the high temp in Austin be <73° on Apr 7, 2026?``.
    """
    question = _QUESTION.fullmatch(title.strip())
    said = question[1] if question else title.strip()
    for pattern, strikes in _WORDINGS:
        match = pattern.fullmatch(said)
        if match:
            return strikes(*(float(degrees) for degrees in match.groups()))
    return None
