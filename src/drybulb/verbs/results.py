"""The verb that writes the page of what was found on a recorded archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

verbs = group()


@verbs.command("results")
def _results(
    archive: Annotated[Path, typer.Option("--archive", help="Folder of the recorded archive.")],
    lake: LakeOption = DEFAULT_LAKE,
    page: Annotated[Path, typer.Option("--page", help="Page to write, in Markdown.")] = Path("archive-2024-25.md"),
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score forecasters and run policies on a recorded archive; write what works, what does not, what cannot be said.

    Imports, densifies and trains what the lake has not yet; a lake of another archive is refused. Then every
    forecaster is scored beside the market by city, day and clock, and every policy run, deciding at any time and
    at two clocks an event. Sentences are made of intervals. Run again, the page stays as it is; about seven minutes.

    Example: `drybulb results --archive ../shared/archive --lake lake --page results.md`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.progress import terminal
    from drybulb.app.results.gathering import results
    from drybulb.app.settings import load

    with terminal() as progress:
        result = results(archive, Lake(lake), load(config), page, progress, open_locked)
    tell(one.sentence for one in result.opened)
    answer(result.to_json(), as_json)
