"""The verb that weighs a belief against the market."""

from __future__ import annotations

from datetime import UTC, datetime
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


@verbs.command("anchor")
def _anchor(
    start: StartOption,
    end: EndOption,
    until: Annotated[
        str | None, typer.Option("--until", help="Use nothing known later; at most now, which it is if left away.")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Forecaster whose belief is weighed.")] = "hybrid",
    *,
    store: Annotated[
        bool, typer.Option("--store/--score", help="Keep the weights for `anchored`, or only say what they are worth.")
    ] = True,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit how much a belief weighs beside the market, walk-forward, and say what the pool of the two was worth.

    The weight is fitted by log score on the first of each month, by part of the day, on events settled by then and on
    `prior_events` of which the market is taken to be right, and cut down to the lower end of its interval; where that
    is 0 the policy `anchored` passes. The last fit is the first that knows all outcomes of the window. A belief
    of the past is that of the newest model stored that could speak then: train once for each year of the window first.

    Then `drybulb backtest --policy anchored`.

    Example: `drybulb anchor --start 2024-01-01 --end 2025-02-28 --until 2025-03-01T12:00Z --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.anchor_beliefs import Eras
    from drybulb.app.anchoring import anchor
    from drybulb.app.locked import asked, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.wiring import FORECASTERS
    from drybulb.forecast.training_card import instant_text

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    if source not in FORECASTERS:
        raise typer.BadParameter(f"{source!r} is none of {', '.join(FORECASTERS)}", param_hint="--source")
    now = datetime.now(UTC)
    instant = arguments.instant(until, "--until") if until else now
    home = Lake.existing(lake)
    with terminal() as progress:
        eras = Eras.stored(home, settings)
        command = asked("anchor", source=source, until=instant_text(instant) if until else None)
        opened = open_window(
            settings, command, first, last, list(chosen), lambda: eras.models(first, last), open_locked
        )
        result = anchor(
            home,
            settings,
            first,
            last,
            instant,
            now=now,
            cities=chosen,
            source=source,
            beliefs=eras,
            is_stored=store,
            progress=progress,
        )
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)
