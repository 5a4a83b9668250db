"""DNS zones: why one is not kept up, and what `bascule check` finds about it."""

from provisioner.reasons.reason import kind

# -- why a round failed
ZONE_SILENT = kind(
    "zone_silent",
    "DNS server {server} does not answer: {said}",
    "check dns.server and dns.port, and that a firewall lets TCP through",
)
ZONE_MISSING = kind(
    "zone_missing",
    "DNS server {server} is not a primary of zone {zone}",
    "correct dns.forward or dns.reverse, or name the zone's primary in dns.server",
)
ZONE_KEY_WRONG = kind(
    "zone_key_wrong",
    "DNS server {server} does not accept key {key} ({said})",
    "the server and dns.key need the same name, algorithm and secret, and clocks less than 5 minutes apart",
)
ZONE_REFUSES = kind(
    "zone_refuses",
    "DNS server {server} refuses to transfer zone {zone} to key {key}",
    "allow the key to transfer the zone there (BIND: allow-transfer): docs/en/dns.md",
)
ZONE_REFUSES_UPDATES = kind(
    "zone_refuses_updates",
    "DNS server {server} refuses updates of zone {zone} by key {key}",
    "allow the key to update the zone there (BIND: update-policy): docs/en/dns.md",
)
ZONE_ANSWERS_BADLY = kind(
    "zone_answers_badly", "DNS server {server} answers for zone {zone}: {said}", "look into the server's log: docs/en/dns.md"
)
# -- what waits for a person
ZONE_FAILS = kind("zone_fails", "zone {zone} is not kept up: {why}")
ZONE_FOREIGN = kind(
    "zone_foreign", "zone {zone}: {count} names are not published, others own them, for example {name}: docs/en/dns.md"
)
# -- findings of the doctor
ZONE_GOOD = kind("zone_good", "can be read and updated; {count} of its names are ours")
ZONE_DRY = kind("zone_dry", "can be read (dry run: nothing is written to it); {count} of its names are ours")
# -- of its section
REST_SHORT = kind(
    "rest_short", "is longer than naming.address_rest: a cached name would lead to the desktop that has the address by then"
)
REVERSE_TWICE = kind("zone_twice", "names a zone twice")
SECRET_NOT_BASE64 = kind("secret_not_base64", "is not base64, as `tsig-keygen` prints a secret")
MUST_BE_REVERSE = kind(
    "must_be_reverse",
    "must be a reverse zone, such as 20.10.in-addr.arpa, or its network: 10.20.0.0/16 (IPv4: 8, 16 or 24 bits; IPv6: a "
    "multiple of 4)",
)
