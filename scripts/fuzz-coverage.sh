#!/bin/bash
# fuzz-coverage.sh - how much of each reader the inputs of its fuzzer reach: those
# that tests/fuzz/corpus keeps, and those in folders FUZZER.corpus of CORPORA.
#
#   scripts/fuzz-coverage.sh CORPORA FUZZER...
#
# The fuzzers are built with clang -fprofile-instr-generate -fcoverage-mapping.
set -eu

here=$(dirname "$0")/../tests/fuzz
corpora=$1
shift

# sources FUZZER: the reader that it is for
sources()
{
    case $1 in
    fuzz_arch) echo nn/arch_parse.c ;;
    fuzz_archive | fuzz_extract) echo fetch/extract.c ;;
    fuzz_board) echo se-record/board_stream.c firmware/frame.c ;;
    fuzz_datasets) echo fetch/datasets.c ;;
    fuzz_frame) echo firmware/frame.c ;;
    fuzz_http) echo fetch/download.c ;;
    fuzz_list) echo corpus/list.c corpus/list_append.c corpus/list_manifest.c \
        corpus/catalog.c files/text.c encoding/csv.c ;;
    fuzz_manifest) echo records/manifest.c records/statistics.c encoding/json.c ;;
    fuzz_nnse) echo lib/nnse.c enhance/realtime.c ;;
    fuzz_pickle) echo import/pickle.c import/pickle_machine.c \
        import/pickle_argument.c import/pickle_numpy.c ;;
    fuzz_safetensors) echo model/safetensors.c model/model.c ;;
    fuzz_sound) echo audio/open.c audio/read.c audio/read_input.c \
        audio/read_links.c audio/read_promise.c audio/read_wav.c \
        container/links.c container/links_mpeg.c container/links_ogg.c \
        container/links_view.c container/promise.c container/wav.c \
        container/wav_stream.c container/wav_tail.c ;;
    fuzz_state) echo train/state.c train/history.c model/folder.c ;;
    fuzz_table) echo picture/table.c metrics/groups.c ;;
    fuzz_tf_bundle) echo import/tf_bundle.c import/tf_table.c ;;
    fuzz_tfrecord) echo records/example.c records/tfrecord.c ;;
    fuzz_wav) echo container/wav.c container/wav_stream.c container/wav_tail.c ;;
    *)
        echo "fuzz-coverage.sh: what does $1 read?" >&2
        exit 1
        ;;
    esac
}

# table NAME INPUTS SOURCE...: from what llvm-cov exports
table()
{
    /usr/bin/python3 -c '
import json, sys
name, inputs, *sources = sys.argv[1:]
for file in json.load(sys.stdin)["data"][0]["files"]:
    lines = file["summary"]["lines"]
    if file["filename"].endswith(tuple("/" + s for s in sources)):
        print("%-17s %6s  %-26s %5d %7d %4.0f %%" % (
            name, inputs, "/".join(file["filename"].split("/")[-2:]),
            lines["count"], lines["covered"], lines["percent"]))
' "$@"
}

# Where a source also writes, or refuses what is not a file, those lines count, too.
printf '%-17s %6s  %-26s %5s %7s %6s\n' fuzzer inputs source lines reached share
for fuzzer; do
    name=$(basename "$fuzzer")
    set -- "$here/corpus/$name"
    [ ! -e "$corpora/$name.corpus" ] || set -- "$@" "$corpora/$name.corpus"
    LLVM_PROFILE_FILE=$fuzzer.profraw "$fuzzer" -runs=0 -timeout=20 "$@" \
        >"$fuzzer.log" 2>&1 || {
        tail -n 20 "$fuzzer.log" >&2
        exit 1
    }
    llvm-profdata merge -o "$fuzzer.profdata" "$fuzzer.profraw"
    n_inputs=$(find "$@" -type f | wc -l)
    read -ra files <<<"$(sources "$name")"
    llvm-cov export -summary-only -instr-profile="$fuzzer.profdata" "$fuzzer" |
        table "$name" "$n_inputs" "${files[@]}"
done
