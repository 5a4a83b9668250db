"""Which language a command uses."""

import pytest

from provisioner.errors import SettingsError
from provisioner.texts.languages import language_of, split_language
from tests.builders.cli import bascule


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "fr_BE@euro"}, "fr"),
        ({"LANGUAGE": "de:fr_FR:en"}, "fr"),
        ({"LANGUAGE": "fr_FR:fr", "LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "en_GB:en", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "BASCULE_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "BASCULE_LANG": ""}, "fr"),
        ({"BASCULE_LANG": "fr-CA"}, "fr"),
    ],
)
def test_the_environment_says_it_as_for_any_other_command(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


@pytest.mark.parametrize(
    ("arguments", "language", "others"),
    [
        (["status", "--lang", "fr", "--json"], "fr", ("status", "--json")),
        (["--lang=fr", "status"], "fr", ("status",)),
        (["--lang", "en", "status", "--lang=fr"], "fr", ("status",)),
        (["status"], None, ("status",)),
        (["freeze", "--", "--lang", "de"], None, ("freeze", "--", "--lang", "de")),
        (["status", "--lang"], None, ("status", "--lang")),
    ],
)
def test_the_option_may_stand_anywhere(arguments: list[str], language: str | None, others: tuple[str, ...]) -> None:
    assert split_language(arguments) == (language, others)


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"unknown language 'de' \(available: en, fr\)"):
        split_language(["--lang=de"])
    assert (ended := bascule("status", "--lang", "de")).code == 2
    assert ended.err == "--lang: unknown language 'de' (available: en, fr)\n"


def test_an_option_without_its_value_is_typers_to_refuse() -> None:
    assert (ended := bascule("status", "--lang")).code == 2
    assert "--lang" in ended.said
