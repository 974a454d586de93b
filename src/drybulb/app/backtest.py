"""`drybulb backtest`: replay what was recorded through the one engine, and keep what it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from drybulb.adapters.lake import Lake
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.locked import Of, asked, evidence
from drybulb.app.progress import Progress, silent
from drybulb.app.run import Run
from drybulb.app.wiring import ANCHORED
from drybulb.engine.fills import Fills
from drybulb.strategy.decision_clock import DecisionClock

#: Name of the desk that counts.
CHAMPION = "champion"


def command_of(specs: Sequence[DeskSpec], **options: str | bool | None) -> str:
    """Return a backtest as openings of locked windows name it: what changes what is scored.

    Args:
        specs: the champion, then its challengers.
        options: others of the command, None where they were not given.
    """
    champion, *challengers = specs
    return asked(
        "backtest",
        policy=champion.policy,
        decide_at=champion.clocks,
        **options,
        fills=None if champion.fills is Fills.TAKER else str(champion.fills),
        challengers=[spec.name for spec in challengers],
    )


def evidence_of(lake: Lake, forecaster: object | None, specs: Sequence[DeskSpec]) -> Of:
    """What is scored when desks trade: the models and, where one of them uses any, the weights beside the market."""
    policies = [spec.policy for spec in specs]
    return evidence(lake, forecaster, ANCHORED if ANCHORED in policies else policies[0])


def backtest(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    *,
    cities: Sequence[str] | None = None,
    policy: str = "S",
    forecaster: BeliefMaker | None = None,
    decide_at: Sequence[DecisionClock] = (),
    settle_by_official: bool = False,
    watch: bool | None = None,
    fills: Fills = Fills.TAKER,
    challengers: Sequence[DeskSpec] = (),
    out: Path | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> Run:
    """Replay the event days from ``start`` to ``end`` inclusive; each is traded from the day before.

    Args:
        lake: the tables.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities to trade; all when None.
        policy: ``never``, ``crossed``, ``anchored``, or the name of a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs; not needed by the first two.
        decide_at: the only clocks at which beliefs are made and the policy is asked; at any time when there are none.
        settle_by_official: whether the official high settles an event whose settlement is not recorded.
        watch: whether ``[watch]`` stops a city whose belief the market refutes; as it says itself when None.
        fills: what the simulated exchange grants.
        challengers: who runs beside it, each in ``challengers/<name>`` of its folder; they change nothing of it.
        out: folder of the run; ``runs/<first digits of the digest>`` in the lake when None.
        notes: what a reader must know of the lake, put before what the run itself has to say.
        progress: told of each month begun.

    Raises:
        ConfigError: as :func:`drybulb.app.desks.run_desks`.
        LakeError: a file that cannot be read or written.
        ModelError: ``anchored`` is asked for, and no weights are stored.
        EngineError: a challenger failed; the other runs are written before it is raised.
    """
    champion = DeskSpec(CHAMPION, policy, fills, clocks=tuple(decide_at))
    runs = run_desks(
        lake,
        config,
        start,
        end,
        cities,
        (champion, *challengers),
        forecaster,
        settle_by_official=settle_by_official,
        watch=watch,
        out=out,
        notes=notes,
        progress=progress,
    )
    return runs[CHAMPION]
