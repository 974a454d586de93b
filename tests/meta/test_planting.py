"""The machine that judges the laws is itself judged: by a law of three lines and defects made up here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.domain.bracket import Bracket
from tests.laws.mutants import Mutant
from tests.laws.mutants.planting import failure, is_assertion, plant, resolve

CONTAINS = "drybulb.domain.bracket.Bracket.contains"


def _law() -> None:
    assert Bracket(50, 51).contains(51)


DRAWN: list[int] = []


@given(st.integers(0, 1000))
def _drawn_law(high: int) -> None:
    DRAWN.append(high)
    assert Bracket(0, 1000).contains(high)


def _excludes_the_cap(bracket: Bracket, high: int) -> bool:
    return bracket.low is not None and bracket.high is not None and bracket.low <= high < bracket.high


def _forgets_itself(bracket: Bracket, high: int) -> bool:
    raise TypeError("no such thing")


def test_a_defect_in_a_method_is_planted_and_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method is replaced for the law alone: it holds before, breaks by assertion, and holds after."""
    assert failure(_law) is None
    with monkeypatch.context() as patch:
        plant(Mutant(_law, CONTAINS, _excludes_the_cap, "the cap is not in the bracket"), patch)
        error = failure(_law)
    assert error is not None
    assert is_assertion(error)
    assert failure(_law) is None


def test_a_drawn_law_stops_at_its_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hypothesis law under a defect is not shrunk, and is its old self afterwards."""
    DRAWN.clear()
    with monkeypatch.context() as patch:
        plant(Mutant(_drawn_law, CONTAINS, lambda bracket, high: high < 100, "hot days are lost"), patch)
        error = failure(_drawn_law)
    assert error is not None
    assert is_assertion(error)
    failing = [high for high in DRAWN if high >= 100]
    assert len(set(failing)) == 1  # one example, drawn and replayed; a shrunk one would be 100 itself
    assert failing[0] > 100
    assert failure(_drawn_law) is None


def test_a_crash_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect that makes the law crash instead of fail is an error, for nothing was asserted."""
    plant(Mutant(_law, CONTAINS, _forgets_itself, "it crashes"), monkeypatch)
    with pytest.raises(TypeError, match="no such thing"):
        failure(_law)


def test_a_group_counts_when_all_of_it_asserts() -> None:
    """Several failures reported together are a verdict only if each of them is an assertion."""
    both = ExceptionGroup("two", [AssertionError("a"), ExceptionGroup("more", [AssertionError("b")])])
    mixed = ExceptionGroup("two", [AssertionError("a"), ValueError("b")])
    assert is_assertion(both)
    assert not is_assertion(mixed)


def test_a_target_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that does not exist, or whose module does not, is refused: the law would run on sound code."""
    with pytest.raises(LookupError, match="not there to be replaced"):
        plant(Mutant(_law, "drybulb.domain.bracket.Bracket.holds", _excludes_the_cap, "misspelt"), monkeypatch)
    with pytest.raises(ModuleNotFoundError, match="no part of"):
        resolve("wetbulb.domain.bracket")


def test_a_target_is_split_at_its_last_module() -> None:
    """A path is a module as far as it can be imported, and attributes from there."""
    assert resolve(CONTAINS) == (Bracket, "contains")
