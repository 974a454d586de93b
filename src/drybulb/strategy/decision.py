"""What a policy answers: proposals to trade, and refusals with what was seen and what was allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from drybulb.domain.ledger import Intent


class Reason(StrEnum):
    """Why something was not traded, in the words of the journal and the reports."""

    CLOSED = "market closed"
    OUTSIDE = "neither the event day nor the day before"
    NOT_ASKED = "not a decision time"
    STOPPED = "stopped by the watch"
    NEAR_CLOSE = "too near the close"
    NO_BELIEF = "no belief"
    STALE_BELIEF = "stale belief"
    NO_WEIGHT = "no weight beside the market"
    NO_EDGE = "no edge"
    CROSSED = "crossed quote"
    STALE_QUOTE = "stale quote"
    WIDE_SPREAD = "wide spread"
    ONE_SIDED = "one-sided quote"
    ASYNCHRONOUS = "legs not of one time"
    RELEASE = "release near"
    BEFORE_RELEASE = "belief older than a release"
    BAD_PROBABILITIES = "probabilities that are none"
    MISSING_LEG = "missing leg"
    RISKLESS = "riskless set"
    HYSTERESIS = "within the hysteresis"
    TOUCHED = "touched before"
    REPRICED = "repriced"
    WORKING = "order working"
    COOLDOWN = "cooling down"
    HOLDING = "holding enough"
    TOO_SMALL = "less than one contract"
    WORSE_THAN_NOTHING = "worse than nothing"
    CASH = "cash"
    HALTED = "halted"
    MAX_TRADE = "max_trade_usd"
    MAX_EVENT = "max_event_usd"
    MAX_REGION = "max_region_usd"
    MAX_DRAWDOWN = "max_drawdown_usd"
    MAX_DAILY_LOSS = "max_daily_loss_usd"
    MAX_OPEN_EXPOSURE = "max_open_exposure_usd"
    MAX_POSITIONS = "max_positions"
    MAX_POSITIONS_PER_EVENT = "max_positions_per_event"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing not done.

    Attributes:
        reason: which gate or limit.
        ticker: the market, or the event where the whole ladder was refused.
        seen: the value that failed, in the limit's unit; None where there was none.
        bound: what it had to keep to; None where there is no number.
    """

    reason: Reason
    ticker: str
    seen: float | None = None
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An intent and what it rests on, before risk has seen it.

    Attributes:
        leg: index of the market in its ladder.
        intent: what to trade.
        probability: of YES, as believed; None where no belief was asked.
        edge: expected value after fees, for the intent's count [centicents per contract].
        min_edge: what the edge must reach for whatever count risk leaves [centicents per contract].
        growth: expected log of wealth after over before, of all that was sized with it; None where nothing was.
        until: when the order has to have ended, filled or not [UTC]; None where the run's own lifetime says so.
    """

    leg: int
    intent: Intent
    probability: float | None
    edge: float | None
    min_edge: float
    growth: float | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A working order to be canceled, and why.

    Attributes:
        order_id: which.
        why: reason, with what was seen and what it had to keep to.
    """

    order_id: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything a policy says about one ladder at one instant.

    Attributes:
        proposals: best first.
        refusals: what was not done, and why.
        withdrawals: working orders to be canceled.
        is_set: whether the proposals are worth something only together: all of them in full, or none.
        judge: whether signed counts of each leg [1/100 contract] are better than nothing, for what the limits leave of
            proposals that were sized together; None where each is worth what it is by itself.
    """

    proposals: tuple[Proposal, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    is_set: bool = False
    judge: Callable[[tuple[int, ...]], bool] | None = field(default=None, repr=False, compare=False)
