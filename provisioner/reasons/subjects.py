"""Subjects of the doctor's findings."""

from provisioner.reasons.reason import kind

# -- what there is one of
SETTINGS = kind("subject_settings", "settings")
STORE = kind("subject_store", "store")
SCENARIO = kind("subject_scenario", "scenario")
FREEZE_FILE_ITSELF = kind("subject_freeze_file", "freeze file")
DIRECTORY = kind("subject_directory", "directory")
CHANGES = kind("subject_changes", "changes")
ROSTER_IN_FORCE = kind("subject_roster", "roster in force")
ATTRIBUTES = kind("subject_attributes", "attributes")
GROUPS = kind("subject_groups", "groups")
ACCOUNTS = kind("subject_accounts", "accounts")
ENTITLEMENTS = kind("subject_entitlements", "entitlements")
ROOM = kind("subject_room", "room")
TRIAL = kind("subject_trial", "trial")
SWITCH = kind("subject_switch", "switch")
# -- what there are several of
CLUSTER = kind("subject_cluster", "cluster {cluster}")
PROFILE = kind("subject_profile", "profile {profile}")
POOL = kind("subject_desktop_pool", "pool {pool}")
SERVER = kind("subject_server", "server {url}")
BASE = kind("subject_base", "base {base}")
CERTIFICATE = kind("subject_certificate", "certificate {path}")
IMAGE = kind("subject_image", "image {image}")
ZONE = kind("subject_zone", "zone {zone}")
DOMAIN = kind("subject_domain", "domain {realm}")
WAVE = kind("subject_wave", "wave {wave}")
WAVE_EXCEPT = kind("subject_wave_except", "except of wave {wave}")
ENTITLEMENT = kind("subject_entitlement", "entitlement {number}, profile {profile}")
