"""Which reasons have a plural in other languages, by their code, and the argument that is the number.

English has a single text for each code, and a program may compare it. A translation has the forms of its language.
"""

from collections.abc import Mapping

_COUNT = (
    "agents", "agents_read", "and_more", "and_others", "attribute_some", "broker_dry", "broker_foreign", "broker_good",
    "broker_refused", "broker_unknown", "deletes_day", "deletes_plan", "desktops_kept", "disabled_count", "earlier_life",
    "entitled", "entries_unusable", "expired_count", "failed_alike", "groups_flat", "groups_listed", "groups_nested", "ha_ours",
    "ids_carried", "joiners_after_loss", "leavers_disabled", "leavers_expired", "leavers_gone", "listing_lacks", "locked_count",
    "no_desktop", "other_clones", "ownerless", "pair_incomplete", "profile_failed_alike", "reading_limited",
    "reading_values_cut", "rejected", "would_join",
)  # fmt: skip

COUNTED: Mapping[str, str] = {
    **dict.fromkeys(_COUNT, "count"),
    "absent_many": "absent",
    "api_busy": "waiting",
    "api_busy_each": "waiting",
    "besides": "named",
    "boots": "limit",
    "config_rejected_more": "more",
    "few_entries": "limit",
    "gave_up": "tries",
    "in_use_now": "sessions",
    "lock_busy": "limit",
    "measured_few": "clones",
    "measured_partly": "missing",
    "newer_in_use": "sessions",
    "outage": "away",
    "room_less": "nodes",
    "room_more": "nodes",
    "rotation_earlier": "days",
    "rotation_later": "days",
    "sessions_open": "sessions",
    "upper_bound": "clones",
}
