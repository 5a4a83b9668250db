"""docs/en/metrics.md is what the daemon exports."""

import re
from pathlib import Path

import pytest

from monitors.catalogue import catalogue
from monitors.metric import Metric
from monitors.table import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "en" / "metrics.md"
NAMES = {row.name for row in TABLE}


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == catalogue(), "run `python -m monitors.catalogue`"


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.name} is in its expression") for row in TABLE])
def test_each_metric_has_an_expression_with_it(row: Metric):
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"bascule_[a-z_0-9]+", row.query)}

    assert row.name in named
    assert named <= NAMES
