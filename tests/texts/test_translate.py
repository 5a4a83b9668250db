"""Translation of texts and reasons to the language of the context."""

from collections.abc import Iterator

import pytest

from provisioner.errors import SettingsError
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import AccountStatus
from provisioner.reasons.phases import CLONING, STOPPING
from provisioner.reasons.reason import ALL, Reason, act_of, from_document, join_reasons, to_document
from provisioner.reasons.rehearsal import ASSUMED_HOLD
from provisioner.reasons.table import table
from provisioner.reasons.targets import ACCOUNT, FREEZE, HOLD
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import _, decimal, plural, translated, translated_error, use_catalogue, word
from tests.builders.pseudo import dotted, untranslated


def test_without_a_catalogue_a_text_is_english() -> None:
    assert _("{count} nodes", count=3) == "3 nodes"
    assert plural("{count} node", "{count} nodes", 1) == "1 node"
    assert translated(CLONING(node="pve1")) == "being cloned on pve1"


@pytest.mark.usefixtures("catalogue")
def test_the_reasons_in_a_reason_are_translated_and_names_are_not() -> None:
    reason = STOPPING(why=join_reasons([CLONING(node="pve1"), HOLD()], ALL))
    assert untranslated(translated(reason)) == ["pve"]
    assert translated(reason).count(dotted("being cloned on")) == 1


@pytest.mark.usefixtures("catalogue")
def test_a_word_of_the_model_in_a_reason_is_translated_also_when_it_was_kept() -> None:
    reason = from_document(to_document(ACCOUNT(standing=AccountStatus.DISABLED.value)))
    assert untranslated(translated(reason)) == []
    assert translated(ACCOUNT(standing="of another version")).endswith("of another version")


@pytest.mark.usefixtures("catalogue")
def test_an_advice_is_translated_with_its_arguments() -> None:
    assert translated(act_of(FREEZE())) == "`bascule thaw`"
    assert act_of(FREEZE()).code == "freeze.act"


@pytest.mark.usefixtures("catalogue")
def test_a_reason_of_another_version_stays_as_it_was_written() -> None:
    for older in (Reason("was so", "no_such_code", {}), Reason("was so", "cloning", {"other": 1}), Reason("was so"), "was so"):
        assert translated(older) == "was so"


@pytest.mark.usefixtures("catalogue")
def test_an_error_of_bascule_is_translated_and_any_other_is_not() -> None:
    assert translated_error(SettingsError(HOLD())) == dotted(table()["hold"])
    assert translated_error(ValueError("somebody else's")) == "somebody else's"


@pytest.mark.usefixtures("catalogue")
def test_words_of_the_model_and_texts_with_a_number() -> None:
    assert word(Phase.READY) == dotted("ready")
    assert plural("{count} node", "{count} nodes", 2) == f"2 {dotted('nodes')}"
    assert _("see {reason}", reason=HOLD()) == f"{dotted('see')} {translated(HOLD())}"


@pytest.fixture
def in_french() -> Iterator[None]:
    use_catalogue(catalogue_of("fr"))
    yield
    use_catalogue(catalogue_of("en"))


@pytest.mark.usefixtures("in_french")
def test_a_number_has_the_decimal_sign_of_the_language_in_a_text_in_a_reason_and_in_a_cell() -> None:
    assert "1,3 fois" in _("{number}. {name}: {factor:.1f} times as fast", number=1, name="ceph", factor=1.26)
    assert "1,50 s" in translated(ASSUMED_HOLD(storage="ceph", seconds=1.5))
    assert (decimal(0.5), decimal(2.0, ".1f"), decimal(3.0), decimal(3.0, "")) == ("0,5", "2,0", "3", "3,0")


def test_in_english_it_is_a_point() -> None:
    assert decimal(0.5, ".2f") == "0.50"
