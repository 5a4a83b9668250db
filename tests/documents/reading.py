"""Which commands of the pages only read, and how they are called at a site that `init` has written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.cli.grammar import ENTRIES, Noun
from tests.documents.command_tree import LEFT_OUT, complaint
from tests.documents.typed import ROOT, pages, typed

READING = frozenset({
    "agent connections", "agent list", "check", "check directory", "check storage", "config completion", "config diff",
    "desktop list", "desktop show", "directory diff", "docs", "forecast", "node list", "person", "pool list", "report capacity",
    "report drift", "report journal", "report peak", "report plan", "report surge", "scenario explain", "status", "store check",
    "surge diff", "surge people", "surge readiness", "surge rotation", "surge sheet", "surge status", "twin truth", "why",
})  # fmt: skip
"""They change nothing on a cluster, in a directory or in the store."""
_WRITES = frozenset({"--trial", "--keep", "--rdp", "--watch", "--canary", "--install", "--picture"})
"""They make desktops or files, need a package for pictures, or do not end."""
_LOGINS = re.compile(r"LOGIN|AGENT|PERSON|NAME|NOM|z?martin|mdupont|aaubert")
_DESKTOPS = re.compile(r"DESKTOP|POSTE|vd-\d+")
_SCENARIOS = re.compile(r"(?:[\w/]+/)?(?:confinement|rotation)(?:\.yaml)?|FILE|[AB]\.yaml")


@dataclass(frozen=True, slots=True)
class Place:
    """What there is at the site where they are run."""

    site: Path
    login: str
    desktop: str

    def filled_in(self, words: Sequence[str]) -> list[str]:
        """The words of a command with what there is here instead of the names of the page."""
        name = noun_and_verb(words).split()
        rest = words[len(name) :]
        return [*name, *(self._word(word, before) for word, before in zip(rest, ("", *rest), strict=False))]

    def _word(self, word: str, before: str) -> str:
        given = {"--twin": str(ROOT / "config/twins/evening.yaml"), "--desktop": self.desktop, "--run": "1"}
        if before in given:
            return given[before]
        for pattern, instead in self._instead().items():
            if pattern.fullmatch(word):
                return instead
        return word

    def _instead(self) -> dict[re.Pattern[str], str]:
        return {
            _LOGINS: self.login,
            _DESKTOPS: self.desktop,
            _SCENARIOS: str(self.site / "scenarios/everyone.yaml"),
            re.compile(r"NODE|NŒUD"): "pve1",
            re.compile(r"WAVE|VAGUE|help-desk"): "everyone",
            re.compile(r".*/bascule\.yaml"): str(self.site / "bascule.yaml"),
        }


def readings() -> Mapping[tuple[str, ...], str]:
    """The words of each, and a page that has it. Those that come to the same are there once."""
    found = [each for page in pages() for each in typed(page) if each.program == "bascule"]
    anywhere = Place(Path("site"), "login", "desktop")
    alike = {tuple(anywhere.filled_in(each.words[1:])): each for each in reversed(found) if _only_reads(each.words[1:])}
    return {each.words[1:]: each.page for each in alike.values()}


def noun_and_verb(words: Sequence[str]) -> str:
    """The command that is called: `desktop list`, `status`."""
    noun = isinstance(ENTRIES.get(words[0] if words else ""), Noun)
    verb = words[1:2] if noun and words[1:2] and not words[1].startswith("-") else ()
    return " ".join((*words[:1], *verb))


def _only_reads(words: Sequence[str]) -> bool:
    """And is written out: nothing is left to the reader."""
    written = words[words.index("--output") + 1] if "--output" in words else ""
    reads = noun_and_verb(words) in READING and not _WRITES & {*words} and not written.startswith("/")
    return reads and not {LEFT_OUT, "[OPTIONS]"} & {*words} and complaint(words) == ""
