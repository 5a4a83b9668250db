"""What a desktop pushes is shown at once, not at the next cycle: at rest that is ten seconds away."""

import json
from dataclasses import replace

from provisioner.model.ids import Vmid
from provisioner.pve.wire import ApiResponse
from provisioner.sessions.push import Push, signature_of
from tests.builders.spoken import Spoken

SECRET = "ab" * 32
OPEN = "bascule_sessions"


class Pushing(Spoken):
    """A site whose only desktop is ready, and pushes."""

    def __init__(self) -> None:
        super().__init__(agents=1, says=self._with_secret)
        self.document: dict[str, object] = {}
        self.all_ready().play(180)

    def _with_secret(self, answer: ApiResponse, _now: float) -> ApiResponse:
        if not answer.ok:
            return answer
        self.document = json.loads(answer.data["content"])
        text = json.dumps({**self.document, "push_secret": SECRET})
        return ApiResponse(status=200, data={"content": text, "bytes-read": len(text)})

    def push(self, *logins: str, connections: int, after_s: float = 30.0) -> None:
        """A document with these sessions, so long after the last one that was read."""
        number = int(str(self.document["sequence"])) + int(after_s * 1e6)
        (state,) = self.states
        sessions = [{"user": login, "state": "connected", "since": self.events.now} for login in logins]
        said = {**self.document, "sequence": number, "sessions": sessions, "connections": connections}
        push = Push(
            vmid=Vmid(state.reservation.vmid),
            boot_id=str(said["boot_id"]),
            sequence=number,
            signature="",
            body=json.dumps(said),
        )
        self.reconciler.take_pushes([(replace(push, signature=signature_of(SECRET, push)), self.events.now)])

    @property
    def shown(self) -> tuple[int | None, float, int]:
        """Sessions in the status, in the metric, and in the figures; None: unknown."""
        (state,) = self.states
        count = None if state.sessions is None else len(state.sessions)
        return count, sum(self.metric(OPEN).values()), self.status.session_figures.all_open


def test_a_log_on_and_a_log_off_are_in_status_figures_and_metrics_before_the_next_cycle():
    site = Pushing()
    assert site.shown == (0, 0, 0)

    site.push("login0001", connections=1)
    assert site.shown == (1, 1, 1)
    assert site.status.moved == {site.states[0].reservation.name}

    site.push(connections=0, after_s=40)
    assert site.shown == (0, 0, 0)


def test_while_somebody_is_at_the_mask_the_next_cycle_judges():
    site = Pushing()

    site.push(connections=1)
    assert site.shown == (0, 0, 0)
    site.play(15)
    assert site.shown[0] is None

    site.push("login0001", connections=1, after_s=50)
    assert site.shown == (1, 1, 1)


def test_a_push_that_says_nothing_new_publishes_nothing():
    site = Pushing()
    before = site.status

    site.push(connections=0)

    assert site.status is before
