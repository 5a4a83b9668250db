"""How much is done, whatever the machine: what grows too fast shows in instructions, and no time is measured."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def work_of(act: Callable[[], object]) -> int:
    """Instructions of the interpreter until it ends; what C does within one of them is not seen."""
    done = 0

    def note(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal done
        frame.f_trace_opcodes = True
        done += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        act()
    finally:
        sys.settrace(before)
    return done


__all__ = ["work_of"]
