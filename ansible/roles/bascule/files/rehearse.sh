#!/bin/sh
# Puts the copy of the store back in a scratch place, by the release in force and by the next, which upgrades it: each has to open what
# it has put back. It runs in a mount namespace of its own: nobody else sees the scratch place where configuration and store are.
# Arguments: the release in force, the next, the copy, the file of the store. As root, in the daemon's environment.
set -eu
was=$1 next=$2 copy=$3 store=$(dirname "$4")
scratch=/var/backups/.bascule-rehearsal
as_account="setpriv --reuid=bascule --regid=bascule --init-groups"

# An earlier run may have been interrupted. Nothing is mounted below it that would be removed, too.
rm -rf "$scratch"
trap 'rm -rf "$scratch"' EXIT
mkdir -m 0711 "$scratch"
cp --archive /etc/bascule "$scratch/etc"
mount --bind "$scratch/etc" /etc/bascule
for release in "$was" "$next"; do
    mkdir -m 0700 "$scratch/store"
    chown bascule:bascule "$scratch/store"
    mount --bind "$scratch/store" "$store"
    "$release/bin/bascule" store restore "$copy" --yes > /dev/null
    $as_account "$release/bin/bascule" store check
    umount "$store"
    rm -rf "$scratch/store"
done
