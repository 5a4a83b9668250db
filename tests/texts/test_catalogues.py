"""Each catalogue has every text, and a translation uses only the placeholders of its text."""

import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

from provisioner.reasons import steps, targets
from provisioner.reasons.reason import ALL, BETWEEN, join_reasons
from provisioner.reasons.table import table
from provisioner.texts.languages import ENGLISH, LANGUAGES, catalogue_in, catalogue_of
from provisioner.texts.translate import ARGUMENT_NAMES, COUNTED, translated, use_catalogue
from provisioner.texts.words import ARGUMENTS, SHOWN
from tests.texts.extract import catalogue, forms, template

_COMMANDS = re.compile(r"`[^`]*`")
_FRENCH_SPACE = re.compile(r" [:;?!%»]|« |\w[;?!](?=\s|$)|\w:(?=\s)")
"""A space that breaks, or none, where French typography has one that does not."""
Placeholder = tuple[str, str, str]


@pytest.fixture(params=[language for language in LANGUAGES if language != ENGLISH])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """The catalogue of each language except English."""
    return catalogue(request.param)


@pytest.fixture
def _french() -> Iterator[None]:
    use_catalogue(catalogue_of("fr"))
    yield
    use_catalogue(catalogue_of(ENGLISH))


def test_a_catalogue_translates_as_gettext_itself_does(catalog: Catalog) -> None:
    """F18: ours is not compiled first."""
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    own, ours = gettext.GNUTranslations(compiled), catalogue_of(str(catalog.locale))
    ids = [(message.context or "", message.id) for message in catalog if message.id]
    texts = [(context, *((each,) if isinstance(each, str) else each)) for context, each in ids]

    for context, first, *more in [*texts, ("", "no text of ours"), ("phase", "no text of ours")]:
        assert ours.gettext(first) == own.gettext(first)
        assert ours.pgettext(context, first) == own.pgettext(context, first)
        for number in (0, 1, 2, 5):
            assert ours.ngettext(first, (more or [first])[0], number) == own.ngettext(first, (more or [first])[0], number)
            both = (context, first, (more or [first])[0], number)
            assert ours.npgettext(*both) == own.npgettext(*both)


def test_the_names_of_arguments_that_are_words_of_the_model_are_listed_apart() -> None:
    assert ARGUMENTS.keys() == ARGUMENT_NAMES


@pytest.mark.long
def test_a_catalogue_has_the_texts_of_the_source_and_no_others(catalog: Catalog) -> None:
    """If this fails, run `make texts`."""
    assert _keys(catalog) == _keys(template())


def test_every_text_has_a_translation(catalog: Catalog) -> None:
    """If this fails, run `make texts`, then write the missing translations that it lists."""
    assert [message.id for message in catalog if message.id and not all(forms(message))] == []


@pytest.mark.parametrize("content", [None, b"", b"\xff", b'msgid "x"\nmsgstr "y"\n', b'msgid ""\nmsgstr "no forms"\n'])
def test_a_catalogue_that_cannot_be_read_leaves_english(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "fr.po"
    if content is not None:
        file.write_bytes(content)

    assert catalogue_in(file).gettext("Missing command.") == "Missing command."


def test_a_plural_without_translation_is_english(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n > 1);"\n\n'
    file = tmp_path / "fr.po"
    file.write_text(f'{head}msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\nmsgstr[1] ""\n')

    assert [catalogue_in(file).ngettext("a", "b", number) for number in (1, 2)] == ["a", "b"]


@pytest.mark.usefixtures("_french")
def test_a_reason_in_french() -> None:
    reason = steps.NOT_OFF(reason=join_reasons([targets.SESSIONS_OPEN(sessions=2), targets.FROZEN()], ALL), why=targets.GONE())
    assert translated(reason) == (
        "pas arrêté, 2 sessions ouvertes et gelé par un exploitant\u00a0: la personne n'est plus dans l'annuaire"
    )


def test_a_text_that_is_counted_has_the_argument_that_is_its_number() -> None:
    assert {code for code, name in COUNTED.items() if f"{{{name}" not in table().get(code, "")} == set()


def test_no_translation_leaves_the_plural_to_the_reader(catalog: Catalog) -> None:
    """F21: `1 poste(s)`."""
    assert [text for _, text in _translations(catalog) if re.search(r"\w\((?:s|x|e|nt|ent)\)", text)] == []


def test_placeholders_are_those_of_the_text(catalog: Catalog) -> None:
    assert [text for message, text in _translations(catalog) if not _placeholders(text) <= _allowed(message)] == []
    assert [message.id for message in catalog if message.id and _lacks(message)] == []


def test_commands_are_those_of_the_text(catalog: Catalog) -> None:
    wrong = [text for message, text in _translations(catalog) if _commands(text) != _commands(_texts(message)[-1])]
    assert wrong == []


def test_nothing_is_marked_for_review(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_no_line_breaks_before_french_punctuation() -> None:
    wrong = [
        text for _, text in _translations(catalogue("fr")) if _FRENCH_SPACE.search(_COMMANDS.sub("x", text).replace("::", ""))
    ]
    assert wrong == []


def test_no_control_character_has_slipped_in(catalog: Catalog) -> None:
    translations = [text for _, text in _translations(catalog)]
    assert [text for text in translations if not text.replace("\u00a0", "").replace("\n", "").isprintable()] == []


def test_a_context_is_of_one_sort() -> None:
    """A code, a list, a type of words, or the name of an argument, since texts are looked up by context."""
    sorts = (set(table()), set(BETWEEN), {kind.__name__ for kind in SHOWN}, set(ARGUMENTS))
    assert sum(map(len, sorts)) == len(set[str]().union(*sorts))


def _keys(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def _translations(catalog: Catalog) -> Iterator[tuple[Message, str]]:
    for message in catalog:
        if message.id:
            yield from ((message, text) for text in forms(message) if text)


def _texts(message: Message) -> tuple[str, ...]:
    """The English text: a single form, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _placeholders(text: str) -> set[Placeholder]:
    return {(name, spec or "", form or "") for _, name, spec, form in Formatter().parse(text) if name is not None}


def _allowed(message: Message) -> set[Placeholder]:
    return set[Placeholder]().union(*map(_placeholders, _texts(message)))


def _lacks(message: Message) -> bool:
    """The missing placeholders. A singular may omit its number; every other form has all of them."""
    found = forms(message)[-1]
    return bool(found) and _placeholders(found) != _allowed(message)


def _commands(text: str) -> set[str]:
    return set(_COMMANDS.findall(text))
