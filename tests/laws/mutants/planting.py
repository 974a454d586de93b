"""How a defect is put in place, and how one tells that the law noticed."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest
from hypothesis import Phase, settings

from tests.laws.mutants import Mutant

SETTINGS = "_hypothesis_internal_use_settings"


def plant(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the replacement where the target is, until `monkeypatch` undoes it.

    Raises:
        LookupError: there is nothing at the target, so that the law would be run on sound code.
    """
    holder, name = resolve(mutant.target)
    if not hasattr(holder, name):
        raise LookupError(f"{mutant.target} is not there to be replaced: give the path of where it is used")
    monkeypatch.setattr(holder, name, mutant.replacement)
    # A hypothesis law stops at its first failing example: nobody reads a mutant's smallest one.
    chosen = getattr(mutant.law, SETTINGS, None)
    if chosen is not None:
        hasty = settings(chosen, phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False)
        monkeypatch.setattr(mutant.law, SETTINGS, hasty)


def resolve(target: str) -> tuple[object, str]:
    """Split a dotted path into what holds the attribute (a module, or a class in one) and the attribute's name.

    Raises:
        ModuleNotFoundError: no part of the path is a module, or a module on it has a broken import.
    """
    parts = target.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        try:
            holder: object = importlib.import_module(module)
        except ModuleNotFoundError as error:
            # The last parts may name classes rather than modules; a module missing inside a module is an error.
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise
            continue
        for name in parts[cut:-1]:
            holder = getattr(holder, name)
        return holder, parts[-1]
    raise ModuleNotFoundError(f"no part of {target!r} can be imported: give drybulb.room.module.attribute", name=target)


def failure(law: Callable[[], None]) -> BaseException | None:
    """Run `law`; return the assertion or the group of failures it ended in, None if it held. Other errors go up."""
    try:
        law()
    except (AssertionError, BaseExceptionGroup) as error:
        return error
    return None


def is_assertion(error: BaseException) -> bool:
    """Whether `error` says that the law does not hold and nothing else: an AssertionError, or a group of them alone."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_assertion(leaf) for leaf in error.exceptions)
    return isinstance(error, AssertionError)
