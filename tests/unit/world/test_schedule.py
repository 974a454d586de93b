"""When what is known, and which latencies a world cannot keep."""

from __future__ import annotations

import pytest

from drybulb.errors import ConfigError
from drybulb.world.clock import HOUR, MINUTE
from drybulb.world.schedule import FINAL, FIVE_MINUTE, LATE, METAR, PRELIMINARY, schedule
from tests.unit.world.conftest import CONFIG

LATENCY = CONFIG.latency.model_dump()
CHICAGO = schedule(-6, LATENCY)


def _at(kind: str) -> list[float]:
    """Hours from midnight at which a kind is known."""
    return [item.known_at / HOUR for item in CHICAGO.items if item.kind == kind]


def test_publications_are_in_the_order_of_what_they_are_about() -> None:
    """288 values and 24 METARs, ten minutes after their time; each METAR is read with the value of its minute 50."""
    assert [item.known_at for item in CHICAGO.items] == sorted(item.known_at for item in CHICAGO.items)
    assert _at(FIVE_MINUTE)[:2] == pytest.approx([10 / 60, 15 / 60])
    assert len(_at(FIVE_MINUTE)) == 288
    metars = [item for item in CHICAGO.items if item.kind == METAR]
    assert [item.step for item in metars] == [12 * hour + 10 for hour in range(24)]
    assert metars[0].known_at == 63 * MINUTE


def test_reports_and_guidance_come_at_their_hours() -> None:
    """In Chicago: the preliminary report at 16:28, the final one at 08:00, late guidance at 17:00, 23:00 and 05:00."""
    assert _at(PRELIMINARY) == pytest.approx([16 + 28 / 60])
    assert _at(FINAL) == [8.0]
    assert _at(LATE) == [5.0, 17.0, 23.0]
    assert CHICAGO.runs == (-7 * HOUR, -1 * HOUR, 5 * HOUR)


def test_epochs_count_what_guidance_is_known() -> None:
    """Of Chicago's events: three runs about the day, the last at 05:00; then two about the next from 17:00 on."""
    known = [(epoch.known_at / HOUR, epoch.own, epoch.following) for epoch in CHICAGO.epochs()]
    assert known[1:] == [(-7.0, 1, 0), (-1.0, 2, 0), (5.0, 3, 0), (17.0, 3, 1), (23.0, 3, 2), (29.0, 3, 3)]
    assert known[0][1:] == (0, 0)


def test_groups_end_at_their_hours_of_utc() -> None:
    """Six hours behind UTC the readings of 05, 11, 17 and 23 local carry one, whose time begins on the full hour."""
    assert [step // 12 for step in range(288) if CHICAGO.is_group(step)] == [5, 11, 17, 23]
    assert {step % 12 for step in range(288) if CHICAGO.is_group(step)} == {10}
    assert [step for step in range(288) if CHICAGO.begins_group(step)] == [0, 72, 144, 216]
    miami = schedule(-5, LATENCY)
    assert [step // 12 for step in range(288) if miami.is_group(step)] == [0, 6, 12, 18]
    assert [step for step in range(288) if miami.begins_group(step)] == [12, 84, 156, 228]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"metar": 400}, "latency.metar 400 s"),
        ({"metar": 720}, "latency.metar 720 s"),
        ({"guidance_model_run_time": 32_401}, "latency.guidance_model_run_time 32401 s"),
        ({"official_final": 599}, "latency.official_final 599 s"),
        ({"official_final": 86_400, "settlement": 90_000}, "latency.official_final 86400 s"),
        ({"settlement": 28_799}, "latency.official_final 28800 s"),
    ],
)
def test_latencies_that_break_the_order_are_refused(change: dict[str, int], named: str) -> None:
    """A METAR out of step with five-minute values, guidance after the open, a final report too early or too late."""
    with pytest.raises(ConfigError, match=named):
        schedule(-6, LATENCY | change)


def test_other_latencies_are_kept() -> None:
    """A METAR may come from three minutes less to almost two more after its time than a value does."""
    for metar in (420, 719):
        steps = [item.step for item in schedule(-8, LATENCY | {"metar": metar}).items if item.kind == METAR]
        assert steps == [12 * hour + 10 for hour in range(24)]
