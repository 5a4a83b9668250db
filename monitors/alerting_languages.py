"""The rules in another language than English: `python -m monitors.alerting` writes them too.

A site loads the files of its language (`config/prometheus/fr/`), as it imports the dashboards of its language. Whatever shows
`summary` and `description` is then in it, without a template: mail, chat, Grafana, Alertmanager's own page. Rules, labels and
commands are those of the English files, so no alert differs by its language. The texts are those of the catalogue
(`provisioner/texts/`), the runbooks those in docs/fr/runbooks.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner.texts.languages import catalogue_of

TRANSLATED = ("summary", "description")
"""The annotations that are texts."""
_HEADS = {
    "fr": """\
# Alertes de Bascule en français : écrit par `python -m monitors.alerting` à partir de ../{name} et de
# provisioner/texts/fr.po ; ne rien modifier ici. Charger les deux fichiers de ce dossier à la place des fichiers anglais,
# jamais avec eux : chaque alerte viendrait deux fois. Gravité : critical = agir maintenant, ou des postes manqueront demain
# matin ; warning = regarder aujourd'hui ; info = bon à savoir. `command` est à taper d'abord ; `runbook_url` mène à la page
# qui dit quoi faire. Mettre à son début l'adresse où se trouve docs/ :
# sed -i 's#https://bascule.example/docs#https://wiki.example.org/bascule#' bascule*.rules.yml
"""
}


def folder_of(language: str, english: Path) -> Path:
    """Where the file of this language is, for a file of English rules or an English page."""
    return english.parent / language / english.name


def head_of(language: str, english: Path) -> str:
    """The comment at the top of the file."""
    return _HEADS[language].format(name=english.name)


def texts_of(rules: Mapping[str, Any]) -> Iterator[str]:
    """All texts of a file of rules."""
    return (
        rule["annotations"][name]
        for group in rules["groups"]
        for rule in group["rules"]
        if "alert" in rule
        for name in TRANSLATED
    )


def translated_rules(rules: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The file of rules in this language. A text that the catalogue lacks stays English."""
    groups = [{**group, "rules": [_rule(rule, language) for rule in group["rules"]]} for group in rules["groups"]]
    return {**rules, "groups": groups}


def _rule(rule: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    if "alert" not in rule:
        return rule
    catalogue, annotations = catalogue_of(language), rule["annotations"]
    texts = {name: catalogue.gettext(annotations[name]) for name in TRANSLATED}
    link = annotations["runbook_url"].replace("/docs/runbooks/", f"/docs/{language}/runbooks/")
    return {**rule, "annotations": {**annotations, **texts, "runbook_url": link}}


__all__ = ["TRANSLATED", "folder_of", "head_of", "texts_of", "translated_rules"]
