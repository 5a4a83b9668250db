"""Why a file is not read, or nothing is written there, although the system would allow it."""

from provisioner.reasons.reason import kind

LINK = kind("file_is_link", "{path} is a link, which is not followed")
NO_REGULAR = kind("file_several_names", "{path} is not a regular file with a single name")
NO_PLACE = kind("file_no_place", "{path} leads out of its folder")
OPEN_FOLDER = kind("file_open_folder", "others may replace {path}, for the mode of its folder is {mode}: chmod go-w {folder}")
LARGE = kind("file_too_large", "{path} has more than {most} bytes")
