"""The anchor from lake to weights: which ladders count, who believes, what is stored, what a backtest makes of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import anchor_beliefs, anchor_store, config
from drybulb.app.anchor_beliefs import TOO_EARLY, TOO_LATE, Eras
from drybulb.app.anchor_evidence import USABLE, usable
from drybulb.app.anchored_event import anchored_event
from drybulb.app.anchoring import AnchorResult, anchor, score_pool
from drybulb.app.backtest import backtest
from drybulb.app.console import show
from drybulb.app.densify import densify
from drybulb.app.models import list_models
from drybulb.app.wiring import anchor_rules
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.errors import ConfigError, ModelError
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.strategy.anchor_weights import PHASES, POOLED, Weight
from tests.unit.app.lakes import DAY, Steady, at, lake_at, list_event, merge, poll, trade

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "schemas" / "anchor.json"
DEFAULT = config.load()
CHICAGO = {"chicago": DEFAULT.cities()["chicago"]}
#: Two settled events are enough here, and stand alone.
CONFIG = DEFAULT.model_copy(
    update={"anchor": DEFAULT.anchor.model_copy(update={"min_events": 2, "prior_events": 0})},
)
LAST = DAY + timedelta(days=3)
#: The first refit that knows all outcomes, and the instant that is asked for.
REFIT = datetime(2024, 12, 1, tzinfo=UTC)
UNTIL = datetime(2025, 2, 1, 12, tzinfo=UTC)
EVEN = ((40, 44), (29, 31), (25, 27))


def quoted(folder: Path) -> Lake:
    """Four events won by the first bracket; the whole ladder polled at 15:30 with a bid gone, at 16:10 and at 17:00."""
    lake = lake_at(folder)
    for number in range(4):
        day = DAY + timedelta(days=number)
        event = list_event(lake, day=day)
        known = at("14:00", day) + timedelta(days=1)
        high = {"station": "KMDW", "day": day, "high": 39, "version": 1, "is_final": True, "known_at": known}
        merge(lake, "official", [{**high, "source": "made", "known_from": "latency"}])
        poll(lake, event, ("15:30", 0, 40, 44), ("15:30", 1, 29, 31), ("15:30", 2, None, 27), day=day)
        for clock in ("16:10", "17:00"):
            poll(lake, event, *((clock, leg, *sides) for leg, sides in enumerate(EVEN)), day=day)
    return lake


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, AnchorResult]:
    """The lake of four events, and Chicago's anchor."""
    lake = quoted(tmp_path_factory.mktemp("lake"))
    return lake, anchor(lake, CONFIG, DAY, LAST, UNTIL, now=UNTIL, cities=CHICAGO, source="steady", beliefs=Steady())


def test_the_first_usable_ladder_of_a_phase_counts(made: tuple[Lake, AnchorResult]) -> None:
    """At 15:30 a leg is one-sided, at 16:10 the ladder is whole, and 17:00 is the same phase in Chicago, 10 to 14."""
    rows = usable(made[0], CHICAGO, DAY, LAST, anchor_rules(CONFIG))
    assert [(row.day, row.at, row.clock) for row in rows[:2]] == [
        (DAY, at("16:10"), "D 10-14"),
        (DAY + timedelta(days=1), at("16:10", DAY + timedelta(days=1)), "D 10-14"),
    ]
    # Mids of 42, 30 and 26 c.
    assert rows[0].market == pytest.approx((42 / 98, 30 / 98, 26 / 98))
    assert {row.spread for row in rows} == {USABLE}


def test_a_belief_that_was_always_right_is_weighed(made: tuple[Lake, AnchorResult]) -> None:
    """Four winners believed 60 % at 43 c: weighed in full once they had settled, with the gain of the pool."""
    (weight,) = [row for row in made[1].weights if row.known_at == REFIT]
    assert (str(weight.phase), weight.city, weight.weight, weight.events) == ("D 10-14", POOLED, 1.0, 4)
    # ln(0.6 / (42/98)) is 0.3365.
    assert weight.gain == pytest.approx(0.3365, abs=1e-4)


