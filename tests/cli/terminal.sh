# What a person at a terminal sees: colours, and how long it will take.
. "$SRC/tests/cli/lib.sh"

escape=$(printf '\033')
need script
unset NO_COLOR
export TERM=xterm

# on_terminal COMMAND: what it writes, in ./seen.
on_terminal()
{
    script -qec "$*" /dev/null </dev/null >seen || :
    tr -d '\r' <seen >lines
}

# ---- colours --------------------------------------------------------------------
on_terminal "'$BIN/se-eval' --clean x"
grep -qF "$escape[1;31mse-eval:$escape[0m --enhanced is missing" seen ||
    fail "no colour on a terminal: $(cat -v seen)"
NO_COLOR=1 on_terminal "'$BIN/se-eval' --clean x"
grep -q '^se-eval: --enhanced is missing' lines || fail "NO_COLOR: $(cat -v seen)"
NO_COLOR= on_terminal "'$BIN/se-eval' --clean x"
grep -qF "$escape" seen || fail 'an empty NO_COLOR counts as none'
TERM=dumb on_terminal "'$BIN/se-eval' --clean x"
grep -q '^se-eval: --enhanced is missing' lines || fail "dumb: $(cat -v seen)"
expect 2 "$BIN/se-eval" --clean x
expect_line '^se-eval: --enhanced is missing'

# ---- progress -------------------------------------------------------------------
# tells COMMAND: draws lines of progress with rate and time left; not with -q,
# and not into a file.
tells()
{
    on_terminal "$1"
    grep -Eq '[ 0-9]+\.[0-9]%  [0-9.]+( [kM])? [a-z ]+/s  [0-9:-]+ left' seen ||
        fail "no progress: $1: $(cat -v seen)"
    on_terminal "$1 -q"
    ! grep -q ' left' seen || fail "progress with -q: $1"
    TERM=dumb on_terminal "$1"
    ! grep -q ' left' seen || fail "progress on a dumb terminal: $1"
    sh -c "$1" >/dev/null 2>lines
    ! grep -q ' left' lines || fail "progress in a file: $1"
}
clip=$SRC/test_wavs/noisy/rms_fan_0dB.wav
tells "'$BIN/se-eval' --quick -c '$SRC/test_wavs/clean' -e '$SRC/test_wavs/noisy'"
if [ -n "$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null)" ]; then
    tells "'$BIN/se-enhance' '$clip' out.wav"
    tells "'$BIN/se-convert' --folder_c tables --wav '$clip'"
    tells "'$BIN/se-eval' --quick -c '$SRC/test_wavs/clean' -n '$SRC/test_wavs/noisy'"
fi

# Of a long name the middle goes: percentage and time left stay in sight.
if [ -n "$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null)" ]; then
    long=$(printf 'Ordner-\303\244\303\266-%.0s' 1 2 3 4 5 6 7 8 9)
    mkdir "$long"
    cp "$clip" "$long/the_clip.wav"
    tells "'$BIN/se-enhance' '$long/the_clip.wav' out.wav"
    on_terminal "'$BIN/se-enhance' '$long/the_clip.wav' out.wav"
    grep -q 'Ordner-.*\.\.\..*the_clip.wav  *[0-9.]*%' seen ||
        fail "the name: $(cat -v seen)"
    n=$(tr '\r' '\n' <seen | sed 's/\x1b.*//' | LC_ALL=C.UTF-8 wc -L)
    [ "$n" -le 79 ] || fail "a line of $n columns: $(cat -v seen)"
fi

# Parts are checked one after the other, as many as there are.
mix="'$BIN/se-features' -s '$SRC/test_wavs/clean' -n '$SRC/test_wavs/noisy'"
mix="$mix --seconds 1 --num 2 -o parts"
for part in 1 2; do
    sh -c "$mix --shard $part/2 -q"
done
on_terminal "'$BIN/se-features' --merge -o parts"
grep -Eq 'checking  *[0-9.]+%  [0-9.]+( [kM])? files/s  [0-9:-]+ left' seen ||
    fail "merging tells no progress: $(cat -v seen)"
