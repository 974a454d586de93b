"""Standing down in a city whose belief has been refuted: a policy that is not asked there from an instant on.

What refuted it, and how surely, is the business of whoever says so; from then on nothing is proposed in that city. What
works is withdrawn, what is held stays until it settles, and a stop is for good: only another registration of the watch
lifts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.execution import Execution, stand_down
from drybulb.strategy.policy import Policy, View


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and from when on a city is not traded.

    Attributes:
        at: from this instant on [UTC].
        e_value: evidence against the belief by then.
        level: what it had to stay below.
    """

    at: datetime
    e_value: float
    level: float


class Stopped:
    """Ask a policy, but refuse in a city from the instant of its stop on.

    Args:
        policy: decides.
        stops: by city key; cities that may trade are not there.
    """

    def __init__(self, policy: Policy, stops: Mapping[str, Stop]) -> None:
        self.name = policy.name
        self.policy = policy
        self.stops = stops

    def decide(self, view: View) -> Decision:
        """Return what the policy decides, or that the city was stopped."""
        stop = self.stops.get(view.event.city)
        if stop is None or view.now < stop.at:
            return self.policy.decide(view)
        refused = Refusal(Reason.STOPPED, view.event.ticker, stop.e_value, stop.level)
        return stand_down(view, refused, Execution.MAKER)
