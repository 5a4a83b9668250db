#!/bin/sh
# From ansible/roles/bascule/templates/bascule.sh.j2 by `python -m tests.ansible.units`: change nothing here.
# Root becomes the daemon's account first: a store that root has written to is one that the daemon cannot. Not where it reads and
# writes files that root alone may: a first configuration, backups, the whole installation, a mounted image, the receiver's
# certificate.
case "$1" in
    --lang) order="$3 $4" ;;
    --lang=*) order="$2 $3" ;;
    *) order="$1 $2" ;;
esac
case "$order" in
    "init "* | "store backup" | "store restore" | "guest "*) ;;
    *)
        if [ "$(id -u)" = 0 ]; then
            # The journal names who has become root, where the kernel does not know it: cron and containers have no log-on.
            exec setpriv --reuid=bascule --regid=bascule --init-groups \
                env HOME=/var/lib/bascule BASCULE_CALLER="${SUDO_UID:-0}" "$0" "$@"
        fi
        ;;
esac
# bascule.env: by `bascule store restore`. What Ansible has written counts before it, as in the unit.
for file in /etc/bascule/bascule.env /etc/bascule/environment; do
    if [ -r "$file" ]; then
        set -a
        . "$file"
        set +a
    fi
done
exec /opt/bascule/current/bin/bascule "$@"
