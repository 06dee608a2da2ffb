#!/bin/bash
# deb.sh - Debian packages from the tarball of a release, looked over by lintian.
#
#   scripts/deb.sh build/dist/nnse-c-1.2.3.tar.gz build/deb
#
# Version and date are those of the tarball, what has changed is in its
# CHANGES.md; debian/ in it has the rest.
set -euo pipefail
export LC_ALL=C

tarball=$(realpath "$1")
name=$(basename "$tarball" .tar.gz)
version=${name##*-}

rm -rf "$2"
mkdir -p "$2"
cd "$2"
tar -xf "$tarball"
cd "$name"

# The list of this version in CHANGES.md, an item a line.
items()
{
    awk -v version="$version" '
        /^## / { here = $2 == version; next }
        !here { next }
        /^- / { if (item) print item; item = substr($0, 3) }
        /^  / { item = item substr($0, 2) }
        END { if (item) print item }' CHANGES.md
}

{
    printf 'nnse (%s) unstable; urgency=medium\n\n' "$version"
    items | while read -r item; do
        fold -s -w 74 <<<"$item" | sed '1s/^/  * /; 2,$s/^/    /; s/ *$//'
    done
    printf '\n -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' debian/control)" \
        "$(date -u -R -d "@$(stat -c %Y CHANGES.md)")"
} >debian/changelog

dpkg-buildpackage -us -uc >../build.log 2>&1 || {
    tail -n 30 ../build.log >&2
    exit 1
}
cd ..
rm -r "$name"
lintian --allow-root --fail-on error,warning ./*.changes
ls ./*.deb
