"""Proof out of fold: no score has seen its own day, neither in the correction nor in the share of it that is taken."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from drybulb.forecast import proof
from drybulb.forecast.corrected import Correction
from drybulb.forecast.folds import GUARD_DAYS, Fold
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.hazard_scores import row_scores
from drybulb.forecast.labels import known_labels
from drybulb.forecast.model import Floats, Model, Prediction
from drybulb.forecast.normals import Normals
from drybulb.forecast.shares import GRADES
from drybulb.forecast.training import labelled_rows
from tests.unit.forecast.made import MIAMI, RULES, UNTIL, fitted, material, rows

EVERY = np.array(GRADES)


def _rows(*hours: float) -> pl.DataFrame:
    """One row an event."""
    return rows(*({"day": date(2024, 7, 1) + timedelta(days=n), "hours": at} for n, at in enumerate(hours)))


def _graded(log: Floats) -> Floats:
    """Scores of each share, the CRPS ten times the log score; shape (grades, 2, n) of (grades, n)."""
    return np.stack([10.0 * log, log], axis=1)


def test_shares_that_score_a_block_come_from_the_other_blocks() -> None:
    """One block's days are best left alone, the other's corrected whole: each is scored as the other would have it."""
    block = np.array([0, 0, 0, 1, 1, 1])
    # Best for the three days of block 0 is a share of 1, for the others of 0; another costs its distance.
    log = np.where(block == 0, 1.0 - EVERY[:, None], EVERY[:, None])
    found = proof._crossed(_rows(*[12.0] * 6), _graded(log), block)
    assert found[1].tolist() == [1.0] * 6
    assert found[0].tolist() == [10.0] * 6


def test_blocks_that_agree_are_scored_as_they_would_choose_themselves() -> None:
    """Where every block is best corrected by a half, a half is what each is scored by."""
    log = np.tile(np.abs(EVERY - 0.5)[:, None] + 2.0, (1, 6))
    assert proof._crossed(_rows(*[12.0] * 6), _graded(log), np.array([0, 0, 1, 1, 2, 2]))[1].tolist() == [2.0] * 6


def test_a_share_between_two_grades_is_scored_between_them() -> None:
    """The other block wants 1 at 12 h and 0.5 at 16 h, so 0.875 at 13 h: half of the score of 0.75, half that of 1."""
    asked = _rows(13.0, 12.0, 16.0)
    log = np.stack([EVERY**2, 1.0 - EVERY, np.abs(EVERY - 0.5)], axis=1)
    found = proof._crossed(asked, _graded(log), np.array([0, 1, 1]))
    assert found[1, 0] == pytest.approx((0.5625 + 1.0) / 2.0)
    assert found[0, 0] == pytest.approx((5.625 + 10.0) / 2.0)


def test_with_no_other_block_everything_is_taken() -> None:
    """A single block has nobody to choose its shares, and is scored as if all were taken."""
    log = np.tile(EVERY[:, None], (1, 2))
    assert proof._crossed(_rows(12.0, 12.0), _graded(log), np.array([0, 0]))[1].tolist() == [1.0, 1.0]


class Planted(Correction):
    """A correction that is perfect in August and worthless before: its log scores are 0 and 1, or 1 and 0.

    By its CRPS alone, which nobody chooses by, it is perfect always: 0 taken whole, 10 not taken.
    """

    def graded(self, rows: pl.DataFrame, pmf: Floats, score: object) -> Floats:
        perfect = (rows["day"].dt.month() == 8).to_numpy()
        log = np.where(perfect, 1.0 - EVERY[:, None], EVERY[:, None])
        return np.stack([np.broadcast_to(10.0 - 10.0 * EVERY[:, None], log.shape), log], axis=1)


def _ground(days: int) -> tuple[pl.DataFrame, list[date]]:
    """Labelled rows of the world's Miami of as many days of July as of August."""
    labels = known_labels(material().official, material().settlements, [MIAMI], UNTIL, RULES.embargo_days)
    seen = labelled_rows(material().rows, labels, UNTIL)
    newest: list[date] = [day for day in seen["day"].unique().sort() if abs((day - date(2024, 8, 1)).days + 0.5) < days]
    return seen.filter(pl.col("day").is_in(newest)), newest


