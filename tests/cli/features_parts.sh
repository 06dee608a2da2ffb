# se-features: a set made in parts by several processes, merged, locked; samples
# instead of spectra; a disk that fills.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/features.sh"

# ---- parts and the whole -------------------------------------------------
make_set whole -j 1
for part in 3 1; do
    make_set parts --shard $part/3
    grep -q "^se-features: parts: part $part of 3, [23] mixtures of 1 s: [23]" \
        stderr || fail "part: $(cat stderr)"
done
[ "$(echo $(ls parts))" = "mix000000.tfrecord mix000002.tfrecord \
mix000003.tfrecord mix000005.tfrecord mix000006.tfrecord part-1-of-3.json \
part-3-of-3.json" ] || fail "parts: $(ls parts)"
refuse 1 'parts: part 2 of 3 is missing: make it with --shard 2/3' --merge -o parts
make_set parts --shard 2/3
expect 0 "$features" --merge -o parts --list list.txt -j 2
grep -qx 'se-features: parts: 3 parts merged: 8 mixtures, all there' stderr ||
    fail "merge: $(cat stderr)"
diff -r whole parts || fail 'parts give another set than the whole'
seq -f 'parts/mix%06g.tfrecord' 0 7 | cmp - list.txt || fail 'list of the parts'
expect 0 "$features" --merge -o parts
expect_line 'parts: merged already: 8 mixtures'
# What was lost since is named, too.
mv parts/mix000006.tfrecord lost
refuse 1 '1 of 8 shards .*/mix000006.tf.*: cannot open: .* the command that made' \
    --merge -o parts -q
mv lost parts/mix000006.tfrecord

# ---- parts that do not fit -----------------------------------------------
make_set odd --shard 1/2
refuse 1 'odd/part-1-of-2.json: the folder is made in 2 parts, not in 3' \
    -s "$clean" -n "$noise" -o odd --num 8 --seconds 1 --shard 1/3
refuse 1 'odd/part-1-of-2.json: made with seed 1, now 2' \
    -s "$clean" -n "$noise" -o odd --num 8 --seconds 1 --shard 2/2 --seed 2
make_set odd --shard 2/2 --num 9
refuse 1 'odd/part-2-of-2.json: a part of 9 mixtures, expected 8' --merge -o odd
make_set odd --shard 2/2
echo x >>odd/mix000001.tfrecord
rm odd/mix000004.tfrecord
refuse 1 '2 of 8 shards are missing or damaged; the first: .*/mix000001.tf.*: checksum .* again with --shard 2/2' \
    --merge -o odd -q
[ ! -e odd/manifest.json ] || fail 'merged with a damaged file'
expect 0 "$features" -s "$clean" -n "$noise" -o odd --num 8 --seconds 1 \
    --shard 2/2
grep -q 'odd: made again as damaged: 1' stderr || fail "again: $(cat stderr)"
make_set odd --shard 1/2
expect 0 "$features" --merge -o odd
diff -r whole odd || fail 'a repaired set differs'
# A set that is to become larger is not one that is merged.
make_set odd --shard 1/2 --num 10
refuse 1 'odd: part 2 of 2 is missing: make it with --shard 2/2' --merge -o odd
make_set odd --shard 2/2 --num 10
expect 0 "$features" --merge -o odd
expect_line 'odd: 2 parts merged: 10 mixtures'
sed -i 's/"complete":.true/"complete":false/' odd/manifest.json
refuse 1 'odd/manifest.json: not complete, and without parts' --merge -o odd
mkdir hollow
refuse 1 'hollow: nothing to merge: no part' --merge -o hollow
refuse 1 'nowhere: cannot open: No such file' --merge -o nowhere
echo '{"format": "nnse features 1", "made": {}}' >hollow/part-1-of-1.json
refuse 1 'hollow/part-1-of-1.json: of format "nnse features 1", expected' \
    --merge -o hollow
no_files 'hollow/.lock'

for bad in 0/3 4/3 3 1/3x x/y -1/2; do
    expect 2 "$features" -s x -n y -o z --shard $bad
    expect_line "shard: expected I/N with I from 1 to N, such as 1/10, found"
done
expect 2 "$features" -s x -n y -o z --shard 1/2 --list l
expect_line '--list and --shard exclude each other'
expect 2 "$features" --merge
expect_line 'merge needs --output'
expect 2 "$features" --merge -o x -s y
expect_line '--merge and --speech exclude each other'

