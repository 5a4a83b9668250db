"""A life of a daemon whose files change between reloads and starts: by schema, by spite, and into what is no file."""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from provisioner.daemon.composition import site_config_of
from provisioner.daemon.publishing import StatusPublisher
from provisioner.errors import SettingsError
from provisioner.settings import yaml_lines
from provisioner.settings.bascule import load_settings
from provisioner.settings.reload import reload_settings
from provisioner.settings.values import Settings
from provisioner.settings.yaml_lines import YamlSource
from provisioner.views.resources import RESOURCES
from provisioner.wrong.keeping import WrongList
from tests.builders.cluster import INSTALLATION, PVE
from tests.builders.reconciler import Cluster, Site
from tests.fuzz.orders import Outcome
from tests.settings.every_key import a_full_site

_MAIN = "bascule.yaml"
_NUMBERS = (
    *("9" * 400,) * 5, "-1", "0", "1e308", ".nan", ".inf", "-.inf", "36500d", "36501d", "99999999999999999999s",
    "1h" * 500, "0x7fffffffffffffff",
    "1_000_000_000", "100%", "1e999%", "-0", "~", "true", "[]", "{}", "'9'", "2^31",
)  # fmt: skip
_TIMES = (
    "9999-12-31 23:59 Europe/Paris", "0001-01-01 00:00 +14:00", "0001-01-01T00:00:00Z", "2199-12-31 23:59 Z",
    "2200-01-01 00:00 Z",
    "1970-01-01 00:00 Europe/Paris", "2027-02-30 08:00", "day 999 23:59", "day 0 08:00", "start + 36500d", "start + 99999d",
    "24:00",
    "9999-12-31", "2027-01-15 08:00 No/Where", "2027-01-15 08:00 ../../etc/passwd", "25:61", "start + ", "08:00-07:00",
)  # fmt: skip
_WORDS = (
    "&a [*a]", "*nobody", "!!python/object:os.system x", "<<: *x", "'" + "x" * 5000 + "'", '"\\ud800"', '"\\0"',
    '"\\U0010ffff"', "{a: {a: {a: 1}}}",
    "[" * 300 + "]" * 300, "%YAML 9.9", "- - - -", "? ? ?", "|\n  x", "\u2028", "caf\u00e9", "../" * 40 + "etc/passwd",
    "/dev/zero", "/dev/stdin",
    "/proc/self/mem", "/proc/self/environ", "", "nobody", "everyone", "standard", "no file",
)  # fmt: skip
_SPECIAL: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "EIO": lambda path: path.symlink_to("/proc/self/mem"),
    "a loop": lambda path: path.symlink_to(path.name),
    "huge": lambda path: path.write_bytes(b"") or os.truncate(path, 10**10),
    "nothing": lambda path: None,
    "rubbish": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "NUL": lambda path: path.write_bytes(b"\0" * 999),
    "a long line": lambda path: path.write_text("x" * 900_000),
    "many values": lambda path: path.write_text("[" + "1," * 20_000 + "1]"),
    "a bomb": lambda path: path.write_text(
        "a: &a [1,1,1,1]\n" + "".join(f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in _BOMB)
    ),
}
_BOMB = tuple(zip("abcdefghijk", "bcdefghijkl", strict=True))


@contextmanager
def parsed_once() -> Iterator[None]:
    """A text that was parsed before is not parsed again: of ten files one is changed, and the parser takes all the time."""
    parse, known = yaml_lines._parse, dict[str, YamlSource]()

    def remembered(text: str, source: YamlSource) -> None:
        if (found := known.pop(text, None)) is None:
            found = YamlSource(file=source.file)
            parse(text, found)
        known[text] = found  # the last one that is forgotten
        if len(known) > _KEPT:
            del known[next(iter(known))]
        source.data = found.data
        source.marks.update(found.marks)
        source.broken.update(found.broken)
        source.problems += [replace(problem, file=source.file) for problem in found.problems]

    yaml_lines._parse = remembered  # type: ignore[assignment]
    try:
        yield
    finally:
        yaml_lines._parse = parse


_KEPT = 64


