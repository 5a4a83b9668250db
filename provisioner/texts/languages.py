"""Which languages there are, which of them is asked for, and the catalogue of its translations, as gettext looks texts up in
it."""

import gettext
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

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
_LINES = r'".*"\n(?:".*"\n)*'
_ENTRY = re.compile(
    rf"^(?:msgctxt (?P<context>{_LINES}))?msgid (?P<id>{_LINES})"
    rf"(?:msgid_plural {_LINES})?(?P<texts>(?:msgstr(?:\[\d\])? {_LINES})+)",
    re.MULTILINE,
)
_FORM = re.compile(rf"msgstr(?:\[\d\])? ({_LINES})")
_PLURAL = re.compile(r"plural=([^;]+);")
_ESCAPED = re.compile(r"\\(.)")
_CHARS = {"n": "\n", "t": "\t", "r": "\r"}


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


class Catalogue(Protocol):
    """What translates: Python's `gettext.NullTranslations`, and what it derives from."""

    def gettext(self, message: str, /) -> str:
        """The translation, else the message."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form for this number."""

    def pgettext(self, context: str, message: str, /) -> str:
        """A message whose translation depends on where it stands."""

    def npgettext(self, context: str, singular: str, plural: str, number: int, /) -> str:
        """Both: the form for this number, by where it stands."""


@cache
def catalogue_of(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    return catalogue_in(Path(__file__).with_name(f"{language}.po"))


def catalogue_in(file: Path) -> Catalogue:
    """English, if it cannot be read: no command is out of reach because of its language."""
    try:
        return _Read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError):
        return gettext.NullTranslations()


class _Read(gettext.NullTranslations):
    """The catalogue as `make texts` writes it. To load what reads any such file takes longer than a command has.

    A text is made readable when it is asked for.
    """

    def __init__(self, content: str) -> None:
        super().__init__()
        entries = ((found["context"], found["id"], found["texts"]) for found in _ENTRY.finditer(content))
        self._written = {(_read(context or "") or None, _read(text)): texts for context, text, texts in entries}
        form = _PLURAL.search(self._written[None, ""])
        if form is None:
            raise ValueError("no plural forms")
        self._form = gettext.c2py(form[1])

    def gettext(self, message: str, /) -> str:
        """The translation, else the message."""
        return self._text(None, message)

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form for this number."""
        return self._forms(None, singular, plural, number)

    def pgettext(self, context: str, message: str, /) -> str:
        """A message whose translation depends on where it stands."""
        return self._text(context, message)

    def npgettext(self, context: str, singular: str, plural: str, number: int, /) -> str:
        """Both: the form for this number, by where it stands."""
        return self._forms(context, singular, plural, number)

    def _forms(self, context: str | None, singular: str, plural: str, number: int) -> str:
        forms = self._texts(context, singular)
        form = forms[self._form(number)] if len(forms) > 1 else ""
        return form or super().ngettext(singular, plural, number)

    def _text(self, context: str | None, message: str) -> str:
        forms = self._texts(context, message)
        return forms[self._form(1) if len(forms) > 1 else 0] or message if forms else message

    def _texts(self, context: str | None, message: str) -> list[str]:
        return [_read(each) for each in _FORM.findall(self._written.get((context, message), ""))]


def _read(lines: str) -> str:
    """The text of lines in quotation marks."""
    text = lines[1:-2] if lines.count("\n") < 2 else "".join(line[1:-1] for line in lines.splitlines())
    return _ESCAPED.sub(lambda found: _CHARS.get(found[1], found[1]), text) if "\\" in text else text
