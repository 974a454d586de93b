"""What the verbs share: options of one name and one meaning, and how a result is printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_REFUSALS = 3

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
OpenLockedOption = Annotated[
    str | None,
    typer.Option("--open-locked", help="Why a locked window is opened; noted and kept, see `[[locked]]`."),
]
DEFAULT_LAKE = Path("lake")


def group() -> typer.Typer:
    """An empty group of verbs; its verbs stand beside those of the other groups."""
    return typer.Typer(rich_markup_mode="markdown")


def has_screen() -> bool:
    """Whether somebody is looking who can be shown a page: a terminal on a machine with a desktop."""
    is_desktop = sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())
    return sys.stdout.isatty() and is_desktop


def tell(sentences: Iterable[str]) -> None:
    """Say sentences on stderr, beside the result."""
    for sentence in sentences:
        sys.stderr.write(f"drybulb: {sentence}\n")


def answer(document: dict[str, Any], as_json: bool, *, refusals: bool = False) -> None:
    """Print a result, then leave with the status that fits it.

    Raises:
        typer.Exit: with status 3, where something was refused.
    """
    if as_json:
        sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
    else:
        from drybulb.app.console import show

        show(document)
    if refusals:
        raise typer.Exit(EXIT_REFUSALS)
