# What install puts somewhere, uninstall takes away, and it works meanwhile.
. "$SRC/tests/cli/lib.sh"

build=${BIN%/bin}
root=$PWD/root
installed=$root/usr/local

make_target()
{
    expect 0 make -s -C "$SRC" BUILD="$build" DESTDIR="$root" "$1"
}

make_target install
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

# ---- the library --------------------------------------------------------------
cat >program.c <<'EOF'
#include <math.h>
#include <nnse.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct se_report report;
    struct se_model model;
    struct se_enhance_result result;
    struct se_enhance_job job = {
        .input = argv[1],
        .output = argv[argc - 1],
        .enhancer = {.attenuation_limit_db = INFINITY},
    };

    if (se_model_load(&model, "def_se_nn_arch72_mel.txt", "best", &report) ||
        se_enhance_file(&result, &model, &job, &report)) {
        fprintf(stderr, "%s\n", report.text);
        return 1;
    }
    se_model_free(&model);
    return 0;
}
EOF
export PKG_CONFIG_PATH="$installed/lib/pkgconfig"
nnse()
{
    pkg-config --define-variable=prefix="$installed" "$@" nnse
}
[ "$(nnse --modversion)" = "$("$BIN/se-eval" --version | sed 's/.* //')" ] ||
    fail "nnse.pc: version $(nnse --modversion)"
[ "$(pkg-config --variable=prefix nnse)" = /usr/local ] ||
    fail "nnse.pc: $(cat "$PKG_CONFIG_PATH/nnse.pc")"
# A library that was built with sanitizers wants them.
sanitizers=
! nm "$installed/lib/libnnse.a" 2>/dev/null | grep -q __ubsan ||
    sanitizers=-fsanitize=address,undefined
expect 0 ${CC:-cc} -std=c11 -Wall -Wextra -Werror $sanitizers -o program \
    program.c $(nnse --cflags --libs)
if [ -n "$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null)" ]; then
    clip=$SRC/test_wavs/noisy/rms_fan_0dB.wav
    expect 0 ./program "$clip" one.wav
    expect 0 "$installed/bin/se-enhance" "$clip" other.wav
    cmp one.wav other.wav || fail "the library gives another sound"
fi

# ---- completion ---------------------------------------------------------------
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    bash -c '. "$1" && complete -p "$2"' - \
        "$installed/share/bash-completion/completions/$name" "$name" >/dev/null ||
        fail "no bash completion of $name"
    grep -q "^#compdef .*\<$name\>" "$installed/share/zsh/site-functions/_nnse" ||
        fail "no zsh completion of $name"
done

make_target uninstall
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "uninstall left: $left"
no_files "$installed/share/nnse"
no_files "$installed/include/nnse"
