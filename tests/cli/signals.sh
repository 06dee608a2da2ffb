# Signals that ask a program to end: one line and status 130, from each of them.
. "$SRC/tests/cli/lib.sh"

# Help that nobody reads: its writer waits.
mkfifo help
exec 8<>help
dd if=/dev/zero of=help bs=4096 oflag=nonblock 2>errors || :
for program in convert enhance eval features plot record train; do
    for signal in INT QUIT TERM HUP USR1 USR2 XCPU; do
        env --default-signal=INT,QUIT "$BIN/se-$program" --help >help 2>stderr &
        pid=$!
        # Until it is that program and catches SIGXCPU, which comes last.
        until [ "$(cat /proc/$pid/comm)" = "se-$program" ] &&
            grep -Eq '^SigCgt:.*[89a-f].{5}$' /proc/$pid/status; do
            sleep 0.01
        done
        kill -$signal $pid
        status=0
        wait $pid || status=$?
        [ "$status" -eq 130 ] ||
            fail "se-$program, SIG$signal: status $status: $(cat stderr)"
        expect_line "^se-$program: interrupted"
    done
done
