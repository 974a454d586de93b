"""Defects that would make money on any market: a belief that knows what comes later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from drybulb.app.asking import Asking
from drybulb.domain.distribution import Belief
from drybulb.engine.ports import Listing
from drybulb.frames.grid import REQUEST_SCHEMA
from tests.laws import test_law11_efficient as law
from tests.laws.mutants import Mutant


def of_the_close(asking: Asking, listings: Mapping[str, Listing]) -> list[Belief]:
    """Beliefs about each instant made of what is known at the close."""
    asked = [
        (listing.event.city, listing.event.day, at, listing.closes_at)
        for listing in listings.values()
        for at in asking._instants(listing)
    ]
    later = pl.DataFrame([(city, day, then) for city, day, _, then in asked], schema=REQUEST_SCHEMA, orient="row")
    return [replace(belief, at=at) for belief, (_, _, at, _) in zip(asking.believe(later), asked, strict=True)]


MUTANTS = [
    Mutant(
        law=law.test_the_strategy_leaves_an_efficient_market_alone,
        target="drybulb.app.asking.Asking.beliefs",
        replacement=of_the_close,
        defect="a belief is made of what is known at the close",
    )
]
