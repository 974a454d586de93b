"""Verbs that trade the past and write about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drybulb import arguments
from drybulb.engine.fills import Fills
from drybulb.verbs.options import (
    DEFAULT_LAKE,
    CitiesOption,
    ConfigOption,
    EndOption,
    JsonOption,
    LakeOption,
    OpenLockedOption,
    StartOption,
    answer,
    group,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drybulb.app.desks import DeskSpec

PolicyOption = Annotated[
    str,
    typer.Option("--policy", help="`never`, `crossed` (a probe), `market`, `anchored`, `flat`, or a forecaster (`S`)."),
]
DecideAtOption = Annotated[
    str | None,
    typer.Option("--decide-at", help="Decide at these clocks only, local standard time: `D-1T10:00,DT10:00`."),
]
ChallengerOption = Annotated[
    list[str] | None,
    typer.Option("--challenger", help="Run `POLICY[:FILLS]` beside it, with an account of its own; repeatable."),
]
WatchOption = Annotated[
    bool | None, typer.Option("--watch/--no-watch", help="Stop a city once `drybulb watch` does; else as [watch] says.")
]
verbs = group()


@verbs.command("backtest")
def _backtest(
    start: StartOption,
    end: EndOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    policy: PolicyOption = "S",
    decide_at: DecideAtOption = None,
    fills: Annotated[Fills, typer.Option("--fills", help="What the simulated exchange grants.")] = Fills.TAKER,
    challenger: ChallengerOption = None,
    *,
    settle_by_official: Annotated[
        bool, typer.Option("--settle-by-official", help="Let the official high settle what has no settlement.")
    ] = False,
    watch: WatchOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the run; LAKE/runs/DIGEST otherwise.")] = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Trade a window of the lake on the one engine, with stated fills and exact fees.

    With --decide-at the policy is asked once at each clock of the day before (D-1) and the event day (D), as the
    system was whose plan drybulb began from; without it, every minute. With --settle-by-official an event whose
    settlement is not recorded is paid as the official high says, which is an inference and noted as one.

    --fills: *taker* takes what later prints and quotes show. With *maker-…* the policy rests its own orders; they fill
    where the record goes through their price (*pessimistic*), or touches it (*optimistic*). *naive* fills at once at
    the price decided on, carried or not: nobody trades so, and the row shows what that is worth. A --challenger decides
    at the same clocks and changes nothing of the run; it is a run of its own in challengers/POLICY-FILLS of its folder.

    Example: `drybulb backtest --start 2024-11-20 --end 2025-02-28 --policy S --challenger S:maker-pessimistic`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.backtest import command_of, evidence_of
    from drybulb.app.desks import run_desks
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.wiring import needs_beliefs

    first, last = arguments.window(start, end)
    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    desks = _desks(policy, fills, decide_at, challenger or ())
    home = Lake.existing(lake)
    with terminal() as progress:
        is_believed = any(needs_beliefs(spec.policy) for spec in desks)
        forecaster = Forecaster.load(home, settings, first) if is_believed else None
        command = command_of(desks, settle_by_official=settle_by_official or None, watch=watch)
        of = evidence_of(home, forecaster, desks)
        opened = open_window(settings, command, first, last, keys, of, open_locked)
        result = run_desks(
            home,
            settings,
            first,
            last,
            keys,
            desks,
            forecaster,
            settle_by_official=settle_by_official,
            watch=watch,
            out=out,
            progress=progress,
        )[desks[0].name]
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json, refusals=result.has_refusals)


def _desks(policy: str, fills: Fills, decide_at: str | None, challengers: Sequence[str]) -> tuple[DeskSpec, ...]:
    """The champion and those beside it, which decide at the same clocks."""
    from drybulb.app.backtest import CHAMPION
    from drybulb.app.desks import DeskSpec
    from drybulb.app.wiring import POLICIES, needs_beliefs

    if policy not in POLICIES:
        raise typer.BadParameter(f"{policy!r} is none of {', '.join(POLICIES)}", param_hint="--policy")
    clocks = () if decide_at is None else tuple(arguments.clocks(decide_at, "--decide-at"))
    named = arguments.challengers(challengers, POLICIES, "--challenger")
    beside = (replace(one, clocks=clocks if needs_beliefs(one.policy) else ()) for one in named)
    return DeskSpec(CHAMPION, policy, fills, clocks=clocks), *beside


@verbs.command("report")
def _report(
    run: Annotated[Path, typer.Argument(help="Folder of a run, or its name under LAKE/runs.")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write; RUN/report.html otherwise.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a run as one self-contained HTML page.

    Scores and calibration are on it where the run's folder has verify.json and calibration.json, which
    `drybulb verify --json` and `drybulb calibration --json` print.

    Example: `drybulb report 0123456789ab --lake lake --out report.html`
    """
    from drybulb.app.report import report

    answer(report(run if run.exists() else lake / "runs" / run, out).to_json(), as_json)


@verbs.command("mispricing")
def _mispricing(
    start: StartOption,
    end: EndOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    source: Annotated[
        str, typer.Option("--source", help="Forecaster whose belief stands beside the payouts; `none` for no belief.")
    ] = "hybrid",
    *,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where the market's prices were wrong: by bracket, price, city, clock, and time since a release.

    *paid* is payout less mid: no model, much chance. *belief* is belief less mid: little chance, and only as right as
    the belief is calibrated; where payouts refute it, nothing is named by it. p is Holm's, for all slices at once.
    *taker* + is what taking the slice's direction brought after spread and fee, − its opposite.

    The first sentence names the slice that explains most, or says that none stands.

    Example: `drybulb mispricing --start 2024-11-20 --end 2025-02-28 --cities chicago,miami --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import asked, evidence, open_window
    from drybulb.app.mispricing import mispricing
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.wiring import FORECASTERS

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    if source not in (*FORECASTERS, "none"):
        raise typer.BadParameter(f"{source!r} is none of {', '.join(FORECASTERS)} and none", param_hint="--source")
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = None if source == "none" else Forecaster.load(home, settings, first)
        of, command = evidence(home, forecaster), asked("mispricing", source=source)
        opened = open_window(settings, command, first, last, list(chosen), of, open_locked)
        result = mispricing(
            home, settings, chosen, first, last, source=source, forecaster=forecaster, progress=progress
        )
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)


@verbs.command("compare")
def _compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Two runs or more: folders, or names under LAKE/runs.", show_default=False)
    ],
    html: Annotated[Path | None, typer.Option("--html", help="Write one self-contained page to this file.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Lay runs side by side, the others against the first.

    Settings and assumptions that differ are named with the value of each run. All figures are of the events that
    settled in every run; the gain of each event day less the first run's has a 90 % interval of its own, which tells
    what two separate intervals may hide.

    Example: `drybulb compare 0123456789ab ba9876543210 --lake lake --html compare.html`
    """
    from drybulb.app.compare import compare

    folders = [run if run.exists() else lake / "runs" / run for run in runs]
    answer(compare(folders, html).to_json(), as_json)