# ---- a damaged file, a process that was killed, the lock -------------------
cp -r whole hurt
printf x | dd of=hurt/mix000003.tfrecord bs=1 seek=9000 conv=notrunc status=none
touch hurt/.nnse-0123456789abcdef.tmp hurt/.nnse-0123456789abcdef.tmpx hurt/.lock
make_set hurt
grep -qx 'se-features: hurt: made again as damaged: 1' stderr ||
    fail "damaged: $(cat stderr)"
no_files 'hurt/*.tmp'
rm hurt/.nnse-0123456789abcdef.tmpx
diff -r whole hurt || fail 'a repaired set differs'
no_files 'hurt/.lock'

(
    exec 9>hurt/.lock
    flock 9
    printf 'process 123 on somewhere' >&9
    exec sleep 60
) &
holder=$!
until [ -s hurt/.lock ]; do sleep 0.05; done
refuse 1 'hurt: in use by process 123 on somewhere' -q -s "$clean" -n "$noise" \
    -o hurt --num 8 --seconds 1
refuse 1 'hurt: in use by process 123' -q -s "$clean" -n "$noise" -o hurt \
    --num 8 --seconds 1 --shard 1/2
refuse 1 'hurt: in use by' --merge -o hurt
kill $holder
wait $holder 2>status || :
make_set hurt

"$features" -q -s "$clean" -n "$noise" -o long --seconds 10 --num 200 -j 1 &
worker=$!
until [ -e long/mix000000.tfrecord ]; do sleep 0.05; done
refuse 1 "long: in use by process $worker on " -q -s "$clean" -n "$noise" \
    -o long --seconds 10 --num 200
kill -KILL $worker
wait $worker 2>status || :
expect 0 "$features" -q -s "$clean" -n "$noise" -o long --seconds 10 --num 2
no_files 'long/*.tmp'

# ---- samples ---------------------------------------------------------------
make_set pcm --format pcm
make_set pcm2 --format pcm --jobs 3
diff -r pcm pcm2 || fail 'threads change the samples'
for dir in whole pcm; do
    expect 0 "$features" --inspect $dir/mix000003.tfrecord
    # Signal-to-noise ratios from -30 dB on; both kinds tell the same levels.
    awk '$5 > -30 && $5 < 30 { print $1, $2, int($3 / 3 + .5) }' stdout \
        >levels.$dir
    [ -s levels.$dir ] || fail "levels: $(cat stdout)"
done
grep -q 'mix000003.tfrecord: 5 records, 100 frames, 1.00 s, pcm' stdout ||
    fail "inspect: $(cat stdout)"
cmp levels.whole levels.pcm || fail 'samples and spectra differ in level'
[ $(($(wc -c <pcm/mix000003.tfrecord) * 3)) -lt \
    "$(wc -c <whole/mix000003.tfrecord)" ] || fail 'samples take much room'

# An independent reader, and the samples against the spectra.
need "$python"
"$python" "$SRC/tests/cli/features_parts.py" whole pcm mix000003.tfrecord ||
    fail 'an independent reader disagrees'

# ---- a disk that fills -----------------------------------------------------
# 400 kB hold two of eight mixtures; the rest is made once there is room.
mkdir disk
if mount -t tmpfs -o size=420k none disk 2>mount.log; then
    trap 'umount disk' EXIT
    refuse 1 'disk/set/mix00000[0-7].tfrecord: cannot write: No space left' \
        -q -s "$clean" -n "$noise" -o disk/set --num 8 --seconds 1 --scratch . \
        --force
    no_files 'disk/set/*.tmp'
    n=$(ls disk/set/*.tfrecord | wc -l)
    [ "$n" -ge 1 ] && [ "$n" -lt 8 ] || fail "$n shards on a full disk"
    mount -o remount,size=4m disk
    expect 0 "$features" -s "$clean" -n "$noise" -o disk/set --num 8 \
        --seconds 1 --scratch .
    grep -q " $n were there" stderr || fail "resume: $(cat stderr)"
    diff -r whole disk/set || fail 'a full disk changes the set'
    head -c 3800k /dev/zero >disk/filling 2>dd.log || :
    refuse 1 'disk: cannot write the scratch file: No space left' \
        -q -s "$clean" -n "$noise" -o other --num 1 --seconds 1 --scratch disk
fi
