"""The verb that prints the settings in force."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from drybulb.verbs.options import DEFAULT_LAKE, ConfigOption, JsonOption, LakeOption, answer, group

verbs = group()


@verbs.command("config")
def _config(
    config: ConfigOption = None,
    default: Annotated[bool, typer.Option("--default", help="Print the packaged defaults, with comments.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Print the configuration and the lake in force; with --default, the file to start your own from.

    Example: `drybulb config --default > drybulb.toml`
    """
    from drybulb.app.config import default_text
    from drybulb.app.settings import load

    if default and not as_json:
        sys.stdout.write(default_text())
        return
    settings = load(None if default else config).model_dump(mode="json")
    answer({"schema": "config/1", "lake": str(lake), "config": settings}, as_json)
