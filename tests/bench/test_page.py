"""docs/en/performance.md is what the kept results give, and names those whose code has changed."""

import json

import pytest

from tests.bench import code, page, results


def test_the_page_is_made_of_the_kept_results():
    """Otherwise: `python -m tests.bench page`."""
    found = results.read()
    assert page.PAGE.read_text(encoding="utf-8") == page.text_of(found, old=code.old_parts(found))


@pytest.mark.parametrize("name", ["drawn", "questions"])
def test_a_seed_on_the_page_can_be_pasted(name):
    """`--seed 1,796,211,686` is none."""
    found = results.read()

    assert str(found[name]["seed"]) in page.PAGE.read_text(encoding="utf-8")
    assert f"{found[name]['seed']:,}" not in page.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(results.read()))
def test_a_kept_result_names_date_commit_and_command(name):
    found = results.read()[name]

    assert name in results.NAMES
    assert found["command"].startswith(f"python -m tests.bench {name}")
    assert {"date", "commit", "machine"} <= found.keys()
    assert "/tmp" not in json.dumps(found)


def a_racer(ready_after, **figures):
    return {"ready": ready_after[-1][0], "ready_after": ready_after, "makespan_s": ready_after[-1][1], **figures}


def test_of_a_race_only_the_times_that_are_compared_are_kept():
    own = a_racer([[1, 10.0], [2, 11.0], [4, 12.0], [5, 14.0]], said="/tmp/somewhere")
    race = {"bascule": own, "script": a_racer([[3, 20.0]])}

    kept = results.trimmed("peers", {"twins": {"local-16": {"script": race}}})["twins"]["local-16"]["script"]

    assert kept["bascule"] == {"ready": 5, "makespan_s": 14.0, "ready_after": [[3, 12.0], [5, 14.0]]}
    assert kept["script"] == {"ready": 3, "makespan_s": 20.0}
