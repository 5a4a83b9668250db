"""The grammar of the commands: a noun and a verb. Alone stands only what one types in a hurry.

Here is the place of each: `module:function` in this package; a capability adds verbs to these nouns (`added`). A command is
imported when it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.texts.translate import N_


@dataclass(frozen=True, slots=True)
class Noun:
    """A group of commands."""

    help: str
    """In one line of 80 columns; empty: that of the command `alone`."""
    verbs: Mapping[str, str]
    alone: str = ""
    """What runs without a verb; empty: the help page."""


PANELS: Mapping[str, Mapping[str, str | Noun]] = {
    N_("Look"): {
        "status": "operating.status:status",
        "why": "why.command:why",
        "person": "people.person:person",
        "docs": "installing.docs:docs",
        "report": Noun(
            "Reports: a surge, peaks, capacity, the plan, the journal, drift.",
            {
                "surge": "report.command:surge",
                "peak": "report.command:peak",
                "capacity": "report.command:capacity",
                "plan": "report.plan:plan",
                "journal": "report.journal:journal",
                "drift": "report.drift:drift",
            },
        ),
    },
    N_("Desktops and people"): {
        "desktop": Noun(
            "Desktops: list all, look at one, restart, rebuild, keep, try.",
            {
                "list": "desktop.listing:list_all",
                "show": "desktop.show:show",
                "restart": "desktop.power:restart",
                "stop": "desktop.power:stop",
                "message": "desktop.session:message",
                "logoff": "desktop.session:logoff",
                "rebuild": "desktop.rebuild:rebuild",
                "reassign": "desktop.reassign:reassign",
                "quarantine": "desktop.quarantine:quarantine",
                "release": "desktop.quarantine:release",
                "restore": "desktop.restore:restore",
                "reconfigure": "desktop.reconfigure:reconfigure",
                "retry": "desktop.retry:retry",
            },
        ),
        "agent": Noun(
            "People: list all, their connections, and who has left.",
            {
                "list": "people.agent:list_all",
                "connections": "people.connections:connections",
                "who": "people.agent:who",
                "forget": "people.agent:forget",
            },
        ),
        "pool": Noun(
            "Desktops that are lent: who has which; lend one, return one.",
            {
                "list": "operating.pool:list_all",
                "show": "operating.pool:show",
                "lend": "operating.pool:lend",
                "return": "operating.pool:give_back",
            },
        ),
        "directory": Noun(
            "What its next reading would change; accept a large change.",
            {
                "diff": "people.directory:diff",
                "accept": "people.directory:accept",
                "rekey": "people.rekey:rekey",
                "distinct": "people.who:distinct",
            },
        ),
        "node": Noun(
            "Nodes: list all, take them out of use and back.",
            {
                "list": "operating.node:list_all",
                "cordon": "operating.node:cordon",
                "drain": "operating.node:drain",
                "evacuate": "operating.node:evacuate",
                "uncordon": "operating.node:uncordon",
            },
        ),
    },
    N_("Surge"): {
        "scenario": Noun(
            "What a scenario's file means; a drill of it.",
            {
                "explain": "scenario.command:explain",
            },
        ),
        "forecast": "forecast.command:forecast",
        "surge": Noun(
            "Whether it could begin now; start it, steer it, take it back.",
            {
                "start": "surge.orders:start",
                "status": "surge.orders:status",
                "pause": "surge.orders:pause",
                "resume": "surge.orders:resume",
                "go": "surge.orders:go",
                "abort": "surge.orders:abort",
                "finish": "surge.orders:finish",
                "extend": "surge.orders:extend",
                "rotation": "surge.rotation:rotation",
                "diff": "surge.orders:diff",
                "sheet": "surge.orders:sheet",
                "people": "surge.orders:people",
                "accept": "surge.orders:accept",
            },
        ),
    },
    N_("Stop and go on"): {
        "freeze": "operating.freeze:freeze",
        "thaw": "operating.freeze:thaw",
        "hold": Noun(
            "Stop every shutdown, release and delete; let them go on.",
            {
                "start": "operating.hold:start",
                "end": "operating.hold:end",
            },
        ),
    },
    N_("Install and run"): {
        "demo": "installing.demo:demo",
        "twin": Noun(
            "A simulated Proxmox VE cluster, to try Bascule on.",
            {
                "serve": "installing.twin:serve_twin",
                "truth": "installing.twin_play:truth",
                "break": "installing.twin_play:break_part",
                "mend": "installing.twin_play:mend_part",
            },
        ),
        "init": "installing.init:init",
        "check": Noun(
            "",
            {
                "directory": "check.directory:check_directory",
                "storage": "check.storage:check_storage",
                "image": "check.image:check_image",
            },
            alone="check.command:check",
        ),
        "run": "installing.service:run",
        "config": Noun(
            "The configuration in force; reload it, make a token for the API.",
            {
                "diff": "installing.config:diff",
                "reload": "installing.config_reload:reload",
                "token": "installing.config_token:token",
                "completion": "completion:completion",
            },
        ),
        "guest": Noun(
            "What a golden image needs; the receiver of desktops' reports.",
            {
                "files": "desktop.guest:files",
                "receiver": "installing.receiver:receiver",
            },
        ),
        "store": Noun(
            "The database: check, back up, restore or move it.",
            {
                "check": "installing.store:check",
                "backup": "installing.store_backup:backup",
                "restore": "installing.store_backup:restore",
                "move": "installing.store:move",
                "accept": "installing.store_accept:accept",
                "retire": "installing.store_retire:retire",
            },
        ),
    },
}
"""The parts of the help page, and the commands and groups in each."""
ENTRIES: Mapping[str, str | Noun] = {name: entry for panel in PANELS.values() for name, entry in panel.items()}
PANEL_OF: Mapping[str, str] = {name: panel for panel, entries in PANELS.items() for name in entries}

EARLIER: Mapping[str, str] = {
    "desktops": "desktop list",
    "agents": "agent list",
    "agents who": "agent who",
    "agents forget": "agent forget",
    "connections": "agent connections",
    "lend": "pool lend",
    "give-back": "pool return",
    "rotation": "surge rotation",
    "readiness": "surge readiness",
    "drill": "scenario drill",
    "probe": "desktop probe",
    "journal": "report journal",
    "plan": "report plan",
    "reconcile": "report drift",
    "backup": "store backup",
    "restore": "store restore",
    "baseline": "store accept",
    "vm": "store retire",
    "reload": "config reload",
    "token": "config token",
    "completion": "config completion",
    "receiver": "guest receiver",
    "unhold": "hold end",
}
"""Names of before 1.0, and what is called so now. None of them runs: a complaint about a wrong call names the new name."""


def places(entry: str | Noun) -> tuple[str, ...]:
    """Of a command or of all in a group."""
    return (entry,) if isinstance(entry, str) else (*filter(None, [entry.alone]), *entry.verbs.values())


def now_called(words: tuple[str, ...]) -> str:
    """The present name of a command that was called by an earlier one; empty: it is none."""
    return EARLIER.get(" ".join(words[:2])) or EARLIER.get(words[0], "")
