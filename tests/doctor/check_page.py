"""Writes docs/en/check.md from the table of reasons: `python -m tests.doctor.check_page`."""

import re
from collections.abc import Iterator
from pathlib import Path

from provisioner.reasons.reason import KINDS
from provisioner.reasons.table import table

PAGE = Path(__file__).parents[2] / "docs" / "en" / "check.md"
B, D, E = "bad", "doubtful", "bad or doubtful"
SECTIONS: dict[str, dict[str, str]] = {
    "Configuration and store": {
        B: "store_read_only store_folder store_fails served_certificate_ended served_certificate_wrong "
        "named_certificate_ended "
        "client_ca_wrong publisher_ended publisher_wrong receiver_other_authority receiver_authority_wrong "
        "receiver_authority_ended socket_group_unknown socket_group_lacks socket_folder_unwritable port_barred",
        E: "ssh_unusable",
        D: "freeze_file freeze_slow freeze_in_memory store_in_memory nobody_new served_certificate_ends "
        "served_certificate_unread named_certificate_ends named_certificate_unread receiver_behind "
        "receiver_key_unread receiver_not_renewed receiver_unrenewable receiver_authority_ends "
        "publisher_ends publisher_unread role_group_unknown",
    },
    "Names in DNS": {B: "zone_silent zone_missing zone_key_wrong zone_refuses zone_refuses_updates zone_answers_badly"},
    "The broker": {
        B: "broker_silent broker_slow broker_log_on broker_source broker_forbids broker_status broker_form broker_rights "
        "broker_behind",
        D: "broker_ahead broker_protocol",
    },
    "The domain that desktops join": {B: "domain_unreachable domain_no_right"},
    "Profiles": {
        B: "gateway_in_pool server_in_pool ready_too_soon bridge_meant bridge_nowhere bridge_missing vlan_barred mtu_large",
        D: "upgrade_too_soon profile_unused profile_unconfigured mtu_unstated",
    },
    "Pools": {D: "pool_disk_stays pool_reset_after_half_days pool_grant_protocol"},
    "Who gets a desktop, and when": {
        B: "no_agents nobody_entitled none_usable wave_not_entitled",
        E: "no_agent_of_group no_agent_of_department no_agent_of_site no_agent_of_login no_agent_of no_agent_below "
        "selects_nobody ceiling_leaves_none",
        D: "ceiling_unasked no_desktop wave_swallowed entitlement_swallowed starts_past starts_far starts_at_once "
        "batches_at_once",
    },
    "The directory": {
        B: "directory_down directory_fails certificate_refused no_tls ca_file bind_refused reading_slow reading_given_up "
        "size_limit groups_alike server_behind attribute_lost no_such_base filter_wrong",
        D: "rejected attribute_unseen enabled_unseen end_date_unseen",
    },
    "The cluster and its token": {
        B: "unreached token_refused rights_refused cluster_fails release_old quorum_lost endpoints_differ rights_lacking "
        "rights_lacking_vms "
        "token_ends_in_switch user_ends_in_switch",
        D: "endpoint_silent release_slow rights_unused vms_unseen token_ends user_ends token_unseen not_checked not_answered",
    },
    "Its nodes": {
        B: "node_takes_none node_certificate_ends_in_switch",
        D: "node_offline node_maintenance node_certificate_ends node_clock_ahead node_clock_behind",
    },
    "Templates": {
        B: "no_such_node on_other_node no_such_vm no_template_but_vm node_small node_memory_small no_such_storage "
        "no_linked_clones no_images disks_elsewhere carries_tag config_unread config_unanswered no_disk boots_nothing "
        "no_cloud_init "
        "disk_smaller custom_network "
        "second_address windows_type windows_firmware windows_tpm template_link_down template_passthrough",
        D: "agent_off disks_larger disk_larger upgrade_differs custom_other linux_type template_locked template_protected "
        "template_node_offline "
        "template_pinned replicas_differ not_reached tied tied_by_iso",
    },
    "Desktops and their neighbours": {
        B: "desktops_gone desktops_hidden ha_errors note_of_other_key",
        D: "range_foreign range_next ha_ours ha_waited_for crs_moves balancer_moves backup_of_templates backup_beside "
        "backup_perhaps",
    },
    "Trial desktops (`--trial`)": {
        B: "trial_failed trial_not_made trial_no_agent trial_no_script trial_bad_report trial_first_boot_failed "
        "trial_first_boot_long trial_port_closed trial_not_ready",
        D: "trial_undated trial_ended_early trial_left_out clones_differ clones_not_shown",
    },
    "Golden images (`bascule check image`)": {
        B: "image_machine_id image_host_keys image_tls_key image_dhcp_id image_cloud_state image_domain_account "
        "image_initiator image_first_boot_done image_passwords image_systemd_old image_no_agent image_no_cloud_init "
        "image_no_guest image_guest_off",
        D: "image_random_seed image_swap image_hostname image_no_hold image_no_xrdp image_no_cups image_xrdp_plain "
        "image_no_version",
    },
    "Room": {B: "room_short_of nothing_to_clone", D: "room_unsure node_needed node_unsure template_node_needed"},
    "Whether anybody would be made ready": {B: "nobody_ready nobody_ready_store nobody_ready_people"},
}
"""Codes by severity. A code that the doctor does not have, or has and is not here, fails a test."""
_HEAD = """\
# What `bascule check` finds

*Written by `python -m tests.doctor.check_page` from the table of reasons: do not edit.*

`bascule check` looks at everything that a switch depends on, and changes nothing. Each line is a finding: good (`ok`), doubtful
(`?`: it works, but not as it should) or bad (`BAD`: somebody stays without a desktop, or the switch fails). Below is the fix.
The exit code is 1 if anything is bad. `--json` adds the code of each finding, by which it is listed here, and where nothing can
be made because of it (`closes`).

The last line answers for the whole: whether the daemon, running now, would make anybody ready (`switch`), and within which time
at the latest: that is the sum of the time limits of the steps. It is planning's own answer, without the clusters, nodes and
templates that the findings close. A test draws broken sites, looks at them with `check`, starts the daemon there, and compares
(`python -m tests.law.doctor`). What only a desktop that boots can show, such as an image without guest agent, `--trial` finds.

* The **night** of the switch begins with `starts_at` (without it: now) and ends 12 hours after the last batch has opened. What
  ends or runs in it is found: tokens, certificates, backup jobs.
* What the token may not read is skipped, and said (`not_checked`, `token_unseen`). The rights that
  [the installation by hand](install-by-hand.md) lists are enough for everything here.
* `bascule check --trial` goes on, if nothing is bad, and says so if it does not: the running daemon makes a desktop of each
  profile that somebody may get (by an entitlement, from a pool, or for want of room), on each of its storages, boots it, reads
  its report and deletes it; `--number 3` makes three. That takes some minutes, and measures what `bascule forecast` needs. The
  daemon does it as an order (`trial`): a freeze stops it, agents come first, nobody is given such a desktop, and it is deleted
  also after Ctrl-C, and after the daemon was killed. Refused during a freeze or a hold. Then it says of each storage how long a
  clone took, in the lock and in all, and whether it was linked, beside what is assumed
  ([storage.md](storage.md#what-is-assumed-of-each-kind-of-storage)).
* `bascule check directory` and `bascule check storage` look closer at these two: [directory.md](directory.md),
  [storage.md](storage.md). `bascule check image` looks into a golden image: [golden-image.md](golden-image.md).
"""
_COLUMNS = "| code | severity | what it finds | fix |\n|---|---|---|---|\n"
_PLACEHOLDER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_NAME = "did you mean …? Otherwise correct the name, leave it empty, or let this account read it"
_BY_CASE = {
    "room_short_of": "more of the resource that would add most, with how much and where",
    "room_unsure": "more of the resource that would add most, with how much and where",
    "attribute_unseen": _NAME,
    "enabled_unseen": _NAME,
    "end_date_unseen": _NAME,
    "no_agent_of_group": "did you mean …? Otherwise correct it, or wait until the directory has it",
}
"""Fixes that depend on the case."""


def page() -> str:
    """The page."""
    return "\n".join((_HEAD, *(f"## {title}\n\n{_COLUMNS}{''.join(_rows(codes))}" for title, codes in SECTIONS.items())))


def listed() -> dict[str, str]:
    """The severity of each code."""
    return {code: severity for codes in SECTIONS.values() for severity, named in codes.items() for code in named.split()}


def _rows(codes: dict[str, str]) -> Iterator[str]:
    table()
    for severity, named in codes.items():
        for code in named.split():
            fix = _BY_CASE.get(code) or KINDS[code].act or _BY_CASE["no_agent_of_group"]
            yield f"| `{code}` | {severity} | {_shown(KINDS[code].text)} | {_shown(fix)} |\n"


def _shown(text: str) -> str:
    """Arguments in italics."""
    return _PLACEHOLDER.sub(lambda found: f"*{found[1]}*", text).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
