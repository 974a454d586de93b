"""Defects of repeatability: numbers that outlive a run, an order that comes from the caller, a seed unused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import count

from drybulb.app.config import Config
from drybulb.app.terms import Terms
from drybulb.engine.admission import order_id_of
from drybulb.engine.ports import Record
from tests.laws import test_law09_digest as law
from tests.laws.mutants import Mutant

_ORDERS = count()


def counted_through_the_process(seed: int, ticker: str, at: datetime, number: int) -> str:
    """Number orders on from the run before."""
    return order_id_of(seed, ticker, at, next(_ORDERS))


def seed_unused(seed: int, ticker: str, at: datetime, number: int) -> str:
    """The same ids whatever the seed."""
    return f"{ticker}-{at.isoformat()}-{number}"


def heading_with_a_clock(config: Config, start: date, end: date, asked: Sequence[str], terms: Terms) -> Record:
    """A first line that says when the run was made."""
    made = datetime.now(UTC).isoformat()
    return Record(datetime.combine(start, time(), UTC), "run", {"made": made, **terms.fields()})


MUTANTS = [
    Mutant(
        law=law.test_the_same_run_twice,
        target="drybulb.engine.admission.order_id_of",
        replacement=counted_through_the_process,
        defect="orders are numbered through the process instead of through the run",
    ),
    Mutant(
        law=law.test_the_same_run_twice,
        target="drybulb.app.desks.heading",
        replacement=heading_with_a_clock,
        defect="the journal says when the run was made",
    ),
    Mutant(
        law=law.test_how_the_cities_are_named_does_not_matter,
        target="drybulb.app.desks._asked",
        replacement=lambda cities, known: list(cities),
        defect="cities are replayed as they were named",
    ),
    Mutant(
        law=law.test_another_seed_is_another_run,
        target="drybulb.engine.admission.order_id_of",
        replacement=seed_unused,
        defect="ids of orders do not depend on the seed",
    ),
]
