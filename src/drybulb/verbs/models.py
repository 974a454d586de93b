"""Verbs of the models: fit them, ask them, and see how good they are."""

from __future__ import annotations

from datetime import UTC, datetime
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


@verbs.command("train")
def _train(
    until: Annotated[str | None, typer.Option("--until", help="Use nothing known later.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the baselines, S and the models that stand on it by what was known at an instant; store each with its card.

    Without --until: now. Events of the last days before it are embargoed. Where they are scored out of fold on days of
    a locked window, the result says so and the look is noted.

    Example: `drybulb train --until 2024-11-17T12:00Z --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.noted_training import train
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load

    settings = load(config)
    keys = arguments.keys(cities, settings.city)
    instant = arguments.instant(until, "--until") if until else datetime.now(UTC)
    with terminal() as progress:
        result, opened = train(Lake.existing(lake), settings, instant, keys, progress)
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)


@verbs.command("models")
def _models(
    why: Annotated[bool, typer.Option("--why", help="Say in full why each refused model is refused.")] = False,
    at: Annotated[str | None, typer.Option("--at", help="As of this instant; now when left away.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every stored model, and say which serve, which would be next, and which are refused.

    Refused are models that are degenerate, thin, worse than S, broken, out of date or from the future.

    Example: `drybulb models --why --at 2024-11-20T15:00Z --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.models import list_models
    from drybulb.app.settings import load

    instant = arguments.instant(at, "--at") if at else datetime.now(UTC)
    answer(list_models(Lake.existing(lake), load(config), instant, is_explained=why).to_json(), as_json)


@verbs.command("verify")
def _verify(
    start: StartOption,
    end: EndOption,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score every forecaster and the market on the same events, with 90 % intervals by calendar day.

    Example: `drybulb verify --start 2024-11-20 --end 2025-02-28 --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import evidence, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.verify import verify

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first)
        of = evidence(home, forecaster)
        opened = open_window(settings, "verify", first, last, list(chosen), of, open_locked)
        result = verify(home, chosen, forecaster, first, last, settings.training.seed, progress)
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)


@verbs.command("calibration")
def _calibration(
    start: StartOption,
    end: EndOption,
    forecasters: Annotated[
        str | None,
        typer.Option("--forecasters", help="Names separated by commas; those `verify` compares when left away."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="SVG to draw; of the city if there is one, else of all together.")
    ] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    cities: CitiesOption = None,
    open_locked: OpenLockedOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether forecasts mean what they say: PIT, coverage, reliability, and how sharp they are.

    By city, lead and clock; --json has histograms, bins and 90 % intervals by calendar day.

    Example: `drybulb calibration --start 2024-11-20 --end 2025-02-28 --forecasters S,emos --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.calibrate import calibrate
    from drybulb.app.forecaster import Forecaster
    from drybulb.app.locked import asked, evidence, open_window
    from drybulb.app.progress import terminal
    from drybulb.app.settings import load
    from drybulb.app.verify import MODELS

    first, last = arguments.window(start, end)
    settings = load(config)
    table = settings.cities()
    chosen = {key: table[key] for key in arguments.keys(cities, settings.city)}
    names = list(MODELS) if forecasters is None else arguments.names(forecasters, "--forecasters")
    home = Lake.existing(lake)
    with terminal() as progress:
        forecaster = Forecaster.load(home, settings, first)
        of = evidence(home, forecaster)
        command = asked("calibration", forecasters=names)
        opened = open_window(settings, command, first, last, list(chosen), of, open_locked)
        result = calibrate(home, chosen, forecaster, first, last, names, settings.training.seed, progress)
    if picture is not None:
        from drybulb.app.calibration_picture import write

        write(picture, result)
    tell(one.sentence for one in opened)
    answer(result.to_json(), as_json)


@verbs.command("predict")
def _predict(
    city: Annotated[str, typer.Argument(help="City key, such as chicago.")],
    day: Annotated[str, typer.Argument(help="Event day, YYYY-MM-DD.")],
    at: Annotated[str | None, typer.Option("--at", help="As of this instant; now when left away.")] = None,
    *,
    source: Annotated[
        str, typer.Option("--source", help="Forecaster to ask: hybrid, global, city, or one `verify` prints.")
    ] = "hybrid",
    explain: Annotated[bool, typer.Option("--explain", help="Say how the belief came about.")] = False,
    picture: Annotated[Path | None, typer.Option("--picture", help="SVG to draw of how it came about.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is believed about one event at one instant, who says so, and what the market says.

    Example: `drybulb predict miami 2025-01-15 --at 2025-01-15T18:00Z --explain --lake lake`
    """
    from drybulb.adapters.lake import Lake
    from drybulb.app.predict import predict
    from drybulb.app.settings import load

    settings = load(config)
    if city not in settings.city:
        raise typer.BadParameter(f"{city!r} is not a city; known: {', '.join(settings.city)}", param_hint="CITY")
    instant = arguments.instant(at, "--at") if at else datetime.now(UTC)
    event, home = arguments.day(day, "DAY"), Lake.existing(lake)
    result = predict(home, settings, city, event, instant, source, explain=explain or picture is not None)
    if picture is not None:
        from drybulb.app.explained_picture import write

        write(picture, result)
    answer(result.to_json() if explain else {**result.to_json(), "explanation": None}, as_json)
