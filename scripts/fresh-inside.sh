#!/bin/bash
# fresh-inside.sh - a step of fresh.sh, in the fresh machine, as its new owner.
#
#   fresh-inside.sh root | user | install | packages
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
clone=/root/nnse-c
prefix=/opt/nnse
# Where an ordinary user's work may be.
folder='/srv/Arbeitsplätze of somebody with a rather long name/projects 2026'

# try USER COMMAND...: as that user, with nothing but HOME and PATH.
try()
{
    local user=$1 home

    shift
    home=$(getent passwd "$user" | cut -d: -f6)
    echo "+ ($user) $*"
    if [ "$user" = root ]; then
        env -i HOME="$home" PATH="$PATH" "$@"
    else
        setpriv --reuid="$user" --regid="$user" --init-groups \
            env -i HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin "$@"
    fi
}

# Packages are kept for the next fresh machine.
echo 'Dir::Cache::archives "/archives";' >/etc/apt/apt.conf.d/90archives
echo 'APT::Keep-Downloaded-Packages "true";' >>/etc/apt/apt.conf.d/90archives

case $1 in
root)
    apt-get update -q >/dev/null
    # README's line for a machine without them.
    apt-get install -q -y --no-install-recommends git make ca-certificates \
        >/dev/null
    git clone -q /put/nnse-c "$clone"
    cd "$clone"
    try root make demo
    try root make test ${FRESH_TEST:+"$FRESH_TEST"}
    ;;
user)
    useradd --create-home --home-dir /home/somebody somebody
    mkdir -p "$folder"
    chown somebody: "$folder"
    try somebody git -c safe.directory='*' clone -q /put/nnse-c "$folder/nnse-c"
    cd "$folder/nnse-c"
    try somebody make demo
    try somebody make test ${FRESH_TEST:+"$FRESH_TEST"}
    ;;
install)
    cd "$clone"
    try root make install PREFIX="$prefix"
    cd /
    mv "$clone" "$clone.away"
    cp "$clone.away/test_wavs/noisy/rms_fan_0dB.wav" /tmp/noisy.wav
    try root "$prefix/bin/se-enhance" /tmp/noisy.wav /tmp/clean.wav
    [ -s /tmp/clean.wav ]
    try root "$prefix/bin/se-convert" --net_id 3 --net_name se --folder_c /tmp
    [ -s /tmp/def_nn3_se.c ]
    for program in "$prefix"/bin/se-*; do
        try root "$program" --help >/dev/null
        ! grep -qF "$clone" "$program" ||
            { echo "$program knows the clone's folder" >&2; exit 1; }
    done
    mv "$clone.away" "$clone"
    ;;
packages)
    apt-get update -q >/dev/null
    apt-get install -q -y --no-install-recommends /put/*nnse*.deb gcc libc6-dev \
        pkg-config >/dev/null
    try root /put/smoke
    apt-get purge -q -y '*nnse*' >/dev/null
    left=$(find /usr -name '*nnse*')
    [ -z "$left" ] || { echo "purging left $left" >&2; exit 1; }
    ;;
esac
