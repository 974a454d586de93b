"""The tape of a weight below one: the pool of belief and market, ladder by ladder, as the replay pools them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from drybulb.engine.ports import MarketEvent, order_of
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.engine.simulated import SimulatedBroker
from drybulb.errors import DomainError
from drybulb.research.granted import Exchange
from drybulb.research.pooled import pooled
from drybulb.research.screen import Screen
from drybulb.research.taping import tape_of
from drybulb.strategy.anchor import AnchorRules, market_probabilities, pool
from drybulb.strategy.decision import Decision, Refusal
from drybulb.strategy.flat import Flat
from drybulb.strategy.policy import Gates, Threshold, View
from drybulb.strategy.releases import Releases
from drybulb.strategy.rules import CityRules, Rules
from tests.laws.recorded_hours import drawn_hours
from tests.trading import CHARGES, believed, ladder, listing, quote, settled, state

LISTED = listing()
LISTINGS = {LISTED.event.ticker: LISTED}
BELIEF = believed(LISTED, "15:59", 0.6, 0.3, 0.1)
STRICT, LENIENT = AnchorRules(1000, 5, 2), AnchorRules(4000, 60, 60)
LIVELY = Gates(max_belief_age=60, max_quote_age=60, max_spread=4000, min_minutes_to_close=0, cooldown=15)


class PooledFlat(Flat):
    """The flat policy on the pool of a weight, pooled as a policy does it."""

    weight = 0.5

    def decide(self, view: View) -> Decision:
        """Decide on the pool, where the ladder speaks for the market."""
        market = market_probabilities(view.event, view.quotes, self.rules.anchor)
        if view.probabilities is None or isinstance(market, Refusal):
            return Decision()
        return super().decide(replace(view, probabilities=pool(view.probabilities, market, self.weight)))


def rules(edge: float, gates: Gates, anchor: AnchorRules) -> Rules:
    """Rules that ask for so much at either lead [centicents]."""
    least = Threshold(edge, 0.25), Threshold(edge, 0.25)
    return Rules({city: CityRules(least, least) for city in ("chicago", "miami")}, gates, anchor)


def test_a_screen_of_the_pool_is_the_replay_of_the_pool() -> None:
    """Whatever was quoted and believed: the same markets trade at the same prices as where the policy pools."""
    random = Random(9)  # noqa: S311 - seeded tapes, not secrets
    asked, seen = rules(50.0, LIVELY, LENIENT), 0
    for _ in range(25):
        events, listings = drawn_hours(random)
        exchange = Exchange(CHARGES, timedelta(seconds=1), timedelta(minutes=5), timedelta(minutes=180))
        tape = pooled(tape_of(events, listings), LENIENT, PooledFlat.weight)
        made = Screen(tape, exchange, Releases()).trades(asked)
        columns = (tape.tickers[made.market].tolist(), made.price.tolist(), made.count.tolist())
        screened = list(zip(*columns, strict=True))
        begun, journal = state(listings.values(), PooledFlat("pool", asked)), MemoryJournal()
        run(begun, ReplayFeed(events), SimulatedBroker(listings, CHARGES, timedelta(seconds=1)), ReplayClock(), journal)
        fills: list[dict[str, Any]] = [{**one.fields} for one in journal.records if one.kind == "fill"]
        assert sorted(screened) == sorted((one["ticker"], one["price"], one["count"]) for one in fills)
        seen += len(fills)
    assert seen > 25


def test_a_pool_is_made_of_belief_and_mids() -> None:
    """Mids of 50, 30 and 20 beside a belief of 60, 30 and 10 %, half each: roots of .30, .09 and .02, normalised."""
    quotes = (quote(49, 51), quote(29, 31), quote(19, 21))
    tape = tape_of(sorted([BELIEF, ladder(LISTED, "16:00", *quotes), settled(LISTED, 0)], key=order_of), LISTINGS)
    mixed = pooled(tape, STRICT, 0.5)
    assert mixed.belief.tolist() == [0]
    assert mixed.believed_at.tolist() == tape.believed_at.tolist()
    total = 0.547723 + 0.3 + 0.141421
    assert mixed.probabilities[0] == pytest.approx([0.547723 / total, 0.3 / total, 0.141421 / total], abs=1e-5)


@pytest.mark.parametrize(
    "third",
    [
        quote(19, 31),
        quote(None, 21),
        quote(19, 21, age=6),
        quote(19, 21, age=3),
        quote(21, 21),
        quote(19, 21, source="daily"),
    ],
    ids=["wide", "one-sided", "old", "of another time", "crossed", "kept once a day"],
)
def test_a_ladder_that_does_not_speak_for_the_market_has_no_pool(third: Any) -> None:
    """One leg that is wide, one-sided, old, of another time, crossed, or kept once a day silences its ladder."""
    events: list[MarketEvent] = [
        BELIEF,
        ladder(LISTED, "16:00", quote(49, 51), quote(29, 31), third),
        settled(LISTED, 0),
    ]
    assert pooled(tape_of(sorted(events, key=order_of), LISTINGS), STRICT, 0.5).belief.tolist() == [-1]


def test_a_whole_weight_is_the_tape_itself_and_none_is_refused() -> None:
    """At weight 1 nothing is pooled; 0, more than 1 and no number at all are refused by name."""
    tape = tape_of([], {})
    assert pooled(tape, STRICT, 1.0) is tape
    for wrong in (0.0, 1.5, np.nan):
        with pytest.raises(DomainError, match=f"weight {wrong}"):
            pooled(tape, STRICT, wrong)
