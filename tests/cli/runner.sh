# The test runner counts what happened, and nothing slips through.
. "$SRC/tests/cli/lib.sh"

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
    expect "$expected" env -u ONLY TEST_SECONDS=1 "$SRC/tests/run" "$@"
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
grep -q 'stopped after 1 s' stdout || fail 'a time-out is not told'
run 0 '1 passed, 0 failed, 0 skipped' ./pass.sh
run 1 '0 passed, 0 failed, 1 skipped' ./skip.sh
run 1 '0 passed, 1 failed, 0 skipped' ./fail.sh
run 1 '0 passed, 0 failed, 0 skipped'
run 1 '7 passed, 2 failed, 3 skipped' ./good ./pass.sh ./skip.sh ./fail.sh \
    ./crash ./pass.sh
