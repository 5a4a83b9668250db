"""Why a certificate is not served, the receiver's own authority makes none, or a golden image cannot be given it."""

from provisioner.reasons.reason import kind

KEY_OF_ANOTHER = kind("key_of_another", "the key {key} does not belong to the certificate {certificate}")
RECEIVER_EARLIER = kind("receiver_earlier", "the receiver shows desktops another one than is in the file")
AUTHORITY_WRONG = kind("authority_wrong", "authority and authority_key of the receiver cannot be used: {said}")
AUTHORITY_ENDED = kind(
    "authority_ended",
    "the receiver's authority has ended: move the files of authority and authority_key away, run this again, and bring the new "
    "authority into the golden image",
)
AUTHORITY_NAME = kind(
    "authority_name",
    "the receiver's authority does not vouch for {name}: move the files of authority and authority_key away, run this again, "
    "and bring the new authority into the golden image",
)
AUTHORITY_HALF = kind(
    "authority_half",
    "{there} is there and {gone} is not: put it back from a copy, or move the other away, too, and bring the new authority "
    "into the golden image",
)
NO_AUTHORITY = kind(
    "no_authority",
    "{path}: `receiver` names no authority of its own (name, authority, authority_key): renew its certificate by hand",
)
CERTIFICATE_UNWRITABLE = kind("certificate_unwritable", "{path} cannot be written: {said}")
AUTHORITY_NEEDS = kind("authority_needs", "authority_key: needs name, authority and key")
RECEIVER_NAMELESS = kind(
    "receiver_nameless", "{path}: `receiver` has no `name`, by which desktops reach it: what goes into the image is not known"
)
RECEIVER_FORM = kind("init_receiver_form", "--receiver: a name or an address of this machine, with or without a port; or none")
