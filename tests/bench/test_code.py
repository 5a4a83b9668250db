"""L7: a figure whose code has changed since is old, and meets no target."""

import pytest

from tests.bench import code, page, results
from tests.bench.verdicts import verdicts_of

BEFORE = '"""Words."""\n\n\ndef answer():\n    """More words."""\n    return 41  # why\n'


def digest_of(folder, text):
    folder.mkdir()
    (folder / "module.py").write_text(text)
    return code.digest([folder / "module.py"])


@pytest.mark.parametrize(
    ("after", "same"),
    [
        (BEFORE.replace("words", "other words").replace("why", "because"), True),
        (BEFORE.replace("\n\n\n", "\n"), True),
        (BEFORE.replace("41", "42"), False),
        (BEFORE.replace("answer", "reply"), False),
    ],
    ids=["words", "places", "a figure", "a name"],
)
def test_what_a_file_does_is_hashed_and_not_its_words(tmp_path, after, same):
    assert (digest_of(tmp_path / "before", BEFORE) == digest_of(tmp_path / "after", after)) is same


def test_a_part_is_measured_with_all_that_it_imports_or_starts():
    assert {"provisioner.pacing.limits", "provisioner.twin.twin", "tests.bench.virtual"} <= code.modules_of("virtual")
    assert "provisioner.cli.people.person" not in code.modules_of("virtual")
    assert {"provisioner.cli.people.person", "tests.bench.served"} <= code.modules_of("daemon")
    assert "tests.bench.faults.run" in code.modules_of("faults")


def test_each_part_has_modules_and_each_module_a_file():
    for part in results.NAMES:
        modules = code.modules_of(part)
        assert len(modules) > 10, part
        assert all(code.file_of(module).is_file() for module in modules), part


def test_a_result_without_a_hash_or_with_another_is_old():
    found = {"virtual": {"code": code.hash_of("virtual")}, "growth": {"code": "0" * 16}, "scrape": {}}

    assert code.old_parts(found) == {"growth", "scrape"}


@pytest.mark.parametrize(("old", "word"), [(frozenset(), "met"), (frozenset({"growth"}), "met"), (frozenset({"fits"}), "old")])
def test_an_old_figure_is_neither_met_nor_missed(old, word):
    row = {"people": 100, "right": True, "so_many_in_time": True, "more_is_too_many": True}
    found = {"fits": {"rows": [row], "command": "python -m tests.bench fits"}}

    assert [verdict.word for verdict in verdicts_of(found, old=old) if verdict.part == "fits"] == [word]


def test_the_page_says_of_which_parts_the_code_has_changed():
    found = results.read()
    text = page.text_of(found, old=frozenset(found))

    assert "| met |" not in text
    assert "| MISSED |" not in text
    assert text.count("**Old: the code that it ran has changed since.**") == len(found)
