"""What the exchange charges for a fill, to the last microdollar.

The fee model is quadratic in the price P of a fill of C contracts [dollars]::

    model = rate * multiplier * C * P * (1 - P)

and differs in how it is rounded. What the exchange documents (fee rounding page,
autumn 2026) and :attr:`Rounding.ACCUMULATOR` computes::

    revenue        = -P * C for a buy, +P * C for a sale
    trade fee      = model, rounded up to $0.000001
    aligned change = revenue - trade fee, rounded down to the member's precision
    rounding fee   = (revenue - trade fee) - aligned change
    accumulator   += rounding fee
    rebate         = the whole precisions in the accumulator, no more than was just charged
    accumulator   -= rebate
    net fee        = trade fee + rounding fee - rebate

The accumulator belongs to an *order* and lives through all its fills, taken or made, so
many small fills cost about what one large fill costs.

A fee depends on the side of the YES book, never on the position. Selling YES that one
holds brings P * C; selling YES that one does not hold is buying NO, and costs (1 - P) * C.
The two differ by $1 * C, which is whole cents because a count is whole hundredths of a
contract, so they round alike. The ledger moves that dollar; this module need not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from drybulb.domain.money import CENTICENTS_PER_DOLLAR, MICRODOLLARS_PER_CENT, complement, require_tradable
from drybulb.errors import FeeError

ANY_SERIES = "*"
TAKER_RATE = Fraction("0.07")


class FeeType(StrEnum):
    """The exchange's word for the fee of a series. Takers pay the same rate under all.

    ``flat`` is missing on purpose: its amounts stand in a table of the exchange's fee
    schedule, not in a formula, so a series that has it is refused, not guessed.

    Source: the exchange's API specification, ``Series.fee_type``, and its fee schedule.
    """

    QUADRATIC = "quadratic"
    QUADRATIC_WITH_MAKER_FEES = "quadratic_with_maker_fees"
    QUADRATIC_WITH_COMBO_MAKER_FEES = "quadratic_with_combo_maker_fees"

    @property
    def maker_share(self) -> Fraction:
        """The part of the taker's rate that a maker pays."""
        match self:
            case FeeType.QUADRATIC:
                return Fraction(0)
            case FeeType.QUADRATIC_WITH_MAKER_FEES:
                return Fraction("0.25")
            case FeeType.QUADRATIC_WITH_COMBO_MAKER_FEES:
                return Fraction("0.5")


class Rounding(StrEnum):
    """How an era rounds.

    ``cent``: the trade fee goes up to the next cent, fill by fill, and that is all.
    ``accumulator_cent``: up to $0.0001, and rebates are whole cents (documented June to
    August 2026). That page gives a rebate once the accumulator *exceeds* a cent, its
    successor once it *reaches* one; at equality this follows the successor.
    ``accumulator``: up to $0.000001, and rebates are whole precisions of the member.
    """

    CENT = "cent"
    ACCUMULATOR_CENT = "accumulator_cent"
    ACCUMULATOR = "accumulator"

    @property
    def trade_step(self) -> int:
        """What the trade fee is a multiple of [microdollars]."""
        match self:
            case Rounding.CENT:
                return MICRODOLLARS_PER_CENT
            case Rounding.ACCUMULATOR_CENT:
                return 100
            case Rounding.ACCUMULATOR:
                return 1


class MemberType(StrEnum):
    """Who clears the account.

    ``direct`` balances are kept to $0.0001, ``non_direct`` ones (through a broker) to
    $0.01. A backtest that does not know takes ``non_direct``, the dearer.
    """

    DIRECT = "direct"
    NON_DIRECT = "non_direct"

    @property
    def precision(self) -> int:
        """What the balance is a multiple of [microdollars]."""
        return 100 if self is MemberType.DIRECT else MICRODOLLARS_PER_CENT


