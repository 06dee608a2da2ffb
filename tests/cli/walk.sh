# Every file and function that lib/README.md names is there, and every folder in
# its order.
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

sed -n 's/^    \(base audio .*\)/\1/p' "$SRC/lib/README.md" | tr ' ' '\n' |
    sort >told
find "$SRC/lib" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort >there
cmp told there || fail "lib/README.md: folders: $(diff told there)"
