"""Verbs that bring data into the lake and say what it holds; `demo` makes its own."""

from __future__ import annotations

from pathlib import Path
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
    has_screen,
)

verbs = group()


@verbs.command("demo")
def _demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the world's lake, the run and the report.")] = Path(
        "drybulb-demo"
    ),
    seed: Annotated[int, typer.Option("--seed", help="Seed of the synthetic world.")] = 1,
    weather_days: Annotated[int, typer.Option("--weather-days", help="Days of weather and guidance.", min=220)] = 800,
    market_days: Annotated[int, typer.Option("--market-days", help="Days with markets, the last ones.", min=2)] = 90,
    lake: Annotated[Path | None, typer.Option("--lake", help="New folder for the lake; OUT/lake otherwise.")] = None,
    open_it: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the report in a browser, where there is a screen.")
    ] = True,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Six synthetic cities from weather to a report, with no data and no key.

    Builds a world whose chances are known, trains on it, asks the gate, verifies, and trades the hybrid against the
    global model only, the city models only, S, and never. Ends with ten lines of what was found and report.html. The
    stock size takes four to five minutes on two processors; `--weather-days 300 --market-days 10` about one.

    Example: `drybulb demo --out build/demo`
    """
    from drybulb.app.demo import demo
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load

    with terminal() as progress:
        result = demo(out, load(config), seed, weather_days, market_days, lake=lake, progress=progress)
    if open_it and not as_json and has_screen():
        typer.launch(str(result.report))
    answer(result.to_json(), as_json)


@verbs.command("import")
def _import(
    source: Annotated[Path, typer.Argument(help="Folder of the archive, or a file of candles.")],
    form: Annotated[str, typer.Option("--format", help="`archive`, or `original-candles`.")] = "archive",
    lake: LakeOption = DEFAULT_LAKE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read an archive into the lake; what cannot be used is refused, counted and named.

    Importing twice changes nothing. `original-candles` reads an export of one-minute candles
    labelled by `bucket_start`, in cents; its synthetic rows are dropped.

    Example: `drybulb import ../shared/archive --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app import ingest
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load

    readers = {"archive": ingest.import_archive, "original-candles": ingest.import_original}
    if form not in readers:
        raise typer.BadParameter(f"{form!r} is not archive or original-candles", param_hint="--format")
    with terminal() as progress:
        result = readers[form](source, Lake(lake), load(config), progress)
    answer(result.to_json(), as_json, refusals=bool(result.refusals))


@verbs.command("dense")
def _dense(
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build one row per market and minute from candles and prints; resumable, twice changes nothing.

    Example: `drybulb dense --lake lake --cities chicago,miami`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.densify import densify
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load

    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    with terminal() as progress:
        result = densify(Lake.existing(lake), settings, keys, progress=progress)
    answer(result.to_json(), as_json)


@verbs.command("coverage")
def _coverage(lake: LakeOption = DEFAULT_LAKE, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say what the lake holds, and per city how many labelled and observed days a model could use.

    Example: `drybulb coverage --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.coverage import coverage
    from drybulb.app.settings import load

    answer(coverage(Lake.existing(lake), load(config)).to_json(), as_json)
