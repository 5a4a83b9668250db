"""Somebody takes our tags off a desktop that has served: they are put back, and nothing else of it is written."""

from typing import Any

import pytest

from tests.scenarios.folder import Folder
from tests.scenarios.play import Play
from tests.scenarios.site import HappeningDocument, SiteDocument

pytestmark = pytest.mark.long

VMID = 5008
OURS = ["bascule-lab", "profile-standard", "img-golden-1"]
BY_HAND = {"changed": {"vmid": VMID, "name": "marketing", "without_tags": OURS}}
"""Two changes of one hand: a name of its own is what Configure would write over."""


def played(*happenings: dict[str, Any]) -> Play:
    """Eight desktops in use, and what happens to the last."""
    folder = Folder.read("meddled-by-hand")
    site: SiteDocument = folder.site.model_copy(
        update={"happenings": [HappeningDocument.model_validate(happening) for happening in happenings]}
    )
    return Play(Folder(path=folder.path, spec=folder.spec, scenario=folder.scenario, site=site)).run()


@pytest.mark.parametrize(
    "happenings",
    [
        pytest.param([{"at": 200, **BY_HAND}], id="in use"),
        pytest.param([{"at": 200, "powered_off": VMID}, {"at": 200.1, **BY_HAND}], id="powered off"),
        pytest.param(
            [{"at": 200, "daemon": "killed"}, {"at": 201, **BY_HAND}, {"at": 210, "daemon": "started"}],
            id="while the daemon is down",
        ),
        pytest.param(
            [
                {"at": 200, "daemon": "killed"},
                {"at": 201, **BY_HAND},
                {"at": 202, "store": "lost"},
                {"at": 210, "daemon": "started"},
            ],
            id="in use, and the store is lost",
        ),
        pytest.param(
            [
                {"at": 200, "daemon": "killed"},
                {"at": 201, "powered_off": VMID},
                {"at": 202, **BY_HAND},
                {"at": 203, "store": "lost"},
                {"at": 210, "daemon": "started"},
            ],
            id="powered off, and the store is lost",
        ),
    ],
)
def test_tags_are_put_back_and_nothing_else_is_written(happenings: list[dict[str, Any]]) -> None:
    """A8: a desktop that has served is never configured again, with any tags."""
    play = played(*happenings)

    config = play.twin.cluster.guests[VMID].config
    assert config["name"] == "marketing"
    assert {"bascule-lab", "profile-standard"} <= set(config["tags"].split(";"))
    assert play.twin.truth().ready == 8
