"""The site of docs/: built strictly, it asks nothing of another server, and shows what CommonMark says."""

import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md"))
COUNTED = {"li", "pre", "table", "tr", "h2", "h3", "blockquote", "code"}
_LOADS = {"src", "srcset", "poster", "data"}


class Shown(HTMLParser):
    """The elements of a page's article, and whatever the page loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.loads, self._within = Counter[str](), list[str](), "<article" not in html
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        loaded = {name for name in given if name in _LOADS or (name == "href" and tag == "link")}
        self.loads += [given[name] for name in loaded if given.get("rel") not in ("prev", "next", "alternate", "canonical")]
        self._within |= tag == "article"
        if self._within and tag in COUNTED:
            self.elements[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self._within &= tag != "article"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warning, of a dead link or anchor or of a page that is not in the navigation, ends the build."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_nothing_is_loaded_from_another_server(site: Path):
    """A site without Internet reads it all, and nobody learns who reads."""
    pages = list(site.rglob("*.html"))
    loaded = {load for page in pages for load in Shown(page.read_text(encoding="utf-8")).loads}
    styles = {url for file in site.rglob("*.css") for url in re.findall(r"url\(([^)]*)\)", file.read_text(encoding="utf-8"))}

    assert len(pages) > len(PAGES)
    assert len(loaded) > 3
    assert {url for url in loaded | styles if re.match(r"(https?:)?//", url)} == set()


def test_a_browser_is_told_to_load_nothing_from_elsewhere(site: Path):
    """The theme's script would load a part of itself from a public server if a page is opened as a file."""
    pages = [page for page in site.rglob("*.html") if "default-src 'self'" not in page.read_text(encoding="utf-8")]

    assert pages == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_lists_and_blocks_that_commonmark_finds(site: Path, page: str):
    """GitHub and `bascule docs` read pages so; Python-Markdown would take lists for paragraphs, and blocks for text."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    meant = Shown(MarkdownIt("commonmark").enable("table").render(text)).elements
    shown = Shown((site / f"{page}.html").read_text(encoding="utf-8")).elements

    assert {tag: count for tag, count in shown.items() if tag != "code"} == {
        tag: count for tag, count in meant.items() if tag != "code"
    }
