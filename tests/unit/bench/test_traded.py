"""What the bench of the backtest makes of fills and gains, and what its page says of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.earned import SETTINGS
from bench.traded import rows_of
from bench.traded_desk import ALL, halted
from bench.traded_fills import TARIFFS, Traded, fees_under, read_fills
from bench.traded_luck import luck
from bench.traded_page import page
from bench.traded_plan import WINDOWS, Window, desks
from bench.traded_tape import beside
from bench.traded_words import plainly
from drybulb.adapters.lake import Lake
from drybulb.app import settings
from drybulb.app.settled import SettledFill
from drybulb.domain.ledger import Side
from drybulb.engine.fills import Fills
from drybulb.frames.schema import empty

Document = dict[str, Any]

DAY = date(2024, 12, 1)
AT = datetime(2024, 12, 1, 15, tzinfo=UTC)


def _fill(order_id: str = "a", *, is_taker: bool = True) -> Traded:
    """One contract of YES bought at 50 ¢, which pays."""
    fill = SettledFill("E", "E-B50.5", "miami", DAY, 0, AT, Side.BID, 5_000, 100, 20_000, 10_000, is_taker)
    return Traded(fill, order_id, f"print of {order_id}")


def test_the_same_trades_are_charged_by_each_tariff_order_by_order() -> None:
    """A contract at 50 ¢ costs 1.75 ¢: 2 ¢ a fill in 2024, four of an order 7 ¢ today, makers a quarter or nothing."""
    one_order, four_orders = [_fill() for _ in range(4)], [_fill(str(n)) for n in range(4)]
    charged = {tariff.name: fees_under(tariff, one_order) for tariff in TARIFFS}
    assert charged["cent"] == [20_000] * 4
    assert charged["today"] == charged["maker-fee"] == [20_000, 20_000, 20_000, 10_000]
    assert charged["direct"] == [17_500] * 4
    assert {tariff.name: sum(fees_under(tariff, four_orders)) for tariff in TARIFFS}["today"] == 80_000
    made = {tariff.name: sum(fees_under(tariff, [_fill(is_taker=False)])) for tariff in TARIFFS}
    assert made == {"cent": 0, "today": 0, "direct": 0, "maker-fee": 10_000}


def test_fills_are_read_with_what_their_event_paid(tmp_path: Path) -> None:
    """A fill stands where its event settled, with its order and whether it took; of an unpaid event none does."""

    def filled(event: str) -> Document:
        return {
            "kind": "fill",
            "event": event,
            "ticker": f"{event}-B50.5",
            "city": "miami",
            "day": "2024-12-01",
            "lead": 0,
            "at": AT.isoformat(),
            "side": "ask",
            "price": 4_000,
            "count": 200,
            "fee": 0,
            "order_id": "o",
            "trade_id": "t",
            "is_taker": False,
        }

    paid = {"kind": "settlement", "event": "E", "known_at": AT.isoformat(), "payouts": {"E-B50.5": 0}}
    lines = [{"kind": "order"}, filled("F"), filled("E"), paid]
    (tmp_path / "journal.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    (only,) = read_fills(tmp_path)
    assert (only.order_id, only.trade_id, only.fill.is_taker, only.fill.gain) == ("o", "t", False, 800_000)


def test_a_desk_is_halted_when_its_journal_says_so_for_good(tmp_path: Path) -> None:
    """A day's loss ends with the day; the drawdown's halt is of no day, and the first of its kind counts."""
    day = {"kind": "halt", "day": "2024-12-01", "known_at": "2024-12-01T18:00:00+00:00"}
    good = {"kind": "halt", "day": None, "known_at": "2024-12-02T18:00:00+00:00"}
    for said, expected in (([day], None), ([day, good], "2024-12-02")):
        lines = "".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in said)
        (tmp_path / "journal.jsonl").write_text(lines, encoding="utf-8")
        assert halted(tmp_path) == expected


def _print(trade_id: str, minutes: int, price: int, count: int, taker: str) -> pl.DataFrame:
    """A print of the market of the fills above, minutes after the first of them."""
    at = AT + timedelta(minutes=minutes)
    row = {"known_at": at, "known_from": "latency", "trade_id": trade_id, "ticker": "E-B50.5", "city": "miami"}
    row |= {"day": DAY, "at": at, "yes_price": price, "count": count, "taker_side": taker}
    return pl.concat([empty("prints"), pl.DataFrame([row], schema=empty("prints").schema)])


def _special(minutes: int) -> pl.DataFrame:
    """A report out of turn, minutes after the first fill."""
    at, schema = AT + timedelta(minutes=minutes), empty("observations").schema
    row = {"known_from": "latency", "station": "KMIA", "valid_at": at, "kind": "speci", "known_at": at}
    row |= {"temp": 20.0, "raw": "", "source": "test"}
    return pl.DataFrame([{name: row.get(name) for name in schema}], schema=schema)


def test_a_maker_is_told_how_much_of_each_print_it_took(tmp_path: Path) -> None:
    """Two contracts of a print of four and one of one are 60 %; at half of each print 50 ¢ of the $1.50 are lost."""
    lake = Lake(tmp_path)
    window = Window("prints", DAY, DAY, ("miami",), is_inferred=False)
    config = settings.load(SETTINGS)
    fill = replace(_fill(is_taker=False).fill, fee=0)
    trades = [
        Traded(replace(fill, count=200), "a", "big"),
        Traded(replace(fill, at=AT + timedelta(minutes=3)), "b", "small"),
    ]
    sold = [("big", 0, 4_900, 400, "no"), ("small", 3, 4_900, 100, "no"), ("ours", 2, 5_000, 100, "yes")]
    lake.merge("prints", pl.concat(_print(*one) for one in sold))
    lake.merge("observations", pl.concat([_special(-8), _special(-20)]))
    found = beside(lake, config, window, {DAY: 1_500_000}, trades)
    assert (found["prints"], found["taken"]) == (2, 0.6)
    assert found["emptied"] == {"prints": 1, "pnl_usd": 0.5}
    assert [one["pnl_usd"] for one in found["capped"]] == [1.25, 0.625, 0.25]
    assert [(one["minutes"], one["fills"]) for one in found["crossing"]] == [(1, 1), (5, 1)]
    assert found["special"] == {"fills": 1, "pnl_usd": 1.0}


def test_every_desk_of_a_window_has_a_name_of_its_own() -> None:
    """No desk is tried twice in a window, and a name is a folder's."""
    for window in WINDOWS:
        names = [one.name for group in desks(window) for one in group]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) for name in names)


