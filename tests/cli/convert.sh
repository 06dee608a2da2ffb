# se-convert: the tables compile anywhere and are the net that se-enhance
# --engine fixed runs; the same net gives the same files.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

convert=$BIN/se-convert
make_deep_model a.st 1
make_deep_model b.st 2
set -- "$SRC"/test_wavs/noisy/*
wav=$1

# ---- the same bytes, twice; the files of two nets side by side
for folder in one two; do
    expect 0 "$convert" -q --model a.st --net_id 3 --net_name se \
        --folder_c $folder/c --golden "$wav" --golden_frames 60
    [ ! -s stdout ] || fail 'a report in spite of -q'
    expect 0 "$convert" -q --model b.st --net_id 4 --net_name other \
        --folder_c $folder/c --golden "$wav" --golden_frames 60
done
diff -r one two || fail 'files differ'
[ "$(ls one/c | wc -l)" -eq 6 ] || fail "$(ls one/c)"
! grep -E '.{101}' one/c/* || fail 'a line of more than 100 characters'
grep -q 'layer_type conv1d' one/c/def_nn3_se.h || fail 'no description'

# Again over what is there; another net under its name and id.
expect 0 "$convert" -q --model b.st --net_id 3 --net_name se --folder_c two/c
! cmp -s one/c/def_nn3_se.c two/c/def_nn3_se.c || fail 'not replaced'
no_files 'two/c/*.tmp'

# ---- a board in small: two nets in one program, hop by hop
cat >board.c <<'END'
#include "def_nn3_se.h"
#include "def_nn4_other.h"
#include "golden_nn3_se.h"
#include "golden_nn4_other.h"

#include <stdio.h>
#include <string.h>

static uint64_t se_memory[NNSP_SE_MEMORY_BYTES / 8];
static uint64_t other_memory[NNSP_OTHER_MEMORY_BYTES / 8];

struct golden {
    const int16_t *input, *features, *mask, *speech, *output;
};

static const struct golden golden_se = {golden_se_input, golden_se_features,
                                        golden_se_mask, golden_se_speech,
                                        golden_se_output};
static const struct golden golden_other = {
    golden_other_input, golden_other_features, golden_other_mask,
    golden_other_speech, golden_other_output};

/* Whether frame t is as the golden vectors have it. */
static int step(struct nnsp *nnsp, int t, const struct golden *golden)
{
    int n = nnsp->net->n_features;
    int16_t out[NNSP_HOP];

    nnsp_step(nnsp, out, golden->input + t * NNSP_HOP);
    return memcmp(nnsp->features, golden->features + t * n, 2 * (size_t)n) == 0 &&
           memcmp(nnsp->mask, golden->mask + t * NNSP_BINS, 2 * NNSP_BINS) == 0 &&
           nnsp->speech == golden->speech[t] &&
           memcmp(out, golden->output + t * NNSP_HOP, sizeof out) == 0;
}

/* Bare samples from standard input to standard output; with an argument, the
 * golden vectors instead. */
int main(int argc, char **argv)
{
    struct nnsp se, other;
    int16_t hop[NNSP_HOP];

    (void)argv;
    if (nnsp_init(&se, &nnsp_net_se, se_memory, sizeof se_memory) != NNSP_OK ||
        nnsp_init(&other, &nnsp_net_other, other_memory,
                  sizeof other_memory) != NNSP_OK)
        return 2;
    for (int t = 0; argc > 1 && t < GOLDEN_SE_FRAMES; t++) {
        if (!step(&se, t, &golden_se) || !step(&other, t, &golden_other))
            return 3;
    }
    while (argc == 1 && fread(hop, sizeof hop, 1, stdin) == 1) {
        nnsp_step(&se, hop, hop);
        fwrite(hop, sizeof hop, 1, stdout);
    }
    return 0;
}
END