@dataclass(frozen=True, slots=True)
class FeeRule:
    """What one series is charged from one date on.

    Attributes:
        series: ticker of the series, or ``*`` for every series without a rule of its own.
        starts: first date on which the rule holds.
        fee_type: the fee model.
        multiplier: the series' factor on the model, 1 for temperatures.
        rounding: the era's rounding.
        taker_rate: fee of a contract over P(1 - P) for a taker, multiplier included.
        maker_rate: the same for a maker.
    """

    series: str
    starts: date
    fee_type: FeeType
    multiplier: Fraction
    rounding: Rounding
    # Derived once: every fill of a backtest asks for them, and fractions multiply slowly.
    taker_rate: Fraction = field(init=False, repr=False, compare=False)
    maker_rate: Fraction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.series:
            raise FeeError(f"the fee rule from {self.starts} names no series; give a ticker or '{ANY_SERIES}'")
        if self.multiplier < 0:
            raise FeeError(f"the fee multiplier {self.multiplier} of {self.series} is negative; give 0 or more")
        taker_rate = TAKER_RATE * self.multiplier
        object.__setattr__(self, "taker_rate", taker_rate)
        object.__setattr__(self, "maker_rate", taker_rate * self.fee_type.maker_share)

    @classmethod
    def parse(cls, series: str, starts: date, fee_type: str, multiplier: str, rounding: str) -> FeeRule:
        """Make a rule from the words of a configuration or of the exchange.

        Args:
            series: ticker of the series, or ``*``.
            starts: first date on which the rule holds.
            fee_type: a word of :class:`FeeType`.
            multiplier: an exact number, such as ``"1"`` or ``"0.5"``.
            rounding: a word of :class:`Rounding`.

        Raises:
            FeeError: a word or a number that is not known, naming the series and the date.
        """
        try:
            return cls(series, starts, FeeType(fee_type), Fraction(multiplier), Rounding(rounding))
        except (ValueError, ZeroDivisionError) as error:
            raise FeeError(
                f"fee rule of {series} from {starts}: {error}; fee types are {', '.join(FeeType)},"
                f" roundings {', '.join(Rounding)}, a multiplier is a number such as '1'"
            ) from error


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The fee rules of all series through time."""

    rules: tuple[FeeRule, ...]

    def __post_init__(self) -> None:
        keys = [(rule.series, rule.starts) for rule in self.rules]
        for series, starts in keys:
            if keys.count((series, starts)) > 1:
                raise FeeError(f"two fee rules for {series} from {starts}; keep one")

    def rule_for(self, series: str, day: date) -> FeeRule:
        """Return the rule of ``series`` on ``day``: its own if it has one, else that for any series.

        Args:
            series: ticker of the series.
            day: the exchange's date of the order.

        Raises:
            FeeError: no rule had started by ``day``.
        """
        started = [rule for rule in self.rules if rule.series in (series, ANY_SERIES) and rule.starts <= day]
        if not started:
            raise FeeError(f"no fee rule covers {series} on {day}; add one that starts on or before that date")
        return max(started, key=lambda rule: (rule.series == series, rule.starts))


@dataclass(frozen=True, slots=True)
class FeeCharge:
    """What one fill costs, part by part [microdollars].

    Attributes:
        revenue: what the YES leg brings, negative where it is bought, before fees.
        trade_fee: the fee model, rounded up.
        rounding_fee: what brings the balance back to its precision.
        rebate: what the order has overpaid by rounding and gets back.
    """

    revenue: int
    trade_fee: int
    rounding_fee: int
    rebate: int

    @property
    def net_fee(self) -> int:
        """What the fill costs in all, never negative [microdollars]."""
        return self.trade_fee + self.rounding_fee - self.rebate

    @property
    def balance_change(self) -> int:
        """What the YES leg does to the balance, after fees [microdollars]."""
        return self.revenue - self.net_fee


@dataclass(slots=True)
class FeeAccumulator:
    """Charges the fills of *one* order, remembering what rounding has overpaid.

    Mutable, because it is an order's memory. Restored by charging its fills again.

    Attributes:
        rule: the fee rule of the order's series on the day of the order.
        member: who clears the account.
        overpaid: rounding fees not yet rebated: all net fees less all trade fees [microdollars].
    """

    rule: FeeRule
    member: MemberType = MemberType.NON_DIRECT
    overpaid: int = 0

    def charge(self, price: int, count: int, *, is_buy: bool, is_taker: bool) -> FeeCharge:
        """Charge the next fill of the order.

        Args:
            price: of YES [centicents].
            count: contracts of this fill [1/100 contract].
            is_buy: whether YES is bought; buying NO at 1 - P is selling YES at P.
            is_taker: whether the order took a resting one.

        Raises:
            MoneyError: a price or count that cannot trade.
        """
        require_tradable(price, count)
        revenue = -price * count if is_buy else price * count
        fee = trade_fee(self.rule, price, count, is_taker=is_taker)
        if self.rule.rounding is Rounding.CENT:
            return FeeCharge(revenue, fee, 0, 0)
        # The remainder of a floored division is never negative: it is what flooring takes.
        rounding_fee = (revenue - fee) % self.member.precision
        overpaid = self.overpaid + rounding_fee
        step = MICRODOLLARS_PER_CENT if self.rule.rounding is Rounding.ACCUMULATOR_CENT else self.member.precision
        # No more than was charged, and then whole steps of that too, or the balance would leave its precision.
        rebate = min(overpaid, fee + rounding_fee) // step * step
        self.overpaid = overpaid - rebate
        return FeeCharge(revenue, fee, rounding_fee, rebate)


def trade_fee(rule: FeeRule, price: int, count: int, *, is_taker: bool) -> int:
    """Return the fee model of one fill, rounded up to the era's step [microdollars].

    Args:
        rule: the fee rule of the series.
        price: of either leg, the model being symmetric [centicents].
        count: contracts [1/100 contract].
        is_taker: whether the order took a resting one.
    """
    rate = rule.taker_rate if is_taker else rule.maker_rate
    step = rule.rounding.trade_step
    # price * count is P * C in microdollars; the other leg's price over a dollar is 1 - P.
    model = rate.numerator * price * count * complement(price)
    return ceil_divide(model, rate.denominator * CENTICENTS_PER_DOLLAR * step) * step


def expected_fee(
    rule: FeeRule, price: int, count: int, member: MemberType = MemberType.NON_DIRECT, *, is_taker: bool = True
) -> int:
    """Return what trading ``count`` in one fill of a new order costs, by the dearer side [microdollars].

    Under ``accumulator`` rounding, whole contracts at whole cents cost less than one
    precision and a microdollar a fill more than this, however they are split. Hundredths
    of a contract can cost more: each alone is charged up to a precision.

    Args:
        rule: the fee rule of the series.
        price: of either leg [centicents].
        count: contracts [1/100 contract].
        member: who clears the account.
        is_taker: whether the order takes a resting one.

    Raises:
        MoneyError: a price or count that cannot trade.
    """
    sides = (FeeAccumulator(rule, member).charge(price, count, is_buy=buy, is_taker=is_taker) for buy in (True, False))
    return max(charge.net_fee for charge in sides)


def ceil_divide(numerator: int, denominator: int) -> int:
    """Return the least integer not below ``numerator / denominator``, in integers alone."""
    return -(-numerator // denominator)
