"""What forecasts are scored against: one rule for labels, and the dense minutes that can speak."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.scored import _minutes_before as minutes_before
from drybulb.app.scored import load_labels
from drybulb.frames.schema import empty

DAY = date(2024, 7, 10)
KNOWN = datetime(2024, 7, 12, tzinfo=UTC)


def test_a_forecast_is_scored_on_the_label_it_would_train_on() -> None:
    """The settled value, rounded to a whole degree, outranks the official high."""
    row = {"ticker": "T", "version": 1, "city": "miami", "day": DAY, "payout": 0, "value": 88.6, "source": "exchange"}
    settled = pl.DataFrame([{**row, "known_at": KNOWN, "known_from": "latency"}], schema=empty("settlements").schema)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        lake.merge("settlements", settled)
        labels = load_labels(lake, config.load().cities(), DAY, DAY)
    assert labels.rows() == [("miami", DAY, 89)]


def test_a_slow_tape_still_speaks() -> None:
    """Minutes are picked by when they were known, so a tape five minutes late has a market too."""
    ends = [datetime(2024, 7, 10, 15, minute, tzinfo=UTC) for minute in range(12)]
    dense = pl.DataFrame({"end_at": ends, "known_at": [end + timedelta(minutes=5) for end in ends]})
    asked = pl.Series("at", [datetime(2024, 7, 10, 15, 10, tzinfo=UTC)])
    assert minutes_before(dense, asked)["end_at"].dt.minute().to_list() == [4, 5]