# The plain C of the runtime, as a user would copy it.
cp -r "$SRC/lib/nnsp" .
runtime=$(ls nnsp/*.c | grep -v _m4)
warnings='-std=c99 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror'
for compiler in gcc clang; do
    need $compiler
    # shellcheck disable=SC2086
    $compiler $warnings -O2 -I"$SRC/lib" -Ione/c -o board-$compiler board.c \
        one/c/def_nn3_se.c one/c/def_nn4_other.c $runtime ||
        fail "$compiler does not compile the tables"
    expect 0 ./board-$compiler golden
done
need arm-none-eabi-gcc
for table in one/c/def_*.c; do
    # shellcheck disable=SC2086
    arm-none-eabi-gcc $warnings -mcpu=cortex-m4 -mthumb -I"$SRC/lib" -c \
        -o board.o "$table" || fail 'arm-none-eabi-gcc does not compile it'
done
# It can fail: with another bias.
sed '/int32_t bias0_se/{n;s/ *-*[0-9]*,/ 99999,/}' one/c/def_nn3_se.c \
    >one/c/spoilt.c
board=$(ls board-* | grep -v '\.[co]$' | head -1)
# shellcheck disable=SC2086
${board#board-} -O2 -I"$SRC/lib" -Ione/c -o spoilt board.c one/c/spoilt.c \
    one/c/def_nn4_other.c $runtime || fail 'spoilt tables do not compile'
expect 3 ./spoilt golden

# ---- se-enhance --engine fixed: the board's bytes, 320 samples earlier
raw='--raw --rate 16000'
head -c 64042 "$SRC/test_wavs/stereo_48k.flac" >noise
# shellcheck disable=SC2086
expect 0 "$BIN/se-enhance" --model a.st --engine fixed $raw noise fixed.raw
{ cat noise && head -c 2048 /dev/zero; } | ./"$board" >late.raw
tail -c +641 late.raw | head -c 64042 >board.raw
cmp fixed.raw board.raw || fail 'se-enhance and the board differ'
# shellcheck disable=SC2086
expect 0 "$BIN/se-enhance" --model a.st $raw noise float.raw
! cmp -s fixed.raw float.raw || fail '--engine fixed changes nothing'

# A limit of 0 dB takes nothing away; all ways to treat channels work.
for how in linked each mix; do
    expect 0 "$BIN/se-enhance" --model a.st --engine fixed --channels $how \
        "$SRC/test_wavs/stereo_48k.flac" $how.flac
done
# shellcheck disable=SC2086
expect 0 "$BIN/se-enhance" --model a.st --engine fixed -a 0 $raw noise all.raw
cmp noise all.raw || fail 'a limit of 0 dB takes something away'

# ---- the report
expect 0 "$convert" --model a.st --folder_c report --wav "$wav"
grep -Eq '^ +4 +fc +3 -> 257 ' stdout || fail 'no line for layer 4'
grep -q '^SQNR over' stdout || fail 'no ratios'
expect 0 "$convert" --model a.st --folder_c report --json
grep -q '"sqnr_db": null' stdout || fail 'ratios without sound'
need "$python"
expect 0 "$convert" --model a.st --folder_c report --json --wav "$wav"
"$python" -c '
import json, sys
report = json.load(sys.stdin)
assert [l["type"] for l in report["layers"]] == ["conv1d", "lstm", "fc", "fc"]
assert report["mask_sqnr_db"] > 30, report
assert report["ram_bytes"] % 8 == 0
assert sum(l["macs_per_frame"] for l in report["layers"]) == \
    report["macs_per_frame"]
' <stdout || fail 'the report in JSON'

# ---- in time: the share of a frame, and nets that are too slow for a clock
expect 0 "$convert" --nn_arch def_se_nn_arch72_mel.txt --folder_c small
grep -q 'lines from MRAM, 28 % of its 10 ms at 96 MHz, 15 % at 192 MHz' stdout ||
    fail "the share of a frame: $(tail -n 1 stdout)"
[ ! -s stderr ] || fail "the small net: $(cat stderr)"

# large STATUS OPTION...
large()
{
    expect "$1" "$convert" -q --nn_arch def_se_nn_arch256_pspec_mse.txt \
        --folder_c large "${@:2}"
}
large 1
expect_line 'se_nn_arch256_pspec_mse.*: a frame takes 18[0-9]\.[0-9] % of its 10 ms on a '\
'Cortex-M4 at 96 MHz; what keeps up: another net, such as se_nn_arch72_mel '\
'\(28 % at 96 MHz\); --force '
large 1 --line_ns 0
expect_line 'a frame takes 17[0-9]\.[0-9] % .*keeps up: --clock_mhz 192 \(8[0-9] %\), another net'
large 1 --clock_mhz 192
large 1 --clock_mhz 164 --line_ns 0
large 1 --clock_mhz 90 --json
[ ! -s stdout ] || fail 'a report of what was refused'
no_files 'large/*'
large 0 --clock_mhz 193
large 0 --clock_mhz 165 --line_ns 0
rm -r large
large 0 --force
[ -s large/def_nn3_se.c ] || fail 'no tables in spite of --force'

# Calibrated tables are others, and se-enhance follows.
expect 0 "$convert" -q --model a.st --folder_c calibrated --calibrate "$wav"
! cmp -s calibrated/def_nn3_se.c one/c/def_nn3_se.c || fail 'not calibrated'
# shellcheck disable=SC2086
expect 0 "$BIN/se-enhance" --model a.st --engine fixed --calibrate "$wav" $raw \
    noise calibrated.raw
! cmp -s fixed.raw calibrated.raw || fail 'calibration changes nothing'

# ---- the shipped net, if there is one
if ls "$SRC"/models/se_nn_arch72_mel/epoch_* >/dev/null 2>&1; then
    expect 0 "$convert" -q --net_id 3 --net_name se --folder_c shipped
    [ -s shipped/def_nn3_se.c ] || fail 'no tables of the shipped net'
fi
