"""What a person can leave behind in a desktop, and the search for it in the next person's.

Not the kernel's own keys: guests of one machine share its kernel, and with it the keys of an account's number.
"""

from tests.servers.nspawn import Guest

_PLANT = """\
set -e
home=$(getent passwd "$1" | cut -d: -f6)
for place in "$home" /tmp /var/tmp /dev/shm; do setpriv --reuid="$1" --regid="$1" --init-groups touch "$place/$2"; done
mkdir -p "$home/.config/systemd/user/default.target.wants" "$home/.local/share/keyrings"
mkdir -p /var/spool/cron/crontabs /var/spool/cron/atjobs
printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > "$home/.config/systemd/user/$2.service"
ln -s "../$2.service" "$home/.config/systemd/user/default.target.wants/$2.service"
touch "$home/.local/share/keyrings/$2.keyring"
echo "* * * * * touch /tmp/$2" > "/var/spool/cron/crontabs/$2"
echo "touch /tmp/$2" > "/var/spool/cron/atjobs/$2"
mkdir -p /var/lib/systemd/linger && touch "/var/lib/systemd/linger/$1"
mkdir "/mnt/$2" && mount -t tmpfs "$2" "/mnt/$2"
setpriv --reuid="$1" --regid="$1" --init-groups setsid -f bash -c "exec -a $2 sleep infinity" < /dev/null > /dev/null 2>&1
"""
_FIND = """\
find / -xdev -name '*planted-*' -printf 'file %p\\n'
find /tmp /var/tmp /dev/shm /run /home -name '*planted-*' -printf 'file %p\\n'
find /home /etc/systemd -name 'planted-*.service' -printf 'unit %p\\n'
find /home /root -name 'planted-*.keyring' -printf 'keyring %p\\n'
ps -eo args= | awk '$1 ~ /^planted-/ {print "process " $0}'
grep planted- /proc/mounts | sed 's/^/mount /'
ls /var/lib/systemd/linger 2> /dev/null | sed 's/^/linger /'
true
"""


def plant(inside: Guest, login: str, *, mark: str) -> None:
    """Files, jobs, a user's unit, a process that outlives the log-off, a mount, a keyring. `mark` begins with `planted-`."""
    assert mark.startswith("planted-")
    inside.says("bash", "-c", _PLANT, "plant", login, mark)


def found_in(inside: Guest) -> set[str]:
    """The kinds of what is there."""
    return {line.split()[0] for line in inside.says("bash", "-c", _FIND).splitlines() if line.strip()}
