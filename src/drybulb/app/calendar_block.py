"""The blocks ``[[calendar]]``: when information comes out that others read as soon as we do, or sooner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drybulb.app.block import Block

Hour = Annotated[int, Field(ge=0, le=23)]


class ReleaseBlock(Block):
    """One kind of release: each day at these hours (every hour where none is given) and this minute.

    ``zone`` is ``utc`` or ``standard``, the city's local standard time; without ``cities`` it is of every city. From
    ``before_min`` before it to ``after_min`` after it no quote of ours rests and none is taken; from its end on only a
    belief made then or later is traded.
    """

    name: str = Field(min_length=1)
    zone: Literal["utc", "standard"]
    hours: tuple[Hour, ...] = ()
    minute: int = Field(ge=0, le=59)
    before_min: int = Field(ge=0, le=60)
    after_min: int = Field(ge=0, le=120)
    cities: tuple[str, ...] = ()
