# The page of make web, from disk, in a headless Chromium.
. "$SRC/tests/cli/lib.sh"
chromium=$(command -v chromium-headless-shell || command -v chromium) ||
    skip 'no Chromium here: scripts/setup.sh browser'

. "$SRC/tests/web/page.sh"
head -c 20000 /dev/zero | tr '\0' 'x' >text.wav
HOME=$PWD TMPDIR=$PWD node page.mjs "$chromium" "$PWD/web/nnse.html" page.png \
    >stdout 2>stderr || fail "page.mjs: $(cat stderr)"
