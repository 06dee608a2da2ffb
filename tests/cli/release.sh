# make dist: the same bytes from a checkout and from what it packed, without git;
# one version; the library in a folder of its architecture.
. "$SRC/tests/cli/lib.sh"
need tar sha256sum

version=$("$BIN/se-enhance" --version | sed 's/.* //')
name=nnse-c-$version
[ "$(sed -n 's/^## \([0-9.]*\) .*/\1/p' "$SRC/CHANGES.md" | head -n 1)" = "$version" ] ||
    fail "CHANGES.md does not begin with $version"
! grep -rnF "$version" "$SRC/debian" || fail 'another place has the version'

# ---- the tarball --------------------------------------------------------------
expect 0 make -s -C "$SRC" BUILD="$PWD/first" dist
(cd first/dist && sha256sum -c --quiet "$name.tar.gz.sha256") ||
    fail 'another digest than its file says'
tar -xf "first/dist/$name.tar.gz"
for file in Makefile README.md LICENSE CHANGES.md debian/control models/shipped.txt; do
    cmp "$SRC/$file" "$name/$file" || fail "$file in the tarball"
done
[ ! -e "$name/.git" ] && [ ! -e "$name/build" ] || fail 'more than sources'
[ -L "$name/nn_arch/def_se_nn_arch256_pspec.txt" ] || fail 'a link is none'

# Without git, with other rights and times of one's own.
mkdir -p bin
printf '#!/bin/sh\nexit 1\n' >bin/git
chmod +x bin/git
chmod -R go-rwx "$name"
PATH=$PWD/bin:$PATH expect 0 make -s -C "$name" BUILD=build dist
cmp "first/dist/$name.tar.gz" "$name/build/dist/$name.tar.gz" ||
    fail 'the tarball of a tarball is another one'

# ---- LIBDIR -------------------------------------------------------------------
expect 0 make -s -C "$SRC" BUILD="$make_build" DESTDIR="$PWD/root" PREFIX=/usr \
    LIBDIR=/usr/lib/some-machine install
place=root/usr/lib/some-machine
[ -s $place/libnnse.so.1 ] && [ -L $place/libnnse.so ] || fail "no library there"
PKG_CONFIG_PATH=$place/pkgconfig pkg-config --variable=libdir nnse >libdir
[ "$(cat libdir)" = /usr/lib/some-machine ] || fail "pkg-config: $(cat libdir)"
grep -q '"${nnse_libdir}/../.." ABSOLUTE' $place/cmake/nnse/nnseConfig.cmake ||
    fail 'CMake: another prefix'
