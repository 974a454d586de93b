"""How a belief came about: S, what the hazards made of it, and which features moved the mean by how much.

Pure: one row of the snapshot frame and the models that spoke about it go in, values come out. The parts of the change
of the mean, with the stated remainder, sum to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from drybulb.errors import ModelError
from drybulb.forecast.contributions import Moved, moved
from drybulb.forecast.corrected import Correction, Member
from drybulb.forecast.features import GROUPS
from drybulb.forecast.features.table import Table
from drybulb.forecast.hazards import hazards_of
from drybulb.forecast.model import GRID, Floats
from drybulb.forecast.outlines import Outline
from drybulb.forecast.structural import Structural
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA

_THRESHOLD, _ANCHOR = "threshold", "S"
"""Groups of the features that no group function makes: where a degree lies, and what S says there."""

_DIFFERENCE, _ANCHOR_NAME = "degree_minus_", "anchor"
"""How the names of those features begin, and what those of S have in them."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A model that spoke in a belief.

    Attributes:
        source: ``global``, ``city`` or ``S``.
        id: identity of the stored model.
        share: of the belief, 0 … 1.
        structural: its S.
        correction: what it makes of it; None for S itself.
    """

    source: str
    id: str
    share: float
    structural: Structural
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """What one hazard of a voice makes of S.

    Attributes:
        name: ``H0`` or ``H1``.
        share: of the belief, 0 … 1.
        said: its distribution.
        change: of the mean of S [°F].
        constant: the part of it that it says whatever the features are [°F].
        offset: the part of it by not starting from S's log odds; 0 for H1, which does [°F].
    """

    name: str
    share: float
    said: Outline
    change: float
    constant: float
    offset: float


@dataclass(frozen=True, slots=True)
class VoiceSaid:
    """What one model said.

    Attributes:
        source: ``global``, ``city`` or ``S``.
        id: identity of the stored model.
        share: of the belief, 0 … 1.
        basis: what its S stood on.
        of_s: its S.
        said: its distribution.
        taken: share of its hazards' changes that is taken at this hour, 0 … 1; None for S itself.
        members: its hazards that spoke.
    """

    source: str
    id: str
    share: float
    basis: str
    of_s: Outline
    said: Outline
    taken: float | None
    members: tuple[MemberSaid, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature did to the mean.

    Attributes:
        feature: its name.
        group: of the feature.
        value: of the feature; of one that is measured from a degree, the temperature it is measured to. None: unknown.
        change: of the mean [°F].
    """

    feature: str
    group: str
    value: float | None
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """How the distribution of S became that of the belief.

    ``belief mean − S mean = Σ contributions + constant + offset + remainder``

    Attributes:
        s: distribution of S, of several voices by their shares, shape (201,).
        belief: distribution of the belief, shape (201,).
        voices: who spoke.
        contributions: of each feature, the greatest first.
        constant: what the hazards say whatever the features are [°F].
        offset: what H0 does by not starting from S [°F].
        remainder: what is left of the change of the mean: rounding, and what the sum along the way misses [°F].
    """

    s: Floats
    belief: Floats
    voices: tuple[VoiceSaid, ...]
    contributions: tuple[Contribution, ...]
    constant: float
    offset: float
    remainder: float

    @property
    def change(self) -> float:
        """Of the mean, from S to the belief [°F]."""
        return float(GRID @ (self.belief - self.s))

    def groups(self) -> dict[str, float]:
        """Contributions summed by group, the greatest first [°F]."""
        found: dict[str, float] = {}
        for one in self.contributions:
            found[one.group] = found.get(one.group, 0.0) + one.change
        return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """A voice asked about the row.

    Attributes:
        s: distribution of its S, shape (201,).
        belief: its distribution, shape (201,).
        said: both outlined, with its members.
        parts: what each member does to the mean of S, with the member's share of the belief.
        facts: group and value of each feature of the members.
    """

    s: Floats
    belief: Floats
    said: VoiceSaid
    parts: tuple[tuple[float, Moved], ...]
    facts: dict[str, tuple[str, float | None]]


