"""The command line: its verbs, put together from :mod:`drybulb.verbs`, and its exit statuses.

With ``--json`` stdout is one JSON document and nothing else; progress and notes go to
stderr. Exit status: 0 done, 1 an error, 2 wrong usage, 3 finished with refusals.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

import drybulb
from drybulb.errors import ConfigError, DrybulbError
from drybulb.verbs import anchor, data, models, probing, research, results, settings, trading, tuning, watching

EXIT_ERROR = 1

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
#: The verbs as `--help` lays them out, in the order in which one comes to them.
_PANELS = {
    "Data": (data,),
    "Forecasts": (models, tuning),
    "Beliefs beside the market": (anchor, watching),
    "Trading the past": (trading,),
    "One instant": (probing,),
    "What to trade by": (research,),
    "All of it, and settings": (results, settings),
}
for _panel, _groups in _PANELS.items():
    for _group in _groups:
        for _verb in _group.verbs.registered_commands:
            _verb.rich_help_panel = _panel
        app.add_typer(_group.verbs)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"drybulb {drybulb.__version__}")
        raise typer.Exit


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
