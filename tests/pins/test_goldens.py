"""Help pages, metrics, reasons and alerts are as they were."""

import pytest

from tests.pins.shown import GOLDEN, GOLDENS, PAGES, asked, help_page

HELP = (GOLDENS / "help.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", PAGES, ids=lambda words: " ".join(words) or "bascule")
def test_a_help_page_is_as_it_was(words: tuple[str, ...]):
    _, _, rest = HELP.partition(asked(words))

    assert rest.partition("$ bascule")[0] == help_page(words), "on purpose? make pins"


@pytest.mark.parametrize("name", sorted(GOLDEN.keys() - {"help.txt"}))
def test_what_programs_read_is_as_it_was(name: str):
    assert (GOLDENS / name).read_text(encoding="utf-8") == GOLDEN[name](), "on purpose? make pins"


def test_no_help_page_is_left_over():
    assert [line for line in HELP.splitlines(keepends=True) if line.startswith("$ ")] == [asked(words) for words in PAGES]
