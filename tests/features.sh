# features.sh - what tests of se-features begin with: sets of a few mixtures of
# the clips in test_wavs, and what is refused.

features=$BIN/se-features
clean=$SRC/test_wavs/clean
noise=$SRC/test_wavs/noisy

# make_set DIR OPTIONS...: 8 mixtures of 1 s in DIR, or $n_mixtures
make_set()
{
    dir=$1
    shift
    expect 0 "$features" --speech "$clean" --noise "$noise" -o "$dir" \
        --num "${n_mixtures:-8}" --seconds 1 "$@"
}

# refuse STATUS REGEX ARGUMENTS...: that exit status and one line
refuse()
{
    expect "$1" "$features" "${@:3}"
    expect_line "^se-features: $2"
}
