# The makefiles: what the user gives adds to what the build needs, a checkout may
# lie anywhere, and no check passes where it could not look.
. "$SRC/tests/cli/lib.sh"
need make clang-format nm

# ---- flags ----------------------------------------------------------------------
object=$PWD/flags/lib/base/status.o
expect 0 make -C "$SRC" BUILD="$PWD/flags" CFLAGS=-O1 \
    CPPFLAGS=-Dse_fail=renamed "$object"
nm "$object" | grep -q ' renamed$' || fail 'CPPFLAGS has no effect'

leash=$PWD/flags/tests/leash
expect 0 make -C "$SRC" BUILD="$PWD/flags" LDFLAGS=-Wl,--defsym=linked=1 "$leash"
nm "$leash" | grep -q ' linked$' || fail 'LDFLAGS has no effect'

make -C "$SRC" -pn LDLIBS=-lmore help >variables 2>/dev/null
grep -q '^LIBS .*-lsndfile.* -lmore' variables || fail 'LDLIBS has no effect'

# Where it will be installed is in no object.
touch stamp
expect 0 make -s -C "$SRC" BUILD="$make_build" PREFIX=/elsewhere all
made=$(find "$build/bin" "$build/lib" "$build/cmd" -newer stamp ! -type d)
[ -z "$made" ] || fail "PREFIX makes again: $made"

for setting in BUILD MODEL; do
    expect 2 make -C "$SRC" "$setting=a b" help
    grep -q "$setting=a b: expected a path without spaces" stderr ||
        fail "$setting with a space: $(cat stderr)"
done

# ---- a path with a space ----------------------------------------------------------
tree="$PWD/some where é/nnse"
mkdir -p "$tree/build"
for part in Makefile lib cmd scripts nn_arch models test_wavs tests; do
    cp -a "$SRC/$part" "$tree"
done
for part in flags bin lib cmd libse.a libcmd.a; do
    cp -a "$build/$part" "$tree/build"
done
touch "$tree/lib/files/file.c"
expect 0 make -C "$tree" BUILD=build demo
grep -q 'After' stdout || fail "no demo: $(tail -n 3 stdout)"
[ -s "$tree/build/demo/rms_fan_0dB.wav" ] || fail 'the demo wrote no sound'

# ---- the same bytes -----------------------------------------------------------------
# From any folder, and nothing that was built knows where. The one above has made
# an object, libraries and programs of its own.
rm -r "$tree/build/cmd/common" "$tree/build/libcmd.a"
expect 0 make -C "$tree" BUILD=build build/libcmd.a
for made in "$build"/bin/* "$build"/lib*.a "$build"/libnnse.so.* "$build"/examples/*; do
    # Examples find their header in the build folder, whose name they keep.
    [ "$make_build" = build ] || [ "${made%/examples/*}" = "$made" ] || continue
    cmp "$made" "$tree/build/${made#"$build/"}" || fail "$made differs elsewhere"
    ! grep -qF "$SRC" "$made" || fail "$made knows where it was built"
done

# ---- check-format -----------------------------------------------------------------
rm -rf "$tree"
mkdir -p "$tree/lib" "$tree/tests" "$tree/cmd"
cp -a "$SRC/Makefile" "$SRC/.clang-format" "$tree"
cp -a "$SRC/lib/base" "$tree/lib"
(cd "$SRC" && cp --parents tests/*.mk cmd/*/*.mk "$tree")
expect 0 make -C "$tree" check-format
printf 'int  x ;\n' >"$tree/lib/base/odd.c"
expect 2 make -C "$tree" check-format
grep -q 'lib/base/odd.c:1' stderr || fail "says nothing of the file: $(cat stderr)"
rm "$tree/lib/base/odd.c"

mkdir tools
for tool in make sh find sort pkg-config; do
    ln -s "$(command -v $tool)" tools
done
PATH=$PWD/tools expect 2 make -C "$tree" check-format
find "$tree" -name '*.[ch]' -delete
expect 2 make -C "$tree" check-format
