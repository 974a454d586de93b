"""Defects of isolation: what a challenger believes, takes or breaks reaches somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from drybulb.app import wiring
from drybulb.app.config import Config
from drybulb.engine.beside import _Seat
from drybulb.engine.ports import Event, Listing, Print
from drybulb.engine.simulated import SimulatedBroker
from drybulb.engine.state import State
from drybulb.strategy.charges import Charges
from drybulb.strategy.policy import Policy
from tests.laws import test_law23_challengers as law
from tests.laws.mutants import Mutant

_NEW_STATE = wiring.new_state
_ON_PRINT = SimulatedBroker._on_print


def hears_all(
    config: Config, listings: Mapping[str, Listing], decides: Policy, costs: Charges, forecaster: str | None = None
) -> State:
    """Every desk hears every forecaster."""
    return _NEW_STATE(config, listings, decides, costs, None if forecaster else forecaster)


def one_tape_for_all(broker: SimulatedBroker, tape: Print) -> None:
    """What one desk took of a print is gone for those after it."""
    taken = _TAKEN.get(id(tape), (tape, 0))[1]
    before = sum(working.remaining for working in broker._in_turn(tape.event))
    _ON_PRINT(broker, replace(tape, count=max(0, tape.count - taken)))
    after = sum(working.remaining for working in broker._in_turn(tape.event))
    _TAKEN[id(tape)] = (tape, taken + before - after)


def pulls_the_champion_down(seat: _Seat, event: Event) -> None:
    """A failure is everybody's."""
    seat.handle(event)


#: What was taken of each print, by the identity of the print, which is kept so that no other gets its place.
_TAKEN: dict[int, tuple[Print, int]] = {}

MUTANTS = [
    Mutant(
        law=law.test_the_champion_is_as_if_alone,
        target="drybulb.app.wiring.new_state",
        replacement=hears_all,
        defect="a desk hears the beliefs of the others' forecasters",
    ),
    Mutant(
        law=law.test_a_challenger_is_as_if_alone,
        target="drybulb.engine.simulated.SimulatedBroker._on_print",
        replacement=one_tape_for_all,
        defect="desks share the size of a print",
    ),
    Mutant(
        law=law.test_a_challenger_that_fails_changes_nothing_either,
        target="drybulb.engine.beside._Seat.take",
        replacement=pulls_the_champion_down,
        defect="a challenger's failure ends the replay",
    ),
]
