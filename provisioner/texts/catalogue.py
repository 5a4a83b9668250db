"""A catalogue of translations, as gettext looks texts up in it."""

import gettext
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from provisioner.texts.language import ENGLISH

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


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
    """Of one of `LANGUAGES`. The file is read each time: 50 ms, and never out of date."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    from babel.messages.pofile import read_po

    with (files("provisioner.texts") / f"{language}.po").open("rb") as file:
        return _Read(read_po(file))


class _Read(gettext.NullTranslations):
    """The catalogue as Babel has read it. To compile it for gettext's own class takes longer than to read it."""

    def __init__(self, catalog: "Catalog") -> None:
        super().__init__()
        self._form = gettext.c2py(catalog.plural_expr)
        self._texts = {(message.context, _first(message.id)): message.string for message in catalog if message.string}

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
        forms = self._texts.get((context, singular))
        return forms[self._form(number)] if isinstance(forms, tuple) else super().ngettext(singular, plural, number)

    def _text(self, context: str | None, message: str) -> str:
        text = self._texts.get((context, message), message)
        return text if isinstance(text, str) else text[self._form(1)]


def _first(message: "str | list[str] | tuple[str, ...]") -> str:
    return message if isinstance(message, str) else message[0]
