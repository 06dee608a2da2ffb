#!/bin/bash
# dist.sh - the sources as a tarball, and its SHA-256 beside it.
#
#   scripts/dist.sh build/dist/nnse-c-1.2.3.tar.gz
#
# The same commit gives the same bytes, on any machine, and so does the tree that
# was unpacked from them. Of a checkout all that git tracks is taken, as it is
# now, else all that is there but build/.
set -euo pipefail
export LC_ALL=C

tarball=$(realpath -m "$1")
name=$(basename "$tarball" .tar.gz)
cd "$(dirname "$0")/.."

files=$(mktemp)
trap 'rm -f "$files" "$tarball.part"' EXIT
if [ -e .git ]; then
    git ls-files -z | sort -z >"$files"
    time=$(git log -1 --format=%ct)
else
    find . \( -path ./build -o -name __pycache__ \) -prune -o \
        \( -type f -o -type l \) -print0 | sed -z 's|^\./||' | sort -z >"$files"
    time=$(xargs -0 stat -c %Y <"$files" | sort -n | tail -n 1)
fi

mkdir -p "$(dirname "$tarball")"
tar --create --format=gnu --no-recursion --owner=0 --group=0 --numeric-owner \
    --mode=u+rw,go=rX,a-s --mtime="@${SOURCE_DATE_EPOCH:-$time}" \
    --transform="flags=rh;s|^|$name/|" --null --files-from="$files" |
    gzip -n >"$tarball.part"
mv "$tarball.part" "$tarball"
cd "$(dirname "$tarball")"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
