"""Manifests: digests of content, and notes that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from drybulb.adapters.manifest import Manifest, digest
from drybulb.errors import LakeError


def test_a_digest_is_of_content() -> None:
    """Equal rows have equal digests however they lie in memory; another value, order or recipe has another."""
    frame = pl.DataFrame({"a": [1, 2, None], "b": ["x", "y", "z"]})
    pieces = pl.concat([frame.head(1), frame.tail(2)], rechunk=False)
    assert digest("r", [frame]) == digest("r", [pieces])
    others = [digest("r", [frame.reverse()]), digest("s", [frame]), digest("r", [frame.with_columns(a=pl.lit(1))])]
    assert len({digest("r", [frame]), *others}) == 4


def test_notes_are_kept_by_part(tmp_path: Path) -> None:
    """A note replaces that of its part and leaves the others; nothing is left beside the file."""
    manifest = Manifest(tmp_path / "table" / "_inputs.json")
    assert manifest.read() == {}
    manifest.note("a/2024-11", {"inputs": "1", "rows": 3})
    manifest.note("b/2024-11", {"inputs": "2"})
    manifest.note("a/2024-11", {"inputs": "4"})
    assert manifest.read() == {"a/2024-11": {"inputs": "4"}, "b/2024-11": {"inputs": "2"}}
    assert [file.name for file in (tmp_path / "table").iterdir()] == ["_inputs.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other/1"}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is cut off or is no manifest is refused by name, with what to do."""
    file = tmp_path / "_inputs.json"
    file.write_text(text)
    with pytest.raises(LakeError, match=r"_inputs\.json: .*delete it and build again"):
        Manifest(file).read()
