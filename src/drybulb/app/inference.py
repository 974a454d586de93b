"""What the result of a part of a run is worth: the block ``worth`` of its documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from drybulb.app.extremes import Extremes
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.verification import Verdict, block_length, return_on_capital, sharpe_ratio, verdict

_DIGITS = 6


def worth(
    gains: Mapping[date, int],
    extremes: Mapping[date, Extremes],
    events: Iterable[int],
    turnover: int,
    capital: Mapping[date, float] | None,
    seed: int,
) -> dict[str, Any]:
    """Return the block ``worth`` of ``backtest/1`` and ``compare/1``.

    Args:
        gains: by event day, days without a trade included [microdollars].
        extremes: the most that each event day with a trade could lose and win.
        events: gain of each event that was traded [microdollars].
        turnover: paid for the legs bought, before fees [microdollars].
        capital: at stake times how long, by event day [dollar days]; None where it is not told apart.
        seed: of the bootstraps.
    """
    days = sorted(gains)
    ordinals, values = [day.toordinal() for day in days], [_usd(gains[day]) for day in days]
    traded = [extremes[day] for day in sorted(extremes)]
    at_stake, to_win = [_usd(one.lost) for one in traded], [_usd(one.won) for one in traded]
    found = verdict(ordinals, values, at_stake, to_win, [_usd(gain) for gain in events], seed)
    return {
        **_said(found),
        "pnl_without_two_best_usd": round(found.without_best, _DIGITS),
        "turnover_usd": _usd(turnover),
        "sharpe_per_day": round(sharpe_ratio(values), _DIGITS) if traded and len(days) > 1 else None,
        "capital_days_usd": None if capital is None else round(sum(capital.values()), _DIGITS),
        "pnl_per_capital_day": None if capital is None else _on_capital(days, values, capital, seed),
    }


def _said(found: Verdict) -> dict[str, Any]:
    return {
        "verdict": str(found.word),
        "reason": found.reason,
        "event_days": found.days,
        "days_traded": found.traded,
        "unseen_per_day_usd": None if found.unseen is None else round(found.unseen, _DIGITS),
        "days_needed": found.needed,
        "days_further": found.further,
    }


def _on_capital(
    days: list[date], values: list[float], capital: Mapping[date, float], seed: int
) -> dict[str, Any] | None:
    """Gain of a dollar at stake for a day and its 90 % interval; None where nothing was at stake."""
    if not any(capital.values()):
        return None
    staked = [capital.get(day, 0.0) for day in days]
    block = block_length(len(days))
    found = return_on_capital([day.toordinal() for day in days], values, staked, seed, block=block)
    if found is None:
        return None
    ends = None if len(days) == 1 else [round(float(end), _DIGITS) for end in (found.low, found.high)]
    return {"mean": round(float(found.mean), _DIGITS), "ci90": ends}


def _usd(microdollars: int) -> float:
    return microdollars / MICRODOLLARS_PER_DOLLAR
