"""Processes in virtual time: generators that yield what they wait for, so an operation reads from top to bottom.

A process can be killed (its node died: no more of it runs) or interrupted (an error is raised where it waits).
"""

from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from provisioner.twin.engine.events import EventHeap

T = TypeVar("T")

Resume = Callable[[Any], None]
Wait = Callable[[Resume], None]
"""What a process yields: a function that receives `resume` and arranges for one call of it."""
Process = Generator[Wait, Any, T]


class Running(Generic[T]):
    """A running process. Calls `done` or `failed` once at its end, unless it is killed."""

    def __init__(self, process: Process[T], *, done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        self._process = process
        self._done = done
        self._failed = failed
        self._step = 0
        self.alive = True

    def start(self) -> None:
        """Run until the first wait, unless already killed."""
        if self.alive:
            self._advance(lambda: self._process.send(None))

    def kill(self) -> None:
        """End it without calling `done` or `failed`; a wait that ends later has no effect."""
        if self.alive:
            self.alive = False
            self._step += 1
            self._process.close()

    def interrupt(self, error: Exception) -> None:
        """Raise an error where it waits."""
        if self.alive:
            self._advance(lambda: self._process.throw(error))

    def _advance(self, run: Callable[[], Wait]) -> None:
        self._step += 1
        try:
            wait = run()
        except StopIteration as end:
            self.alive = False
            self._done(end.value)
        except Exception as error:
            self.alive = False
            self._failed(error)
        else:
            wait(self._resumer(self._step))

    def _resumer(self, step: int) -> Resume:
        def resume(value: Any) -> None:
            if step == self._step:
                self._advance(lambda: self._process.send(value))

        return resume


def pause(events: EventHeap, seconds: float) -> Wait:
    """Wait this many seconds."""
    return lambda resume: events.after(seconds, lambda: resume(None))
