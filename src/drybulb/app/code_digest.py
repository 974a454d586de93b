"""Which code made a result: a digest of all that a replay or a screen does, so that no fix is shown old numbers."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

import drybulb

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

#: What decides, fills, believes and counts, whole.
_ROOMS = ("domain", "engine", "forecast", "frames", "research", "strategy", "verification")

#: Of the rest what feeds it, chooses and adds up; what only lays results out changes none.
_APP = """
    anchor_beliefs anchor_store anchored_event asked_once asking capital_days days days_known desks extremes forecaster
    halted inference known_lake listings recorded recorded_ladders roster run screening seated settled swept_sets tally
    terms walked_anchor walked_choice walked_gains walked_judged walked_models walked_select walked_windows walking
    wiring
"""
_MODULES = ("adapters/lake.py", *(f"app/{name}.py" for name in _APP.split()))


@cache
def code_digest() -> str:
    """SHA-256 of the source that screens and replays, as hexadecimal digits; comments and docstrings change nothing."""
    return source_digest(Path(drybulb.__file__).parent, (*_ROOMS, *_MODULES))


def source_digest(root: Path, places: tuple[str, ...]) -> str:
    """SHA-256 of what some modules do, by name, as hexadecimal digits.

    Args:
        root: folder that names are relative to.
        places: modules, and folders of modules, in it.
    """
    named = [root / name for name in places]
    found = sorted(file for place in named for file in (place.rglob("*.py") if place.is_dir() else [place]))
    lines = (f"{file.relative_to(root)} {_sha256(without_words(file.read_text('utf-8')))}\n" for file in found)
    return _sha256("".join(lines))


def without_words(source: str) -> str:
    """Return what a module does, as a tree: without comments, docstrings and lay-out."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
