"""The public face of the room."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from drybulb import verification


def test_all_is_sorted_and_complete() -> None:
    """Every public name that is not a module is listed, in order."""
    public = [
        name
        for name, thing in vars(verification).items()
        if not name.startswith("_") and not isinstance(thing, ModuleType) and name != "annotations"
    ]
    assert verification.__all__ == sorted(public)


def test_no_name_hides_a_module() -> None:
    """No function is called as a module of the room, so that both can be reached by their dotted path."""
    hidden = [name for name in verification.__all__ if importlib.util.find_spec(f"drybulb.verification.{name}")]
    assert hidden == []
