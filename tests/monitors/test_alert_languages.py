"""F21: who gets an alert at night reads it in their language: each alert is there in French, with the same rule."""

import re
from pathlib import Path

import pytest

from monitors.alerting import BY_HAND, RULES, TRANSLATED, folder_of, rules_in, translated_rules
from tests.builders.english import english_in
from tests.monitors.shipped import load

FRENCH = {folder_of("fr", path): path for path in (BY_HAND, RULES)}
ROOT = BY_HAND.parents[2]
_MARK = re.compile(r"\{\{.*?\}\}")


def alerts_in(path: Path) -> dict[str, dict]:
    return {rule["alert"]: rule for group in load(path)["groups"] for rule in group["rules"] if "alert" in rule}


BOTH = [
    pytest.param(english[name]["annotations"], french.get(name, {}).get("annotations", {}), id=name)
    for path, original in FRENCH.items()
    for english, french in [(alerts_in(original), alerts_in(path))]
    for name in english
]


def test_the_french_files_are_up_to_date():
    made = rules_in("fr")

    assert made.keys() == FRENCH.keys()
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m monitors.alerting`"


@pytest.mark.parametrize(("french", "english"), FRENCH.items(), ids=lambda path: path.name)
def test_the_rules_are_the_same_in_both_languages(french: Path, english: Path):
    """Names, expressions, how long, severities, commands, and the rules that record."""

    def without_texts(path: Path) -> list:
        groups = load(path)["groups"]
        for rule in (rule for group in groups for rule in group["rules"] if "alert" in rule):
            rule["annotations"] = {"command": rule["annotations"]["command"]}
        return groups

    assert without_texts(french) == without_texts(english)


@pytest.mark.parametrize(("english", "french"), BOTH)
def test_an_alert_has_both_languages_with_the_same_placeholders_and_no_english_in_the_french(english: dict, french: dict):
    for name in TRANSLATED:
        assert french[name] != english[name]
        assert sorted(_MARK.findall(french[name])) == sorted(_MARK.findall(english[name]))
        assert sorted(re.findall(r"`[^`]*`", french[name])) == sorted(re.findall(r"`[^`]*`", english[name]))
        assert english_in(french[name]) == []


@pytest.mark.parametrize(("english", "french"), BOTH)
def test_an_alert_leads_to_the_same_section_of_the_runbook_in_its_language(english: dict, french: dict):
    assert french["runbook_url"] == english["runbook_url"].replace("/docs/en/", "/docs/fr/")
    page, _, anchor = french["runbook_url"].removeprefix("https://bascule.example/").partition("#")
    headings = re.findall(r"^## (.*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)

    assert anchor in {heading.lower() for heading in headings}


def test_a_text_without_a_translation_stays_english_and_is_found():
    """So that no alert is ever without words."""
    rule = {"alert": "A", "annotations": {"summary": "Nobody knows", "description": "It is new.", "runbook_url": ""}}
    (group,) = translated_rules({"groups": [{"name": "g", "rules": [rule]}]}, "fr")["groups"]

    assert group["rules"][0]["annotations"]["summary"] == "Nobody knows"
    assert english_in("Nobody knows") == ["Nobody"]
