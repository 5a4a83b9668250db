"""Findings of the doctor about what ends: API tokens, certificates; and files of certificates that cannot be used."""

from provisioner.reasons.reason import kind

IN_HOURS = kind("span_hours", "{hours} h")
IN_DAYS = kind("span_days", "{days} days")
_RENEW = "pveum user token modify {user} {name} --expire 0 (or a later date)"
TOKEN_ENDS = kind("token_ends", "the API token ends in {days:.0f} days", _RENEW)
TOKEN_ENDS_IN_SWITCH = kind(
    "token_ends_in_switch",
    "the API token ends in {time}, before the switch is over: nothing is made after that",
    _RENEW,
)
_RENEW_USER = "pveum user modify {user} --expire 0 (or a later date)"
USER_ENDS = kind("user_ends", "the account of the API token ends in {days:.0f} days", _RENEW_USER)
USER_ENDS_IN_SWITCH = kind(
    "user_ends_in_switch",
    "the account of the API token ends in {time}, before the switch is over: nothing is made after that",
    _RENEW_USER,
)
TOKEN_UNSEEN = kind(
    "token_unseen",
    "when the API token ends is not shown to it",
    "look: pveum user token list {user}",
)
NODE_CERTIFICATE_ENDS = kind(
    "node_certificate_ends",
    "certificate {file} of {nodes} ends in {days:.0f} days, and was not renewed by itself",
    "renew it there: pvecm updatecerts --force, then systemctl restart pveproxy; a site's own (pveproxy-ssl.pem): Node, "
    "Certificates",
)
NODE_CERTIFICATE_ENDS_IN_SWITCH = kind(
    "node_certificate_ends_in_switch",
    "certificate {file} of {nodes} ends in {time}, before the switch is over: Bascule then trusts none of these nodes",
    "renew it there: pvecm updatecerts --force, then systemctl restart pveproxy; a site's own (pveproxy-ssl.pem): Node, "
    "Certificates",
)
_RENEW_SERVED = (
    "renew it in its place: the daemon takes it up within a minute, bascule config reload at once; the receiver's: "
    "bascule guest receiver --renew, if it has an authority of its own, and restart bascule-receiver"
)
CERTIFICATE_ENDS = kind("served_certificate_ends", "it ends in {days:.0f} days", _RENEW_SERVED)
CERTIFICATE_ENDED = kind(
    "served_certificate_ended",
    "it ended {days:.0f} days ago: no client trusts it",
    _RENEW_SERVED,
)
CERTIFICATE_UNREAD = kind(
    "served_certificate_unread",
    "this account cannot read it, so that it is not checked: {said}",
    "run `bascule check` as the daemon's account",
)
CERTIFICATE_WRONG = kind(
    "served_certificate_wrong",
    "it cannot be used: {said}",
    "give a PEM certificate and the key that belongs to it, without a passphrase",
)
_NEW_NAMED = "put the authority's new certificates into the file, beside the old ones until nobody shows one of these"
NAMED_ENDS = kind("named_certificate_ends", "{use}: it ends in {days:.0f} days", _NEW_NAMED)
NAMED_ENDED = kind(
    "named_certificate_ended", "{use}: it ended {days:.0f} days ago: nobody who is checked with it can be reached", _NEW_NAMED
)
NAMED_UNREAD = kind(
    "named_certificate_unread", "{use}: when it ends is not known: {said}", "give the PEM certificates that the key names"
)
RECEIVER_BEHIND = kind(
    "receiver_behind",
    "the receiver shows desktops another one than is in the file",
    "systemctl restart bascule-receiver; one that was started by hand takes the file up within a minute",
)
RECEIVER_KEY_UNREAD = kind(
    "receiver_key_unread",
    "of the receiver: this account cannot read it or its key, so that it is not checked whether they belong together: {said}",
    "run `bascule check` as root: the daemon's account need not be able to read them",
)
_RENEW_RECEIVER = (
    "as root: bascule guest receiver --renew, then restart bascule-receiver; a timer does both each day (docs/en/sessions.md)"
)
RECEIVER_NOT_RENEWED = kind(
    "receiver_not_renewed", "it ends in {days:.0f} days, and was not renewed by itself", _RENEW_RECEIVER
)
RECEIVER_UNRENEWABLE = kind(
    "receiver_unrenewable",
    "it ends in {days:.0f} days, and {path}, with which it is renewed, is not there",
    "put the file back from its copy, then as root: bascule guest receiver --renew",
)
RECEIVER_OTHER_AUTHORITY = kind(
    "receiver_other_authority",
    "it is not of the receiver's authority {path}: no desktop that has this authority trusts it",
    "as root: bascule guest receiver --renew, or put back the file that belongs to it",
)
_NEW_AUTHORITY = (
    "move the files of authority and authority_key away, as root: bascule guest receiver --renew, and bring the new authority "
    "into the golden image"
)
RECEIVER_AUTHORITY_WRONG = kind(
    "receiver_authority_wrong",
    "the receiver's authority cannot be used: {said}",
    "put the file back from its copy",
)
RECEIVER_AUTHORITY_ENDS = kind(
    "receiver_authority_ends", "desktops trust the receiver by it for {days:.0f} days more", _NEW_AUTHORITY
)
RECEIVER_AUTHORITY_ENDED = kind(
    "receiver_authority_ended", "it ended {days:.0f} days ago: no desktop reaches the receiver by it", _NEW_AUTHORITY
)
CLIENT_CA_WRONG = kind(
    "client_ca_wrong",
    "no client's certificate can be checked with it: {said}",
    "give the PEM certificates of the authority in exposition.client_ca",
)
