"""When a training kept in a folder is used again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bench.earned import SETTINGS
from bench.earned_models import Kept
from bench.models import TRIALS
from bench.trained import identity, is_noted, note, tables_digest
from drybulb.app import config

UNTIL = datetime(2024, 1, 1, 12, tzinfo=UTC)


def test_a_training_is_kept_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    """Another instant, city left out or setting of the training is another training; other threads are not."""
    stock = config.load()
    what = identity(tmp_path, stock, UNTIL)
    assert not is_noted(tmp_path, what)
    note(tmp_path, what)
    assert is_noted(tmp_path, what)

    def changed(**settings: int) -> config.Config:
        return stock.model_copy(update={"training": stock.training.model_copy(update=settings)})

    assert is_noted(tmp_path, identity(tmp_path, changed(threads=7), UNTIL))
    assert not is_noted(tmp_path, identity(tmp_path, changed(window_days=3000), UNTIL))
    assert not is_noted(tmp_path, identity(tmp_path, stock, UNTIL.replace(year=2025)))
    assert not is_noted(tmp_path, identity(tmp_path, stock, UNTIL, ["miami"]))


def test_what_no_training_reads_makes_no_other_training(tmp_path: Path) -> None:
    """How positions are sized changes no model."""
    stock = config.load()
    richer = stock.model_copy(update={"strategy": stock.strategy.model_copy(update={"bankroll_usd": 1.0})})
    assert identity(tmp_path, richer, UNTIL) == identity(tmp_path, stock, UNTIL)


def test_another_byte_of_a_table_is_another_lake(tmp_path: Path) -> None:
    """The digest is of contents and names."""
    digests = []
    for number, content in enumerate((b"one", b"two", b"one")):
        folder = tmp_path / str(number) / "official" / "KMIA"
        folder.mkdir(parents=True)
        (folder / "2024-01.parquet").write_bytes(content)
        digests.append(tables_digest(tmp_path / str(number)))
    assert digests[0] == digests[2] != digests[1]


def test_the_trainings_of_the_page_of_models_are_used_again(tmp_path: Path) -> None:
    """What the bench of the models trains is, by its stamp, what the page of what is reached asks for."""
    stock, locked = config.load(), config.load(SETTINGS)
    for trial in TRIALS:
        kept = Kept(trial.name, trial.until, settings=trial.settings)
        theirs = identity(tmp_path, trial.configured(stock), trial.until)
        assert identity(tmp_path, kept.configured(locked), kept.until, list(locked.city)) == theirs
