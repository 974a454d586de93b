"""How a policy trades: by taking what others quote, or by orders of its own that wait in the book."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from drybulb.strategy.decision import Decision, Reason, Refusal, Withdrawal
from drybulb.strategy.policy import Policy, View


class Execution(StrEnum):
    """Which side of a trade the policy is on."""

    TAKER = "taker"
    MAKER = "maker"


class Trader(Policy, Protocol):
    """A policy that trades what a view says is believed."""

    @property
    def execution(self) -> Execution:
        """How it trades."""
        ...


def stand_down(view: View, why: Refusal, execution: Execution) -> Decision:
    """Return a decision that refuses the whole ladder, and withdraws what must not go on working.

    An order of ours that waits in the book is only good while we watch it. One that takes has hours to live at most
    and ends before a release by itself; one that works near a release nevertheless is withdrawn.

    Args:
        view: the ladder.
        why: what bars it.
        execution: how it is traded.
    """
    stakes = view.book.stakes
    if not stakes or (execution is Execution.TAKER and why.reason is not Reason.RELEASE):
        return Decision(refusals=(why,))
    return Decision(refusals=(why,), withdrawals=tuple(Withdrawal(order_id, why) for order_id in stakes))
