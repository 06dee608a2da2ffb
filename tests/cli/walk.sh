# Every file and function that lib/README.md names is there, and every folder in
# its order; what nn_arch/README.md says a new type of layer or a new activation
# touches is there, and nothing is missing.
. "$SRC/tests/cli/lib.sh"

sed -n 's/^|[^|]*| `\([^`]*\)` | `\([^`]*\)` |$/\1 \2/p' "$SRC/lib/README.md" >steps
[ "$(wc -l <steps)" -gt 30 ] || fail "lib/README.md: $(wc -l <steps) steps"
[ "$(grep -c '^|.*`' "$SRC/lib/README.md")" = "$(wc -l <steps)" ] ||
    fail 'lib/README.md: a row without file and function'
while read -r file function; do
    [ -f "$SRC/lib/$file" ] || fail "lib/README.md: no file $file"
    # Defined there: not indented, and not a declaration or a call.
    tr '\n' ' ' <"$SRC/lib/$file" |
        grep -Eq "[a-z0-9_*)] \*?$function\([^;]*\) +\{" ||
        fail "lib/README.md: $file does not define $function"
done <steps

sed -n 's/^    \(base [a-z].* nnsp\)/\1/p' "$SRC/lib/README.md" | tr ' ' '\n' |
    sort >listed
find "$SRC/lib" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort >there
cmp listed there || fail "lib/README.md: folders: $(diff listed there)"

list=$SRC/nn_arch/README.md
sed -n '/^## What a new layer type touches/,$p' "$list" |
    grep -o '`[^`]*`' | tr -d '`' >named
grep '^[a-z].*/' named | grep -v '<type>' | sort -u >touched
[ "$(wc -l <touched)" -gt 20 ] || fail "$list: $(wc -l <touched) files"
while read -r path; do
    [ -e "$SRC/$path" ] || fail "$list: no $path"
done <touched
(cd "$SRC" && cat $(grep '\.[ch]$' "$OLDPWD/touched")) >sources
for name in $(grep -v '[/.]' named | sed 's/^[a-z]* //'); do
    grep -qw "$name" sources || fail "$list: no file there has $name"
done
(cd "$SRC" && grep -lE 'SE_(LAYER|ACTIVATION)_[A-Z]|NNSP_(FC|LSTM|TANH)\>' \
    lib/*/*.c) >knowing
for path in $(cat knowing); do
    grep -qx "$path" touched || fail "$list: $path is not there"
done
