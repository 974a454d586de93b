"""The bench of degenerate models: the disease shows, the gate is asked, and the page says what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bench import degenerate_recipe
from bench.degenerate import broken, rows_of
from bench.degenerate_page import page
from bench.degenerate_plants import Plant, verdict
from bench.degenerate_recipe import as_stored, blind_error, by_clock, cities, dummy, mean_crps, ranges, steps
from bench.degenerate_world import LOWERED, make
from drybulb.forecast.thresholds import Constant, Original, RecipeRules, constants
from tests.meta.repository import ROOT
from tests.unit.forecast.made import labelled
from tests.unit.forecast.small_models import CITY, small_models

Document = dict[str, Any]

DAYS = 240
SURE = {**dict.fromkeys(range(-9, 0), 1.0), 0: 1.0}


def _rows(gains: list[int], hour: int = 10) -> pl.DataFrame:
    """One row a day of KMIA from 1 January 2024 on, each with a maximum so far of 80 °F and a high so much above."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(len(gains))]
    return labelled(
        *(
            {
                "day": day,
                "at": datetime.fromisoformat(f"{day}T00:00Z") + timedelta(hours=hour + 5),
                "hours": float(hour),
                "running_max": 80,
                "running_max_at": datetime.fromisoformat(f"{day}T10:00Z"),
                "guidance": 80.0 + gain,
                "high": 80 + gain,
            }
            for day, gain in zip(days, gains, strict=True)
        )
    ).with_columns(base=pl.lit(80.0))


def _gains() -> list[int]:
    """0 … 4 °F in turn, and 12 °F on ten days of 240."""
    return [12 if number % 24 == 0 else number % 5 for number in range(DAYS)]


def test_a_program_blind_to_constants_fails_at_the_first() -> None:
    """What asks each threshold as if it were a classifier fails at a note of a constant, and not without one."""
    rows, served = _rows([0, 1]), (Constant(0.5), Constant(0.25))
    assert blind_error(served, rows) is None
    assert as_stored(served) == [{"type": "constant", "prob": 0.5}, {"type": "constant", "prob": 0.25}]
    assert blind_error(as_stored(served), rows) == "AttributeError: 'dict' object has no attribute 'predict_proba'"


