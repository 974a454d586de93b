"""Everything tried on one ground, and what the luck of the best of so many is.

A ground is a window of event days, the cities traded in it, and how fills were granted. Tried on it were the runs whose
folders lie beside each other, their challengers, and what the sweeps of the lake logged (:class:`TrialLog`, of
:data:`~drybulb.adapters.trial_log.POLICIES`). A study says in ``study.json`` what ``window`` and ``cities`` it is of; a
line of its trials has its ``gains``, dollars by event day, or null where they are not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np

from drybulb.adapters.trial_log import POLICIES, Row, TrialLog
from drybulb.app.reporting.reported import AGAIN, read_equity
from drybulb.errors import ReportError
from drybulb.verification import backtest_overfitting, deflated_sharpe

_LEAST_DAYS = 5
"""A block of fewer days says little of a Sharpe ratio."""

_MOST_BLOCKS = 16

Gains = Mapping[date, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What trials must have in common: window, cities, and how fills were granted; no word for these in old runs."""

    window: tuple[date, date]
    cities: tuple[str, ...]
    fills: str | None = None

    @classmethod
    def of(cls, run: Path) -> Self | None:
        """Read the first line of a run's journal; None where it does not say window and cities.

        Raises:
            ReportError: a journal that cannot be read.
        """
        file = run / "journal.jsonl"
        try:
            with file.open(encoding="utf-8") as lines:
                head = json.loads(next(lines))
            if not {"window", "cities"} <= set(head):
                return None
            first, last = (date.fromisoformat(day) for day in head["window"])
            return cls((first, last), tuple(sorted(head["cities"])), head.get("fills"))
        except (OSError, ValueError, TypeError, StopIteration) as error:
            raise ReportError(f"{file} cannot be read ({error!r}); remove its folder, or {AGAIN}") from error


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried on one ground.

    Attributes:
        names: of the trials whose gains are known.
        gains: of each of them, by event day [dollars].
        lost: number of trials whose gains are not known.
    """

    names: tuple[str, ...]
    gains: tuple[Gains, ...]
    lost: int = 0

    def luck(self, chosen: str | None = None) -> dict[str, Any] | None:
        """Return the block ``tried`` of a document: one trial held against the luck of the best of all.

        A day that a trial has not is one on which it gained nothing.

        Args:
            chosen: name of the trial that is judged; the one with the highest Sharpe ratio when None.

        Returns:
            None where the trial that is judged never varies, or there are not two days.
        """
        days = sorted({day for gains in self.gains for day in gains})
        table = np.array([[gains.get(day, 0.0) for gains in self.gains] for day in days])
        judged = None if chosen is None else self.names.index(chosen)
        varies = np.ptp(table, axis=0) > 0.0 if len(days) > 1 else np.zeros(len(self.names), dtype=bool)
        if not (varies.any() if judged is None else varies[judged]):
            return None
        found = deflated_sharpe(table, len(self.names) + self.lost, judged)
        return {
            "trials": len(self.names) + self.lost,
            "independent": round(found.trials, 2),
            "judged": self.names[found.best],
            "sharpe_per_day": round(found.sharpe, 6),
            "sharpe_by_chance": round(found.by_chance, 6),
            "deflated_sharpe": round(found.probability, 6),
            **_overfitting([day.toordinal() for day in days], table),
        }


def _overfitting(days: Sequence[int], table: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    """Probability of overfitting and the blocks it is of; null where two trials do not differ, or days are too few."""
    blocks = min(_MOST_BLOCKS, len(days) // _LEAST_DAYS // 2 * 2)
    varying = table[:, np.ptp(table, axis=0) > 0.0]
    if blocks < 4 or np.unique(varying, axis=1).shape[1] < 2:
        return {"overfitting": None, "blocks": None}
    return {"overfitting": round(backtest_overfitting(days, table, blocks).probability, 6), "blocks": blocks}


def tried(run: Path) -> tuple[str, Tried]:
    """Return the name of a run among everything tried on its ground, and that.

    Args:
        run: folder of a run. Runs are looked for beside it, sweeps in the lake in whose ``runs`` it lies.

    Raises:
        ReportError: a file of a run beside it that cannot be read.
        TuningError: a log of a sweep that cannot be read.
    """
    ground = Ground.of(run)
    home = run.resolve()
    known: dict[str, Gains] = {_digest(home): _gains(home)}
    own = next(iter(known))
    lost = 0
    if ground is not None:
        for folder in _beside(home):
            digest = _digest(folder)
            if digest not in known and Ground.of(folder) == ground:
                known[digest] = _gains(folder)
        for name, gains in swept(home.parent.parent, ground) if home.parent.name == "runs" else ():
            if gains is None:
                lost += 1
            else:
                known[name] = gains
    return own, Tried(tuple(known), tuple(known.values()), lost)


def _beside(run: Path) -> Iterator[Path]:
    """Folders of finished runs beside ``run``, and of their challengers; a run without run.json never finished."""
    for pattern in ("*/run.json", "*/challengers/*/run.json"):
        yield from (file.parent for file in sorted(run.parent.glob(pattern)))


def _digest(run: Path) -> str:
    file = run / "run.json"
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{file} cannot be read ({error!r}); remove its folder, or {AGAIN}") from error


def _gains(run: Path) -> Gains:
    equity = read_equity(run / "equity.csv")
    return dict(zip(equity.days, equity.total, strict=True))


def swept(lake: Path, ground: Ground) -> Iterator[tuple[str, Gains | None]]:
    """Yield name and gains of every trial that a sweep of the lake logged on this window and these cities."""
    for file in sorted((lake / POLICIES).glob("*/study.json")):
        log = TrialLog(lake, file.parent.name, POLICIES)
        if _is_of(log.about(), ground):
            for row in log.rows():
                yield f"{log.name} {row['number']}", _logged(log, row)


def _is_of(study: Row, ground: Ground) -> bool:
    window = [day.isoformat() for day in ground.window]
    return study.get("window") == window and sorted(study.get("cities", [])) == list(ground.cities)


def _logged(log: TrialLog, row: Row) -> Gains | None:
    gains = row.get("gains")
    if gains is None:
        return None
    try:
        return {date.fromisoformat(day): float(gain) for day, gain in gains.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ReportError(f"{log.file}: trial {row['number']} has no gains by day ({error!r}); sweep again") from error
