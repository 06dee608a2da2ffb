# What install puts somewhere, uninstall takes away, and it works meanwhile.
. "$SRC/tests/cli/lib.sh"

root=$PWD/root
installed=$root/usr/local

make_target()
{
    expect 0 make -s -C "$SRC" BUILD="$make_build" DESTDIR="$root" "$1"
}

# Files are for all to read, whatever the umask of who installs.
(umask 077 && make_target install)
closed=$(find "$root" ! -type l ! -perm -004)
[ -z "$closed" ] || fail "not for all to read: $closed"
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    expect 0 "$installed/bin/$name" --help
    grep -q "$name" stdout || fail "$name --help does not name it"
    cmp "$SRC/cmd/$name/$name.1" "$installed/share/man/man1/$name.1" ||
        fail "man page of $name"
done
for file in "$SRC"/nn_arch/*; do
    cmp "$file" "$installed/share/nnse/nn_arch/$(basename "$file")" ||
        fail "$file was not installed"
done

# ---- completion ---------------------------------------------------------------
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    bash -c '. "$1" && complete -p "$2"' - \
        "$installed/share/bash-completion/completions/$name" "$name" >/dev/null ||
        fail "no bash completion of $name"
    grep -q "^#compdef .*\<$name\>" "$installed/share/zsh/site-functions/_nnse" ||
        fail "no zsh completion of $name"
done

# An installed program finds its nets beside itself, wherever that is, and none
# in the tree that it was built in.
mv "$root" moved
arch=def_se_nn_arch72_mel.txt
expect 0 moved/usr/local/bin/se-enhance --nn_arch $arch \
    -q -o enhanced "$SRC/test_wavs/noisy/rms_fan_0dB.wav"
mv moved/usr/local/share/nnse/nn_arch away
expect 1 moved/usr/local/bin/se-enhance --nn_arch $arch \
    -q -o enhanced "$SRC/test_wavs/noisy/rms_fan_0dB.wav"
expect_line "$arch: no such file"
mv away moved/usr/local/share/nnse/nn_arch
mv moved "$root"

make_target uninstall
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "uninstall left: $left"
no_files "$installed/share/nnse"
no_files "$installed/include/nnse"

# What is not there need not be taken away.
make_target uninstall
expect 0 make -s -C "$SRC" BUILD="$make_build" PREFIX="$PWD/none" uninstall
no_files "$PWD/none"

# ---- places that the installed files could not name ----------------------------
for prefix in relative "$PWD/two words" "$PWD/R&D" "$PWD/50%" "$PWD/o'clock"; do
    expect 2 make -s -C "$SRC" BUILD="$make_build" PREFIX="$prefix" install
    expect_line "PREFIX=$prefix: expected an absolute path without"
done
expect 2 make -s -C "$SRC" BUILD="$make_build" PREFIX=/usr LIBDIR=/opt/lib install
expect_line 'LIBDIR=/opt/lib: expected a folder below PREFIX=/usr'
