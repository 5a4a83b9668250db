"""Frozen words: queries, dashboards and scripts depend on them. A change needs a line in the CHANGELOG."""

import enum
from collections.abc import Iterator
from typing import get_args

import pytest

from monitors.stages import TimedStage
from monitors.words import ReadingResult, RequestAccess
from provisioner.adapters.logs.messages import LineLevel as LogLevel
from provisioner.doctor.findings import Grade
from provisioner.errors import BasculeError, ErrorWord
from provisioner.model.actions import Action, Result
from provisioner.model.commands import Command
from provisioner.model.departures import LeaverStep
from provisioner.model.intents import IntentKind
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import FirstBoot, Phase, SessionState
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.machines.guest_bounds import Flow
from provisioner.model.order_words import NotedWord
from provisioner.model.people.agents import AccountStatus
from provisioner.model.people.profiles import Probe
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.words import (
    DEFERRED_BY,
    RESOURCES,
    BootLevel,
    FirstBootWord,
    GuestWord,
    JournalWord,
    PushWord,
    ReadingWord,
    SessionOrderWord,
    WaitsFor,
)
from provisioner.planning.roster.changes import DepartureCause

FROZEN: dict[type[enum.StrEnum], list[str]] = {
    ReadingWord: ["observe", "readdirectory", "readtasklog"],
    JournalWord: [
        "ready", "depart", "return", "rekey", "forget", "given", "withdrawn", "set_aside", "erased", "restore",
        "restored", "trim", "surge", "lend", "give_back", "reset", "autoscale", "wave", "rotation", "published",
        "log_off", "ordered",
    ],
    NotedWord: ["wrong", "began", "grew", "over", "daemon", "started", "ended", "hung"],
    GuestWord: [
        "no_agent", "no_answer", "hangs", "port_alone", "no_file", "version", "unreadable", "crowded", "outdated",
        "connections",
        "unreached", "not_set_up", "off", "not_asked", "other",
    ],
    PushWord: [
        "accepted", "repeated", "late", "ahead", "cut", "forged", "unknown_desktop", "unknown_boot", "malformed", "refused",
        "overflowed",
    ],
    BootLevel: ["agent", "report", "port", "first_boot"],
    FirstBootWord: ["given", "unknown_desktop", "unknown_boot", "forged", "late", "cut", "not_ready"],
    SessionOrderWord: [
        "answered", "message", "log_off", "stopped", "repeated", "unknown_desktop", "unknown_boot", "forged", "late",
        "cut",
    ],
    Flow: ["document", "change", "question", "line", "boot"],
    Result: ["done", "retry", "unknown", "refused", "failed"],
    WaitsFor: [
        "", "memory", "cores", "storage", "vmids", "addresses", "templates", "nodes", "lock", "boots", "api", "retry", "paused",
        "operator", "safety",
    ],
    ErrorWord: [
        "bascule_error", "settings_error", "order_refused",
        "hypervisor_error", "not_sent", "node_refuses", "outcome_unknown", "lock_busy",
        "user_config_busy", "guest_busy", "worker_busy", "id_taken", "leftover_image", "unseen", "gone_or_moved",
        "already_so", "in_use", "place_elsewhere", "keep_with_template", "hollow_clone", "refused", "not_ours", "other_key",
        "paused", "no_quorum", "unauthorised", "forbidden", "storage_full", "guest_unknown", "directory_error",
        "directory_unavailable", "directory_refused", "directory_incomplete", "store_error", "store_owned", "store_away",
        "store_erased", "reservation_conflict", "exposition_error", "backup_error", "publishing_error", "image_error",
    ],
    TimedStage: ["clone", "configure", "start", "ready", "whole"],
    RequestAccess: ["read", "write"],
    ReadingResult: ["accepted", "quarantined", "failed"],
    Phase: [
        "reserved", "cloning", "unproven", "cloned", "stopped", "starting", "ready", "silent", "stopping", "deleting",
        "failed", "unknown",
    ],
    Power: ["running", "stopped", "paused", "unknown"],
    SessionState: ["connected", "disconnected"],
    FirstBoot: ["running", "done", "failed"],
    LeaverStep: ["suspended", "stopped", "recycled"],
    IntentKind: [
        "freeze", "hold", "accept_baseline", "surge", "cordon", "drain", "evacuate", "retry", "retire", "stop", "restart",
        "rebuild", "quarantine", "reassign", "restore", "reconfigure", "accept_directory", "rekey", "distinct",
        "message", "logoff", "trial",
    ],
    DifferenceKind: [
        "missing", "unknown_vm", "doubled", "half_made", "moved", "renamed", "retagged", "resized", "outdated",
        "misaddressed", "note_changed", "note_copied", "name_copied", "powered_off", "other_pool", "restored", "superseded",
        "shared_identity",
    ],
    PreparationLevel: ["none", "stopped", "running"],
    Probe: ["guest_agent", "ssh"],
    AccountStatus: ["active", "locked", "disabled", "expired"],
    DepartureCause: ["gone", "disabled", "expired", "no longer entitled"],
    Grade: ["good", "doubtful", "bad"],
    LogLevel: ["debug", "info", "warning", "error"],
}  # fmt: skip


@pytest.mark.parametrize("words", FROZEN, ids=lambda words: words.__name__)
def test_words_are_as_they_were(words: type[enum.StrEnum]):
    assert [word.value for word in words] == FROZEN[words]


def test_resources_come_first_among_what_a_deferral_waits_for():
    assert [*DEFERRED_BY] == FROZEN[WaitsFor][1:]
    assert [*RESOURCES] == FROZEN[WaitsFor][1:8]


def test_every_command_has_a_word_of_its_own():
    assert [command.__name__.lower() for command in get_args(Command)] == [command.word for command in get_args(Command)]


def test_the_words_of_actions_are_as_they_were():
    assert [action.word for action in get_args(Action)] == [
        "clone", "configure", "start", "checkguest", "verify", "assign", "release", "stop", "tag", "note", "delete",
        "reconfigure", "migrate",
    ]  # fmt: skip


def test_every_error_has_a_word_of_its_own():
    assert sorted(vars(kind)["word"] for kind in every_error(BasculeError)) == sorted(ErrorWord)


def every_error(kind: type[BasculeError]) -> Iterator[type[BasculeError]]:
    if kind.__module__.startswith("provisioner."):
        yield kind
    for child in kind.__subclasses__():
        yield from every_error(child)
