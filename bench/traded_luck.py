"""What the best of everything shown is worth: the deflated Sharpe ratio, and the chance of having chosen luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from bench.traded_desk import ALL
from bench.traded_shown import is_trial
from drybulb.verification import backtest_overfitting, deflated_sharpe, probabilistic_sharpe, sharpe_ratio

Row = dict[str, Any]

_BLOCKS = 16


def luck(desks: Sequence[Row]) -> dict[str, Row | None]:
    """Return what chance makes of as many desks, and of as many of their cities and leads.

    Args:
        desks: documents of one window's desks; what is filled naively is no trial, for nobody could have chosen it.
    """
    tried = [desk for desk in desks if is_trial(desk)]
    whole = {desk["name"]: _part(desk)["days"] for desk in tried}
    cells = {
        f"{desk['name']} {part['city']} {part['lead']}": part["days"]
        for desk in tried
        for part in desk["parts"]
        if part["city"] != ALL and part["lead"] != ALL
    }
    return {"desks": _luck(whole), "cells": _luck(cells)}


def above_chance(gains: Sequence[int], by_chance: float) -> float:
    """Probability that a desk's true Sharpe ratio exceeds that expected of the best of chance.

    Args:
        gains: of its event days, in any unit; they vary.
        by_chance: Sharpe ratio of a day.
    """
    values = np.asarray(gains, dtype=np.float64)
    standard = (values - values.mean()) / values.std()
    skew, kurtosis = float((standard**3).mean()), float((standard**4).mean())
    return probabilistic_sharpe(sharpe_ratio(values), by_chance, len(values), skew, kurtosis)


def _part(desk: Row) -> Row:
    found: Row = next(part for part in desk["parts"] if part["city"] == ALL and part["lead"] == ALL)
    return found


def _luck(gains: Mapping[str, Mapping[str, int]]) -> Row | None:
    """Of trials by name, with their gains by event day; None where fewer than two differ or there are too few days."""
    names, days = sorted(gains), sorted(set().union(*(mine for mine in gains.values())))
    table = np.array([[gains[name].get(day, 0) for name in names] for day in days], dtype=np.float64)
    differing = {column.tobytes() for column in table.T if column.any()}
    if len(differing) < 2 or len(days) < 2 * _BLOCKS:
        return None
    best = deflated_sharpe(table)
    ordinals = [date.fromisoformat(day).toordinal() for day in days]
    halved = backtest_overfitting(ordinals, table, _BLOCKS)
    return {
        "tried": len(names),
        "differing": len(differing),
        "best": names[best.best],
        "sharpe": best.sharpe,
        "by_chance": best.by_chance,
        "trials": best.trials,
        "probability": best.probability,
        "overfitting": halved.probability,
        "loses": halved.loses,
    }
