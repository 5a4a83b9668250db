#!/bin/sh
# Prints the sum of a release's wheel that the key of releases has signed; else says why not, and ends with 1. On the control machine.
# Arguments: the file of allowed signers, the wheel, and the bundle if there is one. SHA256SUMS and its signature lie beside the wheel.
set -eu
signers=$1 wheel=$2
shift
cd "$(dirname "$wheel")"
for file in "$signers" SHA256SUMS SHA256SUMS.sig; do
    [ -f "$file" ] || { echo "there is no file $file" >&2; exit 1; }
done
# Read once: what is verified is what is compared.
sums=$(cat SHA256SUMS)
printf '%s\n' "$sums" | ssh-keygen -Y verify -f "$signers" -I bascule-release -n bascule-release -s SHA256SUMS.sig > /dev/null 2>&1 ||
    { echo "SHA256SUMS is not signed by a key of $signers" >&2; exit 1; }
for file in "$@"; do
    named=$(printf '%s\n' "$sums" | awk -v name="$(basename "$file")" '$2 == name || $2 == "*" name {print $1}')
    [ -n "$named" ] && [ "$named" = "$(sha256sum < "$file" | cut -d ' ' -f 1)" ] ||
        { echo "$(basename "$file") is not what SHA256SUMS names" >&2; exit 1; }
done
printf '%s\n' "$sums" | awk -v name="$(basename "$wheel")" '$2 == name || $2 == "*" name {print $1}'
