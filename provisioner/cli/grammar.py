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
        "status": "status:status",
        "why": "why:why",
        "person": "person:person",
        "report": Noun(
            "Reports: a surge, peaks, capacity, the plan, the journal, drift.",
            {
                "surge": "report:surge",
                "peak": "report:peak",
                "capacity": "report:capacity",
                "plan": "report_plan:plan",
                "journal": "report_journal:journal",
                "drift": "report_drift:drift",
            },
        ),
    },
    N_("Desktops and people"): {
        "desktop": Noun(
            "Desktops: list all, look at one, restart, rebuild, keep, try.",
            {
                "list": "desktop_list:list_all",
                "show": "desktop_show:show",
                "restart": "desktop_power:restart",
                "stop": "desktop_power:stop",
                "message": "desktop_session:message",
                "logoff": "desktop_session:logoff",
                "rebuild": "desktop_rebuild:rebuild",
                "reassign": "desktop_reassign:reassign",
                "quarantine": "desktop_quarantine:quarantine",
                "release": "desktop_quarantine:release",
                "restore": "desktop_restore:restore",
                "reconfigure": "desktop_reconfigure:reconfigure",
                "retry": "desktop_retry:retry",
            },
        ),
        "agent": Noun(
            "People: list all, their connections, and who has left.",
            {
                "list": "agent:list_all",
                "connections": "agent_connections:connections",
                "who": "agent:who",
                "forget": "agent:forget",
            },
        ),
        "pool": Noun(
            "Desktops that are lent: who has which; lend one, return one.",
            {
                "list": "pool:list_all",
                "show": "pool:show",
                "lend": "pool:lend",
                "return": "pool:give_back",
            },
        ),
        "directory": Noun(
            "What its next reading would change; accept a large change.",
            {
                "diff": "directory:diff",
                "accept": "directory:accept",
                "rekey": "directory_rekey:rekey",
                "distinct": "directory_who:distinct",
            },
        ),
        "node": Noun(
            "Nodes: list all, take them out of use and back.",
            {
                "list": "node:list_all",
                "cordon": "node:cordon",
                "drain": "node:drain",
                "evacuate": "node:evacuate",
                "uncordon": "node:uncordon",
            },
        ),
    },
    N_("Surge"): {
        "scenario": Noun(
            "What a scenario's file means; a drill of it.",
            {
                "explain": "scenario:explain",
            },
        ),
        "forecast": "forecast:forecast",
        "surge": Noun(
            "Whether it could begin now; start it, steer it, take it back.",
            {
                "start": "surge:start",
                "status": "surge:status",
                "pause": "surge:pause",
                "resume": "surge:resume",
                "go": "surge:go",
                "abort": "surge:abort",
                "finish": "surge:finish",
                "extend": "surge:extend",
                "rotation": "surge_rotation:rotation",
                "diff": "surge:diff",
                "sheet": "surge:sheet",
                "people": "surge:people",
                "accept": "surge:accept",
            },
        ),
    },
    N_("Stop and go on"): {
        "freeze": "freeze:freeze",
        "thaw": "freeze:thaw",
        "hold": Noun(
            "Stop every shutdown, release and delete; let them go on.",
            {
                "start": "hold:start",
                "end": "hold:end",
            },
        ),
    },
    N_("Install and run"): {
        "demo": "demo:demo",
        "twin": Noun(
            "A simulated Proxmox VE cluster, to try Bascule on.",
            {
                "serve": "twin:serve_twin",
                "truth": "twin_play:truth",
                "break": "twin_play:break_part",
                "mend": "twin_play:mend_part",
            },
        ),
        "init": "init:init",
        "check": Noun(
            "",
            {
                "directory": "check_directory:check_directory",
                "storage": "check_storage:check_storage",
                "image": "check_image:check_image",
            },
            alone="check:check",
        ),
        "run": "service:run",
        "config": Noun(
            "The configuration in force; reload it, make a token for the API.",
            {
                "diff": "config:diff",
                "reload": "config_reload:reload",
                "token": "config_token:token",
                "completion": "completion:completion",
            },
        ),
        "guest": Noun(
            "What a golden image needs; the receiver of desktops' reports.",
            {
                "files": "guest:files",
                "receiver": "receiver:receiver",
            },
        ),
        "store": Noun(
            "The database: check, back up, restore or move it.",
            {
                "check": "store:check",
                "backup": "store_backup:backup",
                "restore": "store_backup:restore",
                "move": "store:move",
                "accept": "store_accept:accept",
                "retire": "store_retire:retire",
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
