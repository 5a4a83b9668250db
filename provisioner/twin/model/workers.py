"""A node's API workers: three calls at a time; further calls queue."""

from collections import deque

from provisioner.twin.engine.processes import Process, Resume


class Workers:
    """A pool of workers; calls are served in order."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._queue: deque[Resume] = deque()

    @property
    def waiting(self) -> int:
        """Number of queued calls."""
        return len(self._queue)

    def acquire(self) -> Process[None]:
        """Wait for a worker."""
        if self._free > 0:
            self._free -= 1
            return
        yield self._queue.append

    def release(self) -> None:
        """Hand the worker to the next call."""
        if self._queue:
            self._queue.popleft()(None)
        else:
            self._free += 1
