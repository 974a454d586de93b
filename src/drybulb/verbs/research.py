"""Verbs that look for what to trade by: what they find is shown and proposed, and changes no setting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drybulb import arguments
from drybulb.engine.fills import Fills
from drybulb.verbs.options import (
    DEFAULT_LAKE,
    ConfigOption,
    JsonOption,
    LakeOption,
    OpenLockedOption,
    answer,
    group,
    tell,
)

FromOption = Annotated[str, typer.Option("--start", "--from", help="First event day, YYYY-MM-DD.")]
ToOption = Annotated[str, typer.Option("--end", "--to", help="Last event day, inclusive, YYYY-MM-DD.")]
SomeCitiesOption = Annotated[
    str | None,
    typer.Option("--cities", "--city", help="City keys, separated by commas; all of the config when left away."),
]
MinEdgeOption = Annotated[
    str, typer.Option("--min-edge", help="Least edges, each at lead 0 with each at lead 1 [cents after fees].")
]
FillsOption = Annotated[Fills, typer.Option("--fills", help="What the simulated exchange grants.")]
OfficialOption = Annotated[
    bool, typer.Option("--settle-by-official", help="Let the official high settle what has no settlement.")
]

StepOption = Annotated[
    str, typer.Option("--window", help="Length of a window: `1mo`, `2w`, `14d`; the last has what is left, too.")
]
SelectOption = Annotated[
    int, typer.Option("--select-days", help="Event days before a window that its thresholds are chosen on.", min=1)
]
UnprovenOption = Annotated[
    str, typer.Option("--unproven", help="Where no set is clear of luck: `keep` the settings, or `stand-down`.")
]
ModelsOption = Annotated[
    str, typer.Option("--models", help="`reuse` what is stored and could speak then, or `train` for each window.")
]
OpenLastOption = Annotated[
    str | None, typer.Option("--open-last", help="Why the last window is traded too; noted and kept.")
]
WalkOutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder of windows and runs; LAKE/walked/DIGEST otherwise.")
]

verbs = group()


@verbs.command("sweep")
def _sweep(
    start: FromOption,
    end: ToOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: SomeCitiesOption = None,
    forecaster: Annotated[str, typer.Option("--forecaster", help="Whose beliefs are traded.")] = "hybrid",
    *,
    min_edge: MinEdgeOption = "1,2,3,5,8",
    weight: Annotated[str, typer.Option("--weight", help="Weights of the belief beside the market.")] = ".25,.5,1",
    fraction: Annotated[str, typer.Option("--fraction", help="Fractions of Kelly, at either lead.")] = ".1,.25,.5",
    top: Annotated[int, typer.Option("--top", help="Sets of the screen to replay, at each fraction.", min=1)] = 3,
    fills: FillsOption = Fills.TAKER,
    settle_by_official: OfficialOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of its files; LAKE/swept/FIRST-LAST if none.")
    ] = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try thresholds, weights and fractions of Kelly on each city of its own, and say what of the best is luck.

    A screen ranks thresholds and weights by what ten contracts of every market at first touch would have gained. The
    best of them, at each fraction, and the settings in force are replayed: every result is of the replay. All that is
    tried is kept in LAKE/swept with its gains by day; the deflated Sharpe ratio and the probability of overfitting
    count it all. The same command again tries nothing twice.

    No setting is changed. OUT/proposal.toml has a block `[strategy.city.X]` for you to read, a comment where the
    evidence does not carry it; OUT/sweep.html has a heat map. Several cities are given shares of the bankroll, too.

    Example: `drybulb sweep --start 2024-08-16 --end 2024-11-19 --city chicago --min-edge 1,2,3,5,8 --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import evidence, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.sweep import Trying, sweep
    from drybulb.app.swept_page import write
    from drybulb.app.swept_sets import Grid

    first, last = arguments.window(start, end)
    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    edges, weights = arguments.numbers(min_edge, "--min-edge"), arguments.numbers(weight, "--weight")
    grid = Grid(edges, weights, arguments.numbers(fraction, "--fraction"), top)
    trying = Trying(forecaster, grid, fills, settle_by_official)
    home = Lake.existing(lake)
    with terminal() as progress:
        maker = Forecaster.load(home, settings, first)
        opened = open_window(settings, trying.command, first, last, keys, evidence(home, maker), open_locked)
        result = sweep(home, settings, first, last, keys, maker, trying, out=out, progress=progress)
    document = result.to_json()
    write(result.folder, document)
    tell(one.sentence for one in opened)
    answer(document, as_json)


@verbs.command("walkforward")
def _walkforward(
    start: FromOption,
    end: ToOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: SomeCitiesOption = None,
    policy: Annotated[str, typer.Option("--policy", help="A forecaster such as `hybrid`, or `anchored`.")] = "hybrid",
    *,
    window: StepOption = "1mo",
    select_days: SelectOption = 60,
    min_edge: MinEdgeOption = "2,3,5,8",
    unproven: UnprovenOption = "keep",
    fills: FillsOption = Fills.TAKER,
    models: ModelsOption = "reuse",
    settle_by_official: OfficialOption = False,
    open_last: OpenLastOption = None,
    out: WalkOutOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train, select and trade in rolling windows, each window by what was known before it opened.

    Before each window the screen tries thresholds on the --select-days event days before it, of which it takes those
    whose payout was known by then. A set is used where it is clear of luck among all tried; else --unproven says what
    happens. Then the window is replayed with that and, beside it, with what is configured, from a whole bankroll.

    The last window is kept for the end: it is traded for a reason only (--open-last), which is noted with the question.
    Another question on it needs a reason of its own, wherever in its walk these days lie; every opening is listed.

    A walk that was stopped goes on where it was. Its numbers are the replay's; the screen's only choose.

    Example: `drybulb walkforward --start 2024-11-20 --end 2025-02-28 --window 1mo --cities chicago,miami --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.walk import Walk
    from drybulb.app.walked_choice import Selection, Unproven
    from drybulb.app.walked_models import Models
    from drybulb.app.walked_windows import Step
    from drybulb.app.walkforward import walkforward

    first, last = arguments.window(start, end)
    settings = load(config)
    keys = tuple(sorted(arguments.keys(cities, settings.city)))
    for option, value, known in (("--unproven", unproven, Unproven), ("--models", models, Models)):
        if value not in tuple(known):
            raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)
    edges = arguments.numbers(min_edge, "--min-edge")
    selection = Selection(select_days, edges, policy, fills, Unproven(unproven), by_official=settle_by_official)
    walk = Walk(first, last, keys, Step.parse(window), selection, Models(models))
    with terminal() as progress:
        made = Lake.existing(lake), settings, walk
        result = walkforward(*made, open_last=open_last, open_locked=open_locked, out=out, progress=progress)
    tell(one.sentence for one in result.opened)
    answer(result.to_json(), as_json)
