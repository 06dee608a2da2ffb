# lib.sh - what the command-line tests share. A test runs in an empty scratch
# folder with $BIN, the built programs, and $SRC, the source tree; exit status
# 0 is a pass, 77 a skip. See tests/run.
set -eu

# The system's, with its standard library alone: another python3 may come first
# in the PATH.
python=${PYTHON:-/usr/bin/python3}

# What was built: its folder, and that as make takes it with -C "$SRC", for
# names in makefiles have no spaces.
build=${BIN%/bin}
make_build=$(realpath --relative-to="$SRC" "$build")

# fail MESSAGE: ends the test.
fail()
{
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# skip REASON: ends the test, neither passed nor failed.
skip()
{
    printf 'skipped: %s\n' "$*"
    exit 77
}

# need TOOL...: the test fails where one is missing, for scripts/setup.sh installs
# them; what a machine may well lack (root, a trained net) is a skip.
need()
{
    for tool; do
        command -v "$tool" >/dev/null ||
            fail "$tool is not installed: scripts/setup.sh test"
    done
}

# sanitizers: what a compiler is told for a program with the library of a build
# that has them; nothing for other builds.
sanitizers()
{
    ! nm "$BIN/se-enhance" | grep -q __asan || echo -fsanitize=address,undefined
}

# expect STATUS COMMAND...: the command must end with that exit status. What it
# wrote is in ./stdout and ./stderr.
expect()
{
    expected=$1
    shift
    status=0
    "$@" >stdout 2>stderr || status=$?
    if [ "$status" -ne "$expected" ]; then
        sed 's/^/    | /' stderr >&2
        fail "exit status $status, expected $expected: $*"
    fi
}

# interrupt SIGNAL PID LOG: sends it to a child, which must end with exit status
# 130; LOG is what it has written.
interrupt()
{
    status=0
    kill "-$1" "$2"
    wait "$2" || status=$?
    [ "$status" -eq 130 ] || fail "exit status $status after SIG$1: $(cat "$3")"
}

# expect_line REGEX: ./stderr is exactly one line, and the extended regular
# expression is found in it.
expect_line()
{
    if [ "$(wc -l <stderr)" -ne 1 ] || ! grep -Eq -- "$1" stderr; then
        sed 's/^/    | /' stderr >&2
        fail "expected one line on standard error that matches: $1"
    fi
}

# no_files GLOB: nothing matches, hidden or not. Quote the pattern.
no_files()
{
    shopt -s dotglob
    for found in $1; do
        if [ -e "$found" ] || [ -L "$found" ]; then
            fail "was left behind: $found"
        fi
    done
    shopt -u dotglob
}

# serve FOLDER: a web server on this machine, at $url, with the faults that
# http_server.py tells of; each request is a line of ./log. It ends with the
# test.
serve()
{
    need "$python"
    unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
    "$python" "$SRC/tests/cli/http_server.py" "$1" log port &
    server=$!
    trap 'kill $server 2>/dev/null || true' EXIT
    for _ in $(seq 200); do
        [ -e port ] && break
        sleep 0.05
    done
    url=http://127.0.0.1:$(cat port)
}
