"""Verbs that trade the past and write about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drybulb import arguments
from drybulb.verbs.options import (
    DEFAULT_LAKE,
    CitiesOption,
    ConfigOption,
    EndOption,
    JsonOption,
    LakeOption,
    StartOption,
    answer,
    group,
)

verbs = group()


@verbs.command("backtest")
def _backtest(
    start: StartOption,
    end: EndOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    policy: Annotated[
        str, typer.Option("--policy", help="`never`, `crossed` (a probe), or a forecaster such as `S`.")
    ] = "S",
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the run; LAKE/runs/DIGEST otherwise.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Trade a window of the lake on the one engine, with stated fills and exact fees.

    Example: `drybulb backtest --start 2024-11-20 --end 2025-02-28 --policy S --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.backtest import backtest
    from drybulb.app.config import load
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.progress import terminal
    from drybulb.app.wiring import POLICIES, needs_beliefs

    first, last = arguments.window(start, end)
    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    if policy not in POLICIES:
        raise typer.BadParameter(f"{policy!r} is none of {', '.join(POLICIES)}", param_hint="--policy")
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first) if needs_beliefs(policy) else None
        result = backtest(
            home, settings, first, last, cities=keys, policy=policy, forecaster=forecaster, out=out, progress=progress
        )
    answer(result.to_json(), as_json, refusals=result.has_refusals)


@verbs.command("report")
def _report(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or its name under LAKE/runs.")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write; RUN/report.html otherwise.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a run as one self-contained HTML page.

    Example: `drybulb report 0123456789ab --lake lake --out report.html`
    """
    from drybulb.app.report import report

    answer(report(run if run.exists() else lake / "runs" / run, out).to_json(), as_json)
