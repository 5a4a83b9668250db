"""Processes in virtual time: generators that yield what they wait for, so that an operation reads from top to bottom."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from provisioner.twin.events import EventHeap

T = TypeVar("T")

Resume = Callable[[Any], None]
Wait = Callable[[Resume], None]
"""What a process yields: told how to resume it, arranges that this happens once."""
Process = Generator[Wait, Any, T]


def spawn(process: Process[T], *, done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
    """Run a process until it waits, and on from there; then tell `done` its value or `failed` its error."""

    def step(value: object) -> None:
        try:
            wait = process.send(value)
        except StopIteration as end:
            done(end.value)
        except Exception as error:
            failed(error)
        else:
            wait(step)

    step(None)


def pause(events: EventHeap, seconds: float) -> Wait:
    """Wait so long."""
    return lambda resume: events.after(seconds, lambda: resume(None))
