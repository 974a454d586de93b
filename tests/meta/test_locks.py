"""The locks: hashed, without addresses, in step with each other and with what the project asks for."""

from __future__ import annotations

import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.meta.repository import ROOT

LOCKS = ("pip", "run", "dev")


@cache
def _entries(lock: str) -> dict[str, tuple[Requirement, int]]:
    """What a lock pins, by name: the requirement, and of how many files it knows the hash."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text().replace("\\\n", " ")
    entries: dict[str, tuple[Requirement, int]] = {}
    for line in text.splitlines():
        requirement = Requirement(line.split("--hash")[0].strip())
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", line)
        entries[canonicalize_name(requirement.name)] = (requirement, len(hashes))
    return entries


def _asked(lock: str) -> list[Requirement]:
    """What pyproject.toml asks of a lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = project["project"]["dependencies"] + groups["build"]
    if lock == "dev":
        asked += [requirement for requirement in groups["dev"] if isinstance(requirement, str)]
    return [Requirement(requirement) for requirement in asked]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_version_with_hashes(lock: str) -> None:
    """Every entry of a lock pins exactly one version and has at least one SHA-256 hash."""
    entries = _entries(lock)
    assert entries
    for name, (requirement, hashes) in entries.items():
        assert re.fullmatch(r"==[\w.!+]+", str(requirement.specifier)), f"{lock}.lock: {name} is not pinned"
        assert hashes > 0, f"{lock}.lock: {name} has no hash"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_holds_an_address(lock: str) -> None:
    """A lock says what to install, never from where."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    assert not re.search(r"://|index-url|find-links|trusted-host|@\s", text)


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_locks_are_in_step_with_the_project(lock: str) -> None:
    """Every requirement of pyproject.toml is pinned to a version it allows; `make lock` brings them in step."""
    entries = _entries(lock)
    for asked in _asked(lock):
        name = canonicalize_name(asked.name)
        assert name in entries, f"{lock}.lock lacks {name}: make lock"
        version = str(entries[name][0].specifier).removeprefix("==")
        assert asked.specifier.contains(version), f"{lock}.lock pins {name} {version}, not {asked.specifier}: make lock"


def test_what_is_tested_is_what_runs() -> None:
    """The development lock pins everything the run lock does, to the same versions."""
    assert {name: pin[0] for name, pin in _entries("run").items() if _entries("dev").get(name) != pin} == {}
