# se-convert --from_tf: a net of the original moves here, enhances, and becomes
# tables of both layouts.
. "$SRC/tests/cli/lib.sh"

original=$SRC/../shared/original
prefix=$original/model_checkpoint_ep50
[ -r "$prefix.index" ] || skip 'no checkpoint of the original'

# from_tf ARGUMENT...: with a models folder here.
from_tf()
{
    "$BIN/se-convert" -q --nn_arch "$SRC/nn_arch/def_se_nn_arch72_mel.txt" \
        --models_dir models "$@"
}

# ---- the import alone: a model folder, no tables
expect 0 from_tf --from_tf "$prefix" --stats "$original/stats.pkl"
[ "$(find . -type f ! -name std\* | sort)" = \
    ./models/se_nn_arch72_mel/epoch_0050.safetensors ] || fail "$(find .)"

# ---- another net's folder stays as it is
mkdir -p other/se_nn_arch72_mel
cp models/se_nn_arch72_mel/epoch_0050.safetensors \
    other/se_nn_arch72_mel/epoch_0051.safetensors
expect 1 from_tf --from_tf "$prefix" --stats "$original/stats.pkl" \
    --models_dir other
expect_line 'other/se_nn_arch72_mel: holds a net trained to epoch 51'
no_files 'other/se_nn_arch72_mel/epoch_0050*'

# ---- it takes noise away: as good in integers
for engine in float fixed; do
    expect 0 "$BIN/se-enhance" -q --engine $engine \
        --model models/se_nn_arch72_mel/epoch_0050.safetensors -o $engine \
        "$SRC"/test_wavs/noisy/*
    "$BIN/se-eval" -q --csv --clean "$SRC/test_wavs/clean" \
        --enhanced $engine >$engine.csv
done
"$BIN/se-eval" -q --csv --clean "$SRC/test_wavs/clean" \
    --enhanced "$SRC/test_wavs/noisy" >noisy.csv
for engine in float fixed; do
    tail -qn 1 noisy.csv $engine.csv | awk -F, '{ sdr[NR] = $4 }
        END { exit !(sdr[2] > sdr[1] + 2) }' ||
        fail "SI-SDR: $(tail -qn 1 noisy.csv $engine.csv)"
done

# ---- tables of both layouts; those of ns-nnsp hold the original's bytes
expect 0 from_tf --from_tf "$prefix" --stats "$original/stats.pkl" \
    --net_id 3 --net_name se --folder_c ours
[ -s ours/def_nn3_se.c ] || fail 'no tables'
expect 0 from_tf --from_tf "$prefix" --stats "$original/stats.pkl" \
    --net_id 3 --net_name se --folder_c theirs --layout ns-nnsp
# The first array's numbers as bytes: this is the digest of the original's.
sed -n '/ se_kernel0\[/,/^};/p' theirs/def_nn3_se.c | sed 1d |
    perl -ne 'print pack "C*", /\d+/g' >kernel0
[ "$(sha256sum <kernel0)" = \
    '3b825540c9bbc79556780433e8f480b331adbe4769aa4037856fbbf53997dbf1  -' ] ||
    fail 'se_kernel0 has other bytes than the original'

# ---- a net of the original that is no mask: one line says so
sed 's/^layer_neurons 257$/layer_neurons 2/' \
    "$SRC/nn_arch/def_se_nn_arch72_mel.txt" >def_vad.txt
expect 1 "$BIN/se-convert" -q --nn_arch ./def_vad.txt --models_dir vad \
    --from_tf "$prefix" --stats "$original/stats.pkl"
expect_line 'gives 2 values, expected 257 .*classifies.*there is no mask in it'

# ---- a net whose recurrence amplifies rounding is refused, with the figure
"$python" - models/se_nn_arch72_mel/epoch_0050.safetensors wild.st <<'END'
import array, json, struct, sys
with open(sys.argv[1], "rb") as stream:
    head = stream.read(struct.unpack("<Q", stream.read(8))[0])
    data = bytearray(stream.read())
begin, end = json.loads(head)["layers.1.lstm.recurrent"]["data_offsets"]
weights = array.array("f", bytes(data[begin:end]))
data[begin:end] = array.array("f", [6 * x for x in weights]).tobytes()
with open(sys.argv[2], "wb") as stream:
    stream.write(struct.pack("<Q", len(head)) + head + data)
END
noisy=$SRC/test_wavs/noisy/rms_fan_0dB.wav
expect 1 "$BIN/se-convert" -q --model wild.st --wav "$noisy" --folder_c wild
expect_line 'wild.st: in integers its mask is -?[0-9.]+ dB from .*rms_fan.*layer 2 \(lstm\) loses most, [0-9.]+ dB before it and -?[0-9.]+ dB after; --force'
no_files 'wild/*'
expect 0 "$BIN/se-convert" -q --model wild.st --wav "$noisy" --folder_c wild \
    --force

# ---- what is wrong: one line, nothing left behind
mkdir bad
cp "$prefix".* "$original/stats.pkl" bad
chmod u+w bad/*
rm -r models def_vad.txt
printf X | dd of=bad/model_checkpoint_ep50.data-00000-of-00001 bs=1 seek=500 \
    conv=notrunc 2>dd
expect 1 from_tf --from_tf bad/model_checkpoint_ep50 --stats bad/stats.pkl
expect_line "data-00000-of-00001: tensor 'nn_layers/0/kernel/.*checksum is"
expect 1 from_tf --from_tf bad/none --stats bad/stats.pkl
expect_line '^se-convert: bad/none.index: '
printf '\200\004cos\nsystem\n(S"touch hacked"\ntR.' >bad/stats.pkl
expect 1 from_tf --from_tf "$prefix" --stats bad/stats.pkl --net_id 3
expect_line 'bad/stats.pkl: byte 2: opcode 0x63: '
no_files hacked
no_files models
no_files 'def_*'
