"""How modules are kept: documented, small, and within their room."""

from __future__ import annotations

import ast
import importlib
import sys

import pytest

from tests.meta.repository import PACKAGE, modules

LINES_OF_A_MODULE = 350
LINES_OF_A_FUNCTION = 70
PACKAGES = sorted(".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in PACKAGE.rglob("__init__.py"))


def test_every_module_says_what_it_is_for() -> None:
    """Every module of the package and of the tests has a docstring."""
    silent = [name for name, tree in modules("src/", "tests/", "requirements/") if not ast.get_docstring(tree)]
    assert not silent


def test_modules_hold_one_idea() -> None:
    """No module of the package is longer than 350 lines."""
    long = {name: _lines(tree) for name, tree in modules("src/") if _lines(tree) > LINES_OF_A_MODULE}
    assert not long


def test_functions_are_read_at_a_glance() -> None:
    """No function of the package is longer than 70 lines, its docstring included."""
    long = {
        f"{name}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for name, tree in modules("src/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LINES_OF_A_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_face_is_there(package: str) -> None:
    """Every name of a package's `__all__` is named once and can be reached; that they are sorted, `make check` sees."""
    module = importlib.import_module(package)
    names = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(module, name)] == []


def test_the_domain_needs_python_alone() -> None:
    """Every import of the domain and of the errors is of the standard library, the domain or the errors."""
    own = ("drybulb.domain", "drybulb.errors")
    foreign = [
        f"{name}: {imported}"
        for name, tree in modules("src/drybulb/domain/", "src/drybulb/errors.py")
        for imported in _imports(tree)
        if imported.split(".")[0] not in sys.stdlib_module_names and not imported.startswith(own)
    ]
    assert not foreign


def _lines(tree: ast.Module) -> int:
    return max((node.end_lineno or 0 for node in tree.body), default=0)


def _imports(tree: ast.Module) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or ".")
    return found
