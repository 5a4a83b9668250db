"""Commands that are asked often, or in a hurry, load what they loaded."""

from pathlib import Path

import pytest

from tests.pins.loaded import loaded
from tests.pins.shown import GOLDENS


@pytest.mark.long
def test_commands_load_what_they_loaded(tmp_path: Path):
    """L9."""
    assert (GOLDENS / "loaded.txt").read_text(encoding="utf-8") == loaded(tmp_path), "on purpose? make pins"
