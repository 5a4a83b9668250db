"""Problems of the files, collected and reported together."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from provisioner.errors import SettingsError
from provisioner.model.people.plain_text import one_line
from provisioner.reasons.files import PROBLEM, PROBLEM_OF_FILE
from provisioner.reasons.reason import LINES, Reason, join_reasons, rename_in_reason

Path = tuple[str | int, ...]
"""The place of a value in a document: keys, and indices of lists."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """A problem at a place in a file. Lines and columns start at 1."""

    file: str
    line: int
    column: int
    path: str
    message: Reason

    @property
    def reason(self) -> Reason:
        """Place, path and message on a single line, whatever characters names contain."""
        place = f"{self.file}:{self.line}:{self.column}"
        if self.path:
            return rename_in_reason(PROBLEM(place=place, path=self.path, message=self.message), one_line)
        return rename_in_reason(PROBLEM_OF_FILE(place=place, message=self.message), one_line)

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(slots=True, kw_only=True)
class Problems:
    """The problems that several checks add."""

    collected: list[Problem] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.collected)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        self.collected.extend(problems)

    def raise_if_any(self) -> None:
        """Raise a SettingsError with all problems, sorted by place, without duplicates."""
        if self.collected:
            raise SettingsError(join_reasons((problem.reason for problem in sorted(set(self.collected))), LINES))


def spell(path: Path) -> str:
    """Write a path for people: `clusters.melun.endpoints[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
