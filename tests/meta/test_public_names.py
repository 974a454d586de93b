"""The public names of the package: sorted, typed, and fetched when first asked for."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys

import pytest

import drybulb
from tests.meta.repository import PACKAGE


def _typed() -> dict[str, str]:
    """Names that a type checker is told of, with the module each is imported from."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def test_the_public_names_are_the_same_everywhere() -> None:
    """What `__all__` names, what a type checker is told of, what is fetched and what `dir` shows are one list."""
    assert sorted(_typed()) == [name for name in drybulb.__all__ if name != "__version__"]
    assert _typed() == drybulb._HOMES
    assert set(drybulb.__all__) <= set(dir(drybulb))


@pytest.mark.parametrize("name", sorted(_typed()))
def test_a_public_name_is_the_thing_itself(name: str) -> None:
    """Each name is the object of its own module, fetched once."""
    assert getattr(drybulb, name) is getattr(importlib.import_module(drybulb._HOMES[name]), name)
    assert name in vars(drybulb)


def test_a_name_that_is_not_public_is_an_error() -> None:
    """A name the package does not have raises AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="module 'drybulb' has no attribute 'forecast_everything'"):
        _ = drybulb.forecast_everything  # type: ignore[attr-defined]


def test_importing_the_package_is_quick() -> None:
    """`import drybulb` imports nothing but itself; the domain's words need neither polars nor numpy."""
    code = (
        "import sys, drybulb; print(sorted(m for m in sys.modules if m.startswith('drybulb')));"
        " drybulb.Belief, drybulb.Event; print([m for m in ('polars', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['drybulb']", "[]"]


@pytest.mark.parametrize("name", ["backtest", "list_models", "load_roster", "predict", "train"])
def test_a_function_takes_what_its_use_case_takes(name: str) -> None:
    """A function of the public interface has the arguments of the use case it stands for, in their order; only
    `is_explained` of `list_models` is left away, which is about printing, and `open_locked` comes on top.
    """
    own = [argument for argument in inspect.signature(getattr(drybulb, name)).parameters if argument != "open_locked"]
    home = {"list_models": "models", "load_roster": "roster"}.get(name, name)
    module = importlib.import_module(f"drybulb.app.{home}")
    meant = inspect.signature(getattr(module, name)).parameters
    assert own == [argument for argument in meant if argument != "is_explained"]