def test_a_proof_grows_without_each_block_and_scores_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block of days, and two days beside it, is left out of the correction that is scored on it, which has a third
    of the pairs; the model's score is that of the other block's shares, beside S and the baselines on the same rows.
    """
    grown: list[tuple[set[date], int]] = []

    def fit(mine: pl.DataFrame, anchor: Prediction, normals: Normals, *rest: object) -> Correction:
        members = rest[1]
        assert isinstance(members, list)
        assert anchor.available.all()
        assert anchor.pmf.shape[0] == mine.height
        grown.append((set(mine["day"]), members[0].pairs))
        return Planted(normals, (), [])

    monkeypatch.setattr(Correction, "fit", fit)
    seen, days = _ground(8)
    blocks = [(days[0], date(2024, 7, 31)), (date(2024, 8, 1), days[-1])]
    folds = [Fold({MIAMI.station: block}, fitted().models) for block in blocks]
    anchor = fitted().models["S"].predict(seen)
    found = proof.prove(folds, seen, anchor, [HazardRules(pairs=900)], 1)

    assert len(grown) == 2
    for (used, pairs), (first, last) in zip(grown, blocks, strict=True):
        guard = {day for day in days if first - timedelta(days=GUARD_DAYS) <= day <= last + timedelta(days=GUARD_DAYS)}
        assert used == set(days) - guard
        assert used
        assert pairs == 300
    whole, scored = found.scores[0], seen.filter(pl.Series(proof.is_scored(seen)))
    assert whole.events == len(days) == 16
    # Taken whole in July and not at all in August: each block is scored as badly as can be, by the other's choice.
    assert whole.log_score["model"] == pytest.approx(1.0)
    assert whole.crps["model"] == pytest.approx((0.0 + 10.0) / 2.0)
    # All days together cannot tell, and the smaller share is taken.
    assert set(found.shares.of(MIAMI.station)) == {0.0}
    assert whole.log_score["S"] == pytest.approx(_mean_log(scored, fitted().models["S"]))
    # The log score of each row stands beside it, for the choice between a city model and the global one.
    assert found.rows.drop("log").equals(scored.select("station", "day", "at", "lead", "hours"))
    assert found.rows["log"].to_list() == pytest.approx([1.0] * scored.height)
    # EMOS has no guidance to stand on at first, so it is compared where it always had some.
    assert "emos" not in whole.log_score
    noon = next(one for one in found.scores if one.band == "10 … 14")
    own = scored.filter(pl.col("hours").is_between(10, 14, closed="left"))
    assert noon.log_score["emos"] == pytest.approx(_mean_log(own, fitted().models["emos"]))


def _mean_log(asked: pl.DataFrame, model: Model) -> float:
    """Mean over days of the mean log score of their rows."""
    scored = asked.select("day").with_columns(pl.Series("log", row_scores(asked, model.predict(asked).pmf)[1]))
    return float(np.mean(scored.group_by("day").mean()["log"].to_numpy()))


def test_which_rows_are_scored_depends_on_the_row_alone() -> None:
    """One hour in three of a day, another a day later: in whatever company, and to whatever minute it was asked."""
    hours = [-10.0, -2.0, 0.0, 1.0, 2.0, 3.0]
    seen = _rows(*hours, *hours).with_columns(day=pl.Series([date(2024, 7, 1)] * 6 + [date(2024, 7, 2)] * 6))
    found = proof.is_scored(seen)
    # 2024-07-01 is day 19,905 since 1970, a multiple of three, and so are its hours that are scored.
    assert np.flatnonzero(found).tolist() == [2, 5, 6, 10]
    later = seen.with_columns(pl.col("hours") + 0.99)
    assert proof.is_scored(later).tolist() == found.tolist()
    assert [bool(proof.is_scored(seen[row])[0]) for row in range(seen.height)] == found.tolist()
