# The test runner counts what happened, and nothing slips through.
. "$SRC/tests/cli/lib.sh"
unset ONLY EXCEPT ORDER JOBS

# prepare NAME: an executable test from standard input.
prepare()
{
    { echo '#!/bin/bash'; cat; } >"$1"
    chmod +x "$1"
}

# run STATUS COUNT TEST...: the runner's exit status and last line.
run()
{
    expected=$1 count=$2
    shift 2
    expect "$expected" env TEST_SECONDS=1 "$SRC/tests/run" "$@"
    [ "$(tail -n 1 stdout)" = "$count" ] ||
        fail "last line '$(tail -n 1 stdout)', expected '$count'"
}

prepare good <<'END'
echo '[  PASSED  ] 5 test(s).'
echo '[  SKIPPED ] tests: 2 test(s), listed below:'
END
prepare bad <<'END'
echo '[  PASSED  ] 3 test(s).'
echo '[  FAILED  ] tests: 2 test(s), listed below:'
echo '[  PASSED  ] 1 test(s).'
exit 2
END
prepare crash <<'END'
echo '[       OK ] test_first'
kill -SEGV $$
END
prepare leak <<'END'
echo '[  PASSED  ] 5 test(s).'
exit 99
END
prepare hang <<'END'
echo '[  PASSED  ] 5 test(s).'
exec sleep 60
END
prepare empty <<'END'
exit 0
END
prepare litter <<'END'
echo '[  PASSED  ] 1 test(s).'
echo >"$TMPDIR/litter"
END
prepare pass.sh <<'END'
[ -z "$(ls -A)" ] && mkdir -p a && echo >a/b && chmod 500 a
END
prepare skip.sh <<'END'
echo 'skipped: for a reason'
exit 77
END
prepare fail.sh <<'END'
exit 3
END

run 0 '5 passed, 0 failed, 2 skipped' ./good
run 1 '4 passed, 2 failed, 0 skipped' ./bad
run 1 '0 passed, 1 failed, 0 skipped' ./crash
run 1 '5 passed, 1 failed, 0 skipped' ./leak
run 1 '0 passed, 1 failed, 0 skipped' ./empty
run 1 '1 passed, 1 failed, 0 skipped' ./litter
run 1 '5 passed, 1 failed, 0 skipped' ./hang
grep -q 'stopped after 1 s' stdout || fail 'a time-out is not named'
run 0 '1 passed, 0 failed, 0 skipped' ./pass.sh
run 1 '0 passed, 0 failed, 1 skipped' ./skip.sh
run 1 '0 passed, 1 failed, 0 skipped' ./fail.sh
run 1 '0 passed, 0 failed, 0 skipped'
run 1 '7 passed, 2 failed, 3 skipped' ./good ./pass.sh ./skip.sh ./fail.sh \
    ./crash ./pass.sh

# Those that are asked for, but for those that are not.
ONLY='*a*' run 1 '1 passed, 2 failed, 0 skipped' ./good ./pass.sh ./fail.sh ./crash
ONLY='*a*' EXCEPT='crash f*' run 0 '1 passed, 0 failed, 0 skipped' ./good \
    ./pass.sh ./fail.sh ./crash
EXCEPT='*i* cra?h' run 0 '6 passed, 0 failed, 2 skipped' ./good ./pass.sh \
    ./fail.sh ./crash

# JOBS of them at once, each with folders of its own; what it says stays together.
# As many as shall be are waited for, and no more are there.
mkdir now
for me in first second third alone; do
    prepare $me.sh <<END
# ${me^}: it does not like company.
[ -z "\$(ls -A)\$(ls -A "\$TMPDIR")" ] || exit 1
touch mine "\$TMPDIR/mine" "$PWD/now/$me"
ls "$PWD/now" | wc -l >>"$PWD/counts"
echo $me begins
until [ -e "$PWD/met" ]; do
    [ "\$(ls "$PWD/now" | wc -l)" -lt "\$(cat "$PWD/most")" ] || touch "$PWD/met"
    sleep 0.01
