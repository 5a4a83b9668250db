"""Brokers: why connections are not kept up, who is connected, what `bascule check` finds, and what is wrong in the section."""

from provisioner.reasons.reason import kind

# -- why a request failed
BROKER_SILENT = kind(
    "broker_silent",
    "Guacamole at {host} cannot be reached: {said}",
    "check guacamole.url and guacamole.ca_file, and that a firewall lets HTTPS through",
)
BROKER_SLOW = kind("broker_slow", "Guacamole at {host} does not answer within {limit_s:g} s", "look into its log")
BROKER_LOG_ON = kind(
    "broker_log_on",
    "Guacamole at {host} does not let {user} log on",
    "correct guacamole.connections.user and password; an account that needs a second factor cannot be used",
)
BROKER_SOURCE = kind(
    "broker_source",
    "Guacamole at {host} has no data source {source}",
    "guacamole.connections.data_source is mysql, postgresql or sqlserver, as its database extension is called",
)
BROKER_FORBIDS = kind(
    "broker_forbids",
    "Guacamole at {host} forbids {user}: {what}",
    "give the account the permission to administer the system: docs/en/guacamole.md",
)
BROKER_STATUS = kind("broker_status", "Guacamole at {host} answers {status}: {what}", "look into its log: docs/en/guacamole.md")
BROKER_FORM = kind(
    "broker_form", "what {host} answers is not Guacamole's: {what}", "guacamole.url is the address of Guacamole's own pages"
)
BROKER_GONE = kind("broker_gone", "what was to be changed at Guacamole is no longer there: it is listed again")
# -- what waits for a person
BROKER_FAILS = kind("broker_fails", "connections at {broker} are not kept up: {why}")
BROKER_REFUSED = kind("broker_refused", "connections at {broker}: {count} desktops wait, for example: {why}")
BROKER_FOREIGN = kind(
    "broker_foreign",
    "connections at {broker}: {count} desktops are left out, others have connections of their names in our group, for example "
    "{name}: docs/en/guacamole.md",
)
BROKER_UNKNOWN = kind(
    "broker_unknown",
    "connections at {broker}: {count} people are not known there, for example {login}: docs/en/guacamole.md",
)
# -- why a desktop stays on
SESSIONS_CONNECTED = kind("sessions_connected", "somebody is connected to it through the broker, whatever it says itself")
# -- findings of the doctor
BROKER = kind("subject_broker", "broker {broker}")
BROKER_GOOD = kind("broker_good", "can be read; {count} connections are in our group")
BROKER_DRY = kind("broker_dry", "can be read (dry run: nothing is written); {count} connections are in our group")
BROKER_RIGHTS = kind(
    "broker_rights",
    "the account {user} may not administer the system: permissions of people cannot be given",
    "give the account the permission to administer the system: docs/en/guacamole.md",
)
BROKER_PROTOCOL = kind(
    "broker_protocol",
    "desktops of profile {profile} are not reached by RDP: no connections to them are kept up",
    "correct `connection: protocol:` of the profile, if they are",
)
BROKER_AHEAD = kind(
    "broker_ahead",
    "its clock is {seconds:.0f} s before ours, and grants are good for {lifetime:.0f} s: people find theirs run out",
    "keep both clocks by NTP",
)
BROKER_BEHIND = kind(
    "broker_behind",
    "its clock is {seconds:.0f} s behind ours, more than guacamole.grants.clocks_apart: a grant may be good for longer than "
    "its desktop is kept for its person",
    "keep both clocks by NTP",
)
GRANT_PROTOCOL = kind(
    "pool_grant_protocol",
    "its desktops (profile {profile}) are not reached by RDP: no grant of the broker opens them",
    "correct `connection: protocol:` of the profile, or lend them without a grant",
)
# -- of its section
KEY_NOT_HEX = kind("secret_not_hex", "is not 32 hexadecimal digits, as `openssl rand -hex 16` prints them")
MUST_BE_PARAMETER = kind("must_be_parameter", "{name} is not a name of a parameter: small letters, digits and hyphens")
PARAMETER_OURS = kind("parameter_ours", "{name} is set by Bascule: leave it out")
PARAMETER_SECRET = kind(
    "parameter_secret", "{name} must be a token of Guacamole such as ${{GUAC_PASSWORD}}: no secret belongs in this file"
)
