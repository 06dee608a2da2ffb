#!/bin/bash
# features.sh - speed of STFT + log-mel features against scipy and torch, one
# thread each, in turns; the best round of each counts. ROUNDS sets how many
# (5). Goal: 3 times the faster of the two.
set -u

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
rounds=${ROUNDS:-5}
python=${PYTHON:-/usr/bin/python3}
declare -A best=([nnse]=0 [scipy]=0 [torch]=0)

# Why not to compare with one; the reference BLAS is no opponent.
declare -A why=([scipy]= [torch]=)
for name in scipy torch; do
    module=$name
    [ $name = torch ] || module=scipy.linalg
    blas=$("$python" "$SRC/tests/bench/blas.py" $module)
    case $? in
    0) echo "$name runs on $blas" ;;
    77) why[$name]="python3-$name is not installed" ;;
    *) why[$name]="its BLAS is the reference one, $blas: scripts/setup.sh bench" ;;
    esac
done

run() { # CONTENDER COMMAND...
    local name=$1 speed
    shift
    speed=$("$@" 2>/dev/null) || return
    best[$name]=$(echo "$speed ${best[$name]}" |
        awk '{ print ($1 > $2) ? $1 : $2 }')
}

for ((round = 0; round < rounds; round++)); do
    run nnse "$BENCH/features" || { echo "features failed"; exit 1; }
    [ -n "${why[scipy]}" ] || run scipy "$python" "$SRC/tests/bench/features.py" scipy
    [ -n "${why[torch]}" ] || run torch "$python" "$SRC/tests/bench/features.py" torch
done

echo "60 s of noise, one thread, best of $rounds rounds"
echo "${best[nnse]}" |
    awk '{ printf "nnse-c  %7.0f s/s  (%.2f us a frame)\n", $1, 1e4 / $1 }'
for name in scipy torch; do
    if [ "${best[$name]}" = 0 ]; then
        echo "$name   skipped: ${why[$name]:-it failed}"
    else
        echo "${best[$name]} ${best[nnse]} $name" |
            awk '{ printf "%s   %7.0f s/s  nnse-c is %.1f times as fast\n",
                          $3, $1, $2 / $1 }'
    fi
done
