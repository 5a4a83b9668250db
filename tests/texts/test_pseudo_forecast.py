"""`bascule forecast` and the figures of `bascule demo` are translated."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.words import DEFERRED_BY
from provisioner.reasons.rehearsal import DESKTOPS_WAIT
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import translated, use_catalogue
from tests.builders.cli import SMALL_TWIN, a_lonely_site
from tests.builders.pseudo import Pseudo, pseudo, untranslated
from tests.builders.settings import Site
from tests.demo.test_summary import GOOD

NAMES = {"everyone", "pve", "local", "lvm", "GiB", "min", "small", "yaml", "melun", "standard"}
OF_OTHERS = set(
    re.findall(r"\w+", "HTTPSConnectionPool Max retries exceeded with url Connection refused Errno GET cluster resources")
)


LOG_LINES = ("daemon: ", "store: ", "scenario: ", "cluster ")
"""The log is English in every language."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = a_lonely_site(tmp_path, agents=12)
    site.change("vmids: {pve1: 9001}", "vmids: {pve1: 9001, pve2: 9002}", name="standard.yaml")
    return site.write("small.yaml", SMALL_TWIN)


@pytest.fixture
def catalogue() -> Iterator[None]:
    use_catalogue(Pseudo())
    yield
    use_catalogue(catalogue_of("en"))


def _untranslated(site: Site, *words: str, code: int) -> set[str]:
    ended = pseudo("forecast", "--config", str(site.main), *words)
    assert ended.code == code, ended.said
    return set(untranslated((ended.out + ended.err).replace(str(site.folder), "")))


@pytest.mark.long
@pytest.mark.parametrize("words", [(), ("--levels",)])
@pytest.mark.parametrize("memory_mib", [4096, pytest.param(16384, marks=pytest.mark.night)])
def test_a_forecast(site: Site, words: tuple[str, ...], memory_mib: int) -> None:
    site.change("memory_mib: 4096", f"memory_mib: {memory_mib}", name="standard.yaml")

    twin = ("--twin", str(site.folder / "small.yaml"))
    assert _untranslated(site, *twin, *words, code=0 if memory_mib == 4096 else 1) <= NAMES


@pytest.mark.long
def test_agents_whose_wave_has_not_opened_by_then(site: Site) -> None:
    twin = ("--twin", str(site.folder / "small.yaml"))
    site.append("scenario: surge.yaml\n").write("surge.yaml", "name: surge\nwaves: [{name: late, who: everyone, after: 3h}]\n")

    assert _untranslated(site, *twin, "--hours", "0.1", code=1) <= NAMES | {"late"}


def test_a_cluster_that_does_not_answer(site: Site) -> None:
    assert _untranslated(site, code=3) <= NAMES | OF_OTHERS


@pytest.mark.usefixtures("catalogue")
def test_every_word_that_a_desktop_may_wait_for() -> None:
    assert untranslated(" ".join(translated(DESKTOPS_WAIT(count=2, binds=word)) for word in DEFERRED_BY)) == []


@pytest.mark.usefixtures("catalogue")
def test_the_figures_of_a_demonstration() -> None:
    summary = replace(GOOD, ready=1, sessions=2, duplicates=1, orphans=1, writes_per_desktop=4.0)

    texts = [*(name for name, _ in summary.rows()), *summary.faults()]
    assert untranslated(" ".join(texts)) == []


@pytest.mark.parametrize(
    "words",
    [
        ("--keep", "."),
        ("--json", "nowhere/figures"),
        ("--ldap-user", "cn=reader"),
        ("--ldap", "http://directory"),
        ("--ldap", "ldaps://directory", "--ldap-starttls"),
        ("--ldap", "ldap://directory", "--ldap-user", "cn=reader", "--ldap-password-file", "secret"),
    ],
)
def test_a_demonstration_that_cannot_begin(words: tuple[str, ...]) -> None:
    ended = pseudo("demo", *words)

    assert (ended.code, ended.out) == (2, "")
    assert untranslated(ended.err, names=words) == []


@pytest.mark.real
@pytest.mark.parametrize(("words", "code"), [((), 0), (("--ldap", "ldap://127.0.0.1:9"), 3)])
def test_a_demonstration(words: tuple[str, ...], code: int) -> None:
    ended = pseudo("demo", "--agents", "2", "--scale", "20", "--port", "0", *words)

    assert ended.code == code, ended.said
    text = "".join(line for line in (ended.out + ended.err).splitlines(keepends=True) if not line.startswith(LOG_LINES))
    assert (
        set(untranslated(text))
        <= {"ldap", "node", "VE", "ms", "no", "answer", "socket", "connection", "error", "while", "opening"} | OF_OTHERS
    )
