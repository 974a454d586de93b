"""Arguments of the command line: dates, instants, names and cities, or a usage error that says how to write them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

import typer

from drybulb.domain.iso import as_day, as_instant
from drybulb.errors import DomainError

if TYPE_CHECKING:
    from drybulb.app.desks import DeskSpec
    from drybulb.strategy.decision_clock import DecisionClock


def day(text: str, option: str) -> date:
    """Read a date such as 2024-11-20.

    Raises:
        typer.BadParameter: anything else.
    """
    try:
        return as_day(text)
    except DomainError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def instant(text: str, option: str) -> datetime:
    """Read an instant with its time zone, such as 2024-11-17T12:00Z, as UTC.

    Raises:
        typer.BadParameter: anything else; a time without a zone is not an instant.
    """
    try:
        return as_instant(text)
    except DomainError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def window(start: str, end: str) -> tuple[date, date]:
    """Read the first and last event day of a window.

    Raises:
        typer.BadParameter: no dates, or the first after the last.
    """
    first, last = day(start, "--start"), day(end, "--end")
    if first > last:
        raise typer.BadParameter(f"{first} is after {last}", param_hint="--start")
    return first, last


def clocks(text: str, option: str) -> list[DecisionClock]:
    """Read clocks to decide at, such as D-1T10:00,DT10:00.

    Raises:
        typer.BadParameter: anything else, or none at all.
    """
    from drybulb.strategy.decision_clock import DecisionClock  # noqa: PLC0415 - `--help` does without the strategy

    try:
        return [DecisionClock.parse(part) for part in names(text, option)]
    except DomainError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def challengers(texts: Iterable[str], policies: Iterable[str], option: str) -> list[DeskSpec]:
    """Read who runs beside a backtest, such as S:maker-pessimistic; without fills it takes.

    Raises:
        typer.BadParameter: a policy or fills that are not known, or one challenger twice.
    """
    from drybulb.app.desks import DeskSpec  # noqa: PLC0415 - `--help` does without the tables
    from drybulb.engine.fills import Fills  # noqa: PLC0415

    known, found = tuple(policies), []
    for text in texts:
        policy, _, said = text.strip().partition(":")
        if policy not in known:
            raise typer.BadParameter(f"{policy!r} of {text!r} is none of {', '.join(known)}", param_hint=option)
        if said not in ("", *Fills):
            raise typer.BadParameter(f"{said!r} of {text!r} is none of {', '.join(Fills)}", param_hint=option)
        fills = Fills(said or Fills.TAKER)
        spec = DeskSpec(f"{policy}-{fills}", policy, fills)
        if spec in found:
            raise typer.BadParameter(f"{text!r} is there twice; name it once", param_hint=option)
        found.append(spec)
    return found


def names(text: str, option: str) -> list[str]:
    """Read names separated by commas, each once, in the order given.

    Raises:
        typer.BadParameter: none at all.
    """
    found = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise typer.BadParameter("name at least one", param_hint=option)
    return found


def numbers(text: str, option: str) -> tuple[float, ...]:
    """Read numbers separated by commas, such as 1,2.5, in the order given.

    Raises:
        typer.BadParameter: anything else, a number twice, or none at all.
    """
    found = []
    for part in names(text, option):
        try:
            found.append(float(part))
        except ValueError as error:
            raise typer.BadParameter(f"{part!r} is no number; write such as 1,2.5", param_hint=option) from error
        if not math.isfinite(found[-1]) or found[-1] in found[:-1]:
            raise typer.BadParameter(f"{part} is no finite number, or there twice", param_hint=option)
    return tuple(found)


def keys(cities: str | None, known: Iterable[str]) -> list[str]:
    """Read city keys separated by commas; all that are known when None.

    Raises:
        typer.BadParameter: a key that is not configured, or none at all.
    """
    if cities is None:
        return list(known)
    wanted = [key.strip() for key in cities.split(",") if key.strip()]
    for key in wanted:
        if key not in known:
            raise typer.BadParameter(f"{key!r} is not a city; known: {', '.join(known)}", param_hint="--cities")
    if not wanted:
        raise typer.BadParameter("name at least one city", param_hint="--cities")
    return wanted
