"""The bench of the efficient market: what it counts as broken, and what it does not run again."""

from __future__ import annotations

import json
from pathlib import Path

from bench.efficient import kept, verdict
from bench.efficient_seed import Outcome


def outcome(seed: int, *, low: float = -1.0, trades: int = 30) -> Outcome:
    """A seed with a bound and a number of trades."""
    return Outcome(seed, "S", 60, 10, trades, -10.0, -1.0, low, "digest")


def test_ninety_in_a_hundred_must_be_left_alone() -> None:
    """A bound of 0 is no gain; of ten seeds one may be beaten and two may not, and they are named."""
    assert verdict([outcome(1, low=0.0)])["broken"] == []
    assert verdict([outcome(seed, low=float(seed == 3)) for seed in range(10)])["broken"] == []
    (said,) = verdict([outcome(seed, low=float(seed in (3, 7))) for seed in range(10)])["broken"]
    assert "8 of 10" in said
    assert "[3, 7]" in said


def test_thirty_trades_are_needed_in_every_seed() -> None:
    """A seed with 29 trades is broken, and named."""
    (said,) = verdict([outcome(1), outcome(2, trades=29)])["broken"]
    assert said.endswith("[2]")


def test_a_seed_that_is_there_is_not_run_again(tmp_path: Path) -> None:
    """A result is read back as it was written, for its own policy and number of days alone."""
    (tmp_path / "S-10-002.json").write_text(json.dumps(outcome(2).to_json()))
    assert kept(tmp_path, "S", 10, range(1, 4)) == {2: outcome(2)}
    assert kept(tmp_path, "S", 5, range(1, 4)) == {}
