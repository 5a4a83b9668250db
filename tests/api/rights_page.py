"""Writes the table of roles in docs/en/api.md from the contract: `python -m tests.api.rights_page`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from provisioner.api.callers import Role
from provisioner.api.contract import ROLE, ROLE_BY_KIND, openapi_document

PAGE = Path(__file__).parents[2] / "docs" / "en" / "api.md"
BEGIN, END = "<!-- Written by `python -m tests.api.rights_page` from the contract: do not edit. -->\n", "<!-- End. -->\n"
Operation = tuple[str, str, dict[str, Any]]
"""Method, path, and what the contract says of it."""


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of the contract."""
    return [(method.upper(), path, each) for path, item in document["paths"].items() for method, each in item.items()]


def kinds_of(operation: dict[str, Any], role: Role, *, target: bool) -> list[str]:
    """The kinds of orders that need this role, with a target or without."""
    said = "with_target" if target else "without_target"
    return sorted(kind for kind, of in operation.get(ROLE_BY_KIND, {}).items() if of[said] == role.word)


def table(contract: dict[str, Any]) -> str:
    """The lines between the marks."""
    found = operations(contract)
    rows = [f"| `{role.word}` | {_cell(_read(found, role))} | {_cell(_ordered(found, role))} |" for role in Role]
    return "\n".join(("| role | may read, besides | may order, besides |", "| --- | --- | --- |", *rows, ""))


def page(text: str, contract: dict[str, Any]) -> str:
    """The page with the table of this contract."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table(contract)}{END}{after}"


def _read(found: list[Operation], role: Role) -> list[str]:
    return [_names(path[4:] for method, path, each in found if method == "GET" and each[ROLE] == role.word)]


def _ordered(found: list[Operation], role: Role) -> list[str]:
    posts = [(path, each) for method, path, each in found if method != "GET"]
    whole = _names(path[4:] for path, each in posts if ROLE_BY_KIND not in each and each[ROLE] == role.word)
    kinds = _names(kind for _, each in posts for kind in kinds_of(each, role, target=True))
    more = any(set(kinds_of(each, role, target=False)) - set(kinds_of(each, role, target=True)) for _, each in posts)
    return [whole, f"`intents` with a target: {kinds}" if kinds else "", "and the others without one" if more else ""]


def _names(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(set(words)))


def _cell(parts: list[str]) -> str:
    return "; ".join(filter(None, parts)) or "–"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), openapi_document()), encoding="utf-8")
