"""The configuration in force, and what the daemon has not taken up."""

from monitors.metric import Instants, Room, Rows, View

ROOM = Room("Configuration")


@ROOM.gauge("config_rejected", help="1 after a reload found the files faulty: what was read before is in force.")
def rejected(view: View) -> Rows:
    return {(): int(bool(view.status.config.rejected))}


@ROOM.age("config_rejected", help="Time since a reload first found the files faulty; 0 when the last one did not.")
def rejected_at(view: View) -> Instants:
    return {(): view.status.config.rejected_at}


@ROOM.gauge("config_restart_waits", help="Changed keys of bascule.yaml that are not in force before a restart.")
def restart_waits(view: View) -> Rows:
    return {(): len(view.status.config.waits_for_restart)}


@ROOM.age("config", help="Time since the configuration in force was read.")
def read_at(view: View) -> Instants:
    return {(): view.status.config.read_at}