class FileLife:
    """One daemon."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._draw, self.outcome = Random(seed), Outcome()
        self._files = a_full_site(folder)
        for name, old, new in _ONTO_THE_CLUSTER:
            self._files.change(old, new, name=name)
        self._good = {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        self._named = tuple(self._good)
        self._settings = self._load()
        self.site = Site(agents=3, config=site_config_of(self._settings))
        self._publisher = StatusPublisher(_Board(), lambda: self.site.reconciler, wrong=WrongList((PVE,)).of)

    def play(self, files: int) -> Outcome:
        """Change so many, one at a time; each is put right before the next."""
        self._guarded("the first cycles", lambda: self.site.settle(cycles=4))
        for _ in range(files):
            self._guarded("a file", self._step)
        self.site.store.close()
        return self.outcome

    _last = ""

    def _guarded(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error!s:.200} ({where.filename}:{where.lineno})"
            self.outcome.wrong.append(f"the daemon ended at {what}: {said}; {self._last[:400]}")
            self._put_right()
            self._settings = self._load()
            self._begin()

    def _step(self) -> None:
        self.outcome.orders += 1
        for _ in range(self._draw.choice((1, 1, 2))):
            self._spoil(self._draw.choice(self._named))
        if self._draw.random() < 0.15:
            self._start()
        else:
            self._reload()
        self._put_right()

    def _reload(self) -> None:
        """As the service does on SIGHUP."""
        try:
            changed = self._load()
        except SettingsError as error:
            self._is_said(error)
            return
        self._settings = reload_settings(self._settings, changed)
        self.site.reconciler.follow(site_config_of(self._settings))
        self._look()

    def _start(self) -> None:
        """The daemon is killed, and started with the files as they are; where it says no, it ends with exit code 2."""
        self.outcome.kills += 1
        try:
            self._settings = self._load()
        except SettingsError as error:
            self._is_said(error)
            self._put_right()
            self._settings = self._load()
        self._begin()
        self._look()

    def _begin(self) -> None:
        self.site.config = site_config_of(self._settings)
        for name in self._settings.clusters:
            self.site.clusters.setdefault(name, Cluster(name=name))
        self.site.restart()

    def _load(self) -> Settings:
        return load_settings(self._files.main, environment=self._files.environment)

    def _is_said(self, error: SettingsError) -> None:
        """A refusal is some lines, each with its place, and no file's content."""
        self.outcome.answers[422] += 1
        text = str(error)
        if "cannot be taken up" in text:
            self.outcome.fenced.append(f"{self._last[:200]}: {text[:300]}")
        if not text or len(text) > 200_000 or "\0" in text:
            self.outcome.wrong.append(f"a refusal that nobody can read: {text[:200]!r}; {self._last[:300]}")

    def _look(self) -> None:
        self.outcome.answers[200] += 1
        self.site.clock.at += self._draw.choice((1, 600, 86_400))
        self.site.carry_out(self.site.look(after=20))
        self.site.cluster.come_out()
        for made in (self.site.heard.statuses, self.site.heard.notices, self.site.heard.outcomes):
            made.clear()
        status = self.site.reconciler.status
        if status is not None:
            self._publisher.status(status)
            for document in RESOURCES.values():
                document(self._publisher._board.last)

    def _spoil(self, name: Path) -> None:
        path = self._files.folder / name
        _remove(path)  # else the second of two changes would be written through the first one's link
        if self._draw.random() < 0.2:
            how = self._draw.choice(list(_SPECIAL))
            _SPECIAL[how](path)
            self._last = f"{name}: {how}"
            return
        raw = self._changed(self._good[name])
        path.write_bytes(raw)
        self._last = f"{name}: {raw!r}" if len(raw) < 300 else f"{name}: …{self._at!r}…"

    _at = b""

    def _changed(self, raw: bytes) -> bytes:
        """A value replaced by an extreme, mostly; else lines or bytes moved."""
        lines = raw.split(b"\n")
        at = self._draw.randrange(len(lines))
        chance = self._draw.random()
        if chance < 0.75:
            lines[at] = self._line(lines[at])
        elif chance < 0.85:
            lines[at] = lines[self._draw.randrange(len(lines))]
        elif chance < 0.92:
            del lines[at]
        else:
            place = self._draw.randrange(len(raw) or 1)
            return raw[:place] + bytes([self._draw.randrange(256)]) + raw[place + 1 :]
        self._at = lines[at] if at < len(lines) else b""
        return b"\n".join(lines)

    def _line(self, line: bytes) -> bytes:
        """The line with one of its values replaced: whole, or one within braces."""
        value = self._draw.choice((*_NUMBERS, *_TIMES, *_WORDS)).encode("utf-8", "replace")
        for mark in self._draw.sample((b": ", b", ", b"[", b"; ", b","), 5):
            parts = line.split(mark)
            if len(parts) > 1:
                at = self._draw.randrange(1, len(parts))
                ends = [part.find(end) for end in (b",", b"}", b"]") if (part := parts[at]).find(end) >= 0]
                parts[at] = value + (parts[at][min(ends) :] if ends else b"")
                return mark.join(parts)
        return value

    def _put_right(self) -> None:
        for name, raw in self._good.items():
            path = self._files.folder / name
            _remove(path)
            path.write_bytes(raw)
            path.chmod(0o600)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


class _Board:
    """The last publication."""

    last: Any = None

    def publish(self, published: Any) -> None:
        self.last = published


_ONTO_THE_CLUSTER = (
    (_MAIN, "  melun:", "  pve:"),
    (_MAIN, "vmids: {first: 20000, last: 21999}", "vmids: {first: 5000, last: 5999}"),
    (_MAIN, "installation: seine", f"installation: {INSTALLATION}"),
    ("standard.yaml", "cluster: melun", "cluster: pve"),
    ("standard.yaml", "storage: local-lvm", "storage: local"),
    ("standard.yaml", "vmids: {pve1: 9001}", "vmids: {n1: 9001, n2: 9002}"),
)
"""The configuration is of the scripted cluster."""


def play(folder: Path, seed: int, files: int) -> Outcome:
    """One life."""
    with parsed_once():
        return FileLife(folder, seed).play(files)


__all__ = ["FileLife", "play"]
