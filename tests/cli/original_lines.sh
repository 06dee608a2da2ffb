# The commands of the original's users, as README's table has them, in a folder
# of their own: as built, and installed.
. "$SRC/tests/alsa/lib.sh"

# The first column with a program of ours in the place of the script is the
# second one.
sed -n 's/^| `\(python [^`]*\)` | `\(se-[^`]*\)` |$/\1\t\2/p' "$SRC/README.md" >table
n=$(grep -c '^| `python ' "$SRC/README.md")
[ "$n" -ge 6 ] && [ "$(wc -l <table)" -eq "$n" ] ||
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

# left FILE...: the line has made them, and the recording, nothing else.
left()
{
    find . -type f ! -name std\* ! -name speech.wav | sort >found
    sed -i /found/d found
    printf './%s\n' "$@" | sort | cmp -s - found || fail "left: $(cat found)"
}

run_lines()
{
    while IFS='	' read -r _ line; do
        rm -rf here
        mkdir here
        cd here
        PATH=$1:$PATH expect 0 sh -c "$line"
        grep -Eq 'epoch_[0-9]{4}.safetensors: the shipped net, for there is no epoch [0-9]+ of it$' \
            stderr || fail "no word on the epoch: $line: $(cat stderr)"
        case $line in
        se-enhance*)
            left test_results/enhanced_speech.pdf \
                test_results/enhanced_speech.wav
            ;;
        se-convert*) left def_nn3_se.c def_nn3_se.h ;;
        *) fail "what is expected of $line?" ;;
        esac
        cd ..
    done <table
}

run_lines "$BIN"
expect 0 make -s -C "$SRC" BUILD="${BIN%/bin}" DESTDIR="$PWD/root" \
    PREFIX=/usr install
run_lines "$PWD/root/usr/bin"

# ---- spellings -------------------------------------------------------------
for name in nn_arch/def_se_nn_arch72_mel.txt nn_arch/def_se_nn_arch72_mel \
    def_se_nn_arch72_mel.txt def_se_nn_arch72_mel; do
    expect 0 "$BIN/se-enhance" -q --nn_arch "$name" \
        --test_wavefile test_wavs/speech.wav
done
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