PLACES: tuple[tuple[str, str | int], ...] = ((ALL, ALL), ("miami", ALL), ("miami", 1), ("miami", 0))


def _worth(pnl: float, verdict: str) -> Document:
    return {
        "verdict": verdict,
        "reason": "",
        "days_traded": 40,
        "days_further": 0 if verdict != "too early to say" else 400,
        "pnl_without_two_best_usd": pnl - 30.0,
        "turnover_usd": 1_000.0,
        "pnl_per_capital_day": {"mean": 0.01, "ci90": [-0.01, 0.03]},
    }


def _part(city: str, lead: str | int, pnl: float, verdict: str, fills: int) -> Document:
    return {
        "city": city,
        "lead": lead,
        "orders": 9,
        "contracts": 5.0,
        "fills": fills,
        "fees_usd": 3.5,
        "pnl_usd": pnl,
        "max_drawdown_usd": 50.0,
        "pnl_per_day": {"mean": pnl / 40, "ci90": [pnl / 40 - 1, pnl / 40 + 1]},
        "worth": _worth(pnl, verdict),
        "days": {(DAY + timedelta(days=n)).isoformat(): round(pnl * (n % 3) * 1e6 / 40) for n in range(40)},
        "official": {"pnl_usd": pnl - 6.0, "pnl_per_day": {"mean": 0.0, "ci90": [pnl / 40 - 2, 99.0]}},
        "best": [{"city": city, "day": "2024-12-02", "gain_usd": 20.0}],
    }


def _desk(policy: str, fills: str, pnl: float, verdict: str, *, count: int = 5) -> Document:
    mark = {"horizon": "30min", "fills": count, "missing": 0, "mean_cents": 0.25, "ci90": [0.1, 0.4]}
    cheap = {"fees_usd": 2.5, "pnl_usd": pnl + 1.0, "pnl_per_day": {"mean": 0.0, "ci90": [-1.0, 1.0]}}
    return {
        "name": f"{policy}-{fills}",
        "policy": policy,
        "fills": fills,
        "is_pulled": True,
        "is_halted": False,
        "only": [],
        "parts": [_part(*where, pnl, verdict, count) for where in PLACES],
        "tariffs": [{"tariff": tariff.name, **cheap} for tariff in TARIFFS],
        "markouts": {which: [mark] if count else [] for which in (ALL, "release", "elsewhere")},
        "disputed": {"paid_usd": 5.0, "official_usd": -1.0},
        "halted": None,
        "beside": None,
        "cities": {"miami": {"events": 40, "refused": {}, "beliefs": {"city": 30, "none:silent": 10}}},
        "assumptions": ["fills are granted"],
        "notes": [],
        "not_traded": {"release near": 9},
    }


def _document(*tried: Document) -> Document:
    window = {
        "name": "prints",
        "start": "2024-12-01",
        "end": "2025-01-09",
        "cities": ["miami"],
        "desks": list(tried),
        "luck": luck(tried),
        "disputes": [],
        "printed": {"miami": 100.0},
    }
    return {
        "bankroll_usd": 10_000,
        "halt_usd": 2_000,
        "seed": 1,
        "untils": ["2024-01-01"],
        "openings": [],
        "locked": [{"name": "winter", "start": "2024-12-03", "end": "2024-12-08"}],
        "weights": {"above": 0, "of": 4},
        "windows": [window],
    }