def explain(row: pl.DataFrame, voices: Sequence[Voice]) -> Explanation:
    """Take a belief apart.

    Args:
        row: one row of the snapshot frame.
        voices: who spoke about it; their shares sum to 1.

    Raises:
        ModelError: no voice, more than one row, or a voice that is silent about it.
    """
    if row.height != 1 or not voices:
        asked = f"{row.height} rows and {len(voices)} voices"
        raise ModelError(f"{asked} cannot be explained; give one row that somebody spoke about")
    heard = [_hear(voice, row) for voice in voices]
    s = np.sum([voice.share * one.s for voice, one in zip(voices, heard, strict=True)], axis=0)
    belief = np.sum([voice.share * one.belief for voice, one in zip(voices, heard, strict=True)], axis=0)
    parts = [part for one in heard for part in one.parts]
    facts = {name: fact for one in heard for name, fact in one.facts.items()}
    changes = {name: sum(share * part.features.get(name, 0.0) for share, part in parts) for name in facts}
    ordered = sorted(facts, key=lambda name: -abs(changes[name]))
    constant = sum(share * part.constant for share, part in parts)
    offset = sum(share * part.offset for share, part in parts)
    return Explanation(
        s=s,
        belief=belief,
        voices=tuple(one.said for one in heard),
        contributions=tuple(Contribution(name, *facts[name], changes[name]) for name in ordered),
        constant=constant,
        offset=offset,
        remainder=float(GRID @ (belief - s)) - sum(changes.values()) - constant - offset,
    )


def _hear(voice: Voice, row: pl.DataFrame) -> _Heard:
    anchor = voice.structural.predict(row)
    if not anchor.available[0]:
        raise ModelError(f"{voice.source} {voice.id} is silent here ({anchor.reason[0]}); there is nothing to explain")
    s, belief = anchor.pmf[0], anchor.pmf[0]
    members: list[Member] = []
    groups: dict[str, str] = {}
    taken = 0.0
    if voice.correction is not None:
        taken = float(voice.correction.shares.at(row)[0])
        belief = voice.correction.apply(row, anchor.pmf)[0]
        members = [one for one in voice.correction.members(row, anchor.pmf) if one.speaks[0]]
        groups = _groups(voice.correction)
    outline = Outline.of(s)
    share = voice.share / max(len(members), 1)
    parts = [moved(member, hazards_of(anchor.pmf)[0], taken) for member in members]
    outlines = [Outline.of(part.pmf) for part in parts]
    said = tuple(
        MemberSaid(member.hazard.rules.name, share, one, one.mean - outline.mean, part.constant, part.offset)
        for member, one, part in zip(members, outlines, parts, strict=True)
    )
    return _Heard(
        s=s,
        belief=belief,
        said=VoiceSaid(
            source=voice.source,
            id=voice.id,
            share=voice.share,
            basis=anchor.reason[0],
            of_s=outline,
            said=Outline.of(belief),
            taken=None if voice.correction is None else taken,
            members=said,
        ),
        parts=tuple((share, part) for part in parts),
        facts={name: fact for member in members for name, fact in _facts(member, groups).items()},
    )


def _groups(correction: Correction) -> dict[str, str]:
    """Group of each feature that belongs to a row."""
    nothing = Table.of(pl.DataFrame(schema=SNAPSHOT_SCHEMA), correction.normals, correction.sources)
    return {feature: name for name, group in GROUPS.items() for feature in group(nothing)}


def _facts(member: Member, groups: Mapping[str, str]) -> dict[str, tuple[str, float | None]]:
    """Group and value of each feature of a hazard; of a difference from the degree, what is taken from it."""
    with_anchor = member.hazard.rules.from_anchor
    # At 0 °F a difference from the degree is the temperature with its sign turned; S's log odds have no one value.
    unknown = np.array([np.nan]) if with_anchor else None
    values = member.features.at_degrees(np.array([0]), np.array([0.0]), unknown)[0]
    found = {}
    for name, value in zip(member.hazard.columns, values, strict=True):
        is_difference = name.startswith(_DIFFERENCE)
        own = _ANCHOR if _ANCHOR_NAME in name else _THRESHOLD
        shown = None if np.isnan(value) else float(-value if is_difference else value)
        found[name] = (groups.get(name, own), shown)
    return found
