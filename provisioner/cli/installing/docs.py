"""`bascule docs`: the pages that come with Bascule, on a machine without a network too."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

import provisioner
from provisioner.cli.output import JsonOption, print_json, print_table, say
from provisioner.cli.terminal import is_terminal
from provisioner.errors import SettingsError
from provisioner.reasons.commands import NO_PAGE
from provisioner.texts.languages import ENGLISH
from provisioner.texts.translate import _, headings, language

PageArgument = Annotated[str, typer.Argument(metavar="PAGE", help="Which page; left out: which there are.", show_default=False)]
_COLUMNS = headings("page", "language", "title")


def docs(page: PageArgument = "", json: JsonOption = False) -> None:
    """The documents, without a network: a page, or the list of all.

    In the language of the commands where the page is in it, else in English. In a pipe it is Markdown, as written.
    """
    pages = pages_in(language())
    if not page:
        _list(pages, json=json)
        return
    name = page.removesuffix(".md").removeprefix("docs/").removeprefix("en/").removeprefix("fr/")
    if name not in pages:
        raise SettingsError(NO_PAGE(name=page))
    text = pages[name].read_text(encoding="utf-8")
    if json:
        print_json({"page": name, "language": language_of_page(pages[name]), "text": text})
    else:
        _show(text)


def pages_in(wanted: str) -> Mapping[str, Path]:
    """Every page by its name: `surge`, `runbooks/waves`; the file in the language that is wanted, or else in English."""
    found = {name: path for place in (ENGLISH, wanted) for name, path in _pages(_shipped() / place)}
    return dict(sorted(found.items()))


def language_of_page(path: Path) -> str:
    """The folder that it is in."""
    return path.relative_to(_shipped()).parts[0]


def _pages(folder: Path) -> list[tuple[str, Path]]:
    return [(str(path.relative_to(folder).with_suffix("")), path) for path in folder.rglob("*.md")]


def _shipped() -> Path:
    """In the package once installed, beside it in a checkout."""
    package = Path(provisioner.__file__).parent
    installed = package / "shipped_docs"
    return installed if installed.is_dir() else package.parent / "docs"


def _list(pages: Mapping[str, Path], *, json: bool) -> None:
    titles = {name: _title(path) for name, path in pages.items()}
    if json:
        print_json(
            [{"page": name, "language": language_of_page(pages[name]), "title": title} for name, title in titles.items()]
        )
        return
    print_table("", _COLUMNS, [(name, language_of_page(pages[name]), title) for name, title in titles.items()])
    say(_("`bascule docs PAGE` shows one of them; begin with `bascule docs index`"))


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return next(file).removeprefix("# ").strip().replace("`", "")


def _show(text: str) -> None:
    from provisioner.cli.styled import out

    if is_terminal(sys.stdout):  # rich's Markdown takes long to load
        from rich.markdown import Markdown

        out.print(Markdown(text, hyperlinks=False))
    else:
        typer.echo(text, nl=False)
