"""The scan: what a replay of the same policy sees and decides at the instant, edges by hand, and errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config, wiring
from drybulb.app.backtest import backtest
from drybulb.app.console import show
from drybulb.app.scan import ScanResult, scan
from drybulb.errors import ConfigError, LakeError
from drybulb.strategy.decision import Decision
from drybulb.strategy.policy import Policy, View
from tests.meta.repository import ROOT
from tests.unit.app.lakes import Quoted, Steady, at, lake_at, list_event, merge, poll

BASE = config.load()
#: No calendar, so that the clocks of the tests are their own.
CONFIG = BASE.model_copy(update={"calendar": ()})
LADDER: tuple[Quoted, ...] = (("17:00", 0, 48, 50), ("17:00", 1, 28, 30), ("17:00", 2, 20, 22))
#: The first bracket, believed at 60 %, comes to 50 cents; then the last, at 10 %, stands at 20.
LATER: tuple[Quoted, ...] = (("17:02", 0, 58, 60), ("17:04", 1, 20, 24), ("18:30", 2, 9, 11))


@dataclass
class Spy:
    """Asks a policy, keeps what it was shown and said, and lets nothing through: nothing is ever held."""

    policy: Policy
    heard: list[tuple[View, Decision]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.policy.name

    def decide(self, view: View) -> Decision:
        """Say nothing of what the policy said."""
        self.heard.append((view, self.policy.decide(view)))
        return Decision()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One event of Chicago, polled at four instants of the afternoon."""
    made = lake_at(tmp_path_factory.mktemp("scan") / "lake")
    poll(made, list_event(made), *LADDER, *LATER)
    return made


def scanned(lake: Lake, clock: str) -> ScanResult:
    """The scan at a clock of the day, with the steady believer."""
    return scan(lake, CONFIG, at(clock), ["chicago"], "S", Steady())


