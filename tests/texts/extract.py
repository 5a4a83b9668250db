"""Extracts every shown text from the source, and updates the catalogues and docs/en/commands.md: `make texts`.

A new text has no translation until somebody writes it; a text that is no longer in the source is removed.
"""

import ast
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import provisioner
from monitors.alerting import texts as alert_texts
from provisioner.cli.app import whole_app
from provisioner.cli.framework import help_texts
from provisioner.reasons.reason import BETWEEN
from provisioner.reasons.table import table
from provisioner.texts.languages import ENGLISH, LANGUAGES
from provisioner.texts.translate import COUNTED, label
from provisioner.texts.words import ARGUMENTS, SHOWN
from tests.cli.command_pages import write_page

PRODUCT = Path(provisioner.__file__).parent
TEXTS = PRODUCT / "texts"
_NOT_NEEDED = re.compile(rb'^(#.*\n)+(?=msgid ""\n)|^"(Project|Report|POT|PO-|Last|Language-Team|Generated).*\n', re.MULTILINE)
"""Fields left out of the header: dates, which would change each time, and translators that do not exist."""
_FIRST, _EACH, _PLURAL = {"_", "N_"}, {"headings"}, {"plural"}
_MARKED = re.compile(rf"\b({'|'.join(_FIRST | _EACH | _PLURAL)})\(")
"""Most files have none, and need not be parsed."""


def template() -> Catalog:
    """All texts, without translations."""
    catalog = Catalog(fuzzy=False)
    for code, text in sorted(table().items()):
        catalog.add((text, text) if code in COUNTED else text, context=code)
    for code, between in BETWEEN.items():
        if between.strip(" ,\n"):
            catalog.add(between, context=code)
    for kind in SHOWN:
        for value in kind:
            catalog.add(label(value.value), context=kind.__name__)
    for argument, words in ARGUMENTS.items():
        for word in words:
            catalog.add(label(word), context=argument)
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(PRODUCT.rglob("*.py"))}
    for path in (path for path, text in sources.items() if _MARKED.search(text)):
        for message in in_source(ast.parse(sources[path])):
            catalog.add(message, locations=[(str(path.relative_to(PRODUCT)), None)])
    command = typer.main.get_command(whole_app())
    for owner, attribute in help_texts(command, typer.Context(command)):
        catalog.add(getattr(owner, attribute), auto_comments=["a help page"])
    for text in alert_texts():
        catalog.add(text, auto_comments=["an alert"])
    return catalog


def in_source(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """The messages that a module marks. Raises ValueError for a marked text that is not a literal: it cannot be translated."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id in _PLURAL:
            first, second = call.args[:2]
            yield _literal(first), _literal(second)
        elif call.func.id in _EACH:
            yield from filter(None, map(_literal, call.args))
        elif call.func.id in _FIRST and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp):
            yield _literal(call.args[0])


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"line {node.lineno}: a text to be translated is one literal, with {{names}} in it")


def catalogue(language: str) -> Catalog:
    """The catalogue in this file."""
    with (TEXTS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _untranslated(catalog: Catalog) -> int:
    return sum(not all(forms(message)) for message in catalog if message.id)


def forms(message: Message) -> Sequence[str]:
    """The translation: a single text, or a text for each plural form."""
    return message.string if isinstance(message.string, tuple) else (message.string or "",)


def main() -> None:
    """Update each catalogue, and the page of commands, which is made of help texts."""
    write_page()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = TEXTS / f"{language}.po"
        catalog = catalogue(language)
        catalog.update(template(), no_fuzzy_matching=True, update_header_comment=False)
        written = io.BytesIO()
        write_po(written, catalog, width=0, ignore_obsolete=True, include_lineno=False)
        path.write_bytes(_NOT_NEEDED.sub(b"", written.getvalue()))
        print(f"{path.name}: {len(catalog)} texts, {_untranslated(catalog)} without a translation")


if __name__ == "__main__":
    main()
