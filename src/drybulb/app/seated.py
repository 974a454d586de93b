"""What a desk is given before the replay: its policy, who believes for it, and the first line of its journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from drybulb.app import wiring
from drybulb.app.asking import BeliefMaker, Believe, open_clocks
from drybulb.app.config import Config
from drybulb.app.runfolder import config_digest
from drybulb.app.terms import Terms
from drybulb.domain.distribution import Belief
from drybulb.engine.ports import Listing, Record, Value
from drybulb.errors import ConfigError
from drybulb.strategy.decision_clock import AtClocks
from drybulb.strategy.execution import Execution
from drybulb.strategy.policy import Policy
from drybulb.strategy.stopped import Stopped


def shut_of(terms: Terms, listings: Mapping[str, Listing]) -> tuple[str, ...]:
    """Return how many events of each city cannot be decided about at a clock, for their market is not open then.

    Raises:
        ConfigError: a clock for a policy without beliefs or whose orders wait, or at which no market is open.
    """
    if terms.clocks and not wiring.needs_beliefs(terms.policy):
        raise ConfigError(
            f"policy {terms.policy} has no belief to decide on at {terms.clocks[0]}; let it decide at any time"
        )
    if terms.clocks and terms.fills.is_maker:
        raise ConfigError(
            f"fills {terms.fills} at {terms.clocks[0]} only: nobody would watch what waits until the next clock; let it"
            " decide at any time, or take"
        )
    notes = []
    for clock in terms.clocks:
        shut = Counter(made.event.city for made in listings.values() if not any(open_clocks([clock], made)))
        if listings and shut.total() == len(listings):
            first = min(listings.values(), key=lambda made: (made.opens_at, made.event.ticker))
            raise ConfigError(
                f"no market of the window is open at {clock}; {first.event.ticker} is from {first.opens_at:%F %H:%M}Z"
                f" to {first.closes_at:%F %H:%M}Z: give a clock of local standard time in between"
            )
        notes += [f"{city}: {count} events are not open at {clock}" for city, count in sorted(shut.items())]
    return tuple(notes)


def policy_of(config: Config, terms: Terms) -> Policy:
    """The policy asked for, to be asked at its clocks only if there are any."""
    execution = Execution.MAKER if terms.fills.is_maker else Execution.TAKER
    policy = wiring.policy(config, terms.policy, terms.anchor.weights if terms.anchor else None, execution)
    policy = policy if terms.watched is None else Stopped(policy, terms.watched.stops())
    if not terms.clocks:
        return policy
    return AtClocks(policy, terms.clocks, {key: city.standard_offset_hours for key, city in config.cities().items()})


def believe_of(forecaster: BeliefMaker | None, policy: str) -> Believe | None:
    """Return what makes the beliefs of a policy, None where it looks at none.

    Raises:
        ConfigError: it does, and there is no forecaster.
    """
    if not wiring.needs_beliefs(policy):
        return None
    if forecaster is None:
        raise ConfigError(f"policy {policy} trades the beliefs of a forecaster; train one, or use policy never")

    def believe(requests: pl.DataFrame) -> list[Belief]:
        return forecaster.beliefs(requests, wiring.forecaster_of(policy))

    return believe


def heading(config: Config, start: date, end: date, asked: Sequence[str], terms: Terms) -> Record:
    """Return the first line of a journal: what makes this run this run."""
    fields: dict[str, Value] = {
        "window": [start, end],
        "cities": list(asked),
        **terms.fields(),
        "config": config_digest(config),
        "seed": config.training.seed,
    }
    return Record(datetime.combine(start, time(), UTC) - timedelta(days=2), "run", fields)
