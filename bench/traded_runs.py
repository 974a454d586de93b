"""A window replayed once for a group of desks, and what they did as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.traded_desk import Row, halted, marked, of_disputes, parts, tariffs
from bench.traded_fills import Traded, read_fills
from bench.traded_plan import EARLIER, HYBRID, PRINTS, Tried, Window
from bench.traded_tape import beside
from drybulb.adapters.lake import Lake
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.results import plan
from drybulb.app.results.disputes import Dispute, disputes
from drybulb.app.run import Run
from drybulb.engine.fills import Fills


@dataclass(frozen=True, slots=True)
class Asked:
    """A group of desks of one window.

    Attributes:
        lake: folder of the tables, with the models that may speak.
        config: the settings of every desk, but for the calendar of releases where a desk goes without, and the halt.
        window: the event days.
        tried: the desks, which trade the same cities.
        folder: their runs are put under it.
        halt: how far below its highest a desk may fall where it is halted [dollars].
    """

    lake: Path
    config: Config
    window: Window
    tried: tuple[Tried, ...]
    folder: Path
    halt: int

    def specs(self) -> list[DeskSpec]:
        """The desks, as the replay asks for them."""
        return [DeskSpec(one.name, one.policy, one.fills, self._config(one)) for one in self.tried]

    @property
    def cities(self) -> tuple[str, ...]:
        """The cities that these desks trade."""
        return self.tried[0].cities or self.window.cities

    def _config(self, one: Tried) -> Config:
        """The settings of a desk."""
        changed: dict[str, object] = {} if one.is_pulled else {"calendar": ()}
        if one.is_halted:
            changed["risk"] = self.config.risk.model_copy(update={"max_drawdown_usd": self.halt})
        return self.config.model_copy(update=changed)


def replay(asked: Asked) -> Row:
    """Replay the window for every desk, and return what each of them did."""
    lake, window, config = Lake.existing(asked.lake), asked.window, asked.config
    runs = run_desks(
        lake,
        config,
        window.start,
        window.end,
        asked.cities,
        asked.specs(),
        Eras.stored(lake, config),
        settle_by_official=window.is_inferred,
        out=asked.folder,
    )
    trades = {one.name: read_fills(runs[one.name].folder) for one in asked.tried}
    found = disputes(lake, config, plan.Window(window.start, window.end, window.cities))
    rows = [_desk(one, asked, runs[one.name], trades[one.name], found) for one in asked.tried]
    for one, row in zip(asked.tried, rows, strict=True):
        is_told = one == Tried(HYBRID, Fills.MAKER_PESSIMISTIC) and window.name in (EARLIER, PRINTS)
        gains = runs[one.name].tallies.total.gains
        row["beside"] = beside(lake, config, window, gains, trades[one.name]) if is_told and trades[one.name] else None
    return {"window": window.name, "desks": rows}


def _desk(tried: Tried, asked: Asked, run: Run, trades: Sequence[Traded], found: Sequence[Dispute]) -> Row:
    seed, gains = asked.config.training.seed, run.tallies.total.gains
    document = run.to_json()
    return {
        "name": tried.name,
        "policy": tried.policy,
        "fills": str(tried.fills),
        "is_pulled": tried.is_pulled,
        "is_halted": tried.is_halted,
        "only": list(tried.cities),
        "parts": list(parts(run.tallies, trades, asked.cities, found, seed)),
        "tariffs": list(tariffs(gains, trades, seed)),
        "markouts": marked(run.folder),
        "disputed": of_disputes(trades, found),
        "halted": halted(run.folder),
        "cities": {
            key: {"events": part["events"], "refused": part["refused"], "beliefs": part["beliefs"]}
            for key, part in document["cities"].items()
            if key in asked.cities
        },
        "not_traded": document["not_traded"],
        "assumptions": document["assumptions"],
        "notes": document["notes"],
        "digest": run.digest,
    }


def window_document(window: Window, parts_: Sequence[Row]) -> dict[str, Any]:
    """Put the documents of a window's groups together.

    Args:
        window: the window.
        parts_: what :func:`replay` returned of its groups, in their order.
    """
    return {
        "name": window.name,
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "cities": list(window.cities),
        "desks": [desk for one in parts_ for desk in one["desks"]],
    }
