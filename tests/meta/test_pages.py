"""What the pages under docs promise in numbers and in order."""

from __future__ import annotations

import re
from datetime import date

import pytest

from drybulb.domain.fees import FeeAccumulator, FeeRule, MemberType, trade_fee
from tests.meta.repository import ROOT

EXPLAIN = sorted((ROOT / "docs" / "explain").glob("*.md"))
FEES = (ROOT / "docs" / "explain" / "fees.md").read_text(encoding="utf-8")
WORDS = (ROOT / "docs" / "reference" / "words.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^\| (\d+) at \$0\.(\d\d) \| \$([\d.]+) \| \$([\d.]+) \| \$([\d.]+) \| \$([\d.]+) \|$", FEES, re.MULTILINE
)


@pytest.mark.parametrize("page", EXPLAIN, ids=lambda page: page.stem)
def test_an_explanation_is_short(page: object) -> None:
    """A page that explains one thing has at most 60 lines."""
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 60  # type: ignore[attr-defined]


def _fee(rounding: str, member: MemberType, count: int, cents: int) -> int:
    rule = FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", rounding)
    charge = FeeAccumulator(rule, member).charge(cents * 100, count * 100, is_buy=True, is_taker=True)
    return charge.net_fee


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example[0]}@{example[1]}")
def test_the_table_of_fees_is_true(example: tuple[str, ...]) -> None:
    """Every example on the page of fees is what the code charges, column by column."""
    count, cents, model, cent, direct, non_direct = example
    exact = FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", "accumulator")
    wanted = [round(float(amount) * 1_000_000) for amount in (model, cent, direct, non_direct)]
    assert wanted == [
        trade_fee(exact, int(cents) * 100, int(count) * 100, is_taker=True),
        _fee("cent", MemberType.NON_DIRECT, int(count), int(cents)),
        _fee("accumulator", MemberType.DIRECT, int(count), int(cents)),
        _fee("accumulator", MemberType.NON_DIRECT, int(count), int(cents)),
    ]


def test_there_are_examples_of_fees() -> None:
    """The page of fees has five examples, so that a change of its form cannot empty the test above."""
    assert len(EXAMPLES) == 5


def test_words_are_in_order_and_named_once() -> None:
    """The words of the glossary are in alphabetical order, each once."""
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", WORDS.split("## Scores")[0], re.MULTILINE)
    assert len(words) > 40
    assert words == sorted(set(words), key=str.lower)
