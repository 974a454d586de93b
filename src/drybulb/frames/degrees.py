"""Degrees Celsius as reported, back to the whole degrees Fahrenheit they were made from.

The station keeps whole °F; what is published is °C. Two cases, told apart by the value:

* A value with decimals is a whole °F converted to tenths (the T group of a METAR, its
  6- and 24-hour maximum groups) or to hundredths of °C: ``F = floor(1.8 C + 32.5)``
  recovers it exactly.
* A whole °C ``x`` (five-minute feeds, polls, special reports without a T group) means
  anything in ``[1.8 (x - 0.5) + 32, 1.8 (x + 0.5) + 32)``, which holds one or two whole
  °F. Only its lower end is a floor for the official high; the upper end is no ceiling.

A whole °F gives a whole °C at multiples of 5 °C only, and there both rules agree, so a
value never needs the kind of its report. The arithmetic is in whole hundredths of °C:
no float can fall on the wrong side of a degree.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames.exact import divide


def _hundredths(celsius: pl.Expr) -> pl.Expr:
    return (celsius * 100).round().cast(pl.Int64)


def _is_whole(celsius: pl.Expr) -> pl.Expr:
    return _hundredths(celsius) % 100 == 0


def floor_fahrenheit(celsius: pl.Expr) -> pl.Expr:
    """Lowest whole degree a reading can mean [°F, Int32].

    Args:
        celsius: temperature as reported [°C]; null stays null.
    """
    # floor(1.8 C + 32.5) with decimals; ceil(1.8 (C - 0.5) + 32) = floor(1.8 C + 32) without:
    # 1.8 C - 0.9 is never whole for a whole C.
    offset = pl.when(_is_whole(celsius)).then(32_000).otherwise(32_500)
    return ((_hundredths(celsius) * 18 + offset) // 1000).cast(pl.Int32)


def ceil_fahrenheit(celsius: pl.Expr) -> pl.Expr:
    """Highest whole degree a reading can mean [°F, Int32]; no ceiling for the official high.

    Args:
        celsius: temperature as reported [°C]; null stays null.
    """
    # The end of a whole C's interval is outside it: 1.8 (C + 0.5) + 32 is never whole either.
    offset = pl.when(_is_whole(celsius)).then(32_900).otherwise(32_500)
    return ((_hundredths(celsius) * 18 + offset) // 1000).cast(pl.Int32)


def fahrenheit(celsius: pl.Expr) -> pl.Expr:
    """Best single value of a reading [°F, Float64].

    The recovered whole degree where the report has decimals, the middle of the interval
    where it is a whole °C.

    Args:
        celsius: temperature as reported [°C]; null stays null.
    """
    middle = divide(_hundredths(celsius) * 18 + 32_000, 1000.0)
    return pl.when(_is_whole(celsius)).then(middle).otherwise(floor_fahrenheit(celsius).cast(pl.Float64))
