"""Markouts on a page: what the price did after our fills."""

from __future__ import annotations

from collections.abc import Sequence

from drybulb.app.reporting import pictures
from drybulb.app.reporting.documents import MarkoutDocument, MarkoutRow
from drybulb.app.reporting.parts import Picture, Table
from drybulb.app.reporting.sentences import ALL, HORIZONS, LEADS, city_name, counted, listed, signed, span


def _named(horizon: str) -> str:
    return HORIZONS.get(horizon, horizon).removesuffix(" after a fill").replace(" min", "\u00a0min")


def _who(row: MarkoutRow) -> str:
    where = "All cities" if row.city == ALL else city_name(row.city)
    return f"{where}, {'both days' if row.lead == ALL else LEADS[int(row.lead)]}"


def _cell(row: MarkoutRow | None) -> str:
    """A mean, below it its interval and of how many fills it is: not every fill finds a price."""
    if row is None or row.mean_cents is None:
        return "–"
    interval = [] if row.ci90 is None else [span(row.ci90, 2)]
    return "\n".join((signed(row.mean_cents, 2), *interval, counted(row.fills, "fill")))


def _parts(rows: Sequence[MarkoutRow]) -> dict[str, dict[str, MarkoutRow]]:
    """Rows by part of the run and horizon, all cities first."""
    ordered = sorted(rows, key=lambda row: (row.city != ALL, row.city, row.lead != ALL, -_number(row)))
    parts: dict[str, dict[str, MarkoutRow]] = {}
    for row in ordered:
        parts.setdefault(_who(row), {})[row.horizon] = row
    return parts


def _number(row: MarkoutRow) -> int:
    return -1 if row.lead == ALL else int(row.lead)


def markout_tables(found: MarkoutDocument) -> tuple[Table, Table]:
    """Return the means of all cities by lead, and those of each city."""
    everywhere = [row for row in found.rows if row.city == ALL]
    each = [row for row in found.rows if row.city != ALL]
    named = "[¢ a contract]"
    return _table(f"Markouts by lead {named}", everywhere, found), _table(f"Markouts by city {named}", each, found)


def _table(caption: str, of: Sequence[MarkoutRow], found: MarkoutDocument) -> Table:
    """Return the means of parts of a run; their fills and contracts are those of the horizon that has most."""
    rows = []
    for who, at in _parts(of).items():
        most = max(at.values(), key=lambda row: row.fills)
        cells = (_cell(at.get(horizon)) for horizon in found.horizons)
        rows.append([who, f"{most.fills:,}", f"{most.contracts:,.0f}", *cells])
    names = ("", "fills", "contracts", *(_named(horizon) for horizon in found.horizons))
    return Table(caption, names, rows)


def markout_picture(found: MarkoutDocument) -> Picture | None:
    """Return the markouts of all cities, a mark a lead, if a fill was marked."""
    rows = [row for row in found.rows if row.city == ALL and row.mean_cents is not None]
    leads = sorted({row.lead for row in rows}, key=str, reverse=True)
    if not rows:
        return None
    curves = [_curve("both days" if lead == ALL else LEADS[int(lead)], rows, lead, found.horizons) for lead in leads]
    places = [_named(horizon) for horizon in found.horizons]
    what = "markout [¢ a contract]"
    return Picture.drawn(
        f"Markouts {listed(places)}, all cities: how far the price had moved our way; bars are 90 % intervals.",
        lambda width: pictures.around_zero(places, curves, what=what, width=width, name=f"markouts{width}"),
    )


def _curve(name: str, rows: Sequence[MarkoutRow], lead: int | str, horizons: Sequence[str]) -> pictures.Curve:
    at = {row.horizon: row for row in rows if row.lead == lead}
    found = [at.get(horizon) for horizon in horizons]
    return pictures.Curve(
        name,
        [None if row is None else row.mean_cents for row in found],
        [None if row is None else row.ci90 for row in found],
    )
