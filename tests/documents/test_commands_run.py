"""Each command of the pages that only reads is run, in both languages, at the site that `init` writes, beside its daemon."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.cli.clocks import TWIN_STATE
from provisioner.demo.people import PEOPLE_BASE
from provisioner.settings.shipped import shipped
from provisioner.twin.server.state import TwinState
from tests.builders.cli import Ended, bascule
from tests.builders.english import english_in
from tests.builders.patience import comes
from tests.documents.reading import READING, Place, noun_and_verb, readings
from tests.e2e.test_init_receiver import Site, a_daemon
from tests.e2e.test_twin_serve import served

pytestmark = [pytest.mark.real, pytest.mark.long]

PEOPLE, SCALE = 6, 60
READ = readings()
DATA = frozenset({"config completion", "twin truth", "docs"})
"""Their first line is the same in both languages."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where the commands are typed: twin, site and daemon are one folder."""
    site, before = Site(tmp_path_factory.mktemp("typed")), Path.cwd()
    (site.folder / "evening.yaml").write_text((shipped() / "twins" / "evening.yaml").read_text())
    options = ("--folder", "twin", "--port", "0", "--people", str(PEOPLE), "--scale", str(SCALE))
    with served(site.folder, "evening.yaml", *options):
        _init(site)
        with a_daemon(site):
            os.chdir(site.folder)
            (site.folder / "lists").mkdir()
            yield Place(site.config.parent, *_first_desktop(site))
            os.chdir(before)


def _init(site: Site) -> None:
    state = TwinState.read(site.folder / "twin" / "twin.json")
    cluster = ["--endpoint", state.url, "--ca-file", state.ca_file, "--token-id", next(iter(state.tokens))]
    people = ["--ldif", str(site.folder / "twin" / "people.ldif"), "--ldap-base", PEOPLE_BASE]
    secret = ["--token-secret-file", str(site.folder / "twin" / "token")]
    ended = bascule("init", str(site.folder / "site"), *cluster, *people, *secret, "--yes")
    assert ended.code == 0, ended.said


def _first_desktop(site: Site) -> tuple[str, str]:
    """Login and desktop of the first person who is served."""
    assert comes(lambda: len(_rows(site)) == PEOPLE and all(row["phase"] == "ready" for row in _rows(site)), look_s=0.5)
    first = _rows(site)[0]
    return first["login"], first["name"]


def _rows(site: Site) -> list[dict[str, str]]:
    ended = at(site.config, "desktop", "list", "--json")
    return json.loads(ended.out)["desktops"] if ended.code == 0 else []


def at(config: Path, *words: str, language: str = "en") -> Ended:
    """Typed where the twin's time counts, on a terminal of 80 columns."""
    state = str(config.parent.parent / "twin" / "twin.json")
    return bascule("--lang", language, *words, BASCULE_CONFIG=str(config), COLUMNS="80", **{TWIN_STATE: state})


def test_each_command_that_reads_is_in_a_page():
    assert {noun_and_verb(words) for words in READ} == READING


@pytest.mark.parametrize("words", READ, ids=lambda words: " ".join(words))
def test_it_ends_alike_in_both_languages_and_each_says_it_in_its_own(place: Place, words: tuple[str, ...]):
    called = place.filled_in(words)

    english, french = (at(place.site / "bascule.yaml", *called, language=language) for language in ("en", "fr"))

    assert (english.code, french.code) == (0, 0), (READ[words], english.said, french.said)
    if "--output" not in words:
        assert "" not in (first(english), first(french))
    if not {"--json", "--csv"} & {*words} and noun_and_verb(words) not in DATA:
        assert english_in(first(french)) == []


def first(ended: Ended) -> str:
    """The first line of what is printed, names in quotes aside."""
    return re.sub("'[^']*'", "", next(iter((ended.out or ended.err).splitlines()), ""))
