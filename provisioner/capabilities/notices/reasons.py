"""Notices to people: why they are not told. No text names a person or an address: servers repeat addresses in their answers."""

from provisioner.reasons.reason import kind

MAIL_AWAY = kind(
    "notice_mail_away",
    "mail server {server} cannot be used: {said}",
    "check notices.mail.server, port and tls, and that a firewall lets it through",
)
MAIL_LOGIN = kind(
    "notice_mail_login", "mail server {server} does not accept the user: {code}", "check notices.mail.user and password"
)
MAIL_REFUSED = kind("notice_mail_refused", "mail server {server} refuses a letter: {code}")
MAIL_LATER = kind("notice_mail_later", "mail server {server} takes no letter at present: {code}")
MAIL_UNKNOWN = kind("notice_mail_unknown", "mail server {server} has not answered after a whole letter: it may have been taken")
HOOK_AWAY = kind("notice_hook_away", "webhook {host} cannot be reached: {said}", "check notices.webhook.url")
HOOK_REFUSED = kind("notice_hook_refused", "webhook {host} refuses: {code}")
HOOK_LATER = kind("notice_hook_later", "webhook {host} takes nothing at present: {code}")
HOOK_UNKNOWN = kind("notice_hook_unknown", "webhook {host} has not answered: it may have been taken")
CHANNEL_WANTED = kind("notices_channel_wanted", "needs mail, webhook, or both: otherwise nobody is told")
USER_WITHOUT_TLS = kind("notices_user_without_tls", "a user needs tls: the password would cross the network in the clear")
USER_WITH_PASSWORD = kind("notices_user_with_password", "user and password go together")
MUST_BE_MAIL = kind("must_be_mail", "must be a mail address: bascule@dep.example")
MUST_BE_HTTPS = kind("must_be_https", "must begin with https://")
MUST_BE_LINK = kind("must_be_link", r"must be a link that people can open, without a line end: https://… or \\server\share")
# -- what was to be done with the store
READ_NOTICES = kind("store_read_notices", "read what people were told")
KEEP_NOTICES = kind("store_keep_notices", "keep what people were told")
