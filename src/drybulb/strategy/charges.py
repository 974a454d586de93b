"""Which fee rule an order falls under, what it will be charged, and the most it can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from drybulb.domain.fees import (
    FeeAccumulator,
    FeeRule,
    FeeSchedule,
    MemberType,
    Rounding,
    ceil_divide,
    expected_fee,
    trade_fee,
)
from drybulb.domain.money import (
    CENTICENTS_PER_CENT,
    CENTICENTS_PER_DOLLAR,
    COUNT_PER_CONTRACT,
    MICRODOLLARS_PER_CENT,
    complement,
)

_DEAREST_PRICE = CENTICENTS_PER_DOLLAR // 2


@dataclass(frozen=True, slots=True)
class Charges:
    """The fee schedule as one account meets it.

    Attributes:
        schedule: rules by series and date.
        member: who clears the account.
        zone: the exchange's time zone; a rule starts at its midnight there.
    """

    schedule: FeeSchedule
    member: MemberType
    zone: ZoneInfo
    _rules: dict[tuple[str, date, int], FeeRule] = field(default_factory=dict, repr=False, compare=False)
    _one_fill: dict[tuple[int, int, int, bool], int] = field(default_factory=dict, repr=False, compare=False)

    def rule(self, series: str, at: datetime) -> FeeRule:
        """Return the rule for an order of ``series`` placed at ``at`` [aware].

        Raises:
            FeeError: no rule covers them.
        """
        # By the hour of UTC: midnight of the exchange falls on one, and clocks of other zones say other dates.
        instant = at if at.tzinfo is UTC else at.astimezone(UTC)
        key = (series, instant.date(), instant.hour)
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = self.schedule.rule_for(series, at.astimezone(self.zone).date())
        return found

    def accumulator(self, series: str, at: datetime) -> FeeAccumulator:
        """Return what charges the fills of an order placed at ``at`` [aware]."""
        return FeeAccumulator(self.rule(series, at), self.member)

    def in_one_fill(self, series: str, at: datetime, price: int, count: int, *, is_taker: bool = True) -> int:
        """Return what ``count`` [1/100 contract] cost at ``price`` [centicents] in one fill [microdollars]."""
        rule = self.rule(series, at)
        # A rule lives as long as this schedule, so its identity names it; the same size is asked for every minute.
        key = (id(rule), price, count, is_taker)
        fee = self._one_fill.get(key)
        if fee is None:
            fee = self._one_fill[key] = expected_fee(rule, price, count, self.member, is_taker=is_taker)
        return fee


@dataclass(frozen=True, slots=True)
class FeeBound:
    """The most an order can be charged, however its lots are split, whether they take or make, and however well.

    Attributes:
        each: per lot begun [microdollars].
        once: per order, for what rounding has not given back yet [microdollars].
        lot: the least that fills at once [1/100 contract].
    """

    each: int
    once: int
    lot: int = COUNT_PER_CONTRACT

    @classmethod
    def of(cls, rule: FeeRule, member: MemberType, paid: int, lot: int = COUNT_PER_CONTRACT) -> FeeBound:
        """Return the bound of an order that pays up to ``paid`` [centicents] for its leg, in whole ``lot``.

        A better fill can cost a higher fee, because the model peaks at half a dollar; the
        dearest price within the limit bounds them all. Single lots are dearest, because a
        rounded sum is never more than the sum of the rounded. A maker is never charged
        more than a taker. Parts of a contract, and contracts at parts of a cent, may be rounded
        up to the precision each, and too little is charged for any of them to give it back. A
        limit of whole cents is taken for that of a market which trades at no others.
        """
        each = trade_fee(rule, min(paid, _DEAREST_PRICE), lot, is_taker=True)
        if rule.rounding is Rounding.CENT:
            return cls(each, 0, lot)
        if lot % COUNT_PER_CONTRACT or paid % CENTICENTS_PER_CENT:
            return cls(each + member.precision, 0, lot)
        return cls(each, max(MICRODOLLARS_PER_CENT, member.precision), lot)

    def fee(self, count: int) -> int:
        """Return the bound for ``count`` [1/100 contract] in [microdollars]."""
        return self.once + self.each * ceil_divide(count, self.lot) if count else 0


def leg_price(price: int, *, is_buy: bool) -> int:
    """Return what a contract of the leg bought costs: YES, or NO where YES is sold [centicents]."""
    return price if is_buy else complement(price)
