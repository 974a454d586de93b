"""What a desk may stake and lose: the limits, and the first of them that an order would break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from drybulb.errors import DomainError
from drybulb.strategy.decision import Reason, Refusal

#: A limit, what an order would bring it to, and what it may come to.
Check = tuple[Reason, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The ``[risk]`` block; amounts in [microdollars].

    Attributes:
        max_trade: cash at stake in one order, its fee included.
        max_event: worst loss of one open event.
        max_region: worst losses of the open events of one region together.
        max_daily_loss: loss booked on one date of the exchange's clock.
        max_open_exposure: worst losses of all open events together.
        max_drawdown: how far the gain of all settled events may fall below its highest.
        max_positions: markets held or ordered.
        max_positions_per_event: markets of one event held or ordered.
        regions: region of each city; a city in none is a region of its own.

    Raises:
        DomainError: a limit that is not a whole number above 0.
    """

    max_trade: int
    max_event: int
    max_region: int
    max_daily_loss: int
    max_open_exposure: int
    max_drawdown: int
    max_positions: int
    max_positions_per_event: int
    regions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if limit.name != "regions" and (type(value) is not int or value <= 0):
                raise DomainError(f"limit {limit.name} is {value!r}; give a whole number above 0")

    def region(self, city: str) -> str:
        """Return the region of ``city``."""
        return self.regions.get(city, city)


def first_broken(checks: Iterable[Check], ticker: str) -> Refusal | None:
    """Return the refusal of the first check whose value is above its bound, None if all hold."""
    for reason, seen, bound in checks:
        if seen > bound:
            return Refusal(reason, ticker, seen, bound)
    return None
