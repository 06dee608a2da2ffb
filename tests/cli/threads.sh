# The ring between threads, under ThreadSanitizer.
. "$SRC/tests/cli/lib.sh"

compiler=${CC:-cc}
echo 'int main(void) { return 0; }' >empty.c
$compiler -fsanitize=thread -o empty empty.c 2>/dev/null &&
    setarch -R ./empty 2>/dev/null || skip "$compiler has no ThreadSanitizer here"

$compiler -std=c11 -g -O1 -fsanitize=thread -D_GNU_SOURCE \
    -I"$SRC/lib" -I"$SRC/tests" -o ring "$SRC/tests/unit/test_ring.c" \
    "$SRC/tests/check.c" "$SRC"/lib/live/ring.c "$SRC"/lib/base/{line,status,utf8}.c \
    -lcmocka -lpthread -lm
TSAN_OPTIONS=exitcode=99 expect 0 setarch -R ./ring
