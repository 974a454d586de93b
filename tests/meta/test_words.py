"""What the files say, and what they must not say."""

from __future__ import annotations

import re

import pytest

from tests.meta.repository import ROOT, texts

# The brackets keep each pattern from finding itself.
FOREIGN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+|Users/\w+|tmp/(?:bash_jobs|dev))/"),
    "a package index": re.compile(r"pyp[i]\.org|pythonhoste[d]|registry\.npmj[s]|deb\.debia[n]"),
    "a mark of unfinished work": re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b"),
}
PAGES = sorted(name for name, _ in texts() if name.endswith(".md"))
NAMED_PATH = re.compile(r"`((?:src|tests|docs|requirements|config|bench|examples)/[\w./-]+)`")


@pytest.mark.parametrize("what", FOREIGN)
def test_no_file_says(what: str) -> None:
    """No kept file holds a path of one machine, the host of a package index, or a mark of unfinished work."""
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FOREIGN[what].search(line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("page", PAGES)
def test_paths_named_in_pages_exist(page: str) -> None:
    """Every file or folder of the repository that a page names is there."""
    missing = [path for path in NAMED_PATH.findall((ROOT / page).read_text()) if not (ROOT / path).exists()]
    assert not missing, f"{page} names {missing}"


def test_every_page_is_on_the_map() -> None:
    """Every page under docs is reached by a link of docs/index.md."""
    index = (ROOT / "docs" / "index.md").read_text()
    pages = [page.removeprefix("docs/") for page in PAGES if page.startswith("docs/") and page != "docs/index.md"]
    unlinked = [page for page in pages if f"({page})" not in index]
    assert not unlinked, f"docs/index.md does not link {unlinked}"
