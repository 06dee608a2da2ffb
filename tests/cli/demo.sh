# make demo: the net that is shipped makes the clips better.
. "$SRC/tests/cli/lib.sh"

expect 0 "$SRC/scripts/demo.sh" "$PWD/demo"
[ ! -s stderr ] || fail "writes to standard error: $(cat stderr)"
[ "$(ls demo)" = "$(ls "$SRC/test_wavs/noisy")" ] || fail "made $(ls demo)"
awk '/^Before/ || /^After/ { when = $1 }
     /^mean/ { stoi[when] = $4; si_sdr[when] = $6; n++ }
     END { exit !(n == 2 && stoi["After"] > stoi["Before"] &&
                  si_sdr["After"] > si_sdr["Before"] + 2) }' stdout ||
    fail "no better: $(grep mean stdout)"

listen=$(sed -n 's/^and then *//p' stdout)
[ -s "$listen" ] || fail "there is no $listen to listen to"
