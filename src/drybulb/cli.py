"""The command line: each verb calls one function of the app room and prints what it returns.

With ``--json`` stdout is one JSON document and nothing else; progress and notes go to
stderr. Exit status: 0 done, 1 an error, 2 wrong usage, 3 finished with refusals.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import drybulb
from drybulb import arguments
from drybulb.errors import ConfigError, DrybulbError

EXIT_ERROR = 1
EXIT_REFUSALS = 3

app = typer.Typer(
    name="drybulb",
    help=(
        "Forecast the official daily high of six US cities, and backtest trading on it.\n\n"
        "Start with `drybulb demo`. On your own data: import, dense, train, verify, backtest, report."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

LakeOption = Annotated[
    Path, typer.Option("--lake", envvar="DRYBULB_LAKE", help="Folder of the lake.", show_default=True)
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Your drybulb.toml; ./drybulb.toml if present.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else.")]
CitiesOption = Annotated[
    str | None, typer.Option("--cities", help="City keys, separated by commas; all of the config when left away.")
]
StartOption = Annotated[str, typer.Option("--start", help="First event day, YYYY-MM-DD.")]
EndOption = Annotated[str, typer.Option("--end", help="Last event day, inclusive, YYYY-MM-DD.")]
DEFAULT_LAKE = Path("lake")


def _print(document: dict[str, Any], as_json: bool, *, refusals: bool = False) -> None:
    """Print a result, then leave with the status that fits it."""
    if as_json:
        sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
    else:
        from drybulb.app.console import show

        show(document)
    if refusals:
        raise typer.Exit(EXIT_REFUSALS)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"drybulb {drybulb.__version__}")
        raise typer.Exit


@app.command("demo")
def _demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the world's lake, the run and the report.")] = Path(
        "drybulb-demo"
    ),
    seed: Annotated[int, typer.Option("--seed", help="Seed of the synthetic world.")] = 1,
    weather_days: Annotated[int, typer.Option("--weather-days", help="Days of weather and guidance.", min=220)] = 400,
    market_days: Annotated[int, typer.Option("--market-days", help="Days with markets, the last ones.", min=2)] = 20,
    lake: Annotated[Path | None, typer.Option("--lake", help="New folder for the lake; OUT/lake otherwise.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Six synthetic cities from weather to a report, with no data and no key.

    Builds a world, densifies its candles, trains, verifies, backtests and writes report.html.

    Example: `drybulb demo --out build/demo`
    """
    from drybulb.app.config import load
    from drybulb.app.demo import demo
    from drybulb.app.progress import terminal

    with terminal() as progress:
        result = demo(out, load(config), seed, weather_days, market_days, lake=lake, progress=progress)
    _print(result.to_json(), as_json)


@app.command("import")
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
    from drybulb.app.config import load
    from drybulb.app.progress import terminal

    readers = {"archive": ingest.import_archive, "original-candles": ingest.import_original}
    if form not in readers:
        raise typer.BadParameter(f"{form!r} is not archive or original-candles", param_hint="--format")
    with terminal() as progress:
        result = readers[form](source, Lake(lake), load(config), progress)
    _print(result.to_json(), as_json, refusals=bool(result.refusals))


@app.command("dense")
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
    from drybulb.app.config import load
    from drybulb.app.densify import densify
    from drybulb.app.progress import terminal

    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    with terminal() as progress:
        result = densify(Lake.existing(lake), settings, keys, progress=progress)
    _print(result.to_json(), as_json)


@app.command("coverage")
def _coverage(lake: LakeOption = DEFAULT_LAKE, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say what the lake holds, and per city how many labelled and observed days a model could use.

    Example: `drybulb coverage --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.config import load
    from drybulb.app.coverage import coverage

    _print(coverage(Lake.existing(lake), load(config)).to_json(), as_json)


@app.command("train")
def _train(
    until: Annotated[str | None, typer.Option("--until", help="Use nothing known later.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the baselines and S on what was known by an instant, and store them with their card.

    Without --until: now. Events of the last days before it are embargoed.

    Example: `drybulb train --until 2024-11-17T12:00Z --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.config import load
    from drybulb.app.progress import terminal
    from drybulb.app.train import train

    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    instant = arguments.instant(until, "--until") if until else datetime.now(UTC)
    with terminal() as progress:
        result = train(Lake.existing(lake), settings, instant, keys, progress)
    _print(result.to_json(), as_json)


@app.command("verify")
def _verify(
    start: StartOption,
    end: EndOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score every forecaster and the market on the same events, with 90 % intervals by calendar day.

    Example: `drybulb verify --start 2024-11-20 --end 2025-02-28 --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.config import load
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.progress import terminal
    from drybulb.app.verify import verify

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first)
        result = verify(home, chosen, forecaster, first, last, settings.training.seed, progress)
    _print(result.to_json(), as_json)


@app.command("predict")
def _predict(
    city: Annotated[str, typer.Argument(help="City key, such as chicago.")],
    day: Annotated[str, typer.Argument(help="Event day, YYYY-MM-DD.")],
    at: Annotated[str | None, typer.Option("--at", help="As of this instant; now when left away.")] = None,
    source: Annotated[str, typer.Option("--source", help="Forecaster to ask, by the name `verify` prints.")] = "S",
    lake: LakeOption = DEFAULT_LAKE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is believed about one event at one instant, who says so, and what the market says.

    Example: `drybulb predict miami 2025-01-15 --at 2025-01-15T18:00Z --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.config import load
    from drybulb.app.predict import predict

    settings = load(config)
    if city not in settings.city:
        raise typer.BadParameter(f"{city!r} is not a city; known: {', '.join(settings.city)}", param_hint="CITY")
    instant = arguments.instant(at, "--at") if at else datetime.now(UTC)
    _print(predict(Lake.existing(lake), settings, city, arguments.day(day, "DAY"), instant, source).to_json(), as_json)


@app.command("backtest")
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
    _print(result.to_json(), as_json, refusals=result.has_refusals)


@app.command("report")
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

    _print(report(run if run.exists() else lake / "runs" / run, out).to_json(), as_json)


@app.command("config")
def _config(
    config: ConfigOption = None,
    default: Annotated[bool, typer.Option("--default", help="Print the packaged defaults, with comments.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Print the configuration and the lake in force; with --default, the file to start your own from.

    Example: `drybulb config --default > drybulb.toml`
    """
    from drybulb.app.config import default_text, load

    if default and not as_json:
        sys.stdout.write(default_text())
        return
    settings = load(None if default else config).model_dump(mode="json")
    _print({"schema": "config/1", "lake": str(lake), "config": settings}, as_json)


def main() -> None:
    """Run the command line; an error of drybulb's own is one line on stderr and status 1."""
    # Before numpy is first imported: a fit of small arrays is slower, and not the same to the bit, on many threads.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    try:
        app()
    except ConfigError as error:
        sys.stderr.write(f"drybulb: configuration: {error}\n")
        sys.exit(EXIT_ERROR)
    except DrybulbError as error:
        sys.stderr.write(f"drybulb: {error}\n")
        sys.exit(EXIT_ERROR)
    except OSError as error:  # a full disk or a folder that cannot be written is no bug
        sys.stderr.write(f"drybulb: {error}; check the path, its space and permissions\n")
        sys.exit(EXIT_ERROR)
