"""drybulb: from raw market and weather data to calibrated beliefs about daily highs, and to audited trades on them.

Where do I go to...

- learn or change what a word means (a city, a climate day, a bracket, a fee, an account)? ``drybulb.domain``
- see the columns of a table, or how candles, dense minutes and snapshots are made? ``drybulb.frames``
- change how a snapshot becomes a belief, or add a model or a baseline? ``drybulb.forecast``
- change what is traded, how much of it, when not (releases), and what is refused (limits, halts)? ``drybulb.strategy``
- follow one event through the loop, see how fills are granted, or let challengers run beside? ``drybulb.engine``
- read a new source, or change how the lake is kept on disk? ``drybulb.adapters``
- rank parameter sets, or ask whether what came later shows in what came before? ``drybulb.research``
- score forecasts, put an interval around a score, or ask how much of a result is luck? ``drybulb.verification``
- try an idea where the truth is known? ``drybulb.world``
- follow a use case (a backtest, a sweep, a walk, a scan) from the command line to its files, or find a setting?
  ``drybulb.app``
- use drybulb from a program? the names of ``__all__`` below; the verbs as functions are in
  ``drybulb.api`` and ``drybulb.api_scores``
- find a verb of the command line? ``drybulb.verbs``, put together in ``drybulb.cli``; an error? ``drybulb.errors``

The rooms know each other in one direction only, and a machine checks it (``make check``)::

    cli -> verbs -> app -> adapters -> engine -> strategy -> domain
                           research -> engine, frames
                           forecast -> frames -> domain        world -> frames
    verification (numpy only) by app, forecast and strategy; errors by all

Nothing below ``adapters`` and ``app`` touches a disk, a network, a clock or an unseeded random number.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drybulb.adapters.lake import Lake
    from drybulb.api import (
        explain,
        list_models,
        listed_event,
        load_config,
        load_roster,
        lookahead,
        predict,
        scan,
        train,
    )
    from drybulb.api_scores import backtest, calibrate, mispricing, verify
    from drybulb.app.asking import BeliefMaker
    from drybulb.app.compare import compare
    from drybulb.app.config import Config
    from drybulb.app.coverage import coverage
    from drybulb.app.demo import demo
    from drybulb.app.densify import densify
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.ingest import import_archive, import_original
    from drybulb.app.report import report
    from drybulb.app.run import Run
    from drybulb.domain.bracket import Bracket, Ladder
    from drybulb.domain.city import City
    from drybulb.domain.climateday import ClimateDay
    from drybulb.domain.distribution import Belief, TemperatureDistribution
    from drybulb.domain.fees import FeeRule, FeeSchedule
    from drybulb.domain.ledger import Account, Fill, Intent, Order
    from drybulb.domain.market import Event, Market, Quote
    from drybulb.errors import DrybulbError
    from drybulb.forecast.model_card import ModelCard
    from drybulb.strategy.decision_clock import DecisionClock

__version__ = "0.1.0"

__all__ = [
    "Account",
    "Belief",
    "BeliefMaker",
    "Bracket",
    "City",
    "ClimateDay",
    "Config",
    "DecisionClock",
    "DrybulbError",
    "Event",
    "FeeRule",
    "FeeSchedule",
    "Fill",
    "Forecaster",
    "Intent",
    "Ladder",
    "Lake",
    "Market",
    "ModelCard",
    "Order",
    "Quote",
    "Run",
    "TemperatureDistribution",
    "__version__",
    "backtest",
    "calibrate",
    "compare",
    "coverage",
    "demo",
    "densify",
    "explain",
    "import_archive",
    "import_original",
    "list_models",
    "listed_event",
    "load_config",
    "load_roster",
    "lookahead",
    "mispricing",
    "predict",
    "report",
    "scan",
    "train",
    "verify",
]

# `drybulb --help` must not pay for polars: a name is fetched from its module when it is first asked for.
_HOMES = {
    "Account": "drybulb.domain.ledger",
    "Belief": "drybulb.domain.distribution",
    "BeliefMaker": "drybulb.app.asking",
    "Bracket": "drybulb.domain.bracket",
    "City": "drybulb.domain.city",
    "ClimateDay": "drybulb.domain.climateday",
    "Config": "drybulb.app.config",
    "DecisionClock": "drybulb.strategy.decision_clock",
    "DrybulbError": "drybulb.errors",
    "Event": "drybulb.domain.market",
    "FeeRule": "drybulb.domain.fees",
    "FeeSchedule": "drybulb.domain.fees",
    "Fill": "drybulb.domain.ledger",
    "Forecaster": "drybulb.app.forecaster",
    "Intent": "drybulb.domain.ledger",
    "Ladder": "drybulb.domain.bracket",
    "Lake": "drybulb.adapters.lake",
    "Market": "drybulb.domain.market",
    "ModelCard": "drybulb.forecast.model_card",
    "Order": "drybulb.domain.ledger",
    "Quote": "drybulb.domain.market",
    "Run": "drybulb.app.run",
    "TemperatureDistribution": "drybulb.domain.distribution",
    "backtest": "drybulb.api_scores",
    "calibrate": "drybulb.api_scores",
    "compare": "drybulb.app.compare",
    "coverage": "drybulb.app.coverage",
    "demo": "drybulb.app.demo",
    "densify": "drybulb.app.densify",
    "explain": "drybulb.api",
    "import_archive": "drybulb.app.ingest",
    "import_original": "drybulb.app.ingest",
    "list_models": "drybulb.api",
    "listed_event": "drybulb.api",
    "load_config": "drybulb.api",
    "load_roster": "drybulb.api",
    "lookahead": "drybulb.api",
    "mispricing": "drybulb.api_scores",
    "predict": "drybulb.api",
    "report": "drybulb.app.report",
    "scan": "drybulb.api",
    "train": "drybulb.api",
    "verify": "drybulb.api_scores",
}

if not TYPE_CHECKING:  # a type checker reads the imports above, and would take any name for granted here

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module 'drybulb' has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(home), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
