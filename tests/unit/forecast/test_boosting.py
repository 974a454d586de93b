"""The door to lightgbm: opened late, and a closed one says what to type."""

from __future__ import annotations

import subprocess
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Never

import pytest

from drybulb.errors import ModelError
from drybulb.forecast.boosting import lightgbm


class _Broken(MetaPathFinder):
    """Fails the import of lightgbm with a given error, as a missing library of the system does."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Refuse lightgbm, and leave everything else to the finders that follow."""
        return self._refuse() if fullname == "lightgbm" else None

    def _refuse(self) -> Never:
        raise self.error


def _break(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Broken(error), *sys.meta_path])


def test_the_library_is_the_locked_one() -> None:
    """Where everything is installed, the door gives lightgbm itself, without a warning."""
    assert lightgbm().__name__ == "lightgbm"
    assert lightgbm().__version__.startswith("4.")


def test_a_missing_library_of_the_system_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenMP is missing, the error keeps the loader's words and says what to install on each system."""
    error = OSError("libgomp.so.1: cannot open shared object file: No such file or directory")
    _break(monkeypatch, error)
    with pytest.raises(ModelError, match=r"libgomp\.so\.1: cannot open") as caught:
        lightgbm()
    assert "apt install libgomp1" in str(caught.value)
    assert "brew install libomp" in str(caught.value)
    assert caught.value.__cause__ is error


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lightgbm is not installed, the error says so and what to type, and nothing of OpenMP."""
    _break(monkeypatch, ModuleNotFoundError("No module named 'lightgbm'"))
    with pytest.raises(ModelError, match=r"No module named 'lightgbm'.*pip install lightgbm") as caught:
        lightgbm()
    assert "libgomp" not in str(caught.value)


def test_the_forecast_room_does_not_import_it_by_itself() -> None:
    """Importing the door, or the baseline beside it, imports neither lightgbm nor catboost."""
    program = (
        "import sys, drybulb.forecast.boosting, drybulb.forecast.thresholds;"
        "print(sorted({'catboost', 'lightgbm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
