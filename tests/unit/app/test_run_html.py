"""What a notebook shows of a run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from drybulb.app.backtest import backtest
from drybulb.app.config import load
from drybulb.app.run import Run
from tests.unit.app.lakes import DAY, Steady, lake_at, list_event, poll
from tests.unit.domain.test_notebook import rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two events of Chicago, quoted in the first hour, of which a steady belief buys the winner; Miami has none."""
    lake = lake_at(tmp_path_factory.mktemp("lake"))
    for day in (DAY, DAY + timedelta(days=1)):
        event = list_event(lake, day=day)
        poll(
            lake,
            event,
            *((f"15:{minute:02d}", leg, 28, 32) for minute in range(0, 60, 5) for leg in (0, 1, 2)),
            day=day,
        )
    return backtest(
        lake,
        load(),
        DAY,
        DAY + timedelta(days=1),
        cities=["chicago", "miami"],
        policy="steady",
        forecaster=Steady(),
        notes=["of <one> afternoon"],
        out=Path(lake.path) / "runs" / "steady",
    )


def test_the_table_has_what_the_document_has(run: Run) -> None:
    """All, each lead that traded and each city is a row: its orders, fills, gain and the interval of a day's gain."""
    found = {name: cells for name, *cells in rows(run._repr_html_())}
    total = run.to_json()["total"]
    assert total["fills"] > 0
    low, high = total["pnl_per_day"]["ci90"]
    dollars = f"${total['pnl_per_day']['mean']:,.2f} [${low:,.2f} … ${high:,.2f}]"
    assert found["all"] == [
        "2",
        f"{total['orders']:,}",
        f"{total['fills']:,}",
        f"{total['contracts']:,.0f}",
        f"${total['fees_usd']:,.2f}",
        f"${total['pnl_usd']:,.2f}",
        dollars.replace("$-", "−$"),
        f"${total['max_drawdown_usd']:,.2f}",
    ]
    assert {"all, lead 0", "chicago", "chicago, lead 0", "miami"} <= set(found)
    assert "miami, lead 0" not in found
    assert found["miami"] == ["0", "0", "0", "0", "$0.00", "$0.00", "–", "$0.00"]


def test_what_was_assumed_is_folded_away(run: Run) -> None:
    """Assumptions, refused events, reasons not to trade and sources of beliefs open when clicked; notes stand open."""
    html = run._repr_html_()
    opened, *folds = html.split("<details")
    assert [fold.split("</summary>")[0].split(">")[-1].split(":")[0] for fold in folds] == [
        "What was assumed",
        "Events not replayed",
        "Not traded",
        "Sources of the beliefs",
    ]
    assert folds[0].count("<li>") == len(run.assumptions)
    assert "of &lt;one&gt; afternoon" in opened
    assert "Run steady: policy steady, 2024-11-20 … 2024-11-21" in opened
