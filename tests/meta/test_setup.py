"""How a Python is found and an environment put in place, tried with stand-ins in an empty folder."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.meta.repository import ROOT

WORKS = "exit 0"
SHIM = "echo 'no such version' >&2; exit 127"
OLD = 'case "$2" in *version_info*) exit 1;; esac; exit 0'
NO_ENSUREPIP = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'


def _find(folder: Path, candidates: dict[str, str], *named: str) -> subprocess.CompletedProcess[str]:
    """Search for a Python where the path holds `candidates` alone, each a shell script."""
    for name, script in candidates.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    command = [str(ROOT / "requirements" / "find-python"), *named]
    return subprocess.run(command, env={"PATH": str(folder)}, check=False, capture_output=True, text=True)


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up script at work in an empty project, with pip left out and what it would do written to `steps`."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "requirements" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    locks = tmp_path / "requirements"
    locks.mkdir()
    for name in ("pip.lock", "dev.lock", "run.lock"):
        (locks / name).write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")

    steps: list[str] = []

    def build(home: Path, lock: Path) -> None:
        steps.append(f"build {lock.name}")
        home.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCKS", locks)
    monkeypatch.setattr(module, "build", build)
    monkeypatch.setattr(module, "install_package", lambda home: steps.append("package"))
    monkeypatch.setattr(module, "steps", steps, raising=False)
    return module


def test_a_python_is_judged_by_running_it(tmp_path: Path) -> None:
    """A shim without a Python behind it and a Python that is too old are passed over for one that works."""
    found = _find(tmp_path, {"python3.14": SHIM, "python3.12": OLD, "python3": WORKS})
    assert (found.returncode, found.stdout.strip()) == (0, str(tmp_path / "python3"))


def test_the_newest_python_is_taken(tmp_path: Path) -> None:
    """Of two that work, the one with the higher version in its name is taken."""
    found = _find(tmp_path, {"python3.13": WORKS, "python3.11": WORKS})
    assert found.stdout.strip() == str(tmp_path / "python3.13")


def test_a_named_python_is_the_only_candidate(tmp_path: Path) -> None:
    """With PYTHON set, no other Python is considered, though it would do."""
    found = _find(tmp_path, {"mine": OLD, "python3": WORKS}, "mine")
    assert (found.returncode, found.stdout) == (1, "")
    assert "3.11 or newer" in found.stderr


def test_without_a_python_it_is_said_what_to_type(tmp_path: Path) -> None:
    """Where every Python is too old, the message says which were tried and what installs one."""
    found = _find(tmp_path, {"python3": OLD})
    assert found.returncode == 1
    for words in ("3.11 or newer", "python3.14", "apt install python3", "brew install", "pyenv install"):
        assert words in found.stderr


def test_without_venv_it_is_said_what_to_type(tmp_path: Path) -> None:
    """Where the Python is new enough but lacks ensurepip, the message names it and the package that brings it."""
    found = _find(tmp_path, {"python3": NO_ENSUREPIP})
    assert found.returncode == 1
    assert "ensurepip: python3." in found.stderr
    assert "python3-venv" in found.stderr


def test_an_environment_is_built_once(installer: ModuleType) -> None:
    """The second set-up finds the environment of the first, and installs nothing."""
    assert installer.main([]) == 0
    assert installer.main(["dev"]) == 0
    assert installer.steps == ["build dev.lock", "package"]
    assert (installer.ROOT / ".venv").resolve().parent == installer.ROOT / ".venvs"


def test_a_changed_lock_is_another_environment(installer: ModuleType) -> None:
    """A changed lock builds anew; the old lock, put back, finds its old environment again."""
    lock = installer.LOCKS / "dev.lock"
    before = lock.read_text()
    installer.main([])
    first = (installer.ROOT / ".venv").resolve()
    lock.write_text("dev.lock==2\n")
    installer.main([])
    assert (installer.ROOT / ".venv").resolve() != first
    lock.write_text(before)
    installer.main([])
    assert (installer.ROOT / ".venv").resolve() == first
    assert installer.steps.count("build dev.lock") == 2


def test_a_changed_project_is_installed_again(installer: ModuleType) -> None:
    """A changed pyproject.toml installs drybulb again into the same environment."""
    installer.main([])
    (installer.ROOT / "pyproject.toml").write_text("[project]\nname = 'drybulb'\n")
    installer.main([])
    assert installer.steps == ["build dev.lock", "package", "package"]


def test_an_interrupted_build_is_not_used(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that stops half-way leaves `.venv` as it was, and the next set-up starts that build anew."""
    installer.main(["run"])
    complete = (installer.ROOT / ".venv").resolve()

    def stop(home: Path) -> None:
        raise installer.SetupError("the line is dead")

    with monkeypatch.context() as broken:
        broken.setattr(installer, "install_package", stop)
        assert installer.main(["dev"]) == 1
    assert (installer.ROOT / ".venv").resolve() == complete
    assert installer.main(["dev"]) == 0
    assert installer.steps == ["build run.lock", "package", "build dev.lock", "build dev.lock", "package"]


def test_a_foreign_environment_is_left_alone(installer: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A directory .venv that a person made is not replaced: set-up names it and stops before it builds."""
    (installer.ROOT / ".venv").mkdir()
    assert installer.main([]) == 1
    assert "move it away" in capsys.readouterr().err
    assert not (installer.ROOT / ".venv").is_symlink()
    assert installer.steps == []


def test_an_unknown_lock_is_refused(installer: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A lock that does not exist is named, with those that do."""
    assert installer.main(["production"]) == 1
    assert "'production': choose one of dev, run" in capsys.readouterr().err
    assert installer.steps == []
