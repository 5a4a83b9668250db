"""A node's API workers: three calls at a time, more only queue."""

from collections import deque

from provisioner.twin.engine.processes import Process, Resume


class Workers:
    """First come, first served."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._queue: deque[Resume] = deque()

    @property
    def waiting(self) -> int:
        """Calls in the queue."""
        return len(self._queue)

    def acquire(self) -> Process[None]:
        """Wait for one."""
        if self._free > 0:
            self._free -= 1
            return
        yield self._queue.append

    def release(self) -> None:
        """Give it to the next call."""
        if self._queue:
            self._queue.popleft()(None)
        else:
            self._free += 1
