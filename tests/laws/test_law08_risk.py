"""Law 8: no limit of [risk] is ever exceeded, under any order of fills, withdrawals, rejections and restarts."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.app import config
from drybulb.app.risk_block import LimitValues
from drybulb.errors import ConfigError
from tests.laws.whim import DAYS, WhimExchange
from tests.trading import at

SEEDS = st.integers(0, 2**32)


def _played(seed: int, *, restarts: float) -> None:
    """Three days of whatever happens: orders, fills, ends, payouts, restarts, and now and then a lifted halt."""
    random = Random(seed)  # noqa: S311 - a seeded exchange, not a secret
    exchange = WhimExchange(random)
    for day in DAYS:
        exchange.now = at("15:00", day)
        open_now = [book for book in exchange.books.values() if book.listing.opens_at <= exchange.now]
        for _ in range(16):
            book = random.choice(open_now)
            sent = random.choice(list(book.working.values())) if book.working else None
            if sent is None or random.random() < 0.5:
                exchange.show(book)
            elif sent.has_ended or random.random() < 0.7:
                exchange.fill(book, sent)
            else:
                exchange.end(book, sent)
            if random.random() < restarts:
                exchange.restart()
        exchange.now = at("14:00", day + timedelta(days=1))
        for book in [book for book in open_now if book.listing.event.day > day]:
            exchange.show(book)
        for book in [book for book in open_now if book.listing.event.day == day]:
            exchange.settle(book)
            if random.random() < restarts:
                exchange.restart()
        if random.random() < 0.3:
            exchange.lift()


@settings(max_examples=60)
@given(SEEDS)
def test_no_limit_is_ever_exceeded(seed: int) -> None:
    """Whatever is proposed, made, taken, asked back, ended late or rejected, no limit is exceeded whoever wins."""
    _played(seed, restarts=0.0)


@settings(max_examples=20)
@given(SEEDS)
def test_no_restart_forgets_what_is_at_risk(seed: int) -> None:
    """Made again from its journal after any record, a desk has the same orders, positions, cash, losses and halt."""
    _played(seed, restarts=0.2)


def test_no_limit_is_set_above_the_operators_cap() -> None:
    """A limit may be its cap and no more, whichever limit it is."""
    caps = config.load().caps
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drybulb.toml"
        for name in LimitValues.model_fields:
            cap = getattr(caps, name)
            for limit in (cap, cap + 1):
                file.write_text(f"[risk]\n{name} = {limit}\n", encoding="utf-8")
                assert _is_allowed(file) == (limit == cap), f"[risk] {name} = {limit} with a cap of {cap}"


def _is_allowed(file: Path) -> bool:
    try:
        config.load(file)
    except ConfigError:
        return False
    return True
