"""The verb that looks for better settings of the models."""

from __future__ import annotations

from typing import Annotated

import typer

from drybulb import arguments
from drybulb.verbs.options import DEFAULT_LAKE, ConfigOption, JsonOption, LakeOption, answer, group

verbs = group()


@verbs.command("tune")
def _tune(
    model: Annotated[str, typer.Option("--model", help="`global`, or a city's, such as `city-miami`.")],
    until: Annotated[str, typer.Option("--until", help="Use nothing known later.")],
    trials: Annotated[
        int, typer.Option("--trials", help="Configurations to have tried in the end, beside the defaults.", min=1)
    ] = 20,
    study: Annotated[str | None, typer.Option("--study", help="Name of the study; the model's when left away.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    *,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for better settings of a model's hazards, and say what of it is luck.

    Each configuration is scored out of fold on the same events: blocks of whole days, two days left out on either side,
    nothing known after --until, no day of a locked window. Gains are paired by day, with 90 % intervals; the best is
    called clear only above what luck alone gives the best of as many in nineteen cases of twenty. All that are tried
    are kept in LAKE/registry/tuned, and the same command goes on where it stopped, one run of a study at a time. No
    setting is changed: what is proposed is printed for you to paste. Needs optuna: `pip install 'drybulb[tune]'`.

    Example: `drybulb tune --model city-miami --until 2024-01-01T12:00Z --trials 12 --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.tune import tune

    instant = arguments.instant(until, "--until")
    with terminal() as progress:
        result = tune(Lake.existing(lake), load(config), model, instant, trials, study, progress)
    answer(result.to_json(), as_json)