def test_no_refit_lends_old_evidence_a_new_date(made: tuple[Lake, AnchorResult]) -> None:
    """Asked until February, the last refit is that of December, the first that knows all four outcomes."""
    assert (max(row.known_at for row in made[1].weights), made[1].until) == (REFIT, REFIT)


def test_what_a_backtest_does_not_replay_is_no_evidence(tmp_path: Path) -> None:
    """Where minutes exist polls are not replayed, and a quote kept once a day is of unknown age: neither counts."""
    lake = lake_at(tmp_path)
    days = [DAY + timedelta(days=number) for number in range(3)]
    for day, source in zip(days, ("poll", "poll", "daily"), strict=True):
        rows = [("16:10", leg, *sides) for leg, sides in enumerate(EVEN)]
        poll(lake, list_event(lake, day=day), *rows, day=day, source=source)
    assert [row.day for row in usable(lake, CHICAGO, DAY, LAST, anchor_rules(CONFIG))] == days[:2]
    trade(lake, "KXHIGHCHI-24NOV20", ("16:00:30", 0, 50, "yes", 1))
    densify(lake, CONFIG, ["chicago"])
    assert [row.day for row in usable(lake, CHICAGO, DAY, LAST, anchor_rules(CONFIG))] == days[1:2]


def test_nothing_to_score_is_said(tmp_path: Path) -> None:
    """A window without a ladder is no error where nothing is to be stored: a note says so."""
    found = score_pool(lake_at(tmp_path), CONFIG, CHICAGO, DAY, LAST, beliefs=Steady())
    assert (found.rows, found.notes) == (
        [],
        ["no ladder of 2024-11-20 to 2024-11-23 is quoted; import quotes, or give another window"],
    )


def test_the_score_is_of_the_weight_known_then(made: tuple[Lake, AnchorResult]) -> None:
    """All four events precede the first refit: the pool was the market, though the belief did better."""
    rows = [r for r in made[1].to_json()["scores"] if r["spread"] == USABLE and r["city"] == r["year"] == "all"]
    assert {(r["clock"], r["events"], r["weight"], r["difference"]) for r in rows} == {
        ("D 10-14", 4, 0.0, 0.0),
        ("all", 4, 0.0, 0.0),
    }
    assert rows[0]["belief_difference"] == pytest.approx(-0.3365, abs=1e-4)


