"""A window replayed once for a group of desks, and what they did as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.traded_desk import Row, halted, marked, of_disputes, parts, tariffs
from bench.traded_fills import Traded, read_fills
from bench.traded_plan import Tried, Window
from drybulb.adapters.lake import Lake
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.results import plan
from drybulb.app.results.disputes import Dispute, disputes
from drybulb.app.run import Run


@dataclass(frozen=True, slots=True)
class Asked:
    """A group of desks of one window.

    Attributes:
        lake: folder of the tables, with the models that may speak.
        config: the settings of every desk, but for the calendar of releases where a desk goes without.
        window: the event days.
        tried: the desks.
        folder: their runs are put under it.
        halt: how far below its highest a desk may fall by the defaults, which hold none of these back [dollars].
    """

    lake: Path
    config: Config
    window: Window
    tried: tuple[Tried, ...]
    folder: Path
    halt: int

    def specs(self) -> list[DeskSpec]:
        """The desks, as the replay asks for them."""
        free = self.config.model_copy(update={"calendar": ()})
        return [DeskSpec(one.name, one.policy, one.fills, self.config if one.is_pulled else free) for one in self.tried]


def replay(asked: Asked) -> Row:
    """Replay the window for every desk, and return what each of them did."""
    lake, window, config = Lake.existing(asked.lake), asked.window, asked.config
    runs = run_desks(
        lake,
        config,
        window.start,
        window.end,
        window.cities,
        asked.specs(),
        Eras.stored(lake, config),
        settle_by_official=window.is_inferred,
        out=asked.folder,
    )
    trades = {one.name: read_fills(runs[one.name].folder) for one in asked.tried}
    found = disputes(lake, config, plan.Window(window.start, window.end, window.cities))
    rows = [_desk(one, asked, runs[one.name], trades[one.name], found) for one in asked.tried]
    return {"window": window.name, "desks": rows}


def _desk(tried: Tried, asked: Asked, run: Run, trades: Sequence[Traded], found: Sequence[Dispute]) -> Row:
    seed, gains = asked.config.training.seed, run.tallies.total.gains
    document = run.to_json()
    return {
        "name": tried.name,
        "policy": tried.policy,
        "fills": str(tried.fills),
        "is_pulled": tried.is_pulled,
        "parts": list(parts(run.tallies, trades, asked.window.cities, seed)),
        "tariffs": list(tariffs(gains, trades, seed)),
        "markouts": marked(run.folder),
        "disputed": of_disputes(trades, found),
        "halted": halted(gains, asked.halt),
        "cities": {
            key: {"events": part["events"], "refused": part["refused"], "beliefs": part["beliefs"]}
            for key, part in document["cities"].items()
            if key in asked.window.cities
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
