"""What mkdocs does with a page of docs/ besides its own work. Loaded by mkdocs, by the path in mkdocs.yml."""

import re
import sys
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from commonmark import four_spaces

_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^):\s]+)\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Files of the checkout that are outside docs/ are named, not linked: the site has them not."""
    folder = join("docs", dirname(page.file.src_uri))

    def shown(link: re.Match[str]) -> str:
        path = normpath(join(folder, link[2].partition("#")[0] or "."))
        return link[0] if path.startswith("docs/") else f"{link[1]} (`{path}`)"

    return four_spaces(_LINK.sub(shown, markdown))


def on_page_context(context: Any, *, page: Any, config: Any, **_: Any) -> Any:
    """The words around a page are in the page's language."""
    config.theme["language"] = "fr" if page.file.src_uri.startswith("fr/") else "en"
    return context
