# What tests/check.h promises: an expectation that fails says what was found
# and what was expected, and tests run alone and in any order.
. "$SRC/tests/cli/lib.sh"
unset CHECK_SEED

cat >test_sample.c <<'END'
#include "check.h"

#include <unistd.h>

static int shared;

BEFORE_ALL()
{
    write_bytes(in_scratch("shared"), "s", 1);
    shared = 1;
}

TEST(passes)
{
    expect(shared);
    expect(1 + 1 == 2);
    expect_equal((unsigned char)200, 200L);
    expect_equal(0.5f, 0.5);
    expect_near(3.0, 3.1, 0.2);
    expect_range(3, 3, 4);
    expect_text("a", "a");
    expect_bytes("ab", "ac", 1);
    expect_contains("abc", "bc");
    expect_ok(SE_OK);
    expect_error(se_fail(&report, SE_ERR_IO, "f.txt:%d: odd", 7), SE_ERR_IO,
                 "f.txt:7: ");
}

/* Both write one file; neither finds that of the other. */
TEST(first_writes)
{
    expect(access(in_scratch("own"), F_OK) != 0);
    write_bytes(in_scratch("own"), "1", 1);
}

TEST(second_writes)
{
    expect(access(in_scratch("own"), F_OK) != 0);
    write_bytes(in_scratch("own"), "2", 1);
}

TEST(fails_condition) { expect(shared > 7); }
TEST(fails_equal) { expect_equal(shared + 1, 5); }
TEST(fails_sign) { expect_equal(-1, UINT64_MAX); }
TEST(fails_real) { expect_equal(0.1f, 0.1); }
TEST(fails_near) { expect_near(NAN_, 1, 1e9); }
TEST(fails_range) { expect_range(5, 1, 4); }
TEST(fails_text) { expect_text("apple", "pear"); }
TEST(fails_null) { expect_text(NULL, "pear"); }
TEST(fails_bytes) { expect_bytes("abc", "abd", 3); }
TEST(fails_part) { expect_contains("apple", "pear"); }
TEST(fails_ok) { expect_ok(se_fail(&report, SE_ERR_FORMAT, "f.txt:3: bad")); }
TEST(fails_reason) { expect_ok(se_fail(&report, SE_OK, "fine")); }
TEST(fails_stale) { se_fail(&report, SE_OK, "old"); expect_ok(SE_ERR_ARG + 0); }
TEST(fails_status) { expect_status(se_fail(&report, SE_OK, "ok"), SE_ERR_IO); }
TEST(fails_words)
{
    expect_error(se_fail(&report, SE_ERR_IO, "a"), SE_ERR_IO, "b");
}
TEST(fails_told) { fail_test("case %d", 12); }
TEST(skipped) { skip_test("no %s here", "moon"); }
END
${CC:-cc} -D_GNU_SOURCE -D'NAN_=__builtin_nan("")' -I"$SRC/lib" \
    -I"$SRC/tests" -o sample test_sample.c "$SRC/tests/check.c" \
    "$SRC"/lib/base/{line,status,utf8}.c -lcmocka -lm

# says NAME WORDS: the test of that name fails and says so.
says()
{
    status=0
    ./sample "$1" >stdout 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "$1: exit status $status"
    tr -s ' \n' ' ' <stdout >line
    grep -qF -- "$2" line || fail "$1 does not say '$2': $(cat stdout)"
    grep -q 'test_sample.c:[0-9]' stdout || fail "$1 does not say where"
}
says fails_condition 'shared > 7: does not hold'
says fails_equal 'shared + 1 is 2, expected 5'
says fails_sign '-1 is -1, expected 18446744073709551615'
says fails_real '0.1f is 0.10000000149011612, expected 0.1'
says fails_near 'is nan, expected 1 within 1e+09'
says fails_range '5 is 5, expected 1 to 4'
says fails_text 'is apple expected pear'
says fails_null 'is (null) expected pear'
says fails_bytes 'byte 2 of 3 is 0x63, expected 0x64'
says fails_part 'is apple expected in it pear'
says fails_ok 'gives SE_ERR_FORMAT, expected SE_OK: f.txt:3: bad'
says fails_reason 'gives SE_OK and a reason for a failure'
says fails_stale 'gives SE_ERR_ARG, expected SE_OK ['
says fails_status 'gives SE_OK, expected SE_ERR_IO: ok'
says fails_words 'says a expected in it b'
says fails_told 'case 12'

expect 0 ./sample passes '*_writes'
grep -qF 'PASSED  ] 3 test' stdout stderr || fail "not three: $(cat stdout stderr)"
expect 0 ./sample skipped
grep -qx 'skipped: no moon here' stdout || fail "a skip gives no reason"
expect 16 ./sample
expect 2 ./sample nonesuch
expect_line 'no test of that name'

# The same tests in another order, the same one for the same seed.
expect 0 ./sample --list
mv stdout names
[ "$(head -n 1 names)" = passes ] && [ "$(wc -l <names)" -eq 20 ] ||
    fail "--list: $(cat names)"
for seed in 1 1 2; do
    CHECK_SEED=$seed ./sample >stdout 2>&1 || true
    sed -n 's/^\[ RUN      \] //p' stdout >>ran
done
head -n 20 ran >first
sed -n 21,40p ran | cmp - first || fail 'one seed gives two orders'
! tail -n 20 ran | cmp -s - first || fail 'two seeds give one order'
! cmp -s names first || fail 'a seed does not shuffle'
sort names >sorted && sort first | cmp - sorted || fail 'not every test ran'
no_files "$TMPDIR/*"
