"""The digest of the code that made a result: what it does counts, what it says of itself does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import drybulb
from drybulb.app.code_digest import _MODULES, _ROOMS, code_digest, source_digest

SOURCE = '"""Doubles."""\n\ndef twice(x: int) -> int:\n    """Return it twice."""\n    return 2 * x\n'


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        (SOURCE.replace("Doubles", "Makes two of one"), True),
        (SOURCE.replace("2 * x", "2 * x  # so it is"), True),
        (SOURCE.replace("2 * x", "3 * x"), False),
    ],
)
def test_only_what_code_does_counts(tmp_path: Path, changed: str, is_same: bool) -> None:
    """Another comment or docstring is the same code; another number, name or module is not."""
    room = tmp_path / "room"
    room.mkdir()
    (room / "twice.py").write_text(SOURCE)
    before = source_digest(tmp_path, ("room",))
    (room / "twice.py").write_text(changed)
    assert (source_digest(tmp_path, ("room",)) == before) is is_same
    (room / "more.py").write_text("")
    assert source_digest(tmp_path, ("room",)) != before


def test_the_code_is_of_places_that_are_there() -> None:
    """Every room and module that it names exists; of nothing there would be no telling that it changed."""
    root = Path(drybulb.__file__).parent
    assert all((root / room / "__init__.py").exists() for room in _ROOMS)
    assert all((root / name).is_file() for name in _MODULES)
    assert len(code_digest()) == 64
