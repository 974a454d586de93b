"""What a search may propose: a ``[strategy.city.X]`` block with its evidence, and nothing beyond it.

A proposal is text for a person to read and to put into their own file. It can say nothing of
``[risk]`` and ``[caps]``: limits and their bounds are an operator's words, never a search's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence

from pydantic import ValidationError

from drybulb.app.strategy_block import CityStrategy
from drybulb.errors import ConfigError

_KEY = re.compile(r"[a-z0-9_]+")
#: A value of a city's block: a number, or one for lead 0 and one for lead 1.
Proposed = float | tuple[float, float]


def proposed_block(city: str, values: Mapping[str, Proposed], evidence: Sequence[str]) -> str:
    """Return the TOML of a city's block, each line of its evidence a comment above it.

    Args:
        city: key of the city.
        values: what the block is to say; keys of :class:`CityStrategy`.
        evidence: what speaks for it, a sentence each; at least one.

    Raises:
        ConfigError: no evidence or no value, a key that a city's block does not have, or a value it cannot take.
    """
    said = [line.strip() for sentence in evidence for line in sentence.splitlines() if line.strip()]
    if not said or not values:
        raise ConfigError(f"a proposal for {city} needs evidence and values; it has {len(said)} and {len(values)}")
    _block(city, dict(values))
    lines = [*(f"# {line}" for line in said), f"[strategy.city.{city}]"]
    lines += [f"{key} = {_written(value)}" for key, value in values.items()]
    text = "\n".join(lines) + "\n"
    check_proposal(text)
    return text


def check_proposal(text: str, known: Collection[str] | None = None) -> dict[str, CityStrategy]:
    """Return the blocks of a proposal by city, after looking that it proposes nothing else.

    Args:
        text: TOML.
        known: the cities that it may be about; None where any key is one.

    Raises:
        ConfigError: text that is not TOML, has any table or key outside ``[strategy.city.X]``, proposes nothing or for
            a city that is not known, or a trade that need promise less than nothing.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the proposal is not TOML: {error}") from error
    cities = _only(_only(tables, "strategy", ""), "city", "strategy.")
    if not cities:
        raise ConfigError("a proposal needs a block [strategy.city.X]; it has none")
    blocks = {city: _block(city, values) for city, values in cities.items()}
    if known is not None and (unknown := sorted(set(cities) - set(known))):
        raise ConfigError(f"[strategy.city.{unknown[0]}] of the proposal names no city; known: {', '.join(known)}")
    return blocks


def _only(tables: Mapping[str, object], name: str, above: str) -> Mapping[str, object]:
    """The one table that may be here."""
    if beyond := sorted(set(tables) - {name}):
        raise ConfigError(
            f"a proposal may not say [{above}{beyond[0]}]; it may say [strategy.city.X] alone: limits, caps and the"
            " rest are for the operator's own file"
        )
    found = tables.get(name)
    if not isinstance(found, Mapping):
        raise ConfigError(f"a proposal needs a table [{above}{name}...]; it has none")
    return found


def _block(city: str, values: object) -> CityStrategy:
    if not _KEY.fullmatch(city):
        raise ConfigError(f"city {city!r} is no key; give lower-case letters, digits and _")
    if not values:
        raise ConfigError(f"[strategy.city.{city}] of the proposal says nothing; give it a value or leave it out")
    try:
        block = CityStrategy.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"[strategy.city.{city}] of the proposal: {faults}") from error
    if block.min_edge_cents is not None and min(block.min_edge_cents) < 0.0:
        least = list(block.min_edge_cents)
        raise ConfigError(f"[strategy.city.{city}] of the proposal: min_edge_cents = {least}; give 0 or more")
    return block


def _written(value: Proposed) -> str:
    """A value as TOML writes it, to the last digit."""
    return f"[{', '.join(repr(float(part)) for part in value)}]" if isinstance(value, tuple) else repr(float(value))
