"""JSON schemas for editors: `python -m provisioner.settings.schemas [folder]` rewrites config/schema/.

Keys missing in the example profile are added to it, commented out with their defaults.
"""

import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.settings.calendar import CalendarKeys
from provisioner.settings.checking import Document
from provisioner.settings.documents import BasculeKeys
from provisioner.settings.profile import ProfileKeys
from provisioner.settings.scenario_documents import ScenarioKeys
from provisioner.settings.twin_documents import TwinKeys

DOCUMENTS: dict[str, type[Document]] = {
    "bascule": BasculeKeys,
    "calendar": CalendarKeys,
    "profile": ProfileKeys,
    "scenario": ScenarioKeys,
    "twin": TwinKeys,
}
"""The model of each kind of file, by the name of its schema."""
FOLDER = Path("config/schema")
_EXAMPLE = Path("config/profiles/standard.yaml")


def schema_texts() -> Iterator[tuple[str, str]]:
    """The name and the content of every schema file."""
    for name, document in DOCUMENTS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document.model_json_schema()}
        schema["title"] = f"Bascule: {name}"
        yield f"{name}.schema.json", json.dumps(_plain(schema), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_texts():
        (folder / name).write_text(text, encoding="utf-8")


def complete_example(example: str, document: type[Document]) -> str:
    """The example with every optional key that it lacks."""
    for key, field in document.model_fields.items():
        if not field.is_required() and not re.search(rf"\b{key}:", example):
            text = textwrap.fill(field.description or "", 120, initial_indent="# ", subsequent_indent="# ")
            example += f"\n{text}\n#{key}: {json.dumps(field.default)}\n"
    return example


def _plain(node: Any, *, names: bool = False) -> Any:
    """The schema without the titles that pydantic derives from names: editors show them instead of the description."""
    if isinstance(node, dict):
        entries = {key: value for key, value in node.items() if names or key != "title" or "$schema" in node}
        return {key: _plain(value, names=key in ("properties", "$defs") and not names) for key, value in entries.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    _EXAMPLE.write_text(complete_example(_EXAMPLE.read_text(encoding="utf-8"), ProfileKeys), encoding="utf-8")
