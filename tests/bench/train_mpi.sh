# train_mpi.sh - two ranks of one thread against one rank of two threads:
# frames/s of training, in turn, and what the ranks keep of it.
set -euo pipefail

unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OMP_NUM_THREADS

readelf -d "$BIN/se-train" | grep -q 'NEEDED.*libmpi' &&
    command -v mpirun >/dev/null || {
    echo "no MPI"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir speech noise
for n in 1 2 3; do
    sox -R -n -r 16000 -c 1 -b 16 speech/$n.wav synth 10 sawtooth $((90 * n)) \
        tremolo $((2 + n)) 100 gain -6
    sox -R -n -r 16000 -c 1 -b 16 noise/$n.wav synth 10 pinknoise gain -6
done

# speed NET COMMAND...: frames/s
speed()
{
    net=$1
    shift
    "$@" "$BIN/se-train" -q --nn_arch "$SRC/nn_arch/def_$net.txt" \
        --speech speech --noise noise --epoch_hours 0.36 --batchsize 64 \
        --threads "$threads" --dry_run | sed -n 's/^speed *\([0-9]*\).*/\1/p'
}

best()
{
    sort -n "$1" | tail -n 1
}

root=
[ "$(id -u)" -ne 0 ] || root=--allow-run-as-root
for net in se_nn_arch72_mel se_nn_arch256_pspec_mse; do
    [ -e "$SRC/nn_arch/def_$net.txt" ] || continue
    : >alone
    : >ranks
    for _ in 1 2 3; do
        threads=2 speed $net >>alone
        threads=1 speed $net mpirun $root --oversubscribe --bind-to core \
            -n 2 >>ranks
    done
    echo "$net: 1 rank of 2 threads $(best alone) frames/s," \
        "2 ranks of 1 thread $(best ranks) frames/s," \
        "$(awk "BEGIN { printf \"%.0f\", 100 * $(best ranks) / $(best alone) }") %"
done
