"""The machine's clock. A file of its own, for commands that need no daemon."""

import time


class SystemClock:
    """The Clock port."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()  # noqa: TID251 (this is the Clock port)
