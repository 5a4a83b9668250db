"""Whether a scenario's rotation and the pools of bascule.yaml fit."""

from provisioner.model.pools import AfterPerson, Lend
from provisioner.reasons.pools import (
    ROTATION_ALL_RESERVE,
    ROTATION_POOL_ASKED,
    ROTATION_POOL_KEPT,
    ROTATION_POOL_UNKNOWN,
)
from provisioner.reasons.targets import SESSION_RULES_RECEIVER
from provisioner.settings.config_files import ConfigFiles
from provisioner.settings.rotation_documents import RotationKeys
from provisioner.settings.wording import did_you_mean


def check_rotation(files: ConfigFiles) -> None:
    """The pool of a rotation is there, lends by plan, and is larger than the reserve."""
    document = None if files.scenario is None else files.scenario.document
    rotation = None if document is None else document.rotation
    if rotation is not None:
        _check_pool(files, rotation)
        _check_handover(files, rotation)


def _check_pool(files: ConfigFiles, rotation: RotationKeys) -> None:
    assert files.scenario is not None, "the rotation is of a scenario"
    checked, known = files.scenario.checked, files.document.pools
    pool = known.get(rotation.pool)
    if pool is None:
        unknown = did_you_mean(ROTATION_POOL_UNKNOWN(pool=rotation.pool), rotation.pool, tuple(known))
        checked.complain(("rotation", "pool"), unknown)
        return
    if pool.lend is not Lend.BY_PLAN:
        checked.complain(("rotation", "pool"), ROTATION_POOL_ASKED(pool=rotation.pool))
    if pool.after is AfterPerson.KEPT:
        checked.complain(("rotation", "pool"), ROTATION_POOL_KEPT(pool=rotation.pool))
    if rotation.reserve >= pool.size:
        checked.complain(("rotation", "reserve"), ROTATION_ALL_RESERVE(pool=rotation.pool, size=pool.size))


def _check_handover(files: ConfigFiles, rotation: RotationKeys) -> None:
    assert files.scenario is not None, "the rotation is of a scenario"
    handover = rotation.handover
    if files.document.receiver is None and (handover.warn or handover.disconnected is not None):
        files.scenario.checked.complain(("rotation", "handover"), SESSION_RULES_RECEIVER(), at_key=True)
