"""The cover of low cloud read from the body of a METAR."""

from __future__ import annotations

import polars as pl
import pytest

from drybulb.adapters.archive.observations import low_cover


@pytest.mark.parametrize(
    ("raw", "share"),
    [
        ("METAR KORD 040751Z 01014KT 10SM FEW014 SCT037 06/03 A3009 RMK AO2", 0.4375),
        ("METAR KORD 040951Z 01010KT 10SM FEW011 FEW034 FEW250 04/02 A3012 RMK AO2", 0.1875),
        ("SPECI KORD 041147Z 34007KT 10SM BKN009 04/02 A3017 RMK AO2 OVC050", 0.75),
        ("METAR KMIA 041153Z 09007KT 1/4SM FG VV002 24/24 A3000", 1.0),
        ("METAR KMIA 041153Z 09007KT 10SM OVC120 24/20 A3000", 1.0),
        ("METAR KMIA 041153Z 09007KT 10SM OVC130 24/20 A3000", 0.0),
        ("METAR KMIA 041153Z 09007KT 10SM CLR 24/20 A3000", 0.0),
        ("METAR KMIA 041153Z 09007KT 10SM BKN030CB 24/20 A3000", 0.75),
        ("METAR KMIA 041153Z 09007KT 10SM 24/20 A3000 RMK AO2 BKN V OVC", None),
        (None, None),
    ],
)
def test_the_thickest_layer_to_12000_ft_counts(raw: str | None, share: float | None) -> None:
    """Layers are in hundreds of feet; remarks are not read, clear is 0, and a report without a word of the sky null."""
    found = pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String}).select(low_cover(pl.col("raw"))).to_series()
    assert found.to_list() == [share]
