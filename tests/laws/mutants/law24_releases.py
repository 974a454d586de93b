"""Defects of the calendar: a window that is not looked at, opens late, or leaves behind what was believed before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from drybulb.strategy import gates
from drybulb.strategy.decision import Refusal
from drybulb.strategy.making import Maker
from drybulb.strategy.policy import View
from drybulb.strategy.releases import Release, Releases, Window
from drybulb.strategy.rules import Rules
from tests.laws import test_law24_releases as law
from tests.laws.mutants import Mutant

_windows, _belief_refusal = Releases._windows, gates._belief_refusal


def never_near(releases: Releases, city: str, now: datetime) -> Window | None:
    """No window is ever open."""
    return None


def from_the_release_on(releases: Releases, release: Release, city: str) -> Iterator[tuple[str, int, int]]:
    """The minutes before a release are as good as any others."""
    return _windows(releases, replace(release, before=0), city)


def whatever_was_believed(view: View, rules: Rules) -> Refusal | None:
    """A belief may be of before the release."""
    return _belief_refusal(view, replace(rules, releases=Releases()))


def until_the_close(maker: Maker, view: View) -> datetime:
    """Orders are left to be withdrawn when the window has opened."""
    return view.now + timedelta(minutes=view.minutes_to_close)


def whatever_is_learnt(releases: Releases, city: str, now: datetime) -> datetime | None:
    """An order to take waits as long as the run lets it."""
    return None


MUTANTS = [
    Mutant(
        law=law.test_a_taker_decides_on_what_it_has_read,
        target="drybulb.strategy.releases.Releases.window",
        replacement=never_near,
        defect="prices are taken while a report is out that others have read",
    ),
    Mutant(
        law=law.test_nothing_of_ours_waits_in_a_window,
        target="drybulb.strategy.releases.Releases._windows",
        replacement=from_the_release_on,
        defect="orders wait until the release itself, for those who hear of it first",
    ),
    Mutant(
        law=law.test_a_taker_decides_on_what_it_has_read,
        target="drybulb.strategy.gates._belief_refusal",
        replacement=whatever_was_believed,
        defect="right after a release a belief is traded that has not read it",
    ),
    Mutant(
        law=law.test_nothing_of_ours_waits_in_a_window,
        target="drybulb.strategy.making.Maker._until",
        replacement=until_the_close,
        defect="an order is good until we withdraw it, which is when the window has opened",
    ),
    Mutant(
        law=law.test_a_taker_decides_on_what_it_has_read,
        target="drybulb.strategy.releases.Releases.orders_end",
        replacement=whatever_is_learnt,
        defect="an order to take waits for its minutes, release or not",
    ),
    Mutant(
        law=law.test_a_taker_meets_no_poll_of_after_a_release,
        target="drybulb.strategy.releases.Releases.orders_end",
        replacement=whatever_is_learnt,
        defect="an order waits for the next poll, and what it fills at has read the release",
    ),
    Mutant(
        law=law.test_nor_does_the_markets_own_maker,
        target="drybulb.strategy.releases.Releases.window",
        replacement=never_near,
        defect="who believes the quotes quotes around them while they are news",
    ),
]
