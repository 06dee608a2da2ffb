#!/bin/bash
# fresh.sh - tries the project on a machine that has nothing: a Debian made for
# the purpose by debootstrap (minbase), private mounts, an empty environment.
#
#   scripts/fresh.sh [STEP...]      (demo install root user, in this order)
#
# demo     README's first commands, as root: what is missing, and make demo
# install  make install, then the installed programs without the clone
# root     make test, as root
# user     make demo and make test as an ordinary user, in a folder with a long
#          name, spaces and letters beyond ASCII, with HOME elsewhere: and the
#          programs have the same bytes
# packages  nothing but the Debian packages in $FRESH_DEBS (make test-deb)
#
# What is tried is the last commit. Needs root, debootstrap and Debian's
# packages; exits with 77 where it cannot run, saying why. The bare Debian and
# the packages are kept in $FRESH_CACHE (/var/cache/nnse-fresh) for the next
# time; FRESH_KEEP=1 leaves the machine there, too, and FRESH_MACHINE=DIR goes
# on in such a one. Words for every make come from $FRESH_MAKE (-j2 WERROR=1),
# for make test from $FRESH_TEST (ONLY=nn*).
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
cache=${FRESH_CACHE:-/var/cache/nnse-fresh}
suite=bookworm

cannot()
{
    echo "fresh.sh: cannot make a fresh machine here: $*" >&2
    exit 77
}

[ "$(id -u)" -eq 0 ] || cannot 'not root'
command -v debootstrap >/dev/null || cannot 'debootstrap is not installed'
unshare --mount --pid --fork sh -c 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/proc &&
    mount -t proc proc /mnt/proc' 2>/dev/null ||
    cannot 'mounts of its own are not allowed'
git -c safe.directory='*' -C "$source" rev-parse -q --verify HEAD >/dev/null ||
    cannot "$source is no clone"
# shellcheck disable=SC1091
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-$suite}")
mirror=$(sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' \
    -e 's/^deb \(\[[^]]*\] \)\?\(http[^ ]*\) .*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
    head -n 1 || true)
[ -n "$mirror" ] || cannot "no Debian in this machine's apt sources"

mkdir -p "$cache/archives"
base=$cache/$suite.tar
if [ ! -f "$base" ]; then
    echo "fresh.sh: making a bare Debian $suite"
    debootstrap --variant=minbase "$suite" "$cache/base" "$mirror" \
        >"$cache/debootstrap.log" 2>&1 || {
        tail -n 5 "$cache/debootstrap.log" >&2
        rm -rf "$cache/base"
        cannot 'debootstrap failed'
    }
    tar -C "$cache/base" -cf "$base.part" .
    mv "$base.part" "$base"
    rm -rf "$cache/base"
fi

root=${FRESH_MACHINE:-}
if [ -z "$root" ]; then
    root=$(mktemp -d "$cache/machine.XXXXXX")
    [ -n "${FRESH_KEEP:-}" ] || trap 'rm -rf --one-file-system "$root"' EXIT
    chmod 755 "$root"
    tar -C "$root" -xf "$base"
    mkdir "$root/archives" "$root/put"
    # The way to the packages is this machine's.
    cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
fi
cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
rm -rf "$root/put/nnse-c"
# Whoever owns a clone here, Git takes it.
printf '[safe]\n\tdirectory = *\n' >"$root/put/gitconfig"
GIT_CONFIG_GLOBAL=$root/put/gitconfig git clone -q --no-hardlinks "$source" \
    "$root/put/nnse-c"
cp "$source/scripts/fresh-inside.sh" "$source/debian/tests/smoke" "$root/put/"
[ -z "${FRESH_DEBS:-}" ] || cp "$FRESH_DEBS"/*.deb "$root/put/"

# enter COMMAND...: runs it in the machine.
enter()
{
    unshare --mount --propagation private --pid --fork --kill-child bash -euc '
        root=$1 archives=$2
        shift 2
        mount --bind "$root" "$root"
        mount --bind "$archives" "$root/archives"
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        mount -t tmpfs tmpfs "$root/run"
        mkdir -p "$root/.old"
        cd "$root"
        pivot_root . .old
        umount -l /.old
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            "$@"' enter "$root" "$cache/archives" "$@"
}

enter true 2>/dev/null || cannot 'no way into a machine within this one'
[ $# -gt 0 ] || set -- demo install root user
for step; do
    echo "fresh.sh: $step"
    enter FRESH_MAKE="${FRESH_MAKE:-}" FRESH_TEST="${FRESH_TEST:-}" \
        bash /put/fresh-inside.sh "$step"
done
echo "fresh.sh: passed: $*"