def test_the_document(
    made: tuple[Lake, AnchorResult], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It satisfies the published schema, and a person is shown the newest weights."""
    found = json.loads(json.dumps(made[1].to_json()))
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    monkeypatch.setenv("COLUMNS", "80")
    show(found)
    shown = capsys.readouterr().out.splitlines()
    assert " ".join(" ".join(shown[:2]).split()) == "weights of steady beside the market, known 2024-12-01T00:00Z"
    assert next(line.split() for line in shown if line.startswith("D 10-14")) == [
        *("D", "10-14", "all", "4", "1.000", "1.00", "…", "1.00", "1.000", "+0.3365")
    ]


def test_what_is_stored_is_read_again(made: tuple[Lake, AnchorResult]) -> None:
    """The weights come back as they were, under their id, and are no model that `drybulb models` would examine."""
    lake, result = made
    found = anchor_store.newest(lake, "steady")
    assert (found.id, found.source, found.weights.rows) == (result.model, "steady", result.weights)
    assert [row.name for row in list_models(lake, CONFIG, UNTIL).rows] == []
    with pytest.raises(ModelError, match="no weights of hybrid"):
        anchor_store.newest(lake, "hybrid")


def test_a_backtest_says_which_weights_it_used(tmp_path: Path) -> None:
    """With a weight known the day before, the pool is traded, and the run names the weights; without any it refuses."""
    lake = quoted(tmp_path)
    with pytest.raises(ModelError, match="drybulb anchor"):
        backtest(lake, CONFIG, DAY, DAY, policy="anchored", forecaster=Steady())
    row = Weight(at("00:00") - timedelta(days=1), PHASES[3], POOLED, 1.0, 1.0, 1.0, 100, 0.1)
    stored = anchor_store.save(lake, "hybrid", [row], at("00:00"), {})
    run = backtest(lake, CONFIG, DAY, DAY, policy="anchored", forecaster=Steady())
    assert run.to_json()["total"]["orders"] > 0
    assert any(stored.id in assumption for assumption in run.assumptions)
    assert run.tallies.total.refusals["one-sided quote"] == 0
    assert "stored weights of D 10-14: 1 of 1 above 0, the largest 1.00" in run.assumptions


def test_one_event_beside_the_market(made: tuple[Lake, AnchorResult]) -> None:
    """Two minutes after a poll in December the belief has all of the pool; ten minutes after, the poll is stale."""
    lake, day = made[0], date(2024, 12, 2)
    event = list_event(lake, day=day)
    poll(lake, event, *(("16:10", leg, *sides) for leg, sides in enumerate(EVEN)), day=day)
    (early, late), source = (Steady().beliefs(asked(day, "16:12", "16:20"), "steady"), "steady")
    found = anchored_event(lake, CONFIG, early, source)
    assert found is not None
    assert (found.weight, found.why) == (1.0, "the belief has 1.00 of the pool in D 10-14")
    assert found.pooled == pytest.approx({f"{event}-0": 0.6, f"{event}-1": 0.3, f"{event}-2": 0.1})
    stale = anchored_event(lake, CONFIG, late, source)
    assert stale is not None
    assert stale.why == f"a pass in D 10-14: stale quote ({event}-0, 10 where 5 is allowed)"
    assert stale.pooled == {}
    assert anchored_event(lake, CONFIG, early, "S") is None, "no weights of S are stored"


def asked(day: date, *clocks: str) -> pl.DataFrame:
    """Requests about Chicago at some clocks."""
    return pl.DataFrame([("chicago", day, at(clock, day)) for clock in clocks], schema=REQUEST_SCHEMA, orient="row")


def test_each_era_is_asked_of_its_own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instant is asked of the newest training that could speak; before the first and long after the last, nobody."""
    lake = Lake(tmp_path)
    starts = [datetime(year, 1, 1, tzinfo=UTC) for year in (2023, 2024)]
    for start in starts:
        Registry(lake.path).save("first-floor", {"year": start.year}, start + timedelta(days=2), start)
    spread = TemperatureDistribution(80, (1_000_000,))

    def load(_lake: Lake, _config: object, first: datetime) -> object:
        def beliefs(requests: pl.DataFrame, source: str) -> list[Belief]:
            rows = requests.iter_rows()
            return [Belief(city, day, at, spread, source, str(first.year)) for city, day, at in rows]

        return SimpleNamespace(beliefs=beliefs)

    monkeypatch.setattr(anchor_beliefs, "Forecaster", SimpleNamespace(load=load))
    asked = [datetime(2022, 12, 31, tzinfo=UTC), starts[1] - timedelta(hours=1), starts[1], starts[1] + timedelta(403)]
    rows = [("miami", instant.date(), instant) for instant in asked]
    requests = pl.DataFrame(rows, schema=["city", "day", "at"], orient="row")
    eras = Eras.stored(lake, CONFIG)
    assert [belief.reason for belief in eras.beliefs(requests, "S")] == [TOO_EARLY, "2023", "2024", TOO_LATE]


def test_what_cannot_be_fitted_is_refused(tmp_path: Path) -> None:
    """A window that ends before it starts or begins after what is known, and a lake without models."""
    lake = Lake(tmp_path)
    with pytest.raises(ConfigError, match="swap"):
        anchor(lake, CONFIG, LAST, DAY, UNTIL, now=UNTIL, beliefs=Steady())
    with pytest.raises(ConfigError, match="later --until"):
        anchor(lake, CONFIG, date(2025, 3, 1), date(2025, 3, 2), UNTIL, now=UNTIL, beliefs=Steady())
    with pytest.raises(ConfigError, match=r"--until 2025-02-01T12:00:00\+00:00 is still to come"):
        anchor(lake, CONFIG, DAY, LAST, UNTIL, now=UNTIL - timedelta(seconds=1), beliefs=Steady())
    with pytest.raises(ModelError, match="drybulb train"):
        Eras.stored(lake, CONFIG)
