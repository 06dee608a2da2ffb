# Ranks on two machines: two network namespaces of this one, with host names and
# addresses of their own, and a cable between them.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

readelf -d "$BIN/se-train" | grep -q 'NEEDED.*libmpi' ||
    skip 'built without MPI'
need mpirun ip
mpirun --version | grep -q 'Open MPI' || skip 'mpirun is not that of Open MPI'
[ "$(id -u)" -eq 0 ] || skip 'network namespaces need root'
left=nnse-l$$ right=nnse-r$$
ip netns add "$left" 2>/dev/null || skip 'no network namespaces here'
trap 'ip netns del "$left"; ip netns del "$right" 2>/dev/null || :' EXIT
ip netns add "$right"
ip link add left netns "$left" type veth peer name right netns "$right" \
    2>/dev/null || skip 'no pairs of network devices here'
unshare --uts true || skip 'no host names of their own here'
ip -n "$left" addr add 10.77.5.1/24 dev left
ip -n "$right" addr add 10.77.5.2/24 dev right
for device in lo left; do ip -n "$left" link set $device up; done
for device in lo right; do ip -n "$right" link set $device up; done

make_clips
lstm_net 8 5 >nn_arch/def_tiny.txt

# The right one has the data, but its own disk for what it would write.
mkdir far
cp -r speech noise nn_arch far
cat >train <<'END_OF_TRAIN'
#!/bin/sh
[ "$(hostname)" != right ] || cd far
exec "$BIN/se-train" -q --nn_arch def_tiny.txt --speech speech --noise noise \
    --seconds 0.5 --epoch_hours 0.01 --babble 0 --batchsize 8 \
    --timesteps 25 --num_epoch 2 "$@"
END_OF_TRAIN
# In place of ssh: the right machine.
cat >remote <<'END_OF_REMOTE'
#!/bin/sh
shift
exec ip netns exec "$RIGHT" unshare --uts sh -c "hostname right && $*"
END_OF_REMOTE
printf '10.77.5.1 slots=2\n10.77.5.2 slots=2\n' >hosts
cat >launch <<'END_OF_LAUNCH'
#!/bin/sh
hostname left
exec mpirun --allow-run-as-root --bind-to none --hostfile hosts \
    --map-by node --mca plm_rsh_agent "$PWD/remote" \
    --mca oob_tcp_if_include 10.77.5.0/24 \
    --mca btl tcp,self,vader --mca btl_tcp_if_include 10.77.5.0/24 \
    --mca mpi_yield_when_idle 1 -n 4 "$PWD/train" "$@"
END_OF_LAUNCH
chmod +x train remote launch
export RIGHT=$right ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

expect 0 ./train --threads 4 --models_dir one
expect 0 ip netns exec "$left" unshare --uts ./launch --threads 1
# Open MPI's launcher warns of a race with its own child now and then.
! grep -v 'plm:rsh: Warning: setpgid' stderr || fail '-q says something'
no_files 'far/models'
# What the losses of the last epochs have in common: more than 5 digits.
loss()
{
    sed -n '$s/.*"train_loss":\(0\.[0-9]\{6\}\).*/\1/p' "$1/tiny/history.jsonl"
}
[ -n "$(loss one)" ] && [ "$(loss one)" = "$(loss models)" ] ||
    fail "loss $(loss models), of one process $(loss one)"

# The other machine lacks a file.
sox -R -n -r 16000 -c 1 -b 16 far/noise/2.wav synth 2 whitenoise gain -6
expect 1 ip netns exec "$left" unshare --uts ./launch --models_dir bad
grep '^se-train: ' stderr >ours
mv ours stderr
expect_line '^se-train: rank 1 on right: --noise is 2 clips of 4.00 s, checksum .*, rank 0 on left has 1 clips of 2.00 s'
no_files 'bad'
no_files 'far/bad'
