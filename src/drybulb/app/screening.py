"""From the lake to a screen: a tape of a window, made once, kept in a file, and asked as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import wiring
from drybulb.app.asking import Asking, BeliefMaker
from drybulb.app.config import Config
from drybulb.app.listings import load_playable
from drybulb.app.progress import Progress, silent
from drybulb.app.recorded import Recorded
from drybulb.domain.distribution import Belief
from drybulb.domain.money import count_from_contracts
from drybulb.errors import LakeError
from drybulb.research.granted import Exchange
from drybulb.research.screen import Screen
from drybulb.research.tape import Tape
from drybulb.research.taping import tape_of
from drybulb.strategy.flat import STAKE


def make_tape(  # noqa: PLR0913 - a use case is asked for as many things as a backtest is
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    *,
    cities: Sequence[str],
    forecaster: BeliefMaker,
    policy: str = wiring.FLAT,
    by_official: bool = False,
    progress: Progress = silent,
) -> Tape:
    """Read what a backtest of a window would be fed, beliefs included, into a tape.

    Args:
        lake: the tables.
        config: the settings: cities, the cadence of beliefs and the calendar.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities.
        forecaster: makes the beliefs.
        policy: whose beliefs: ``flat`` has the hybrid's, a forecaster its own.
        by_official: whether the official high settles an event whose settlement is not recorded.
        progress: told of each month begun.

    Raises:
        LakeError: a file that cannot be read.
    """
    name = wiring.forecaster_of(policy)

    def believe(requests: pl.DataFrame) -> list[Belief]:
        return forecaster.beliefs(requests, name)

    playable = load_playable(lake, config.cities(), cities, start, end, by_official=by_official)
    cadence = timedelta(minutes=config.backtest.belief_cadence_min)
    asked = Asking(name, believe, cadence, releases=wiring.releases(config))
    recorded = Recorded(lake, playable.listings, playable.payouts, [asked], progress)
    return tape_of(recorded.events(), playable.listings)


def make_screen(tape: Tape, config: Config, *, contracts: int = STAKE, least_edge: float = 0.0) -> Screen:
    """Make a tape ready to be screened under the settings' fees, latency, lifetimes and calendar.

    Args:
        tape: what was recorded.
        config: the settings.
        contracts: size of every order [contracts].
        least_edge: no parameter set may ask for less [centicents per contract].

    Raises:
        FeeError: a fee block that cannot be understood, or no rule for an event's hours.
    """
    waits = config.backtest
    exchange = Exchange(
        charges=wiring.charges(config),
        latency=timedelta(seconds=waits.latency_seconds),
        order_lifetime=timedelta(minutes=waits.order_lifetime_min),
        poll_lifetime=timedelta(minutes=waits.poll_lifetime_min),
        lot=count_from_contracts(config.strategy.contract_step),
    )
    return Screen(tape, exchange, wiring.releases(config), contracts=contracts, least_edge=least_edge)


def write_tape(tape: Tape, path: Path) -> None:
    """Keep a tape in a file: one array a column, compressed.

    Raises:
        LakeError: it cannot be written.
    """
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, **{column.name: getattr(tape, column.name) for column in fields(Tape)})
    except OSError as error:
        raise LakeError(f"tape {path} cannot be written: {error}; give a folder that is there") from error


def read_tape(path: Path) -> Tape:
    """Return the tape kept in a file.

    Raises:
        LakeError: it cannot be read, or is no tape.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Tape(**{column.name: kept[column.name] for column in fields(Tape)})
    except (OSError, ValueError, KeyError) as error:
        raise LakeError(f"{path} is no tape: {error}; make it anew") from error
