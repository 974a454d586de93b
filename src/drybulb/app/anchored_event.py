"""The pool of one belief with the market at one instant, as the policy `anchored` would have made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store
from drybulb.app.config import Config
from drybulb.app.listings import listed_events
from drybulb.app.recorded_ladders import UNSEEN, Ladders, recorded_ladders
from drybulb.app.wiring import anchor_rules
from drybulb.domain.distribution import Belief
from drybulb.domain.market import Quote
from drybulb.engine.ports import Listing
from drybulb.strategy.anchor_weights import phase_at
from drybulb.strategy.anchored import pooled_or_why
from drybulb.strategy.decision import Refusal

_SIDES = ("yes_bid", "yes_ask", "bid_size", "ask_size", "bid_age", "ask_age", "source")


@dataclass(frozen=True, slots=True)
class AnchoredEvent:
    """What the anchor makes of one belief.

    Attributes:
        weight: of the belief in force then; None where none is.
        why: one sentence: the pool, or why there is none.
        pooled: probability of each market by ticker; empty where there is no pool.
    """

    weight: float | None
    why: str
    pooled: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Weight and sentence; the probabilities stand with the markets."""
        return {"weight": self.weight, "why": self.why}


def anchored_event(lake: Lake, config: Config, belief: Belief, source: str) -> AnchoredEvent | None:
    """Return the pool of a belief with the market as quoted at its instant; None where no weights are stored.

    Args:
        lake: the tables and the stored weights.
        config: the configuration.
        belief: about a listed event.
        source: the forecaster that was asked.

    Raises:
        ModelError: weights that are broken or of another version.
    """
    stored = anchor_store.find(lake, source)
    city = config.find_city(belief.city)
    listings = listed_events(lake, {city.key: city}, belief.day, belief.day)
    if stored is None or len(listings) != 1 or belief.distribution is None:
        return None
    (listing,) = listings.values()
    event, local = listing.event, belief.at + timedelta(hours=city.standard_offset_hours)
    phase = phase_at((event.day - local.date()).days, local.hour)
    weight = stored.weights.in_force(phase, city.key, belief.at)
    believed = event.ladder.probabilities(belief.distribution)
    found = pooled_or_why(event, believed, _quotes(lake, listing, belief.at), weight, anchor_rules(config))
    share = None if weight is None else weight.weight
    if isinstance(found, Refusal):
        return AnchoredEvent(share, f"a pass in {phase}: {_said(found)}", {})
    pooled = dict(zip((market.ticker for market in event.markets), found, strict=True))
    return AnchoredEvent(share, f"the belief has {share:.2f} of the pool in {phase}", pooled)


def _said(refusal: Refusal) -> str:
    bound = "" if refusal.bound is None else f", {refusal.seen:g} where {refusal.bound:g} is allowed"
    return f"{refusal.reason} ({refusal.ticker}{bound})"


def _quotes(lake: Lake, listing: Listing, at: datetime) -> tuple[Quote, ...]:
    """The ladder as it was last quoted by ``at``, its ages counted to then; empty quotes where it was not."""
    listings, day = {listing.event.ticker: listing}, listing.event.day
    rows = [known for part in recorded_ladders(lake, listings, day, day) for known in _known(part, at)]
    found = {leg: Quote(None, None, None, None, UNSEEN, UNSEEN, "none") for leg in range(len(listing.event.markets))}
    if rows:
        known = pl.concat(rows, how="vertical_relaxed")
        newest = known.filter(pl.col("known_at") == pl.col("known_at").max())
        waited = (at - newest["known_at"][0].astimezone(UTC)) // timedelta(minutes=1)
        aged = newest.with_columns(pl.col("bid_age", "ask_age") + waited)
        for leg, *sides in aged.select("leg", *_SIDES).iter_rows():
            found[leg] = Quote(*sides)
    return tuple(found.values())


def _known(part: Ladders, at: datetime) -> list[pl.DataFrame]:
    """Quotes known by ``at`` while the exchange traded."""
    frames = (rows.filter((pl.col("known_at") <= at) & pl.col("is_trading")) for rows in part.by_date.values())
    return [rows for rows in frames if rows.height]
