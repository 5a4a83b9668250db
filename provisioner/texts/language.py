"""Which languages there are, and which of them is asked for."""

from collections.abc import Mapping, Sequence

from provisioner.errors import SettingsError
from provisioner.reasons.commands import UNKNOWN_LANGUAGE
from provisioner.reasons.reason import ALSO, join_reasons

ENGLISH = "en"
LANGUAGES = (ENGLISH, "fr")
DECIMAL_SIGNS = {ENGLISH: ".", "fr": ","}
OPTION = "--lang"
VARIABLE = "BASCULE_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set is the locale of messages."""


def split_language(arguments: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The value of `--lang`, wherever it stands before a `--`, and the other arguments.

    Raises SettingsError for an unknown language.
    """
    asked, others, position = None, list[str](), 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            others += arguments[position:]
            break
        if word == OPTION and position + 1 < len(arguments):
            asked = _known(arguments[position + 1])
            position += 1
        elif word.startswith(f"{OPTION}="):
            asked = _known(word.removeprefix(f"{OPTION}="))
        else:
            others.append(word)
        position += 1
    return asked, tuple(others)


def language_of(environment: Mapping[str, str]) -> str:
    """From `BASCULE_LANG`, else as GNU gettext does; English where there is no translation.

    `LANGUAGE` is a list (`fr_FR:en`), and the first known language counts. It is ignored in the locale C, so that
    `LC_ALL=C bascule …` is English everywhere.
    """
    locale = _first(environment, _LOCALE)
    plain = locale.split(".")[0] in ("C", "POSIX")
    value = environment.get(VARIABLE) or (not plain and environment.get("LANGUAGE")) or locale
    wanted = (name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in value.split(":"))
    return next((name for name in wanted if name in LANGUAGES), ENGLISH)


def _first(environment: Mapping[str, str], names: Sequence[str]) -> str:
    return next((environment[name] for name in names if environment.get(name)), ENGLISH)


def _known(name: str) -> str:
    if name not in LANGUAGES:
        raise SettingsError(UNKNOWN_LANGUAGE(language=name, known=join_reasons(LANGUAGES, ALSO)))
    return name
