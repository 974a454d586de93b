"""Files of the repository that are written from the code: `python -m tests.meta.generated` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from drybulb.app.config import Config
from tests.meta import tables_page
from tests.meta.repository import ROOT

COMMAND = "python -m tests.meta.generated"


def config_schema() -> str:
    """The schema of `drybulb config --json`, from the classes of the configuration."""
    config = Config.model_json_schema(by_alias=False, mode="serialization")
    definitions = config.pop("$defs")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "drybulb/config/1",
        "title": "config/1",
        "description": "What `drybulb config --json` prints: the configuration in force.",
        "type": "object",
        "properties": {"schema": {"const": "config/1"}, "lake": {"type": "string"}, "config": config},
        "required": ["config", "lake", "schema"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


FILES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "reference" / "tables.md": lambda: tables_page.render(COMMAND),
    ROOT / "docs" / "reference" / "schemas" / "config.json": config_schema,
}

if __name__ == "__main__":
    for path, render in FILES.items():
        path.write_text(render(), encoding="utf-8")
