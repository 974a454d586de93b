"""The verbs as functions: what a program can ask for, as a person asks the command line.

Those that score outcomes are in :mod:`drybulb.api_scores`.

Each hands its arguments to one function of :mod:`drybulb.app` and returns its result. Here, and in
:class:`~drybulb.app.forecaster.Forecaster`, a day may be text such as ``2024-11-20`` and an instant text such as
``2024-11-20T15:00Z``; below, they are dates and aware datetimes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from drybulb.adapters.lake import Lake
from drybulb.api_scores import chosen as _chosen
from drybulb.app import explain as _explain
from drybulb.app import listings as _listings
from drybulb.app import lookahead as _lookahead
from drybulb.app import models as _models
from drybulb.app import noted_training as _noted_training
from drybulb.app import predict as _predict
from drybulb.app import roster as _roster
from drybulb.app import scan as _scan
from drybulb.app import settings as _settings
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.explain import Explained
from drybulb.app.forecaster import Forecaster
from drybulb.app.lookahead import LookaheadResult
from drybulb.app.models import ModelsResult
from drybulb.app.predict import PredictResult
from drybulb.app.progress import Progress, silent
from drybulb.app.roster import Roster
from drybulb.app.scan import ScanResult
from drybulb.app.train import TrainResult
from drybulb.domain.iso import as_day, as_instant
from drybulb.domain.market import Event
from drybulb.frames.grid import one_request
from drybulb.strategy.decision_clock import DecisionClock


def load_config(path: Path | str | None = None) -> Config:
    """Load the settings: the defaults and, over them, a file.

    Args:
        path: a TOML file; ``drybulb.toml`` of the working folder when None and present.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a key or value that is unknown or wrong.
    """
    return _settings.load(None if path is None else Path(path))


def train(
    lake: Lake,
    config: Config,
    until: datetime | str,
    cities: Sequence[str] | None = None,
    progress: Progress = silent,
) -> TrainResult:
    """Fit every forecaster on what was known by an instant, and store them in the lake; see ``drybulb train``.

    The command line runs the linear algebra on one thread. To fit the same models to the bit, set
    ``OPENBLAS_NUM_THREADS=1`` before Python starts.

    Where it scores out of fold on days of a locked window, its notes say so, and that look is noted with the openings.

    Args:
        lake: the tables; the models are stored beside them.
        config: the settings.
        until: nothing known later is used [aware].
        cities: city keys; all when None.
        progress: told what is being done.

    Raises:
        ConfigError: a city that is not configured.
        DomainError: an ``until`` that is no instant.
        LockedWindow: such a look cannot be noted.
        ModelError: nothing to learn from was known by ``until``.
    """
    chosen = None if cities is None else list(_chosen(config, cities))
    return _noted_training.train(lake, config, as_instant(until), chosen, progress)[0]


def list_models(lake: Lake, config: Config, at: datetime | str) -> ModelsResult:
    """Examine every stored model as if it were asked from an instant on; see ``drybulb models``.

    Args:
        lake: the stored models are beside its tables.
        config: the settings.
        at: the earliest instant that would be asked about [aware].

    Raises:
        DomainError: an ``at`` that is no instant.
    """
    return _models.list_models(lake, config, as_instant(at))


def load_roster(lake: Lake, config: Config, first: datetime | str) -> Roster:
    """The global and city models that may speak from an instant on, with their cards, and why newer ones may not.

    Args:
        lake: the stored models are beside its tables.
        config: the settings.
        first: the earliest instant that will be asked about [aware].

    Raises:
        DomainError: a ``first`` that is no instant.
    """
    return _roster.load_roster(lake, config, as_instant(first))


def listed_event(lake: Lake, city: str, day: date | str, at: datetime | str) -> Event:
    """The event of a city and day, with its markets and ladder, as it was listed by an instant.

    Args:
        lake: the tables.
        city: city key.
        day: event day.
        at: nothing known later is used [aware].

    Raises:
        DomainError: a day or an instant that is none.
        LadderError: nothing was listed by then, or the brackets do not tile.
    """
    return _listings.listed_event(lake, city, as_day(day), as_instant(at))


def predict(
    lake: Lake,
    config: Config,
    city: str,
    day: date | str,
    at: datetime | str,
    source: str = "hybrid",
    *,
    explain: bool = False,
) -> PredictResult:
    """A belief, beside the market's probabilities and what it stood on; see ``drybulb predict``.

    It loads the models anew each time; for many beliefs, load a :class:`~drybulb.app.forecaster.Forecaster`.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        city: city key.
        day: event day.
        at: instant of the belief [aware].
        source: name of the forecaster.
        explain: whether to say how the belief came about.

    Raises:
        ConfigError: a city that is not configured.
        DomainError: a day or an instant that is none, or an instant on neither of the event's two days.
        ModelError: no stored model may speak at ``at``, or no forecaster is called ``source``.
    """
    return _predict.predict(lake, config, city, as_day(day), as_instant(at), source, explain=explain)


def explain(
    forecaster: Forecaster, city: str, day: date | str, at: datetime | str, source: str = "hybrid"
) -> Explained:
    """How a belief came about; see ``drybulb predict --explain``.

    Args:
        forecaster: whom to ask.
        city: city key.
        day: event day.
        at: instant of the belief [aware].
        source: name of the forecaster.

    Raises:
        ConfigError: a city that is not configured.
        DomainError: a day or an instant that is none, or an instant on neither of the event's two days.
        ModelError: an instant the models must not speak about, or a model that cannot be taken apart.
    """
    place = forecaster.config.find_city(city)
    rows = forecaster.snapshots(one_request(city, as_day(day), as_instant(at)))
    return _explain.explained(forecaster, place, rows, source)


def scan(
    lake: Lake,
    config: Config,
    at: datetime | str,
    cities: Sequence[str] | None = None,
    policy: str = "hybrid",
    forecaster: BeliefMaker | None = None,
) -> ScanResult:
    """The edges of every open event at an instant, and what a policy would do with nothing held; see ``drybulb scan``.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        at: nothing known later is used [aware].
        cities: city keys; all when None.
        policy: ``anchored``, or a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs; of the stored models those that may speak at ``at`` when None.

    Raises:
        ConfigError: a city that is not configured, or a policy that looks at no belief.
        DomainError: an ``at`` that is no instant.
        LakeError: no event is open, none is quoted or the exchange is closed at ``at``.
        ModelError: no stored model may speak at ``at``, or ``anchored`` has no weights.
    """
    return _scan.scan(lake, config, as_instant(at), list(_chosen(config, cities)), policy, forecaster)


def lookahead(
    lake: Lake,
    config: Config,
    cities: Sequence[str] | None,
    day: date | str,
    policy: str = "hybrid",
    clocks: Sequence[DecisionClock] = (),
    progress: Progress = silent,
) -> LookaheadResult:
    """Whether anything known later changes what is said at instants of an event; see ``drybulb lookahead``.

    Args:
        lake: the tables and the stored models; nothing is written into it.
        config: the settings.
        cities: city keys; all when None.
        day: event day.
        policy: ``anchored``, or a forecaster, whose beliefs are then traded.
        clocks: when; every three hours when there are none.
        progress: told of each instant.

    Raises:
        ConfigError: a city that is not configured, or a policy that looks at no belief.
        DomainError: a ``day`` that is none.
        ModelError: no stored model may speak at one of the instants, or ``anchored`` has no weights.
    """
    return _lookahead.lookahead(lake, config, list(_chosen(config, cities)), as_day(day), policy, clocks, progress)
