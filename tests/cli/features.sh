# se-features: the same bytes whatever the threads; going on; lists; inspect.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/features.sh"

# ---- reproducible --------------------------------------------------------
make_set one --threads 1 --list list.txt
grep -Eq '^se-features: one: 8 mixtures of 1 s: 8 made, 0 were there;' stderr ||
    fail "summary: $(cat stderr)"
[ "$(ls -A one | wc -l)" -eq 10 ] || fail "files: $(ls one)"
make_set three -j 3 -q
[ ! -s stderr ] || fail "-q is not quiet: $(cat stderr)"
diff -r one three || fail 'threads change the bytes'
make_set seed --seed 2
! cmp -s one/mix000000.tfrecord seed/mix000000.tfrecord ||
    fail 'another seed gives the same mixture'
! cmp -s one/mix000000.tfrecord one/mix000001.tfrecord ||
    fail 'two mixtures are the same'

seq -f 'one/mix%06g.tfrecord' 0 7 | cmp - list.txt || fail 'list of TFRecords'

# ---- the same records with and without compression -----------------------
make_set plain --gzip 0
[ "$(head -c 2 one/mix000000.tfrecord | od -An -tx1 | tr -d ' ')" = 1f8b ] ||
    fail 'not compressed by default'
# 5 records: 20 frames x 257 bins x 2 x 4 bytes, and 98 around them
size=$(wc -c <plain/mix000000.tfrecord)
[ "$size" -eq $((5 * (20 * 257 * 2 * 4 + 98))) ] || fail "size $size"
gzip -dc <one/mix000003.tfrecord | cmp - plain/mix000003.tfrecord ||
    fail 'compression changes the records'

for dir in one plain; do
    expect 0 "$features" --inspect $dir/mix000002.tfrecord
    grep -c '^ *[0-4]  *20 ' stdout | grep -qx 5 || fail "$(cat stdout)"
    tail -n 1 stdout |
        grep -qx "$dir/mix000002.tfrecord: 5 records, 100 frames, 1.00 s, pspec" ||
        fail "inspect: $(cat stdout)"
    head -n 6 stdout >inspected.$dir
done
cmp inspected.one inspected.plain || fail 'inspect tells two stories'

make_set whole --records_per_file 1
expect 0 "$features" --inspect whole/mix000000.tfrecord
tail -n 1 stdout | grep -q ': 1 records, 100 frames' || fail "$(cat stdout)"

# ---- levels --------------------------------------------------------------
# Clean speech alone, nearly: at 60 dB both spectra have the same power.
expect 0 "$features" -s "$clean" -n "$noise" -o quiet --num 1 --seconds 20 \
    --snr 60 --snr-jitter 0
expect 0 "$features" --inspect quiet/mix000000.tfrecord
grep -c '^ *[0-4] ' stdout | grep -qx 5 || fail "$(cat stdout)"
awk 'NR > 1 && NR < 7 && !($3 - $4 < .1 && $4 - $3 < .1) { exit 1 }' stdout ||
    fail "60 dB: $(cat stdout)"

# ---- going on ------------------------------------------------------------
cp -r one more
rm more/mix000004.tfrecord more/mix000007.tfrecord
touch -d '2001-01-01' more/mix000000.tfrecord
make_set more
grep -q '2 made, 6 were there' stderr || fail "resume: $(cat stderr)"
diff -r one more || fail 'a resumed folder differs'
[ "$(stat -c %Y more/mix000000.tfrecord)" -lt 1000000000 ] ||
    fail 'a shard that was there was made again'
expect 0 "$features" --speech "$clean" --noise "$noise" -o more --num 9 \
    --seconds 1
grep -q '1 made, 8 were there' stderr || fail "more: $(cat stderr)"

# ---- interrupted, and going on -------------------------------------------
"$features" --speech "$clean" --noise "$noise" --seconds 5 --num 300 -j 2 \
    -o cut 2>cut.log &
pid=$!
for try in $(seq 200); do
    [ ! -e cut/mix000003.tfrecord ] || break
    sleep 0.05
done
interrupt INT $pid cut.log
grep -Eqx 'se-features: interrupted: the same command goes on' cut.log ||
    fail "interrupt: $(cat cut.log)"
no_files 'cut/*.tmp'
n_cut=$(ls cut/*.tfrecord | wc -l)
[ "$n_cut" -lt 300 ] || fail 'nothing was left to do'
grep -q '"complete":.false' cut/manifest.json || fail 'manifest too early'
expect 0 "$features" --speech "$clean" --noise "$noise" --seconds 5 -o cut \
    --num $((n_cut + 2))
expect 0 "$features" --speech "$clean" --noise "$noise" --seconds 5 -o uncut \
    --num $((n_cut + 2))
diff -r cut uncut || fail 'interrupting changes the bytes'

# ---- as much as there is speech ------------------------------------------
expect 0 "$features" -s "$clean" -n "$noise" -o once --seconds 5
grep -q 'once: 4 mixtures of 5 s' stderr || fail "once: $(cat stderr)"
