"""Why a tar or a disk image of somebody else is read no further."""

from provisioner.reasons.reason import kind

TAR_CUT = kind("tar_cut", "it ends too early")
TAR_DAMAGED = kind("tar_damaged", "it is damaged ({said})")
TAR_LONG = kind("tar_long", "unpacked it has more than {most} bytes")
TAR_MANY = kind("tar_many", "it has more than {most} members")
TAR_NAME = kind("tar_name", "a name in it has more than {most} bytes")
QCOW2_BACKING = kind(
    "qcow2_backing",
    "{path}: it names a backing file, which is another file of this machine and is not read. Where you trust both,"
    " `qemu-img convert -O qcow2` makes an image without",
)
QCOW2_DATA_FILE = kind(
    "qcow2_data_file",
    "{path}: it names a data file, which is another file of this machine and is not read. Where you trust both,"
    " `qemu-img convert -O qcow2` makes an image without",
)
QCOW2_ENCRYPTED = kind("qcow2_encrypted", "{path}: the image is encrypted: convert it to a raw image first")
QCOW2_UNKNOWN = kind(
    "qcow2_unknown", "{path}: a kind of qcow2 that is not known here ({what}): convert it to a raw image first"
)
QCOW2_DAMAGED = kind("qcow2_damaged", "{path}: the image is damaged ({what})")
QCOW2_LARGE = kind("qcow2_large", "{path}: unpacked it has more than {most} bytes")