NAIVE = _desk("hybrid", str(Fills.NAIVE), 900.0, "earns")
LOSING = _desk("hybrid", str(Fills.TAKER), -80.0, "loses")
WAITING = _desk("global", str(Fills.MAKER_PESSIMISTIC), 40.0, "too early to say")


def _said(document: Document) -> str:
    return re.sub(r"\s+", " ", " ".join(plainly(document)))


def test_what_is_filled_naively_is_never_a_gain() -> None:
    """A naive desk that gains makes no desk earn, no city worth trading and no trial; it stands beside the taker."""
    said = _said(_document(NAIVE, LOSING, WAITING))
    assert "**Does it make money? Not shown:** of 2 desks tried" in said
    assert "2 were filled at all: 0 earn, 1 lose, of 1 it is too early to say" in said
    assert "would show on prints +$900.00 instead of −$80.00" in said
    assert "Which cities to trade: none on this evidence" in said
    assert "Miami D−1, prints, 1 of 2 cells (the worst: hybrid, taker, −$80.00" in said
    assert "about 400 more event days" in said
    assert [row["reference"] for row in rows_of(_document(NAIVE, LOSING))] == ["naive", "loses"]
    found = luck([NAIVE, LOSING, WAITING])["desks"]
    assert found is not None
    assert (found["tried"], found["best"]) == (2, WAITING["name"])


def test_a_desk_that_earns_is_named_with_what_chance_makes_of_as_many() -> None:
    """Where a verdict is *earns*, the desk, its city and the number of cells stand in the sentences."""
    earning = _desk("city", str(Fills.TAKER), 500.0, "earns")
    said = _said(_document(earning, LOSING))
    assert "**Does it make money? Some desks did:** of 2 desks tried" in said
    assert "the gain of 1 desk is clear of zero: city, taker, on prints +$500.00" in said
    assert "better than the best of chance with a probability of" in said
    assert "of 2 takers that were filled 1 earned." in said
    assert "**Which cities to trade:** of 4 cells" in said
    assert "these earned: Miami D−1, prints (city, taker, +$500.00" in said
    assert "below 0.95 a city is a place to go on looking" in said


def test_a_gain_is_held_against_its_best_month_and_a_desk_without_a_belief() -> None:
    """Gains of $0, $2 and $4 in turn over 40 days from December 1 are $60 in December, and $1 a day more than half."""
    maker = str(Fills.MAKER_PESSIMISTIC)
    control = {**_desk("market", maker, 40.0, "earns"), "name": "control", "only": ["miami"]}
    said = _said(_document(_desk("hybrid", maker, 80.0, "earns"), control, LOSING))
    assert "+$50.00 are left without All 2024-12-02 (+$20.00)" in said
    assert "+$60.00 are of 2024-12, all other months together gained +$18.00, and 0 of these 1 lost" in said
    assert "trades only in Miami, gained +$39.00, the hybrid there +$78.00: more, by 1.0 a day" in said
    assert "without 2024-12 more, by 1.0 a day" in said


def test_a_gain_that_the_default_halt_takes_away_is_not_shown() -> None:
    """However sure a desk is of its gain, one doubt with zero in its interval is enough, and is named with its day."""
    taker = str(Fills.TAKER)
    halting = {**_desk("city", taker, 20.0, "too early to say"), "is_halted": True, "halted": "2024-12-09"}
    said = _said(_document(_desk("city", taker, 500.0, "earns"), {**halting, "name": "halting"}, LOSING))
    assert "**Does it make money? Not shown:** of 2 desks tried" in said
    assert "under its own default limits, which halts it on 2024-12-09: +$20.00 (a day −0.5 … 1.5): too early" in said
    assert "Clear of zero it stays on the locked 2024-12-03 to 2024-12-08 alone: +$75.00" in said


def test_few_traded_days_promise_no_number_of_days() -> None:
    """How many event days would tell is said from thirty traded days on."""
    few = _desk("global", str(Fills.MAKER_PESSIMISTIC), 40.0, "too early to say")
    for one in few["parts"]:
        one["worth"]["days_traded"] = 29
    assert "more event days" not in _said(_document(few, LOSING))


@pytest.mark.parametrize("count", [0, 5])
def test_the_page_stands_with_and_without_fills(count: int) -> None:
    """A desk that was never filled is named as such, and the rest of the page is there."""
    idle = _desk("market", str(Fills.MAKER_PESSIMISTIC), 0.0, "too early to say", count=count)
    made = page(_document(LOSING, idle))
    assert ("Nothing was filled: market, pessimistic maker." in made) is (count == 0)
    assert "### By city: prints, 2024-12-01 to 2025-01-09" in made
    assert "| Miami, hybrid, D−1 | 40 | – | **−80: −2.0 (−3.0 … −1.0)** | – |" in made
    assert "On these events the hybrid, as a taker, gained +$5.00 as paid and −$1.00" in made
    assert "for the hybrid spoke city 75 % and nobody: silent 25 %" in made
