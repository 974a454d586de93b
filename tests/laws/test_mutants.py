"""Each law notices the defects planted for it, and no law is without one."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.laws.mutants import Mutant
from tests.laws.mutants.planting import failure, is_assertion, plant

HERE = Path(__file__).parent
LAW_FILES = sorted(path.stem for path in HERE.glob("test_law*.py"))
MUTANT_FILES = sorted(path.stem for path in (HERE / "mutants").glob("law*.py"))


def _planted() -> Iterator[tuple[str, Mutant]]:
    """Every mutant, with the name of the module it stands in."""
    for name in MUTANT_FILES:
        for mutant in importlib.import_module(f"tests.laws.mutants.{name}").MUTANTS:
            yield name, mutant


PLANTED = list(_planted())


def _label(name: str, mutant: Mutant) -> str:
    """What a list of failures calls a mutant: its module, its target, the law it breaks."""
    return f"{name}-{mutant.target.removeprefix('drybulb.')}-{mutant.law.__name__}"


def _number(name: str) -> int:
    """The law's number in the name of a module of laws or of mutants."""
    match = re.search(r"(?:\b|_)law(\d\d)_", name)
    assert match, f"{name} is not named law<NN>_<what>"
    return int(match[1])


def _laws(law_file: str) -> list[tuple[str, Callable[[], None]]]:
    """The test functions that a module of laws defines."""
    module = importlib.import_module(f"tests.laws.{law_file}")
    functions = inspect.getmembers(module, inspect.isfunction)
    return [(name, law) for name, law in functions if name.startswith("test_") and law.__module__ == module.__name__]


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=_label(name, mutant)) for name, mutant in PLANTED])
def test_a_planted_defect_breaks_its_law(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every planted defect makes its law raise AssertionError, and nothing but AssertionError."""
    plant(mutant, monkeypatch)
    error = failure(mutant.law)
    assert error is not None, f"{mutant.law.__name__} held under a defect. {mutant.defect}"
    assert is_assertion(error), f"{mutant.law.__name__} broke, but not by its own assertion: {error!r}"


@pytest.mark.parametrize("law_file", LAW_FILES)
def test_every_law_is_a_sentence_with_a_defect(law_file: str) -> None:
    """Every law has a docstring and takes no fixture, and some planted defect breaks a law of its module."""
    laws = _laws(law_file)
    assert laws, f"tests/laws/{law_file}.py defines no law"
    for name, law in laws:
        assert inspect.getdoc(law), f"{law_file}.{name} has no sentence"
        assert not inspect.signature(law).parameters, f"{law_file}.{name} takes arguments: a law is called bare"
    broken = [mutant.law.__module__ for _, mutant in PLANTED]
    assert f"tests.laws.{law_file}" in broken, f"nothing breaks {law_file}: plant a defect in tests/laws/mutants"


@pytest.mark.parametrize("name", MUTANT_FILES)
def test_a_mutant_stands_under_its_laws_number(name: str) -> None:
    """A module of mutants plants at least one, each with its sentence, against laws of its own number only."""
    own = [mutant for module, mutant in PLANTED if module == name]
    assert own, f"tests/laws/mutants/{name}.py plants nothing"
    for mutant in own:
        assert mutant.defect.strip(), f"{name}: a mutant without a sentence"
        assert _number(mutant.law.__module__) == _number(name)
