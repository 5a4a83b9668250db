"""Writes the alerts that are made of the list of what is wrong, and the index of all: `python -m monitors.alerting`.

* `config/prometheus/bascule-wrong.rules.yml`, from `provisioner.wrong.table`;
* the table in `docs/en/runbooks/index.md`, from it and from the rules that are written by hand (`bascule.rules.yml`);
* both files and the index in each other language.

The rules in another language than English: `python -m monitors.alerting` writes them too.

A site loads the files of its language (`config/prometheus/fr/`), as it imports the dashboards of its language. Whatever shows
`summary` and `description` is then in it, without a template: mail, chat, Grafana, Alertmanager's own page. Rules, labels and
commands are those of the English files, so no alert differs by its language. The texts are those of the catalogue
(`provisioner/texts/`), the runbooks those in docs/fr/runbooks.
"""

from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from provisioner.texts.languages import catalogue_of
from provisioner.wrong.alerts import Alert
from provisioner.wrong.table import TABLE

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


_ROOT = Path(__file__).parents[1]
RULES = _ROOT / "config" / "prometheus" / "bascule-wrong.rules.yml"
BY_HAND = RULES.with_name("bascule.rules.yml")
INDEX = _ROOT / "docs" / "en" / "runbooks" / "index.md"
INDEX_OF = {"fr": _ROOT / "docs" / "fr" / "runbooks" / "index.md"}
"""The index's paths in the other languages."""
BASE = "https://bascule.example/docs/en/runbooks/"
SETTLED = "5m"
"""How long after its loss a node may be all that is wrong: `safety.replace_after` (2 min, if not set otherwise), a boot, and
the two minutes that the daemon takes to say that a wave will be in time again."""
_LOST = f"max by (instance) (bascule_node_online == 0 and max_over_time(bascule_node_online[{SETTLED}]) == 1)"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_WIDTH = 10_000
_HEAD = """\
# Alerts of Bascule, of what `bascule status` lists as wrong: written by `python -m monitors.alerting`, so change nothing here.
# All other alerts are in bascule.rules.yml: load both. Severity, `command` and the base of `runbook_url`: see there.
"""
_TABLE = "<!-- from here on written by `python -m monitors.alerting` -->"
_COLUMNS = {"en": ("alert", "severity", "after", "page"), "fr": ("alerte", "gravité", "après", "page")}
_SEVERITIES = {"fr": {"critical": "critique", "warning": "avertissement", "info": "information"}}
_AT_ONCE = {"en": "at once", "fr": "aussitôt"}


def alerts() -> Mapping[Alert, tuple[str, ...]]:
    """Every alert that is made of the list, with the codes of its entries."""
    found: dict[Alert, tuple[str, ...]] = {}
    for code, meaning in TABLE.items():
        if meaning.alert is not None:
            found[meaning.alert] = (*found.get(meaning.alert, ()), code)
    return found


