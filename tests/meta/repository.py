"""The repository as the tests of this folder see it: its files, and its Python modules as trees."""

from __future__ import annotations

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "drybulb"
BUILT = {".git", ".venv", ".venvs", "build", "dist", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, kept in the repository: what git does not ignore, or all that was unpacked."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        found = [ROOT / name for name in listed.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not BUILT.intersection(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every kept file that is text: its path from the root, and what it says."""
    readable = []
    for path in files():
        try:
            readable.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:  # a picture or a table, which says nothing to a reader
            continue
    return tuple(readable)


def modules(*folders: str) -> tuple[tuple[str, ast.Module], ...]:
    """Every kept Python module under `folders`: its path from the root, and its tree."""
    chosen = [(name, text) for name, text in texts() if name.endswith(".py") and name.startswith(folders)]
    return tuple((name, _tree(name, text)) for name, text in chosen)


@cache
def _tree(name: str, text: str) -> ast.Module:
    return ast.parse(text, name)
