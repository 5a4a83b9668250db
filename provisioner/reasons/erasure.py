"""Why `bascule agents forget` erases nobody's history yet."""

from provisioner.reasons.reason import kind

SEVERAL_PEOPLE = kind("forget_several", "several people have had the login {login}: say which by id ({ids})")
IN_ROSTER = kind(
    "forget_in_roster",
    "{who} is in the roster in force: remove the person from the directory first, or from its filter",
)
IN_DIRECTORY = kind("forget_in_directory", "{who} is still in the directory: remove the entry first")
HAS_DESKTOPS = kind("forget_has_desktops", "{who} still has {desktops}: wait until the desktop is deleted, or delete it")
MOVED_LATELY = kind(
    "forget_moved_lately",
    "{who} joined or left recently and still counts for the guard: ask again after the longer of directory.guard.window and "
    "directory.guard.slow_window",
)
