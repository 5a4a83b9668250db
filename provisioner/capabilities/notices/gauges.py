"""Notices to people: sent, to be sent, and not to be had."""

from monitors.metric import Labels, Room, Rows, View
from provisioner.capabilities.notices.model import STATES, NoticeStage

ROOM = Room("Notices to people", after="Rotation")
_NO_ADDRESS = "without_address"


@ROOM.gauge(
    "notices",
    "channel stage",
    help="The last notices to people, by channel: sent, pending, failed, doubtful (sent, and never answered), without_address.",
    query='sum by (channel) (bascule_notices{stage="pending"})',
)
def notices(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for state in view.status.parts[STATES]:
        pending = state.stages.get(NoticeStage.PENDING, 0) + state.stages.get(NoticeStage.SENDING, 0)
        rows[state.channel, NoticeStage.PENDING.value] = pending
        for stage in (NoticeStage.SENT, NoticeStage.FAILED, NoticeStage.DOUBTFUL):
            rows[state.channel, stage.value] = state.stages.get(stage, 0)
        rows[state.channel, _NO_ADDRESS] = state.without_address
    return rows


@ROOM.gauge("notices_failing", "channel", help="1 while a channel takes no notices; 0 also in a dry run.")
def failing(view: View) -> Rows:
    return {(state.channel,): int(bool(state.failing)) for state in view.status.parts[STATES]}
