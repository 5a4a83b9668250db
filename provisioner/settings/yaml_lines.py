"""Read a YAML file as plain data, with the line and column of every key and value."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from provisioner.named_files import read_named
from provisioner.reasons.files import (
    ALIAS_OF_ITSELF,
    FILE_ENCODING,
    FILE_UNNAMEABLE,
    FILE_UNREADABLE,
    KEY_NO_TEXT,
    KEY_TWICE,
    MANY_VALUES,
    NESTED_DEEPLY,
    NO_FILE,
    TAG_UNKNOWN,
    VALUE_UNREADABLE,
    YAML_WRONG,
)
from provisioner.reasons.reason import Reason
from provisioner.settings.problems import Path, Problem, spell
from provisioner.settings.wording import syntax_problem

MAX_BYTES = 1_000_000
"""A thousand times the shipped example; the parser needs 0.1 s per 10,000 lines."""
MAX_VALUES = 100_000
"""Values after expanding aliases: a few nested aliases can expand to billions."""

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMark:
    """Where a key and its value start; the item of a list has no key."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(slots=True, kw_only=True)
class YamlSource:
    """A file: its data, its marks, and its problems so far."""

    file: str
    data: object = None
    marks: dict[Path, LineMark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    """Paths where the data is None because the value could not be read."""
    named_files: list[FilePath] = field(default_factory=list)
    """Readable files named in it: profiles, keys, certificates, secrets."""
    named_variables: list[str] = field(default_factory=list)
    """Environment variables named in it."""

    @property
    def folder(self) -> FilePath:
        """The folder that relative paths in the file start at."""
        return FilePath(self.file).parent

    def beside(self, path: str) -> FilePath:
        """A path written in the file."""
        return self.folder / path

    def problem(self, path: Path, message: Reason, *, at_key: bool = False) -> Problem:
        """A problem with the value (or the key) at this path, or with the nearest enclosing value that exists."""
        mark = self.marks.get(path)
        known = path
        while mark is None:
            known, at_key = known[:-1], True
            mark = self.marks.get(known, _START if not known else None)
        return self.problem_at(mark.key if at_key else mark.value, message, path)

    def problem_at(self, place: tuple[int, int], message: Reason, path: Path = ()) -> Problem:
        """A problem at this line and column."""
        return Problem(file=self.file, line=place[0], column=place[1], path=spell(path), message=message)


_START = LineMark(key=(1, 1), value=(1, 1))


def read_source(path: FilePath) -> YamlSource:
    """Read a file; never raises. Its problems are in `problems`, and `data` is the readable part."""
    source = YamlSource(file=str(path))
    text = _text(path, source)
    if text is not None:
        _parse(text, source)
    return source


def parse_source(text: str, *, file: str = "<text>") -> YamlSource:
    """Like `read_source`, for a text."""
    source = YamlSource(file=file)
    _parse(text, source)
    return source


def _text(path: FilePath, source: YamlSource) -> str | None:
    try:
        raw = read_named(path, most=MAX_BYTES)
    except OSError as error:
        source.problems.append(source.problem((), FILE_UNREADABLE(said=error.strerror or NO_FILE())))
        return None
    except ValueError:
        source.problems.append(source.problem((), FILE_UNNAMEABLE()))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        source.problems.append(source.problem_at((line, column), FILE_ENCODING()))
        return None


def _parse(text: str, source: YamlSource) -> None:
    reader = YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
        source.data = _Reading(source).value(root, ()) if root is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.problems.append(source.problem_at(_at(mark) if mark is not None else (1, 1), syntax_problem(error)))
    except _TooMany:
        source.problems.append(source.problem((), MANY_VALUES(limit=MAX_VALUES)))
    except RecursionError:
        source.problems.append(source.problem((), NESTED_DEEPLY()))
    except Exception:
        # On arbitrary input the parser also raises ReaderError, ValueError, IndexError, AssertionError and others, and
        # some of their texts quote the file: the operator gets a sentence, never a traceback.
        source.problems.append(source.problem((), YAML_WRONG()))


def _at(mark: StreamMark) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _mark(node: Node, key: Node | None) -> LineMark:
    key = key or node
    empty = isinstance(node, ScalarNode) and not node.value and node.style is None
    return LineMark(key=_at(key.start_mark), value=_at(key.start_mark if empty else node.start_mark))


class _TooMany(Exception):
    pass


class _Reading:
    """Converts nodes to data. Timestamps stay text, keys are always text, and an alias is a copy."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._left = MAX_VALUES
        self._open: set[int] = set()

    def value(self, node: Node, path: Path, *, key: Node | None = None) -> object:
        """Convert a node, and record its mark under the path."""
        self._left -= 1
        if self._left < 0:
            raise _TooMany
        self._source.marks.setdefault(path, _mark(node, key))
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if id(node) in self._open:
            return self._complain(path, ALIAS_OF_ITSELF())
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            assert isinstance(node, SequenceNode), "there are three kinds of nodes"
            return self._list(node, path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        self._known_tag(node, path, "map")
        data: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._complain(path, KEY_NO_TEXT())
                continue
            here = (*path, key.value)
            if key.value in data:
                line, _ = self._source.marks[here].key
                problem = self._source.problem_at(_at(key.start_mark), KEY_TWICE(line=line), here)
                self._source.problems.append(problem)
                continue
            data[key.value] = self.value(value, here, key=key)
        return data

    def _list(self, node: SequenceNode, path: Path) -> list[object]:
        self._known_tag(node, path, "seq")
        return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]

    def _scalar(self, node: ScalarNode, path: Path) -> object:
        kind = str(node.tag).removeprefix(_TAG)
        convert = _SCALARS.get(kind)
        if convert is None:
            return self._complain(path, TAG_UNKNOWN())
        with contextlib.suppress(ValueError):
            return convert(node.value)
        return self._complain(path, VALUE_UNREADABLE())

    def _known_tag(self, node: Node, path: Path, kind: str) -> None:
        if str(node.tag) != _TAG + kind:
            self._complain(path, TAG_UNKNOWN())

    def _complain(self, path: Path, message: Reason) -> object:
        """Report an unreadable value; its data is None, and later checks do not report it again."""
        self._source.broken.add(path)
        self._source.problems.append(self._source.problem(path, message))
        return None


def _integer(text: str) -> int:
    return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)


def _float(text: str) -> float:
    return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: dict[str, Callable[[str], object]] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() in ("true", "yes", "on"),
    "int": _integer,
    "float": _float,
    "str": str,
    "timestamp": str,
    "merge": str,
}


def children(source: YamlSource, path: Path) -> Iterator[str]:
    """The keys of the mapping at a path, as written, even if their values are wrong."""
    data = source.data
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return iter(data if isinstance(data, dict) else ())
