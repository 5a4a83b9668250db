"""Which languages there are, and which of them is asked for."""

from collections.abc import Mapping, Sequence

from provisioner.errors import SettingsError
from provisioner.reasons.commands import UNKNOWN_LANGUAGE
from provisioner.reasons.reason import ALSO, join_reasons

ENGLISH = "en"
LANGUAGES = (ENGLISH, "fr")
OPTION = "--lang"
VARIABLE = "BASCULE_LANG"
_STANDARD = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""What gettext looks at, the first that is set."""


def split_language(arguments: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The value of `--lang`, wherever it stands before a `--`, and the other arguments.

    Raises SettingsError for a language that there is not.
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
    """From `BASCULE_LANG`, else as gettext does; English when it is a language that there is not.

    `LANGUAGE` is a list, `fr_FR:en`; the first that there is.
    """
    value = next((environment[name] for name in (VARIABLE, *_STANDARD) if environment.get(name)), ENGLISH)
    wanted = (name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in value.split(":"))
    return next((name for name in wanted if name in LANGUAGES), ENGLISH)


def _known(name: str) -> str:
    if name not in LANGUAGES:
        raise SettingsError(UNKNOWN_LANGUAGE(language=name, known=join_reasons(LANGUAGES, ALSO)))
    return name
