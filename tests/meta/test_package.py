"""What is installed: every file that a module reads beside itself, and the version from its one place."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from typing import Any

import drybulb
from tests.meta.repository import PACKAGE, ROOT, files


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_file_of_the_package_is_installed() -> None:
    """Every file under src/drybulb that is not a module is named by the package data of pyproject.toml."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, names in _project()["tool"]["setuptools"]["package-data"].items()
        for pattern in names
    ]
    data = [path.relative_to(PACKAGE.parent).as_posix() for path in files() if path.is_relative_to(PACKAGE)]
    left = [name for name in data if not name.endswith(".py") and not any(fnmatch(name, each) for each in patterns)]
    assert not left


def test_the_version_stands_in_one_place() -> None:
    """The version is an attribute of the package, and pyproject.toml reads it from there."""
    project = _project()
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "drybulb.__version__"}
    assert drybulb.__version__.count(".") == 2
