"""Verbs that look at one instant: what there is to trade, and whether anything there knows the future."""

from __future__ import annotations

from typing import Annotated

import typer

from drybulb import arguments
from drybulb.verbs.options import (
    DEFAULT_LAKE,
    CitiesOption,
    ConfigOption,
    JsonOption,
    LakeOption,
    answer,
    group,
)

EXIT_LOOKAHEAD = 1

PolicyOption = Annotated[
    str, typer.Option("--policy", help="A forecaster such as `hybrid` or `S`, whose beliefs are traded, or `anchored`.")
]

verbs = group()


@verbs.command("scan")
def _scan(
    at: Annotated[str, typer.Option("--at", help="Instant with its time zone, such as 2025-01-15T18:00Z, or `now`.")],
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    policy: PolicyOption = "hybrid",
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the edges of every open event at an instant, and say what the policy would do about each.

    For each leg: bid and ask with their age, the belief, and what one contract of YES at the ask or of NO at the bid is
    expected to gain after its exact fee. Then the order the policy would send with nothing held, after the risk limits,
    or its refusal with what was seen and what it had to keep to.

    Only what was known at the instant is used. Where a ladder was recorded at it, this is what a backtest of the same
    policy sees and decides there.

    Example: `drybulb scan --at 2025-01-15T18:00Z --cities chicago,miami --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.scan import now, scan
    from drybulb.app.settings import load

    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    asked = now() if at == "now" else arguments.instant(at, "--at")
    answer(scan(Lake.existing(lake), settings, asked, keys, policy).to_json(), as_json)


@verbs.command("lookahead")
def _lookahead(
    day: Annotated[str, typer.Argument(help="Event day, YYYY-MM-DD.", show_default=False)],
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    policy: PolicyOption = "hybrid",
    clocks: Annotated[
        str | None,
        typer.Option("--clocks", help="When to ask, local standard time: `D-1T16:00,DT10:00`; twelve clocks if none."),
    ] = None,
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether anything known later changes what is said at an instant: law 1, asked of your own lake.

    Snapshot, belief and decision are made at each clock from the lake as it is, and again with every row known after it
    deleted, changed, or contradicted (every row once more with other values, known a microsecond later), a table at a
    time; so are stored models, and the dense minutes from their prints and candles. All is compared bit for bit, and
    what changed is named. Nothing is written into the lake.

    Exit status 1 where anything changed. A row that says it was known before it was cannot be caught this way: rows
    that contradict their own `known_at` are counted as suspicious, a lie that is consistent is not seen.

    Example: `drybulb lookahead 2024-12-10 --cities chicago --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.lookahead import lookahead
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load

    asked = arguments.day(day, "DAY")
    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    at = () if clocks is None else arguments.clocks(clocks, "--clocks")
    with terminal() as progress:
        result = lookahead(Lake.existing(lake), settings, keys, asked, policy, at, progress)
    answer(result.to_json(), as_json)
    if result.changes:
        raise typer.Exit(EXIT_LOOKAHEAD)
