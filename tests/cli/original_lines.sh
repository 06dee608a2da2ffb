# The commands of the original's users, as README's table has them, in a folder
# of their own: as built, and installed.
. "$SRC/tests/alsa/lib.sh"
. "$SRC/tests/sets.sh"

# The first column with a program of ours in the place of the script is the
# second one.
sed -n 's/^| `\(python [^`]*\)` | `\(se-[^`]*\)` |$/\1\t\2/p' "$SRC/README.md" >table
n=$(grep -c '^| `python ' "$SRC/README.md")
[ "$n" -eq 9 ] && [ "$(wc -l <table)" -eq "$n" ] ||
    fail "README: $(wc -l <table) of $n lines"
while IFS='	' read -r theirs ours; do
    [ "${theirs#python *.py }" = "${ours#se-* }" ] || fail "$ours"
done <table

# A microphone that gives all at once.
sox "$SRC/test_wavs/speech.wav" -r 44100 -t raw -e float -b 32 mic.f32 repeat 3
cat >>alsa.conf <<END
pcm.silent { type null }
pcm.mic { type file format raw slave.pcm silent file /dev/null
          infile "$PWD/mic.f32" }
END

serve_sets

# left FILE...: the line has made them, and the recording, nothing else.
left()
{
    find . -type f ! -name std\* ! -name speech.wav | sort >found
    sed -i /found/d found
    printf './%s\n' "$@" | sort | cmp -s - found || fail "left: $(cat found)"
}

says_epoch()
{
    grep -Eq 'epoch_[0-9]{4}.safetensors: the shipped net, for there is no epoch [0-9]+ of it$' \
        stderr || fail "no word on the epoch: $(cat stderr)"
}

# train_until N LINE: until it has done epoch N, then Ctrl-C
train_until()
{
    net=models/se_nn_arch72_mel
    set -m
    sh -c "exec $2" 2>stderr &
    set +m
    for _ in $(seq 3000); do
        [ ! -e $net/epoch_000$1.safetensors ] || break
        kill -0 $! 2>/dev/null || fail "$2: $(cat stderr)"
        sleep 0.02
    done
    interrupt INT $! stderr
    [ -s $net/epoch_000$1.safetensors ] || fail "$2: no epoch $1"
}

run_line()
{
    case $1 in
    se-enhance*)
        expect 0 sh -c "$1"
        says_epoch
        left test_results/enhanced_speech.pdf test_results/enhanced_speech.wav
        ;;
    se-convert*)
        expect 0 sh -c "$1"
        says_epoch
        left def_nn3_se.c def_nn3_se.h
        ;;
    se-features*)
        expect 0 "$python" "$SRC/tests/cli/ask.py" y "$(command -v sh)" -c "$1"
        grep -q 'Load them all under these licences? \[y/N\]' stdout ||
            fail "no question: $(cat stdout)"
        ;;
    *random*) train_until 1 "$1" ;;
    *latest*) train_until 3 "$1" ;;
    *) fail "what is expected of $1?" ;;
    esac
}

# Those that train go on in the folder of the one that loads.
run_lines()
{
    PATH=$1:$PATH
    while IFS='	' read -r _ line; do
        case $line in
        se-train*) ;;
        *) rm -rf here ;;
        esac
        mkdir -p here
        cd here
        run_line "$line"
        cd ..
    done <table
}

run_lines "$BIN"
# They run the same code installed: what sanitizers see, they have seen.
if [ -z "$(sanitizers)" ]; then
    expect 0 make -s -C "$SRC" BUILD="$make_build" DESTDIR="$PWD/root" \
        PREFIX=/usr install
    run_lines "$PWD/root/usr/bin"
fi

# ---- spellings -------------------------------------------------------------
for name in nn_arch/def_se_nn_arch72_mel.txt nn_arch/def_se_nn_arch72_mel \
    def_se_nn_arch72_mel.txt def_se_nn_arch72_mel; do
    expect 0 "$BIN/se-enhance" -q --nn_arch "$name" \
        --test_wavefile test_wavs/speech.wav
done
expect 0 "$BIN/se-enhance" -q --quantized=True "$SRC/test_wavs/speech.wav" \
    rounded.wav
expect 0 "$BIN/se-enhance" -q --engine=fixed "$SRC/test_wavs/speech.wav" \
    fixed.wav
cmp rounded.wav fixed.wav || fail '--quantized is another engine'
expect 1 "$BIN/se-enhance" --nn_arch nn_arch/nothing \
    --test_wavefile speech.wav
expect_line 'nn_arch/nothing: no such file'
expect 2 "$BIN/se-enhance" --test_wavefile a.wav b.wav c.wav
expect_line 'a.wav is the INPUT'
expect 2 "$BIN/se-enhance" --test_wavefile -
expect_line 'expected an OUTPUT'

# In a folder of one's own an epoch that is missing is an error.
mkdir -p models/se_nn_arch72_mel
cp "$SRC"/models/se_nn_arch72_mel/epoch_* models/se_nn_arch72_mel
expect 1 "$BIN/se-enhance" --epoch_loaded 62 --test_wavefile speech.wav
expect_line 'se_nn_arch72_mel: no epoch 62, expected '
