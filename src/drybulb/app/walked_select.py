"""The thresholds of a city for one window of a walk, chosen by the screen from what was known before it opened."""

from __future__ import annotations

from datetime import date

import numpy as np

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.known_lake import KnownLake
from drybulb.app.progress import Progress, silent
from drybulb.app.screening import make_screen, make_tape
from drybulb.app.swept_sets import ParameterSet, configured, with_set
from drybulb.app.walked_anchor import anchored_tape
from drybulb.app.walked_choice import Chosen, Edges, Selection, undecided
from drybulb.app.walked_judged import judged
from drybulb.app.walked_windows import Window
from drybulb.engine.fills import Fills
from drybulb.research.pooled import pooled
from drybulb.research.screen import Screen, Trades
from drybulb.research.tape import Tape


def choose(
    lake: Lake,
    config: Config,
    window: Window,
    city: str,
    asked: Selection,
    forecaster: BeliefMaker,
    progress: Progress = silent,
) -> Chosen:
    """Choose the thresholds of a city for a window, of what was known before it opened and of nothing else.

    A set is chosen where its flat stake earns in the selection, and its deflated Sharpe ratio among all sets tried is
    at least that which a sweep asks of a proposal.

    Args:
        lake: the tables.
        config: the settings in force.
        window: the window.
        city: key of the city.
        asked: how thresholds are chosen.
        forecaster: makes beliefs of the days before the window, each as of then.
        progress: told of each month begun.

    Raises:
        LakeError: a file that cannot be read.
        ModelError: a stored model that cannot be read, or no weights for the policy ``anchored``.
    """
    known = KnownLake(lake, window.opens_at)
    first, last = window.selection(asked.days)
    tape = make_tape(
        known,
        config,
        first,
        last,
        cities=[city],
        forecaster=forecaster,
        policy=asked.policy,
        by_official=asked.by_official,
        progress=progress,
    )
    in_force = configured(config, city, asked.fills)
    weight = float(in_force["weight"])
    edges: Edges = (in_force["min_edge_cents"][0], in_force["min_edge_cents"][1])
    is_anchored = asked.policy == wiring.ANCHORED
    if not weight and not is_anchored:
        return undecided(asked, edges, "its configured weight is 0: nothing is traded", _days(tape))
    if not len(tape.events):
        return undecided(asked, edges, "no event of the days before it had been paid by then")
    rules = wiring.anchor_rules(config)
    if is_anchored:
        weights = anchor_store.newest(lake, wiring.forecaster_of(asked.policy)).weights
        tape = anchored_tape(tape, rules, weights, config.cities()[city])
    else:
        tape = pooled(tape, rules, weight)
    screen = make_screen(tape, config)
    made = {one: _screened(screen, config, city, one) for one in asked.sets(weight)}
    return judged(made, _days(tape), asked, edges, config.training.seed)


def _screened(screen: Screen, config: Config, city: str, one: ParameterSet) -> Trades:
    return screen.trades(wiring.rules(with_set(config, city, one, Fills.TAKER)))


def _days(tape: Tape) -> tuple[date, ...]:
    return tuple(np.unique(tape.days).tolist())
