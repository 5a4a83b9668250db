"""The domain that desktops join: why an account is not made, and what `bascule check` finds about it."""

from provisioner.reasons.reason import kind

# -- why an account is not made, or not removed
COMPUTER_FOREIGN = kind(
    "computer_foreign",
    "the computer account {name} is somebody else's ({dn})",
    "delete that account, or give the desktops other names (naming.prefix, name_prefix): docs/en/domain.md",
)
COMPUTER_REFUSED = kind(
    "computer_refused",
    "the account for {name} in {ou} was refused: {said}",
    "let domain.bind_dn create and delete computer accounts there: docs/en/domain.md",
)
COMPUTER_STAYS = kind(
    "computer_stays",
    "a computer account in {ou} cannot be removed: {said}",
    "let domain.bind_dn create and delete computer accounts there: docs/en/domain.md",
)
DOMAIN_FROZEN = kind("domain_frozen", "nothing is written now (freeze, or domain.dry_run)")
# -- what waits for a person
DOMAIN_FAILS = kind("domain_fails", "computer accounts in {realm} are not kept up: {why}")
DOMAIN_NOT_MADE = kind("domain_not_made", "{count} desktops get no account to join {realm} with, for example {name}: {why}")
# -- findings of the doctor
DOMAIN_GOOD = kind("domain_good", "accounts can be made in {ou}")
DOMAIN_COUNTED = kind("domain_counted", "can be read; {count} of its computer accounts are ours")
DOMAIN_UNREACHABLE = kind(
    "domain_unreachable", "its computer accounts cannot be read: {why}", "correct the section `domain`: docs/en/domain.md"
)
DOMAIN_NO_RIGHT = kind(
    "domain_no_right",
    "domain.bind_dn may not create computer accounts in {ou}",
    "let it create and delete computer accounts there, and write all their properties: docs/en/domain.md",
)
# -- of its section
JOIN_NO_DOMAIN = kind("join_no_domain", "needs the section `domain` of bascule.yaml: no account could be made")
JOIN_NO_RECEIVER = kind(
    "join_no_receiver", "needs the section `receiver` of bascule.yaml: desktops fetch there what they join with"
)
OU_OUTSIDE = kind("ou_outside", "is not in domain.ou ({ou}): accounts there would never be removed")
MUST_BE_LDAPS = kind("must_be_ldaps", "must be an address such as ldaps://dc1.dep.example: passwords of accounts need TLS")
