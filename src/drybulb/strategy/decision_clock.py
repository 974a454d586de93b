"""Deciding at set clocks only: a policy that is asked once at each, and at no other minute.

The system whose plan drybulb began from decided twice an event, on the day before and on the day. Asked
in the same way, any policy can be laid beside that protocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from drybulb.domain.climateday import ClimateDay
from drybulb.errors import DomainError
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.policy import Policy, View

#: What passes with the minutes: the clock is not used up.
_WAITS = frozenset({Reason.RELEASE, Reason.BEFORE_RELEASE})

_WRITTEN = re.compile(r"D(-1)?T([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class DecisionClock:
    """A clock of local standard time on one of an event's two days.

    Attributes:
        lead: 1 on the day before, 0 on the event day.
        time: of local standard time.
    """

    lead: int
    time: time

    @classmethod
    def parse(cls, text: str) -> DecisionClock:
        """Read ``D-1T10:00`` or ``DT10:00``.

        Raises:
            DomainError: anything else.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise DomainError(
                f"{text.strip()!r} is no decision time; write D-1T10:00 for 10:00 on the day before,"
                " DT10:00 for 10:00 on the event day, both in local standard time"
            )
        return cls(0 if found[1] is None else 1, time(int(found[2]), int(found[3])))

    def __str__(self) -> str:
        """Return it as :meth:`parse` reads it."""
        return f"D{'-1' if self.lead else ''}T{self.time:%H:%M}"

    def at(self, day: ClimateDay) -> datetime:
        """Return the instant of this clock of the event on ``day`` [UTC]."""
        return day.start + timedelta(days=-self.lead, hours=self.time.hour, minutes=self.time.minute)


class AtClocks:
    """Ask a policy at the first open ladder at or after each clock, once; refuse at every other.

    Near a release it is asked again, until that has been read: a clock at the hour would otherwise never decide.
    Whether belief and quote are fresh enough by then is the asked policy's business.

    Args:
        policy: decides.
        clocks: when.
        offsets: hours of standard time from UTC, by city key [h].
    """

    def __init__(self, policy: Policy, clocks: Iterable[DecisionClock], offsets: Mapping[str, int]) -> None:
        self.name = policy.name
        self.policy = policy
        self.clocks = tuple(clocks)
        self.offsets = offsets
        self._used: dict[str, int] = {}

    def decide(self, view: View) -> Decision:
        """Return what the policy decides at a clock that has come and was not used; else a refusal."""
        event = view.event
        day = ClimateDay(event.day, self.offsets[event.city])
        come = sum(clock.at(day) <= view.now for clock in self.clocks)
        if come <= self._used.get(event.ticker, 0):
            return Decision(refusals=(Refusal(Reason.NOT_ASKED, event.ticker),))
        decision = self.policy.decide(view)
        if not any(refusal.reason in _WAITS for refusal in decision.refusals):
            self._used[event.ticker] = come
        return decision
