"""A fee rounded to the nearest step, where the exchange rounds up."""

from __future__ import annotations

from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide to the nearest integer, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


MUTANTS = [
    Mutant(
        law=law.test_every_price_and_count_is_charged_the_exact_ceiling,
        target="drybulb.domain.fees.ceil_divide",
        replacement=divide_half_up,
        defect="The trade fee is rounded half up instead of up.",
    )
]
