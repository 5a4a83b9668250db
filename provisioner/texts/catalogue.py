"""A catalogue of translations, as gettext looks texts up in it."""

import gettext
import io
from functools import cache
from importlib.resources import files
from typing import Protocol

from provisioner.texts.language import ENGLISH


class Catalogue(Protocol):
    """What translates: Python's `gettext.NullTranslations`, and what it derives from."""

    def gettext(self, message: str, /) -> str:
        """The translation, else the message."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form for this number."""

    def pgettext(self, context: str, message: str, /) -> str:
        """A message whose translation depends on where it stands."""


@cache
def catalogue_of(language: str) -> Catalogue:
    """Of one of `LANGUAGES`. The file is compiled when it is read: 50 ms, and never out of date."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with (files("provisioner.texts") / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
