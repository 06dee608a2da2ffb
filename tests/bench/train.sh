#!/bin/bash
# train.sh - frames a second of a training step (forward, loss, backward, Adam;
# data prepared, no drop-out) against PyTorch with the same net and batch, on
# one thread and on two, in turns; the best of ROUNDS (3) counts, each of
# SECONDS_EACH (2); and the share of the multiply-adds that the cores could do.
# PyTorch's products are OpenBLAS's, whose threads set_num_threads() does not
# limit: on two, both ways to use them count.
# Where the processor has AMX, our products of bfloat16 are timed beside both.
# Goals: the small net 3.5 times as fast as PyTorch on one thread and 6 times on
# two, the large one 2 and 3 times; a fifth of the memory beyond the data.
set -u

# PyTorch would see half of some machines with what these may hold.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OMP_NUM_THREADS
rounds=${ROUNDS:-3}
grep -q amx_bf16 /proc/cpuinfo && rounded=bfloat16 || rounded=
seconds=${SECONDS_EACH:-2}
python=${PYTHON:-/usr/bin/python3}
declare -A arch=([small]=def_se_nn_arch72_mel.txt
    [large]=def_se_nn_arch256_pspec_mse.txt)
declare -A best memory work peak

larger()
{
    echo "$1 $2" | awk '{ print ($1 > $2) ? $1 : $2 }'
}

# keep KEY RATE MEMORY [GFLOPS]: the best rate and what it does, and the memory.
keep()
{
    best[$1]=$(larger "$2" "${best[$1]:-0}")
    work[$1]=$(larger "${4:-0}" "${work[$1]:-0}")
    memory[$1]=$3
}

# What PyTorch runs on; the reference BLAS is no opponent.
blas=$("$python" "$SRC/tests/bench/blas.py" torch)
case $? in
0)
    echo "  torch runs on $blas"
    why=
    ;;
77) why='python3-torch is not installed' ;;
*) why="its BLAS is the reference one, $blas: scripts/setup.sh bench" ;;
esac

# torch THREADS BLAS_THREADS
torch()
{
    if [ -n "$why" ]; then
        echo 0 0
        return
    fi
    OMP_NUM_THREADS=$2 OPENBLAS_NUM_THREADS=$2 \
        "$python" "$SRC/tests/bench/train.py" "$net" "$rows" "$steps" "$1" \
        "$seconds" || echo 0 0
}

round()
{
    local net rows steps threads
    read -r net rows steps <<<"$1"
    for threads in 1 2; do
        keep "nnse $threads" $("$BENCH/train" "$SRC/nn_arch/${arch[$net]}" \
            "$rows" "$steps" $threads "$seconds") || return 1
        [ -z "$rounded" ] ||
            keep "$rounded $threads" $("$BENCH/train" \
                "$SRC/nn_arch/${arch[$net]}" "$rows" "$steps" $threads \
                "$seconds" $rounded) || return 1
    done
    keep "torch 1" $(torch 1 1)
    keep "torch 2" $(torch 2 2)
    keep "torch 2" $(torch 1 2)
}

ratio()
{
    echo "$1 $2" | awk '{ printf "%.2f", ($2 > 0) ? $1 / $2 : 0 }'
}

percent()
{
    echo "$1 $2" | awk '{ printf "%.0f", 100 * $1 / $2 }'
}

# report_rounded THREADS
report_rounded()
{
    printf '             bfloat16 %6.0f frames/s   nnse-c %s times' \
        "${best[$rounded $1]}" \
        "$(ratio "${best[$rounded $1]}" "${best[nnse $1]}")"
    [ "${best[torch $1]}" = 0 ] ||
        printf '   torch %s times' \
            "$(ratio "${best[$rounded $1]}" "${best[torch $1]}")"
    echo
}

report()
{
    local threads
    for threads in 1 2; do
        printf '  %d thread%s  nnse-c %8.0f frames/s %6.0f MB %3s %% of peak' \
            $threads "$([ $threads = 1 ] && echo ' ' || echo s)" \
            "${best[nnse $threads]}" "${memory[nnse $threads]}" \
            "$(percent "${work[nnse $threads]}" "${peak[$threads]}")"
        [ "${best[torch $threads]}" = 0 ] ||
            printf '   torch %8.0f frames/s %6.0f MB   %s times' \
                "${best[torch $threads]}" "${memory[torch $threads]}" \
                "$(ratio "${best[nnse $threads]}" "${best[torch $threads]}")"
        echo
        [ -z "$rounded" ] || report_rounded $threads
    done
    if [ "${best[torch 1]}" = 0 ]; then
        echo "  torch skipped: ${why:-it failed}"
        return
    fi
    echo "  memory on two threads:" \
        "$(ratio "${memory[torch 2]}" "${memory[nnse 2]}") times less"
}

echo "the best of $rounds rounds"
for threads in 1 2; do
    peak[$threads]=$("$BENCH/train" peak $threads)
    echo "multiply-adds in registers on $threads thread(s):" \
        "${peak[$threads]} Gflop/s"
done
while read -r case; do
    best=() memory=() work=()
    for ((i = 0; i < rounds; i++)); do
        round "$case" || { echo 'train failed'; exit 1; }
    done
    echo "$case (net, sequences, frames a step)"
    report
done <<<"${CASES:-$'small 64 100\nsmall 100 500\nlarge 64 100\nlarge 100 500'}"
