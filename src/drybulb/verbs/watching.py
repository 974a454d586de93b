"""Verbs that hold beliefs against the market: whether it refutes them, and whether it comes to them."""

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
    OpenLockedOption,
    StartOption,
    answer,
    group,
    tell,
)

verbs = group()


@verbs.command("watch")
def _watch(
    start: StartOption,
    end: EndOption,
    by: Annotated[str, typer.Option("--by", help="Periods of the drift: `month` or `quarter`.")] = "month",
    picture: Annotated[Path | None, typer.Option("--picture", help="SVG to draw of the evidence.")] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the market refutes the belief of a city, and whether its calibration drifts.

    The market bets on its own probabilities at the belief's odds, a share of what it has on each event, at a clock and
    from a day registered in `[watch]`. Where the belief is right given all that the market knows, this wealth comes to
    20 in at most one city of 20, whenever one looks; where it does, the belief is refuted as one to trade by itself,
    and `backtest --watch` stops trading there.

    Drift: PIT, coverage, bias and log score by month, each beside what chance makes of as many events.

    Example: `drybulb watch --start 2024-11-20 --end 2025-02-28 --picture watch.svg --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import asked, evidence, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.watch import watch
    from drybulb.app.watch_drift import PERIODS

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    if by not in PERIODS:
        raise typer.BadParameter(f"{by!r} is none of {', '.join(PERIODS)}", param_hint="--by")
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first)
        of, command = evidence(home, forecaster), asked("watch", by=by)
        opened = open_window(settings, command, first, last, list(chosen), of, open_locked)
        result = watch(home, settings, chosen, forecaster, first, last, by=by, progress=progress)
    if picture is not None:
        from drybulb.app.watch_picture import write

        write(picture, result)
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)


@verbs.command("markouts")
def _markouts(
    start: StartOption,
    end: EndOption,
    forecasters: Annotated[
        str, typer.Option("--forecasters", help="Names separated by commas.", show_default=True)
    ] = "hybrid,S",
    clocks: Annotated[
        str | None,
        typer.Option("--clocks", help="When to look, local standard time: `D-1T16:00,DT10:00`; as `verify` if none."),
    ] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the market comes to where a belief says it is wrong: after 5 and 30 minutes, by the close, and paid.

    *slope* is how much of the edge (belief less mid) the mid has made up; *free of noise* the same where the edge was
    on the mid of half an hour before. Of edges on the mid as large as the policy asks for after ask and fee: how many
    cents the mid came towards the belief (to the close: closing-line value), what they paid, and how many events it
    takes to see one cent by each.

    The markouts of fills are on the page of a run: `drybulb report`.

    Example: `drybulb markouts --start 2024-11-20 --end 2025-02-28 --forecasters hybrid --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.belief_markouts import belief_markouts
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import asked, evidence, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.wiring import FORECASTERS

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    names = arguments.names(forecasters, "--forecasters")
    if unknown := [name for name in names if name not in FORECASTERS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(FORECASTERS)}", param_hint="--forecasters")
    at = () if clocks is None else arguments.clocks(clocks, "--clocks")
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first)
        of = evidence(home, forecaster)
        command = asked("markouts", forecasters=names, clocks=at)
        opened = open_window(settings, command, first, last, list(chosen), of, open_locked)
        result = belief_markouts(home, settings, chosen, forecaster, first, last, names, clocks=at, progress=progress)
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)
