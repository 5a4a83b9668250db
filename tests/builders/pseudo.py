"""A pseudo-language: each letter of a translated text has a dot below. A text without dots was not translated.

Names, values, text in backticks and words that begin with `--` are the same in every language.
"""

import gettext
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from provisioner.cli.app import run
from provisioner.cli.times import site_clock
from provisioner.reasons.reason import BETWEEN
from provisioner.reasons.table import table
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import label, use_catalogue
from provisioner.texts.words import ARGUMENTS, SHOWN
from tests.builders.cli import Ended, bascule

DOT = "\u0323"
_KEPT = re.compile(r"(\{[^}]*\}|`[^`]*`|\[/?[a-z]*\]|--?[a-z][a-z-]*)")
_CONTEXTS = {*table(), *BETWEEN, *ARGUMENTS, *(kind.__name__ for kind in SHOWN)}
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z\u0323][A-Za-z\u0323]+")


def dotted(text: str) -> str:
    """As a translation of it: placeholders and commands stay."""
    parts = _KEPT.split(text)
    return "".join(
        part if number % 2 else _LATIN.sub(lambda letter: letter[0] + DOT, part) for number, part in enumerate(parts)
    )


class Pseudo(gettext.NullTranslations):
    """The catalogue."""

    def gettext(self, message: str) -> str:
        """Every text has a translation."""
        return dotted(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """English forms."""
        return dotted(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """The same in every context that a catalogue can have; of arguments that are words of the model, these words alone."""
        assert context in _CONTEXTS, f"{context} is not a context: a type of words belongs into texts.words.SHOWN"
        return dotted(message) if context not in ARGUMENTS or message in map(label, ARGUMENTS[context]) else message

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """As both."""
        return self.pgettext(context, msgid1 if n == 1 else msgid2)


def pseudo(*words: str, **environment: str) -> Ended:
    """Run a command with all texts translated."""
    return bascule(*words, run=_run, **environment)


@contextmanager
def speaking_pseudo() -> Iterator[None]:
    """Texts are in this language for as long."""
    use_catalogue(Pseudo())
    try:
        yield
    finally:
        use_catalogue(catalogue_of(ENGLISH))


def _run(words: Sequence[str]) -> None:
    with speaking_pseudo():
        run(words)


def untranslated(text: str, *, names: Iterable[str] = ()) -> list[str]:
    """The words of two letters and more without a dot that are none of these names, nor in backticks, nor an option, nor the
    site's zone."""
    plain = _KEPT.sub(" ", text).replace(site_clock().name(0.0), " ")
    for name in sorted(names, key=len, reverse=True):
        plain = plain.replace(name, " ")
    return [word for word in _WORD.findall(plain) if DOT not in word]