def rules() -> str:
    """The file of rules."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for alert, codes in alerts().items():
        groups.setdefault(f"bascule-wrong-{alert.page}", []).append(_rule(alert, codes))
    return _HEAD + _yaml({"groups": [{"name": name, "rules": rules} for name, rules in groups.items()]})


def rules_in(language: str) -> dict[Path, str]:
    """The files of rules in another language, by their paths."""
    files = {BY_HAND: BY_HAND.read_text(encoding="utf-8"), RULES: rules()}
    return {
        folder_of(language, path): head_of(language, path) + _yaml(_in_lines(translated_rules(_loaded(text), language)))
        for path, text in files.items()
    }


def texts() -> tuple[str, ...]:
    """Every text of an alert, for the catalogues."""
    return tuple(text for file in _english() for text in texts_of(file))


def index(before: str, language: str = "en") -> str:
    """The page, with its table made anew. ValueError: it has no mark where the table begins."""
    head, mark, _ = before.partition(_TABLE)
    if not mark:
        raise ValueError(f"the index has no line {_TABLE}")
    rows = {rule["alert"]: _row(rule, language) for file in _english() for each in file["groups"] for rule in _alerts_of(each)}
    titles = " | ".join(_COLUMNS[language])
    return "\n".join((f"{head}{mark}", "", f"| {titles} |", "|---|---|---|---|", *_sorted(rows), ""))


def _english() -> tuple[Any, Any]:
    return _loaded(BY_HAND.read_text(encoding="utf-8")), _loaded(rules())


def _loaded(text: str) -> Any:
    return YAML(typ="safe").load(text)


def _in_lines(file: dict[str, Any]) -> dict[str, Any]:
    """An expression of several lines is written in lines."""
    for rule in (rule for group in file["groups"] for rule in group["rules"] if "\n" in rule["expr"]):
        rule["expr"] = LiteralScalarString(rule["expr"])
    return file


def _alerts_of(group: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (rule for rule in group["rules"] if "alert" in rule)


def _sorted(rows: Mapping[str, str]) -> list[str]:
    return [rows[name] for name in sorted(rows)]


def _row(rule: Mapping[str, Any], language: str) -> str:
    name, link = rule["alert"], rule["annotations"]["runbook_url"].removeprefix(BASE)
    severity, page = rule["labels"]["severity"], _page(link.partition("#")[0], language)
    severity = _SEVERITIES.get(language, {}).get(severity, severity)
    return f"| [{name}]({link}) | {severity} | {rule.get('for', _AT_ONCE[language])} | {page} |"


def _page(name: str, language: str) -> str:
    """What a runbook is called: in English its file, otherwise its title."""
    if language not in INDEX_OF:
        return name.removesuffix(".md").replace("-", " ")
    return INDEX_OF[language].with_name(name).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _rule(alert: Alert, codes: tuple[str, ...]) -> dict[str, Any]:
    page, _, heading = alert.runbook.partition("#")
    held = {"for": _duration(alert.held_s)} if alert.held_s else {}
    return {
        "alert": alert.name,
        "expr": _expression(alert, codes),
        **held,
        "labels": {"severity": alert.severity.value},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "command": alert.command,
            "runbook_url": f"{BASE}{page}.md#{heading}",
        },
    }


def _expression(alert: Alert, codes: tuple[str, ...]) -> str:
    listed = _listed(alert, codes)
    if not alert.settles:
        return listed
    of_nodes = tuple(code for each, theirs in alerts().items() if each.settles for code in theirs)
    before = _listed(alert, of_nodes, f" offset {SETTLED}")
    # What was so before the node was lost is not the node's: it goes on.
    lines: str = LiteralScalarString(f"{listed}\nunless on (instance) {_LOST}\nor {listed}\nand {before}")
    return lines


def _listed(alert: Alert, codes: tuple[str, ...], offset: str = "") -> str:
    """The entries of these codes, by what has them. Of one kind in several forms (a desktop, desktops) it is one."""
    selector = f'code="{codes[0]}"' if len(codes) == 1 else f'code=~"{"|".join(codes)}"'
    series = f"bascule_wrong{{{selector}}}{offset}"
    *others, _ = alert.labels or ("",)
    pattern = "".join("([^/]*)/" for _ in others) + "(.*)"
    for place, label in enumerate(alert.labels, start=1):
        series = f'label_replace({series}, "{label}", "${place}", "about", "{pattern}")'
    return f"max by ({', '.join(('instance', *alert.labels))}) ({series}) > 0"


def _duration(seconds: float) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds / size:.0f}{unit}"


def _yaml(document: object) -> str:
    yaml, text = YAML(), StringIO()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(document, text)
    return text.getvalue()


def main() -> None:
    """Write all."""
    RULES.write_text(rules(), encoding="utf-8")
    INDEX.write_text(index(INDEX.read_text(encoding="utf-8")), encoding="utf-8")
    for language, page in INDEX_OF.items():
        page.write_text(index(page.read_text(encoding="utf-8"), language), encoding="utf-8")
        for path, text in rules_in(language).items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")


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
    groups = [{**group, "rules": [_translated(rule, language) for rule in group["rules"]]} for group in rules["groups"]]
    return {**rules, "groups": groups}


def _translated(rule: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    if "alert" not in rule:
        return rule
    catalogue, annotations = catalogue_of(language), rule["annotations"]
    texts = {name: catalogue.gettext(annotations[name]) for name in TRANSLATED}
    link = annotations["runbook_url"].replace("/docs/en/runbooks/", f"/docs/{language}/runbooks/")
    return {**rule, "annotations": {**annotations, **texts, "runbook_url": link}}


if __name__ == "__main__":
    main()
