"""`drybulb results`: score forecasters and run policies on a recorded archive, and write the page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.backtest import backtest
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked import models_of, open_window, refuse_closed, touched
from drybulb.app.openings import Opened
from drybulb.app.parallel import each
from drybulb.app.progress import Progress, silent
from drybulb.app.results.disputes import disputes, only_sources
from drybulb.app.results.evidence import Evidence, Judged, PolicyRun, Row, Season
from drybulb.app.results.findings import findings
from drybulb.app.results.ground import prepare, trained
from drybulb.app.results.kept import kept
from drybulb.app.results.page import page
from drybulb.app.results.plan import (
    BASELINES,
    BLIND,
    COMPARED,
    OURS,
    TRADED,
    TWO_DECISIONS,
    Window,
    archive_window,
    polled_window,
)
from drybulb.app.verify import score_window, tables
from drybulb.app.wiring import needs_beliefs
from drybulb.errors import ReportError
from drybulb.strategy.decision_clock import DecisionClock

#: The command, as openings of locked windows name it.
_ASKED = "results"
#: The forecaster that the others need not wait for: it speaks in some cities only, and where there are readings.
_OWN = "city"


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, and where it is written.

    Attributes:
        page: the file.
        is_changed: whether the page is another than before.
        evidence: what it is written from.
        opened: the locked windows that were opened for it.
    """

    page: Path
    is_changed: bool
    evidence: Evidence
    opened: tuple[Opened, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the document ``results/1``."""
        found = findings(self.evidence)
        return {
            "schema": "results/1",
            "page": str(self.page),
            "changed": self.is_changed,
            "windows": [
                {
                    "start": window.start.isoformat(),
                    "end": window.end.isoformat(),
                    "until": f"{window.until:%Y-%m-%dT%H:%MZ}",
                    "cities": list(window.cities),
                }
                for window in (season.judged.window for season in self.evidence.seasons)
            ],
            "runs": [_line(one) for season in self.evidence.seasons for one in season.runs],
            "works": list(found.works),
            "fails": list(found.fails),
            "open": list(found.open),
        }


def results(
    archive: Path,
    lake: Lake,
    config: Config,
    page_file: Path,
    progress: Progress = silent,
    open_locked: str | None = None,
) -> Results:
    """Score forecasters and run policies on an archive, and write the page; lake and models that are there are used.

    Args:
        archive: folder of the archive.
        lake: where it is imported to, and the models and runs are kept.
        config: the settings.
        page_file: what to write; left as it is where nothing changed.
        progress: told what is being done.
        open_locked: why locked windows are opened; None refuses.

    Raises:
        LockedWindow: a locked window is touched, and no reason given.
        ImportFailed: the folder holds none of the archive's files.
        LakeError: the lake was made from other files, or something cannot be read or written.
        ReportError: the page cannot be written.
        ModelError: a model that cannot be trained or may not be asked.
    """
    window = archive_window(config)
    # Before the work, which is long; the polled days are known only after it.
    refuse_closed(touched(config, window.start, window.end, window.cities), _ASKED, open_locked)
    prepare(lake, archive, config, progress)
    polled = polled_window(lake, config)
    trained(lake, config, window.until, progress)
    if polled is not None:
        trained(lake, config, polled.until, progress)
    asked = [window] if polled is None else [window, polled]
    opened = [one for mine in asked for one in _opened(lake, config, mine, open_locked)]
    evidence = gather(lake, config, window, polled, progress)
    text = page(evidence)
    return Results(page_file, write(page_file, text), evidence, tuple(opened))


def _opened(lake: Lake, config: Config, window: Window, reason: str | None) -> tuple[Opened, ...]:
    """Open the locked windows that a window touches."""

    def of() -> dict[str, str]:
        return models_of(Forecaster.load(lake, config, window.start))

    return open_window(config, _ASKED, window.start, window.end, window.cities, of, reason)


def gather(lake: Lake, config: Config, window: Window, polled: Window | None, progress: Progress = silent) -> Evidence:
    """Score both windows and run every policy in both.

    Args:
        lake: the tables and the stored models of both windows.
        config: the settings.
        window: event days that the exchange settled.
        polled: event days of polled events, settled by official highs; None where there is nothing.
        progress: told what is being done.
    """
    found = {window: judge(lake, config, window, progress)}
    if polled is not None:
        found[polled] = judge(lake, config, polled, progress, is_listed_only=True)
    asked = [one for mine in found for one in _asked(lake, config, mine, is_inferred=mine is polled)]
    runs = each("backtests", run_policy, asked, progress=progress)
    seasons = {
        mine: Season(
            judged,
            [made for one, made in zip(asked, runs, strict=True) if one.window == mine],
            disputes(lake, config, mine),
            only_sources(lake, config, mine),
        )
        for mine, judged in found.items()
    }
    neighbours = {key: city.neighbour for key, city in config.cities().items() if city.neighbour is not None}
    archive, later = seasons[window], None if polled is None else seasons[polled]
    wait = config.backtest.poll_lifetime_min
    return Evidence(archive, later, neighbours, config.training.seed, config.strategy.bankroll_usd, wait)


def judge(
    lake: Lake, config: Config, window: Window, progress: Progress = silent, *, is_listed_only: bool = False
) -> Judged:
    """Score a window; cities' own models, which speak in some cities at some hours, are judged apart where they do.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        window: the event days and cities.
        progress: told what is being done.
        is_listed_only: whether days without a listed ladder are left out.
    """
    table = config.cities()
    forecaster = Forecaster.load(lake, config, window.start)
    chosen = {key: table[key] for key in window.cities}
    names = (*BASELINES, *OURS)

    def told(doing: str) -> None:
        progress(f"scores: {doing} of {window.start} … {window.end}")

    scores, notes = score_window(lake, chosen, forecaster, window.start, window.end, told, names)
    if is_listed_only:
        listed = lake.read("markets", window.cities, window.start, window.end, columns=["ticker", "city", "day"])
        scores = scores.join(listed, on=["city", "day"], how="semi")
    seed = config.training.seed
    rows, comparisons = tables(scores.filter(pl.col("forecaster") != _OWN), seed, COMPARED)
    own_rows, own_comparisons = tables(scores.filter(pl.col("city").is_in(_speaking(scores))), seed, COMPARED)
    rows += [row for row in own_rows if row["forecaster"] == _OWN]
    comparisons += [row for row in own_comparisons if _OWN in (row["forecaster"], row["reference"])]
    return Judged.of(window, rows, comparisons, notes)


@dataclass(frozen=True, slots=True)
class Asked:
    """One run to be made."""

    lake: Path
    config: Config
    window: Window
    policy: str
    clocks: tuple[DecisionClock, ...]
    is_inferred: bool


def run_policy(asked: Asked) -> PolicyRun:
    """Run one policy; the folder of the run is kept in the lake."""
    lake = Lake.existing(asked.lake)
    window = asked.window
    forecaster = Forecaster.load(lake, asked.config, window.start) if needs_beliefs(asked.policy) else None
    run = backtest(
        lake,
        asked.config,
        window.start,
        window.end,
        cities=window.cities,
        policy=asked.policy,
        forecaster=forecaster,
        decide_at=asked.clocks,
        settle_by_official=asked.is_inferred,
    )
    return PolicyRun(asked.policy, bool(asked.clocks), run.to_json(), run.tallies.total.gains, kept(run.folder))


def _asked(lake: Lake, config: Config, window: Window, *, is_inferred: bool) -> Iterator[Asked]:
    """Every run of a window: the long ones first, so that no processor waits for the last."""
    for policy in (*TRADED, *(() if is_inferred else BLIND)):
        yield Asked(lake.path, config, window, policy, (), is_inferred)
    for policy in TRADED:
        yield Asked(lake.path, config, window, policy, TWO_DECISIONS, is_inferred)


def _speaking(scores: pl.DataFrame) -> pl.Series:
    """Cities whose own model was scored."""
    return scores.filter(pl.col("forecaster") == _OWN)["city"].unique().implode()


def _line(one: PolicyRun) -> Row:
    total = one.document["total"]
    return {
        "policy": one.policy,
        "decide_at": one.document["decide_at"],
        "run": one.document["run"],
        **{name: total[name] for name in ("events", "orders", "fills", "fees_usd", "pnl_usd", "max_drawdown_usd")},
        "pnl_per_day": total["pnl_per_day"],
    }


def write(file: Path, text: str) -> bool:
    """Write a page whole, or leave it alone where it says this already; return whether it was written.

    Args:
        file: of the page; its folder is made if missing.
        text: of the page.

    Raises:
        ReportError: it cannot be written.
    """
    content = text.encode("utf-8")
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        if file.is_file() and file.read_bytes() == content:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(file)
    except OSError as error:
        raise ReportError(f"{file} cannot be written ({error}); give another --page") from error
    return True