def test_a_scan_is_what_the_replay_decides_there(lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At every instant at which the replay looks, the scan is shown the same quotes and beliefs, and says the same."""
    spies: list[Spy] = []
    honest = wiring.policy

    def spied(*asked: object) -> Spy:
        spies.append(Spy(honest(*asked)))  # type: ignore[arg-type]
        return spies[-1]

    with monkeypatch.context() as planted:
        planted.setattr(wiring, "policy", spied)
        backtest(
            lake,
            CONFIG,
            at("17:00").date(),
            at("17:00").date(),
            cities=["chicago"],
            policy="S",
            forecaster=Steady(),
            out=tmp_path / "run",
        )
    (spy,) = spies
    assert [f"{view.now:%H:%M}" for view, _ in spy.heard] == ["17:00", "17:02", "17:04", "18:30"]
    assert any(decision.proposals for _, decision in spy.heard)
    for view, decision in spy.heard:
        (moment,) = scan(lake, CONFIG, view.now, ["chicago"], "S", Steady()).moments
        assert moment.view is not None
        assert (moment.view.quotes, moment.view.probabilities) == (view.quotes, view.probabilities)
        assert moment.view.belief_age == view.belief_age
        assert tuple(answer.proposal for answer in moment.answers) == decision.proposals
        assert moment.refusals == decision.refusals


def test_orders_are_those_of_the_replay(lake: Lake, tmp_path: Path) -> None:
    """What the scan would send where nothing is held is what the replay sends first: market, side, price and count."""
    run = backtest(
        lake,
        CONFIG,
        at("17:00").date(),
        at("17:00").date(),
        cities=["chicago"],
        policy="S",
        forecaster=Steady(),
        out=tmp_path / "run",
    )
    lines = [json.loads(line) for line in (run.folder / "journal.jsonl").read_text().splitlines()]
    sent = [line for line in lines if line["kind"] == "order"]
    first = [line for line in sent if line["known_at"] == sent[0]["known_at"]]
    found = scanned(lake, "17:00")
    orders = {row["ticker"]: row["order"] for row in found.to_json()["rows"] if row["order"]}
    assert first
    assert {line["ticker"]: line["count"] / 100 for line in first} == {
        ticker: order["contracts"] for ticker, order in orders.items()
    }


def test_edges_are_after_the_exact_fee_and_ranked(lake: Lake) -> None:
    """At 17:00 NO at 80 cents, believed at 90 %, gains 10 cents less 2 of fee; YES at 50, at 60 %, the same."""
    rows = scanned(lake, "17:00").to_json()["rows"]
    assert [(row["ticker"][-1], row["edge_yes"], row["edge_no"]) for row in rows] == [
        ("0", 8.0, -14.0),
        ("2", -14.0, 8.0),
        ("1", -2.0, -4.0),
    ]
    assert [(row["yes_bid"], row["bid_age_min"], row["yes_ask"], row["ask_age_min"]) for row in rows] == [
        (48.0, 0, 50.0, 0),
        (20.0, 0, 22.0, 0),
        (28.0, 0, 30.0, 0),
    ]


def test_between_two_ladders_quotes_grow_old(lake: Lake) -> None:
    """At 17:40 the quotes of 17:04 are 36 minutes old, those of 17:00 are 40, and none is fresh enough to take."""
    found = scanned(lake, "17:40")
    assert {row["ticker"][-1]: row["ask_age_min"] for row in found.to_json()["rows"]} == {"0": 38, "1": 36, "2": 40}
    reasons = {row["refusal"]["reason"] for row in found.to_json()["rows"] if row["refusal"]}
    assert "stale quote" in reasons
    assert not any(row["order"] for row in found.to_json()["rows"])


def test_nothing_known_later_is_in_a_scan(lake: Lake, tmp_path: Path) -> None:
    """The scan at 17:03 is the same where nothing was ever quoted after it, and no settlement is known."""
    other = lake_at(tmp_path / "other")
    poll(other, list_event(other, winner=None), *LADDER, *LATER[:1])
    assert scanned(other, "17:03").to_json() == scanned(lake, "17:03").to_json()


def test_the_document_is_of_its_schema_and_can_be_shown(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    """The document is of the published schema, and the table says what would be sent."""
    document = scanned(lake, "17:00").to_json()
    jsonschema.validate(document, json.loads((ROOT / "docs/reference/schemas/scan.json").read_text(encoding="utf-8")))
    show(document)
    shown = capsys.readouterr().out
    assert "buys" in shown
    assert "order" in shown.splitlines()[-1]


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("14:00", "no event of chicago is open at 2024-11-20T14:00Z; the lake lists event days from 2024-11-20"),
        ("15:30", "nobody had quoted by 2024-11-20T15:30Z; the lake's newest quote is of 2024-11-20T18:30Z"),
    ],
)
def test_what_cannot_be_scanned_says_what_to_ask(lake: Lake, clock: str, words: str) -> None:
    """Before the market opens and before anybody quotes, the error names the instant and what the lake has."""
    with pytest.raises(LakeError, match=words):
        scanned(lake, clock)


def test_a_closed_exchange_is_an_error(tmp_path: Path) -> None:
    """Where no session is open at the instant, the error says so."""
    made = Lake(tmp_path / "lake")
    opened = at("12:00") - timedelta(days=2)
    hours = {"exchange": "kalshi", "from": opened, "to": at("17:02"), "kind": "open"}
    merge(made, "sessions", [hours | {"known_at": opened, "known_from": "latency"}])
    poll(made, list_event(made), *LADDER)
    assert scanned(made, "17:01").edges
    with pytest.raises(LakeError, match="the exchange is closed at 2024-11-20T17:03Z"):
        scanned(made, "17:03")


def test_a_policy_without_belief_has_no_edge(lake: Lake) -> None:
    """`never` looks at no belief, so there is nothing to rank."""
    with pytest.raises(ConfigError, match="policy 'never' looks at no belief"):
        scan(lake, CONFIG, at("17:00"), ["chicago"], "never")
