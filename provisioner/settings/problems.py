"""What is wrong with the files, collected to be told at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from provisioner.errors import SettingsError
from provisioner.model.plain_text import one_line
from provisioner.reasons.files import PROBLEM, PROBLEM_OF_FILE
from provisioner.reasons.reason import LINES, Reason, join_reasons, rename_in_reason

Path = tuple[str | int, ...]
"""Where a value stands in a document: keys, and indices of lists."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing wrong, at one place. Lines and columns start at 1."""

    file: str
    line: int
    column: int
    path: str
    message: Reason

    @property
    def reason(self) -> Reason:
        """All of it on one line, whatever is in the names."""
        place = f"{self.file}:{self.line}:{self.column}"
        if self.path:
            return rename_in_reason(PROBLEM(place=place, path=self.path, message=self.message), one_line)
        return rename_in_reason(PROBLEM_OF_FILE(place=place, message=self.message), one_line)

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(slots=True, kw_only=True)
class Problems:
    """A collection that several checks add to."""

    found: list[Problem] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, problems: Iterable[Problem]) -> None:
        """Take these too."""
        self.found.extend(problems)

    def raise_if_any(self) -> None:
        """Raise one SettingsError with all of them, sorted by place, each once."""
        if self.found:
            raise SettingsError(join_reasons((problem.reason for problem in sorted(set(self.found))), LINES))


def spell(path: Path) -> str:
    """A path as people write it: `clusters.melun.endpoints[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
