"""The machine's clock, apart: a command that asks the time needs no daemon."""

import time


class SystemClock:
    """The Clock port."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()  # noqa: TID251 (this is the Clock port)
