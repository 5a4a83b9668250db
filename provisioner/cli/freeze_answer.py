"""What `freeze` and `thaw` did: lines for people at once, or one JSON document at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.cli.output import print_json, say


class FreezeAnswer:
    """Each thing that was done, as it is done."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._done: list[dict[str, object]] = []

    @classmethod
    @contextmanager
    def given(cls, *, json: bool) -> Iterator["FreezeAnswer"]:
        """An answer that is complete at the end, also when something could not be done."""
        answer = cls(json=json)
        try:
            yield answer
        finally:
            if json:
                print_json({"done": answer._done})

    def add(self, text: str, **facts: object) -> None:
        """Something was done: the line that says so, and the same for programs."""
        self._done.append(facts)
        if not self._json:
            say(text)
