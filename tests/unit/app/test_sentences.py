"""What a report says in words, against runs whose numbers are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drybulb.app.reporting.reported import read_run
from drybulb.app.reporting.sentences import counts, listed, money, sentences, span
from tests.unit.app import run_folder


def _said(
    folder: Path, verified: dict[str, Any] | None = None, equity: str = run_folder.EQUITY, **total: Any
) -> list[str]:
    run = run_folder.run_document()
    run["total"] |= total
    return sentences(read_run(run_folder.write(folder, run, verified, equity)))


def test_a_loss_is_said_first(tmp_path: Path) -> None:
    """The first sentence says what was lost, over how much, and what fees and trades it took."""
    assert _said(tmp_path)[0] == (
        "Policy S lost $12.50 on 5 event days (9 events of 2 cities), after $1.25 of fees:"
        " 12 orders, 9 fills, 31 contracts."
    )


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("too early to say", "it is too early to say whether the policy earns or loses, for few days traded."),
        ("loses", "below zero, so under the assumptions below the policy lost money in this window."),
        ("earns", "above zero, so under the assumptions below the policy earned money in this window."),
    ],
)
def test_the_verdict_is_the_run_s(tmp_path: Path, word: str, verdict: str) -> None:
    """What the run's worth says is said, with its reason where nothing can be said, whatever the gain itself is."""
    said = _said(tmp_path, worth={**run_folder.UNTOLD, "verdict": word, "reason": "few days traded"})
    assert said[1].startswith("A day brought −$2.50 on average; the 90 % interval is ")
    assert said[1].endswith(verdict)
    assert said[2] == "At worst it stood $25.50 below its best moment."


def test_ruin_is_named_with_its_day(tmp_path: Path) -> None:
    """A run that lost nine tenths of what it began with could not go on, and the day of it is said; others are not."""
    equity = "day,chicago,total,equity\n2024-11-20,-50,-50,-50\n2024-11-21,-40,-40,-90\n2024-11-22,5,5,-85\n"
    run = run_folder.run_document()
    for bankroll, said in ((100, True), (101, False)):
        found = sentences(read_run(run_folder.write(tmp_path / "run", run | {"bankroll_usd": bankroll}, None, equity)))
        ruin = (
            "By 2024-11-21 it had lost 90 % of the $100.00 it began with: what it did not lose after that is no skill."
        )
        assert (ruin in found) is said


def test_one_day_allows_no_verdict(tmp_path: Path) -> None:
    """Without an interval it is said that nothing can be said."""
    said = _said(tmp_path, pnl_per_day={"mean": -2.5, "ci90": None})
    assert said[1] == "With fewer than two event days there is no interval: it is too early to say anything."


def test_leads_idle_and_absent_cities_are_named(tmp_path: Path) -> None:
    """Gains are said by lead, the day before first; cities without a fill or without an event are named with why."""
    assert _said(tmp_path)[3:] == [
        "By lead: on the day before −$15.50 with 8 fills and on the event day +$3.00 with 1 fill.",
        "Nothing was filled in Miami (no order).",
        "Nothing was replayed in 1 city. Los Angeles: no markets in the lake (5).",
    ]


def test_a_run_that_never_trades_is_not_judged(tmp_path: Path) -> None:
    """Where no order was sent or none was filled, that is said, and no interval is interpreted."""
    run = run_folder.run_document()
    nothing = run_folder.NOTHING | {"pnl_per_day": {"mean": 0.0, "ci90": [0.0, 0.0]}}
    run["cities"]["chicago"] |= nothing
    run["total"] |= nothing
    run["by_lead"] = {"0": nothing, "1": nothing}
    said = sentences(read_run(run_folder.write(tmp_path / "none", run)))
    assert said[0] == "Policy S sent no order on 5 event days (9 events of 2 cities)."
    assert said[1:] == ["Nothing was replayed in 1 city. Los Angeles: no markets in the lake (5)."]
    run["total"] |= {"orders": 1}
    assert sentences(read_run(run_folder.write(tmp_path / "one", run)))[0].endswith("; none was filled.")


