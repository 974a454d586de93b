"""The verbs that score outcomes, as functions: they keep locked windows closed unless told why to open them.

A day may be text such as ``2024-11-20``; see :mod:`drybulb.api` for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from drybulb.adapters.lake import Lake
from drybulb.app import backtest as _backtest
from drybulb.app import calibrate as _calibrate
from drybulb.app import mispricing as _mispricing
from drybulb.app import verify as _verify
from drybulb.app.asking import BeliefMaker
from drybulb.app.calibrate import CalibrationResult
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, check_cities, run_desks
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked import asked, evidence, open_window
from drybulb.app.mispricing import MispricingResult
from drybulb.app.progress import Progress, silent
from drybulb.app.run import Run
from drybulb.app.verify import MODELS, VerifyResult
from drybulb.app.wiring import POLICIES, needs_beliefs
from drybulb.domain.city import City
from drybulb.domain.iso import as_day
from drybulb.engine.fills import Fills
from drybulb.errors import ModelError
from drybulb.strategy.decision_clock import DecisionClock


def verify(
    lake: Lake,
    config: Config,
    start: date | str,
    end: date | str,
    *,
    cities: Sequence[str] | None = None,
    names: Sequence[str] = MODELS,
    forecaster: Forecaster | None = None,
    progress: Progress = silent,
    open_locked: str | None = None,
) -> VerifyResult:
    """Score forecasters and the market on the event days from ``start`` to ``end`` inclusive; see ``drybulb verify``.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: city keys; all when None.
        names: forecasters to score.
        forecaster: the models; those that may speak from ``start`` on when None.
        progress: told which part of the work begins.
        open_locked: why locked windows are opened, which is noted and kept; None refuses.

    Raises:
        LockedWindow: a locked window is touched, and no reason given.
        ConfigError: a city that is not configured.
        DomainError: a day that is none.
        ModelError: a name nobody has, or models that know things from inside the window.
    """
    first, last = as_day(start), as_day(end)
    models = forecaster or Forecaster.load(lake, config, first)
    places = chosen(config, cities)
    command = asked("verify", forecasters=None if tuple(names) == MODELS else list(names))
    open_window(config, command, first, last, list(places), evidence(lake, models), open_locked)
    return _verify.verify(lake, places, models, first, last, config.training.seed, progress, names)


def calibrate(
    lake: Lake,
    config: Config,
    start: date | str,
    end: date | str,
    *,
    cities: Sequence[str] | None = None,
    names: Sequence[str] = MODELS,
    forecaster: Forecaster | None = None,
    progress: Progress = silent,
    open_locked: str | None = None,
) -> CalibrationResult:
    """Say whether forecasts mean what they say, on the same events and clocks; see ``drybulb calibration``.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: city keys; all when None.
        names: forecasters to judge.
        forecaster: the models; those that may speak from ``start`` on when None.
        progress: told which part of the work begins.
        open_locked: why locked windows are opened, which is noted and kept; None refuses.

    Raises:
        LockedWindow: a locked window is touched, and no reason given.
        ConfigError: a city that is not configured.
        DomainError: a day that is none.
        ModelError: a name nobody has, or models that know things from inside the window.
    """
    first, last = as_day(start), as_day(end)
    models = forecaster or Forecaster.load(lake, config, first)
    places = chosen(config, cities)
    command = asked("calibration", forecasters=list(names))
    open_window(config, command, first, last, list(places), evidence(lake, models), open_locked)
    return _calibrate.calibrate(lake, places, models, first, last, names, config.training.seed, progress)


def backtest(
    lake: Lake,
    config: Config,
    start: date | str,
    end: date | str,
    *,
    cities: Sequence[str] | None = None,
    policy: str = "S",
    forecaster: BeliefMaker | None = None,
    decide_at: Sequence[DecisionClock] = (),
    settle_by_official: bool = False,
    watch: bool | None = None,
    fills: Fills | str = Fills.TAKER,
    challengers: Sequence[DeskSpec] = (),
    out: Path | str | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
    open_locked: str | None = None,
) -> Run:
    """Trade the event days from ``start`` to ``end`` inclusive on the one engine; see ``drybulb backtest``.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: city keys; all when None.
        policy: ``never``, ``crossed``, or the name of a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs, which may be your own; the models that may speak from ``start`` on when None.
        decide_at: the only clocks at which the policy is asked; at any time when there are none.
        settle_by_official: whether the official high settles an event whose settlement is not recorded.
        watch: whether ``[watch]`` stops a city whose belief the market refutes; as it says itself when None.
        fills: what the simulated exchange grants: ``taker``, ``maker-pessimistic``, ``maker-optimistic``, ``naive``.
        challengers: who runs beside it, each in ``challengers/<name>`` of its folder; they change nothing of it.
        out: folder of the run; ``runs/<first digits of the digest>`` in the lake when None.
        notes: what a reader of the run must know.
        progress: told of each month begun.
        open_locked: why locked windows are opened, which is noted and kept; None refuses.

    Raises:
        LockedWindow: a locked window is touched, and no reason given.
        ConfigError: a city that is not configured, an empty window, or a clock at which nothing can be decided.
        DomainError: a day or fills that are none.
        LakeError: a file that cannot be read or written.
        ModelError: no stored model may speak from ``start`` on, or none has the policy's name.
    """
    first, last = as_day(start), as_day(end)
    if forecaster is None and policy not in POLICIES:
        raise ModelError(f"no policy {policy!r}; known: {', '.join(POLICIES)}; or give a forecaster of that name")
    desks = (DeskSpec(_backtest.CHAMPION, policy, Fills.parse(fills), clocks=tuple(decide_at)), *challengers)
    is_needed = forecaster is None and any(needs_beliefs(spec.policy) for spec in desks)
    believer = Forecaster.load(lake, config, first) if is_needed else forecaster
    command = _backtest.command_of(desks, settle_by_official=settle_by_official or None, watch=watch)
    of = _backtest.evidence_of(lake, believer, desks)
    open_window(config, command, first, last, list(chosen(config, cities)), of, open_locked)
    return run_desks(
        lake,
        config,
        first,
        last,
        cities,
        desks,
        believer,
        settle_by_official=settle_by_official,
        watch=watch,
        out=None if out is None else Path(out),
        notes=notes,
        progress=progress,
    )[_backtest.CHAMPION]


def mispricing(
    lake: Lake,
    config: Config,
    start: date | str,
    end: date | str,
    *,
    cities: Sequence[str] | None = None,
    source: str = "none",
    forecaster: BeliefMaker | None = None,
    progress: Progress = silent,
    open_locked: str | None = None,
) -> MispricingResult:
    """Compare prices with what was paid, and with a belief; see ``drybulb mispricing``.

    Args:
        lake: the tables.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: city keys; all when None.
        source: name of who believes.
        forecaster: makes the beliefs; none when None.
        progress: told of each month begun.
        open_locked: why locked windows are opened, which is noted and kept; None refuses.

    Raises:
        LockedWindow: a locked window is touched, and no reason given.
        ConfigError: a city that is not configured.
        DomainError: a day that is none.
        LakeError: no price in the window is fresh, two-sided and near enough.
    """
    places, first, last = chosen(config, cities), as_day(start), as_day(end)
    of, command = evidence(lake, forecaster), asked("mispricing", source=source)
    open_window(config, command, first, last, list(places), of, open_locked)
    return _mispricing.mispricing(
        lake, config, places, first, last, source=source, forecaster=forecaster, progress=progress
    )


def chosen(config: Config, cities: Sequence[str] | None) -> dict[str, City]:
    """Cities by key; all of the configuration when None.

    Raises:
        ConfigError: a city that is not configured.
    """
    known = config.cities()
    if cities is None:
        return known
    check_cities(cities, known)
    return {key: known[key] for key in cities}
