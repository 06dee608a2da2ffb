# The page of make web, from disk, in a headless Firefox.
. "$SRC/tests/cli/lib.sh"
firefox=$(command -v firefox-esr || command -v firefox) ||
    skip 'no Firefox here: scripts/setup.sh browser'

. "$SRC/tests/web/page.sh"
TMPDIR=$PWD node page_firefox.mjs "$firefox" "$PWD/web/nnse.html" \
    >stdout 2>stderr || fail "page_firefox.mjs: $(cat stderr)"
