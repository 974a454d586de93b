"""What rests on few events, what disputed events paid, and what the journal keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from drybulb.app.results.cities import city_by_city
from drybulb.app.results.disputes import Dispute
from drybulb.app.results.evidence import Evidence, PolicyRun, Season
from drybulb.app.results.few import table_without
from drybulb.app.results.findings import findings
from drybulb.app.results.kept import Kept, kept
from drybulb.app.results.money import waits
from drybulb.app.results.page import page
from drybulb.app.settled import SettledFill
from drybulb.domain.ledger import Side
from drybulb.errors import ReportError
from tests.unit.app.results.made import WINDOW, evidence, gains, judged, pair, run, score

WHEN = "November 2024 to February 2025: "
DISPUTE = Dispute("miami", WINDOW.start, "84 °F", 81, {"A0": 0, "B0": 10_000})


def fill(nth: int, dollars: int) -> SettledFill:
    """As many contracts of one market, bought for nothing on the nth day; each pays a dollar, or loses one."""
    day = WINDOW.start + timedelta(days=nth)
    price, payout = (0, 10_000) if dollars > 0 else (10_000, 0)
    at = datetime(2024, 11, 20, tzinfo=UTC)
    return SettledFill(f"E{nth}", f"A{nth}", "miami", day, 0, at, Side.BID, price, abs(dollars) * 100, 0, payout)


def hybrid() -> PolicyRun:
    """Four days that gained 5, 3, 1 and −8 dollars: with its two best events nothing is sure, without them −7."""
    dollars = (5, 3, 1, -8)
    made = run("hybrid", -2, 4, gains=gains(*dollars))
    return replace(made, kept=Kept([fill(nth, each) for nth, each in enumerate(dollars)], [1.0, 3.0, 30.0]))


def season(*runs: PolicyRun) -> Season:
    """One season with one disputed event, of the first day."""
    return Season(judged(), runs, (DISPUTE,))


def found(mine: Season) -> Evidence:
    """The season, alone."""
    return replace(evidence(judged()), archive=mine)


def test_a_run_is_told_without_its_best_events() -> None:
    """$1 in sum: without the $5 of the first day −$4, without the $3 of the second −$7, −$1.75 a day of four."""
    line = table_without(season(hybrid()), 7)[2]
    assert line.startswith(
        "| hybrid | at any time | 1.00 | Miami 2024-11-20 5.00, Miami 2024-11-21 3.00 | −4.00 | −7.00 | −1.75 (−4.00 …"
    )
    assert table_without(season(run("S", 1, 3)), 7) == []


def test_an_event_that_lost_is_never_left_out() -> None:
    """Nothing gained: nothing is left out, and the sum stands three times."""
    lost = replace(run("S", -2, 1, gains=gains(-2, -3)), kept=Kept([fill(0, -2), fill(1, -3)]))
    assert "| – | −5.00 | −5.00 | −2.50 (" in table_without(season(lost), 7)[2]


def test_the_hybrid_without_its_best_events_is_no_verdict() -> None:
    """It stands under what cannot be said, with its events; of a run that lost with them nothing more is said."""
    said = findings(found(season(hybrid()))).open
    (one,) = (sentence for sentence in said if "without its" in sentence)
    assert one.startswith(
        f"{WHEN}the hybrid, deciding at any time, gained +$1.00; without its two best events, Miami 2024-11-20 (+$5.00)"
        " and Miami 2024-11-21 (+$3.00), it is −$7.00, a day −4.00 … 0.50."
    )
    lost = replace(hybrid(), document=run("hybrid", -3, -1).document)
    assert not any("without its" in sentence for sentence in findings(found(season(lost))).open)


def test_disputed_events_are_told_as_paid_and_as_the_official_high_would_have() -> None:
    """Five contracts paid a dollar each and cost nothing; by the official high their market would have paid nothing."""
    mine = season(hybrid())
    settled = "2024-11-20 at 84 °F where the official high is 81 °F"
    assert (
        f"{WHEN}the exchange settled 1 event otherwise than the newest final official high says: Miami {settled}; by"
        " them the hybrid, deciding at any time, gained +$5.00 as paid and $0.00 as the official high would have paid."
    ) in findings(found(mine)).open
    ((_, (_, (_, said))),) = city_by_city(found(mine))
    assert said[-2:] == [
        f"the exchange settled {settled}.",
        "gained on this event, as paid and as the official high would have paid: hybrid at any time +$5.00 and $0.00.",
    ]


def test_waits_are_told_by_run() -> None:
    """Of 1, 3 and 30 minutes the middle is 3 and the longest 30; on polled quotes the page says what is waited for."""
    assert waits(season(hybrid()))[2] == "| hybrid | at any time | 3 | 3 | 30 |"
    polled = replace(season(hybrid()), only_sources={"miami": {"nws": 3, "other": 1}})
    text = " ".join(page(replace(evidence(judged()), polled=polled)).split())
    assert "An order waits for the next poll, at most 180 minutes" in text
    assert "with no second to check it by: Miami nws (3), other (1) event days." in text


def test_two_forecasters_that_say_the_same_are_one_pair() -> None:
    """Hybrid and global are one at a lead, S is another: two pairs, one of them worse."""
    same = [pair(who, "market", 0.1, 0.2, lead=1) for who in ("hybrid", "global")]
    (said,) = findings(evidence(judged(*same, pair("S", "market", -0.1, 0.2, lead=1)))).fails
    assert "Of 2 distinct pairs" in said
    assert said.endswith("clearly worse: 1.")


def test_the_daily_quote_has_tables_of_its_own() -> None:
    """A city whose market is one quote a day: its score and its difference are on the page."""
    text = page(
        evidence(
            judged(
                score("hybrid", 0.5, clock="quote", paired_with="market"),
                pair("hybrid", "market", 0.1, 0.3, clock="quote"),
            )
        )
    )
    assert "At the one real quote a day" in text
    assert "| Miami D daily quote | 0.200 (0.100 … 0.300) |" in text


def test_a_journal_gives_fills_and_waits(tmp_path: Path) -> None:
    """Decided at noon, filled 90 minutes later at 40 ¢, paid a dollar: 90 minutes and 60 ¢ a contract."""
    about = {"event": "E", "ticker": "A", "city": "miami", "day": "2024-11-20", "order_id": "1"}
    traded = {"lead": 0, "side": "bid", "price": 4000, "count": 100, "fee": 0, "is_taker": True}
    filled = {**traded, "at": "2024-11-20T13:30:00+00:00"}
    lines = [
        {"kind": "run", "known_at": "2024-11-18T00:00:00+00:00"},
        {**about, "kind": "order", "known_at": "2024-11-20T12:00:00+00:00"},
        {**about, **filled, "kind": "fill", "known_at": "2024-11-20T13:30:01+00:00"},
        {**about, "kind": "settlement", "known_at": "2024-11-21T16:00:00+00:00", "payouts": {"A": 10_000}},
    ]
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    read = kept(tmp_path)
    assert list(read.waits) == [90.0]
    (event,) = read.by_event()
    assert (event.city, event.day, event.gain) == ("miami", date(2024, 11, 20), 600_000)


def test_a_broken_journal_is_an_error(tmp_path: Path) -> None:
    """What is no journal is named with its file."""
    (tmp_path / "journal.jsonl").write_text('{"kind": "order"}\n')
    with pytest.raises(ReportError, match=r"journal\.jsonl is not the journal of a run"):
        kept(tmp_path)
