"""The terms of a run: who is asked, when, what fills, and who settles."""

from __future__ import annotations

from dataclasses import dataclass

from drybulb.app.anchor_store import StoredAnchor
from drybulb.app.watched import Watched
from drybulb.engine.fills import Fills
from drybulb.engine.ports import Value
from drybulb.strategy.decision_clock import DecisionClock


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person asked of a run, beside its window and cities.

    Attributes:
        policy: its name.
        clocks: the only times at which it is asked, in order; none where it is asked at any time.
        is_inferred: whether the official high settles an event whose settlement is not recorded.
        anchor: weights of the belief beside the market, where the policy pools the two.
        watched: the bets whose stops hold, where they do.
        fills: what the simulated exchange grants.
    """

    policy: str
    clocks: tuple[DecisionClock, ...] = ()
    is_inferred: bool = False
    anchor: StoredAnchor | None = None
    watched: Watched | None = None
    fills: Fills = Fills.TAKER

    def fields(self) -> dict[str, Value]:
        """Return what the first line of the journal says of them; what was not asked for is not there."""
        fields: dict[str, Value] = {"policy": self.policy, "fills": self.fills}
        if self.clocks:
            fields["decide_at"] = [str(clock) for clock in self.clocks]
        if self.is_inferred:
            fields["settled_by"] = "official high"
        if self.anchor is not None:
            fields["anchor"] = self.anchor.id
        if self.watched is not None:
            fields["watch"] = self.watched.to_json()
        return fields
