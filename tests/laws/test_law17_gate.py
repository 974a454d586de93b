"""Law 17: no model is served that is degenerate, thin, worse than S, broken, out of date or from the future."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import MANIFEST, MODEL, ModelManifest
from drybulb.app import roster
from drybulb.app.roster import Roster
from drybulb.forecast import artefact
from drybulb.forecast.grown import Grown
from tests.unit.forecast.small_models import ASKING, CITY, STUMPS, WILD, moved, small_models, store

#: Grown when the module is read, before any defect is planted.
SOUND = small_models()[CITY]
_STUMPS = small_models(STUMPS, is_taken_whole=True)[CITY]
_SURE = small_models((replace(WILD[0], learning_rate=3.0),), is_taken_whole=True)[CITY]

#: A fit that is sure of everything, with the card of a sound one.
LYING = Grown(replace(_SURE.card, degenerate=(), scores=SOUND.card.scores), _SURE.model)

#: What is wrong with each, and how the sentence begins that says so.
UNFIT = {
    "degenerate": (_STUMPS, "It was found degenerate when it was trained – H1 says what S says: "),
    "sure": (LYING, "It does not answer to what it is told – KMIA: at ten in the morning it thinks only 1 degrees "),
    "thin": (small_models(events=50)[CITY], "It was trained on 50 events; 100 are needed."),
    "worse than S": (small_models(WILD, is_taken_whole=True)[CITY], "Out of fold, on 120 events, its log score is 0.8"),
}

#: A training this many days before is the next in line.
BEFORE = -30

AT = SOUND.card.last_known_at
_INSTANT = timedelta(microseconds=1)
_OLDEST = timedelta(days=ASKING.training.max_model_age_days)


def _seated(found: Roster) -> str | None:
    """Id of the model that speaks for Miami."""
    assert found.global_ is None
    assert set(found.cities) <= {"miami"}
    return found.cities["miami"].id if found.cities else None


def _reasons(found: Roster, stored: ModelManifest) -> list[str]:
    assert {refusal.name for refusal in found.refused} <= {CITY}
    return [refusal.reason for refusal in found.refused if refusal.id == stored.id]


def test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks() -> None:
    """Each unfit model is refused with its own sentence; an older sound one speaks, and where there is none, nobody."""
    for kind, (unfit, words) in UNFIT.items():
        for older in ([moved(SOUND, BEFORE)], []):
            with tempfile.TemporaryDirectory() as folder:
                lake = Lake(folder)
                refused, *sound = store(lake, [unfit, *older])
                found = roster.load_roster(lake, ASKING, AT)
                assert any(reason.startswith(words) for reason in _reasons(found, refused)), kind
                assert _seated(found) == (sound[0].id if sound else None), kind
                assert len(found.refused) == len(_reasons(found, refused)), kind


def test_a_flipped_byte_anywhere_is_refused_unread() -> None:
    """A model of which one byte is another is never parsed; it is refused by the name of the file."""
    for file in (MODEL, "H0.txt", "H1.txt"):
        for share in (0.0, 0.3, 1.0):
            with tempfile.TemporaryDirectory() as folder:
                lake = Lake(folder)
                broken, sound = store(lake, [SOUND, moved(SOUND, BEFORE)])
                _flip(lake.path / "registry" / CITY / broken.id / file, share)
                with mock.patch.object(artefact, "from_artefact", wraps=artefact.from_artefact) as parsed:
                    found = roster.load_roster(lake, ASKING, AT)
                assert _seated(found) == sound.id
                (reason,) = _reasons(found, broken)
                assert f"{broken.id}/{file}: SHA-256 " in reason
                assert parsed.call_count == 1


def test_a_manifest_that_makes_a_model_younger_is_refused() -> None:
    """A model whose manifest gives other instants than its card is refused, whatever they let it do."""
    for what in ("until", "last_known_at"):
        with tempfile.TemporaryDirectory() as folder:
            lake = Lake(folder)
            (changed,) = store(lake, [SOUND])
            file = lake.path / "registry" / CITY / changed.id / MANIFEST
            instant = getattr(SOUND.card, what).isoformat()
            earlier = (getattr(SOUND.card, what) - timedelta(days=1)).isoformat()
            file.write_text(file.read_text().replace(f'"{what}": "{instant}"', f'"{what}": "{earlier}"'))
            found = roster.load_roster(lake, ASKING, AT)
            assert _seated(found) is None
            assert "its card" in " ".join(_reasons(found, changed))


def test_a_model_speaks_from_what_it_knows_until_it_is_out_of_date() -> None:
    """It speaks from ``last_known_at`` to ``max_model_age_days`` after ``until``, not a microsecond before or after."""
    last = SOUND.card.until + _OLDEST
    asked: list[tuple[datetime, str | None]] = [
        (AT - _INSTANT, "It is from the future: "),
        (AT, None),
        (last, None),
        (last + _INSTANT, "It is out of date: "),
    ]
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        (stored,) = store(lake, [SOUND])
        for at, words in asked:
            found = roster.load_roster(lake, ASKING, at)
            assert _seated(found) == (stored.id if words is None else None), at
            assert [reason.startswith(str(words)) for reason in _reasons(found, stored)] == [True] * bool(words), at


def test_a_model_of_the_future_leaves_its_seat_to_the_newest_of_the_past() -> None:
    """Of three trainings the newest that may speak is seated, whatever was trained later."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        later, now, _ = store(lake, [moved(SOUND, 30), SOUND, moved(SOUND, BEFORE)])
        found = roster.load_roster(lake, ASKING, AT)
        assert _seated(found) == now.id
        assert [refusal.id for refusal in found.refused] == [later.id]


def _flip(file: Path, share: float) -> None:
    """Change the last bit of one byte, ``share`` of the way through a file."""
    content = bytearray(file.read_bytes())
    content[round(share * (len(content) - 1))] ^= 1
    file.write_bytes(bytes(content))