def test_one_event_separates_a_city_that_runs_from_one_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the world of the bench Chicago, with one event more at -2 °F, has no constant; Miami has one, and fails."""
    monkeypatch.setattr(degenerate_recipe, "RULES", replace(degenerate_recipe.RULES, trees=1, depth=1))
    found = {row["city"]: row for row in cities(make("chicago", "miami").recipe_rows())}
    assert (found["chicago"]["error"], found["chicago"]["constants"]) == (None, {})
    assert "predict_proba" in found["miami"]["error"]
    assert list(found["miami"]["constants"]) == [-1]
    assert (found["chicago"]["lowest_events"], found["miami"]["lowest_events"]) == (LOWERED + 1, LOWERED)


def test_a_wider_range_on_clipped_labels_is_constants() -> None:
    """Told −10 … 15 of labels clipped to −2 … 10, each new threshold is a constant; not clipped, 11 and 12 are not."""
    narrow, wider, widest, whole = (row["constants"] for row in ranges(_rows(_gains())))
    assert narrow == {-1: 1.0, 0: 1.0}
    assert wider == SURE
    assert widest == SURE | dict.fromkeys(range(11, 16), 0.0)
    assert whole == SURE | dict.fromkeys(range(13, 16), 0.0)


def test_a_true_dummy_is_the_rates() -> None:
    """The model that is constants throughout gives each threshold its rate, whatever the row."""
    rows = _rows([0, 0, 0, 4])
    found = dummy(rows, "KMIA")
    assert constants(found)["KMIA"] == dict.fromkeys([-1, 0], 1.0) | dict.fromkeys(range(1, 5), 0.25) | dict.fromkeys(
        range(5, 11), 0.0
    )
    # 75 % on the base and 25 % on 4 °F above: four steps of 0.25² where the high is the base, of 0.75² where it is 84.
    assert mean_crps(found, rows) == pytest.approx((3 * 4 * 0.25**2 + 4 * 0.75**2) / 4)


def test_a_constant_is_the_same_at_every_clock() -> None:
    """What is served for a rare difference does not move with the hour, what happened does."""
    low = [-2] + [0] * 399
    rows = pl.concat([_rows([12] + [1] * 399, hour=10), _rows(low, hour=23)]).sort("station", "day", "at")
    # The last days are held out.
    kept = rows.filter(pl.col("day") < date(2024, 12, 26))
    sure = Original(RecipeRules(seed=0, low=-2, high=1), {"KMIA": (Constant(1.0), Constant(1.0), Constant(0.0))})
    found = {(row["clock"], row["what"]): row for row in by_clock(rows, {"model": sure})}
    share = 1 / (kept.height / 2)
    assert (found[10, "at most"]["happened"], found[23, "at most"]["happened"]) == pytest.approx((0.0, share))
    assert (found[10, "at least"]["happened"], found[23, "at least"]["happened"]) == pytest.approx((share, 0.0))
    for what in ("at most", "at least"):
        assert found[10, what]["constant"] == found[23, what]["constant"] == pytest.approx(share / 2)
        assert found[10, what]["model"] == 0.0


def test_steps_count_each_degree_to_the_high() -> None:
    """From 80 °F, a high of 83 goes on three times and stops once; one below the maximum says nothing."""
    assert steps(_rows([3, 0, -2])) == {"went_on": 3, "stopped": 2}


def test_a_verdict_names_no_folder() -> None:
    """A model of which a byte was changed is refused, and the sentence holds neither its folder nor its id."""
    sound = small_models()[CITY]
    found = verdict(Plant("flipped", "a byte", sound, sound.card.last_known_at, flips="H1.txt"))
    (said,) = found["reasons"]
    assert found["verdict"] == "refused"
    assert said.startswith("It cannot be used – …/H1.txt: SHA-256 ")
    assert "registry" not in said


def _plant(kind: str, verdict_: str, reasons: list[str]) -> Document:
    return {"kind": kind, "how": "so", "events": 415, "gain": 0.01, "verdict": verdict_, "reasons": reasons}


def _document(unseen: str = "serves") -> Document:
    ill = {"city": "austin", "rows": 2800, "lowest": 10, "lowest_events": 2, "constants": {-1: 0.9964}}
    well = {"city": "chicago", "rows": 2800, "lowest": 18, "lowest_events": 3, "constants": {}}
    clock = {"events": 350, "happened": 0.0, "constant": 0.0043, "model": 0.00002}
    return {
        "city": "los_angeles",
        "cities": [
            {**ill, "error": "AttributeError: no", "crps": 0.34, "crps_dummy": 1.19},
            {**well, "error": None, "crps": 0.32, "crps_dummy": 1.06},
        ],
        "ranges": [{"labels": None, "range": [-10, 15], "thresholds": 25, "constants": {-9: 1.0, -8: 1.0, 12: 0.0}}],
        "clocks": [{"clock": 10, "what": what, **clock} for what in ("at most", "at least")],
        "steps": {"went_on": 4426, "stopped": 2790},
        "ungrown": "50 labelled events; 300 are needed",
        "plants": [
            _plant("sound", "serves", []),
            _plant("constant", "refused", ["It is one.", "…/H1.txt: SHA-256 c2c75b99cfa18dff… is not."]),
            _plant("wrong labels", unseen, []),
        ],
        "unseen": {"model": 8.94, "climatology": 4.18},
        "next": {"verdicts": ["refused", "serves"], "sources": ["fallback:no city model"]},
    }


def test_the_page_is_made_from_the_document() -> None:
    """Each number, each sentence of the gate and the hole in it stand on the page; digests do not."""
    said = " ".join(page(_document()).split())
    assert "| Austin | 10 of 2,800 (0.36 %) | −1 (0.9964) | fails | 0.34 | 1.19 |" in said
    assert "| not clipped | −10 … 15 | 25 | 3 | −9 … −8, 12 |" in said
    assert "| 10:00 | 0.00 % | 0.43 % | < 0.01 % | 0.00 % | 0.43 % | < 0.01 % |" in said
    assert "| **constant**: so | 415 | 0.010 | refused | It is one. …/H1.txt: SHA-256 … is not. |" in said
    assert "The gate refuses 1 of 2 models planted with a fault" in said
    assert "**The last model passes**" in said
    assert "**The last model passes**" not in " ".join(page(_document(unseen="refused")).split())


def test_what_does_not_show_is_named() -> None:
    """A planted fault that is served, a sound model that is refused and a bench too slow each break it."""
    assert broken(_document(), 10.0) == []
    document = _document()
    document["plants"] = [_plant("sound", "refused", []), _plant("thin", "serves", [])]
    assert broken(document, 61.0) == [
        "the gate and the sound model: refused",
        "the gate and the thin model: serves",
        "61 CPU seconds, not < 60",
    ]
    document["cities"] = document["cities"][1:]
    assert "no city shows the disease" in broken(document, 1.0)


def test_rows_are_those_of_a_bench() -> None:
    """The document of the bench counts cities, constants and refusals."""
    found = {row["name"]: (row["measured"], row["reference"]) for row in rows_of(_document(), 31.7)}
    assert found["cities a private predict cannot serve"] == (1, "")
    assert found["refused of them"] == (1, "1")
    assert found["CPU"] == (31.7, "< 60")


def test_the_kept_page_is_short() -> None:
    """The page in docs has at most 90 lines, and a line of the table for each kind of fault."""
    lines = (ROOT / "docs" / "why" / "degenerate-models.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 90
    assert sum(line.startswith("| **") for line in lines) >= 8