done
echo $me ends
rm "\$TMPDIR/mine" "$PWD/now/$me"
exit 3
END
done
# at_once JOBS MOST: the most that ran at once of four, one of which is alone.
at_once()
{
    echo "$2" >most
    JOBS=$1 TEST_SECONDS=60 expect 1 "$SRC/tests/run" ./alone.sh ./first.sh \
        ./second.sh ./third.sh
    [ "$(tail -n 1 stdout)" = '0 passed, 4 failed, 0 skipped' ] &&
        [ "$(grep -c '^FAILED' stdout)" -eq 4 ] || fail "JOBS=$1: $(cat stdout)"
    for me in first second third alone; do
        grep -A 2 "^FAILED *$me " stdout | sed -n '2,$s/^    | //p' >lines
        [ "$(paste -sd, lines)" = "$me begins,$me ends" ] || fail "$me: $(cat stdout)"
    done
    grep '^FAILED' stdout | tail -n 1 | grep -q ' alone ' || fail "alone: $(cat stdout)"
    [ "$(sort -n counts | tail -n 1),$(tail -n 1 counts)" = "$2,1" ] ||
        fail "JOBS=$1: $(paste -sd, counts) at once"
    rm counts met
}
at_once 1 1
at_once 2 2
at_once 8 3
for wrong in 0 -1 two; do
    JOBS=$wrong expect 2 "$SRC/tests/run" ./good
    expect_line "^run: JOBS=$wrong: expected a number of tests"
done

# Nothing that a test has started outlives it, however it ends: children, those
# that ignore a hang-up, those in a session of their own, their children.
started=$PWD/started
for end in 'exit 0' 'exit 3' 'kill -KILL $$' 'sleep 60'; do
    rm -f "$started".*
    prepare nest.sh <<END
sleep 301 & echo \$! >"$started.child"
nohup sleep 302 >/dev/null 2>&1 & echo \$! >"$started.nohup"
setsid sh -c 'echo \$\$ >"$started.daemon"; exec sleep 303' &
(setsid sh -c 'sleep 304 & echo \$! >"$started.grandchild"; sleep 305' &)
for name in child nohup daemon grandchild; do
    until [ -s "$started.\$name" ]; do sleep 0.01; done
done
$end
END
    TEST_SECONDS=2 "$SRC/tests/run" ./nest.sh >stdout 2>&1 || true
    grep -q nest stdout || fail "$end: $(cat stdout)"
    for name in child nohup daemon grandchild; do
        ! kill -0 "$(cat "$started.$name")" 2>/dev/null ||
            fail "outlives a test that ends by '$end': its $name"
    done
done

# The same where the runner itself is stopped.
prepare stopped.sh <<END
setsid sleep 306 & echo \$! >>"$started.stopped"
sleep 60
END
# outlives: one of those does.
outlives()
{
    # shellcheck disable=SC2046
    kill -0 $(cat "$started.stopped") 2>/dev/null
}
for signal in INT TERM KILL; do
    : >"$started.stopped"
    JOBS=2 env --default-signal=INT "$SRC/tests/run" ./stopped.sh ./stopped.sh \
        >stdout 2>&1 &
    runner=$!
    until [ "$(wc -l <"$started.stopped")" -eq 2 ]; do sleep 0.01; done
    kill "-$signal" "$runner"
    wait "$runner" || true
    for _ in $(seq 500); do
        outlives || break
        sleep 0.01
    done
    ! outlives || fail "a test outlives its runner, stopped by SIG$signal"
    [ $signal = KILL ] || no_files "$TMPDIR/nnse-tests.*"
done
rm -rf "$TMPDIR"/nnse-tests.*

# Programs on check.h: each test alone, and their order by a seed.
prepare three <<'END'
if [ "${1:-}" = --list ]; then
    printf '%s\n' a b c
elif [ $# -eq 1 ]; then
    echo "$1" >>"$order"
    echo '[  PASSED  ] 1 test(s).'
else
    echo "seed '$CHECK_SEED'" >>"$order"
    echo '[  PASSED  ] 3 test(s).'
fi
END
export order=$PWD/order
run 0 '3 passed, 0 failed, 0 skipped' ./three
ORDER=7 run 0 '3 passed, 0 failed, 0 skipped' ./three
ORDER=alone run 0 '3 passed, 0 failed, 0 skipped' ./three
[ "$(tr '\n' ' ' <order)" = "seed '' seed '7' a b c " ] ||
    fail "in this order: $(cat order)"
