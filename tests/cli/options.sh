# What all programs have in common.
. "$SRC/tests/cli/lib.sh"

n_programs=0
for source in "$SRC"/cmd/se-*/main.c; do
    name=$(basename "$(dirname "$source")")
    program=$BIN/$name
    n_programs=$((n_programs + 1))

    expect 0 "$program" --help
    [ ! -s stderr ] || fail "$name --help writes to standard error"
    grep -Eqi '^usage: .*'"$name" stdout || fail "$name --help: no usage line"
    grep -Eq -- '--version' stdout || fail "$name --help: no --version"
    awk 'length > 80 { exit 1 }' stdout || fail "$name --help: a long line"

    # The man page knows every option that --help knows.
    sed 's/\\//g' "$SRC/cmd/$name/$name.1" >manual
    grep -Eo -- '--[a-z][a-z_-]+' stdout | sort -u >options
    while read -r option; do
        grep -qF -- "$option" manual || fail "$name.1 does not tell of $option"
    done <options

    expect 0 "$program" --version
    grep -Eqx "$name \(nnse-c\) [0-9]+\.[0-9]+\.[0-9]+" stdout ||
        fail "$name --version: $(cat stdout)"

    expect 2 "$program" --no_such-option=1
    expect_line "^$name: unknown option '--no_such-option'"
    expect 2 "$program" -@
    expect_line "^$name: unknown option '-@'"
    expect 2 "$program" --help=yes
    expect_line "^$name: option '--help' takes no value"

    # A full disk is an error even for help; nobody listening is not one.
    status=0
    "$program" --help >/dev/full 2>stderr || status=$?
    [ "$status" -eq 1 ] || fail "$name --help >/dev/full: status $status"
    expect_line "^$name: standard output: cannot write: No space left"
done
[ "$n_programs" -gt 0 ] || fail "no programs in $SRC/cmd"

# Dash and underscore are the same in long options, and words may be cut short.
for option in nn_arch nn-arch nn_a; do
    expect 2 "$BIN/se-train" "--$option"
    expect_line "^se-train: option '--nn_arch' needs a value"
done

# A message is one line, whatever is in a name.
name=$(printf 'no such\n\033[31mfile')
expect 1 "$BIN/se-eval" --clean "$name" --enhanced "$name"
expect_line '^se-eval: no such\?\?\[31mfile: '