def test_an_empty_run_says_why(tmp_path: Path) -> None:
    """A run that replayed nothing names the reasons, the most frequent first."""
    run = run_folder.run_document()
    run["total"] |= run_folder.NOTHING | {"events": 0, "refused": {"no quotes": 1, "no markets in the lake": 14}}
    for city in run["cities"].values():
        city.update(run_folder.NOTHING, events=0)
    run["by_lead"] = {"0": run_folder.NOTHING, "1": run_folder.NOTHING}
    said = sentences(read_run(run_folder.write(tmp_path, run, equity="day,total,equity\n")))
    assert said[0] == "Policy S replayed nothing: no markets in the lake (14), no quotes (1)."


def test_forecasts_are_compared_by_their_interval(tmp_path: Path) -> None:
    """S is called better or worse than climatology and the market only where the interval leaves zero out."""
    verified = run_folder.verify_document()
    said = _said(tmp_path / "clear", verified)
    assert said[-2] == (
        "Forecasts on the event day, 40 events: CRPS of S less that of climatology is −0.400 °F"
        " (90 %: −0.500 … −0.300), so S was better."
    )
    assert said[-1] == (
        "Forecasts on the event day, 40 events: RPS of S less that of the market is +0.100"
        " (90 %: 0.050 … 0.150), so the market was better."
    )
    verified["comparisons"] = [run_folder.comparison(0, "market", [-0.05, 0.15])]
    assert _said(tmp_path / "open", verified)[-1].endswith("so neither is shown better.")


def test_amounts_and_lists_are_written_for_people() -> None:
    """Dollars have commas, two digits and a true minus; no amount is minus nothing; lists end in *and*."""
    assert money(-1234.5) == "−$1,234.50"
    assert money(2.0, signed=True) == "+$2.00"
    assert money(-0.001, signed=True) == "$0.00"
    assert span((-1.0, 2.5), 1) == "−1.0 … 2.5"
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
    assert counts({"b": 1, "a": 1, "c": 2000}) == "c (2,000), a (1), b (1)"


def _beside(folder: Path, pnl: float, **beside: dict[str, Any]) -> list[str]:
    run = run_folder.run_document()
    run["total"] |= {"pnl_usd": pnl}
    return sentences(read_run(run_folder.write(folder, run, beside=beside)))


@pytest.mark.parametrize(
    ("pnl", "said"),
    [
        (5.0, ["Without its best event, Chicago on 2025-01-02, it would have lost $2.50."]),
        (8.0, []),
        (-1.0, []),
    ],
)
def test_a_gain_of_one_event_is_named(tmp_path: Path, pnl: float, said: list[str]) -> None:
    """Where the best event, $7.50 here, gained more than the whole run did, the page says what is left without it."""
    found = _beside(tmp_path, pnl, days=run_folder.days_document())
    assert [sentence for sentence in found if sentence.startswith("Without")] == said


def test_the_soonest_markout_is_said(tmp_path: Path) -> None:
    """The first horizon at which a fill found a price is said with its interval, and where nothing did, nothing is."""
    markouts = run_folder.markout_document()
    said = "5 min after a fill a price had moved against us: −1.25 ¢ a contract (90 %: −2.25 … −0.75)."
    assert said in _beside(tmp_path / "one", 0.0, markouts=markouts)
    for row in markouts["rows"]:
        row.update(mean_cents=2.0 if row["horizon"] == "close" else None, ci90=None)
    assert "At the close a price had moved our way: +2.00 ¢ a contract." in _beside(
        tmp_path / "two", 0.0, markouts=markouts
    )
    nothing = {**markouts, "rows": []}
    assert [one for one in _beside(tmp_path / "three", 0.0, markouts=nothing) if "moved" in one] == []


def test_the_policys_forecaster_is_compared(tmp_path: Path) -> None:
    """Scores are said of the policy's forecaster where it was scored, and of S where the policy is none."""
    verified = run_folder.verify_document()
    other = [found | {"forecaster": "hybrid"} for found in verified["comparisons"]]
    both = verified | {"comparisons": verified["comparisons"] + other}
    for policy, ours in (("hybrid", "hybrid"), ("crossed", "S")):
        run = run_folder.run_document() | {"policy": policy}
        said = sentences(read_run(run_folder.write(tmp_path / policy, run, both)))
        scored = [sentence for sentence in said if sentence.startswith("Forecasts")]
        assert len(scored) == 2
        assert all(f" of {ours} less " in sentence for sentence in scored)
