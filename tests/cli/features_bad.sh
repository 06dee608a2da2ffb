# se-features: bad input gets one clear line and leaves nothing half-written.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/features.sh"

# ---- usage ---------------------------------------------------------------
refuse 2 '--speech is missing'
refuse 2 '--noise is missing' -s x
refuse 2 '--output is missing' -s x -n y
refuse 2 "unexpected 'extra'" -s x -n y -o z extra
refuse 2 '--inspect and --output exclude each other' --inspect x -o y
refuse 2 "--snr: expected a number from -60 to 100, found 'x'" \
    -s x -n y -o z --snr 3,x
refuse 2 "--snr: expected a number from -60 to 100, found ''" \
    -s x -n y -o z --snr ''
refuse 2 '--snr: expected 32 numbers at most' -s x -n y -o z --snr "$(seq -s, 33)"
refuse 2 '--babble 0.8 and --synthetic 0.5 add up to more than 1' \
    -s x -n y -o z --babble .8 --synthetic .5
refuse 2 '--peak_min 0.5 is above --peak_max 0.1' \
    -s x -n y -o z --peak_min .5 --peak_max .1
refuse 2 '--seconds, --records_per_file: a mixture of 99 frames .* 5 equal' \
    -s x -n y -o z --seconds .99
no_files z

# ---- lists and folders ---------------------------------------------------
refuse 1 'no.txt: cannot open: No such file' -s no.txt -n "$noise" -o out
printf 'path,kind,path\na.wav,speech,b.wav\n' >twice.csv
refuse 1 "twice.csv: line 1: two columns named 'path'" \
    -s twice.csv -n "$noise" -o out
printf 'file,kind,seconds\na.wav,speech,2\n' >nameless.csv
refuse 1 'nameless.csv: line 1: expected a column "path"' \
    -s nameless.csv -n "$noise" -o out
printf '# nothing\n\n' >empty.txt
refuse 1 'empty.txt: empty list, expected one path a line' \
    -s empty.txt -n "$noise" -o out
mkdir hollow
touch hollow/readme.txt
refuse 1 'hollow: no files ending in one of: wav flac' \
    -s "$clean" -n hollow -o out
clip=$(ls "$clean"/*.wav | head -n 1)
refuse 1 ".*\.wav: not a list: zero bytes found" -s "$clip" -n "$noise" -o out
echo no.wav >dead.txt
refuse 1 'dead.txt: none of 1 files can be used; the first: no.wav: ' \
    -s dead.txt -n "$noise" -o out
no_files 'out/*'

# One file that cannot be read is named, skipped and counted.
cp "$clip" good.wav
echo 'no sound at all, whatever the name says' >text.wav
: >empty.wav
printf '%s\n' text.wav good.wav empty.wav >list.txt
echo good.wav >good.wav.txt
expect 1 "$features" -q -s list.txt -n "$noise" -o skipped --seconds 1 --num 2
cat >wanted <<'END'
se-features: skipped: text.wav: .*
se-features: skipped: empty.wav: .*
se-features: list.txt: 2 of 3 files skipped
se-features: done, but 2 files were skipped
END
[ "$(wc -l <stderr)" -eq 4 ] && [ "$(grep -cxf wanted stderr)" -eq 4 ] ||
    fail "skipping: $(cat stderr)"
[ "$(ls skipped/*.tfrecord | wc -l)" -eq 2 ] || fail 'no mixtures'
grep -q '"skipped":.\["text.wav: .*", "empty.wav: .*"\]' \
    skipped/manifest.json || fail 'the manifest does not tell'
expect 1 "$features" -q -s list.txt -n "$noise" -o strict --strict
tail -n 1 stderr >last
grep -qx 'se-features: --strict: nothing made' last || fail "$(cat stderr)"
no_files 'strict/*'
# the whole set is as good as without them
expect 0 "$features" -q -s good.wav.txt -n "$noise" -o good --seconds 1 --num 2
cmp good/mix000001.tfrecord skipped/mix000001.tfrecord || fail 'skipping shows'

# ---- room ----------------------------------------------------------------
refuse 1 'large: about [0-9.]+ GB are to be written, [0-9.]+ [GMk]B of disk are free' \
    -q -s good.wav.txt -n "$noise" -o large --num 1000000 --seconds 600
no_files 'large/*'

# ---- output --------------------------------------------------------------
touch file
refuse 1 'hollow: cannot write: is a folder, expected a file' \
    -q -s "$clean" -n "$noise" -o new --num 1 --seconds 1 --list hollow
refuse 1 'none/list: cannot write: No such file' \
    -q -s "$clean" -n "$noise" -o new --num 1 --seconds 1 --list none/list
refuse 1 'hollow: cannot write: is a folder, expected a file' \
    --scan none -o hollow
refuse 1 'hollow: cannot write: is a folder, expected a file' \
    --merge -o none --list hollow
refuse 2 '--output new\?set: expected a name without line ends' \
    -s "$clean" -n "$noise" -o 'new
set' --list list
no_files 'new*'
refuse 1 'file/out: cannot make the folder: Not a directory' \
    -s "$clean" -n "$noise" -o file/out
refuse 1 'file: ' -s "$clean" -n "$noise" -o file
refuse 1 'file/list: cannot write: Not a directory' \
    -q -s "$clean" -n "$noise" -o out --num 1 --seconds 1 --list file/list
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked
    chmod a-w locked
    refuse 1 'locked: cannot make a scratch file: Permission denied' \
        -s "$clean" -n "$noise" -o locked
    chmod u+w locked
fi

# A disk that fills while shards are written: 500 kB are less than one.
status=0
(
    ulimit -f 500
    exec "$features" -s good.wav.txt -n good.wav.txt -o full --seconds 10 --num 3
) 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "full disk: status $status"
expect_line '^se-features: full/mix00000[012].tfrecord: cannot write: File too'
no_files 'full/*.tfrecord'
no_files 'full/*.tmp'

# ---- a folder of other mixtures ------------------------------------------
make_set()
{
    "$features" -q -s "$clean" -n "$noise" -o set --seconds 1 --num 2 "$@"
}
make_set
cp -r set before
expect 1 make_set --seed 7
expect_line 'set/manifest.json: made with seed 1, now 7: take another folder'
expect 1 make_set --snr 3,4
expect_line 'made with snr_db \[-6,.*\], now \[3,4\]'
expect 1 make_set --gzip 0
expect_line 'made with gzip true, now false'
expect 1 make_set --colour 0.25
expect_line 'made with colour_chance 0.4, now 0.25'
expect 1 make_set --format pcm
expect_line 'made with format "pspec", now "pcm"'
expect 1 "$features" -q -s good.wav -n "$noise" -o set --seconds 1
expect 1 "$features" -q -s list.txt -n "$noise" -o set --seconds 1
grep -q 'made with speech {"name".*now {"name":"list.txt","clips":1' stderr ||
    fail "other speech: $(cat stderr)"
diff -r set before || fail 'a refused folder was changed'
echo '{"format": "nnse features 99"}' >set/manifest.json
expect 1 make_set
expect_line 'set/manifest.json: of format "nnse features 99", expected "nnse.* 2"'
echo 'garbage' >set/manifest.json
expect 1 make_set
expect_line 'set/manifest.json: not a manifest'

# ---- TFRecords that are none ---------------------------------------------
"$features" -q -s "$clean" -n "$noise" -o plain --seconds 1 --num 1 --gzip 0
record=plain/mix000000.tfrecord
cp $record damaged
printf 'x' | dd of=damaged bs=1 seek=50000 conv=notrunc status=none
refuse 1 'damaged: record 1: wrong checksum of the data' --inspect damaged
head -c 60000 $record >short
refuse 1 'short: record 1: truncated' --inspect short
mkfifo pipe
echo short >pipe &
refuse 1 'pipe: a pipe or a device, expected a file' --inspect pipe
refuse 1 '.*: record 0: wrong checksum of the length: not a TFRecord file' \
    --inspect "$clip"
refuse 1 'no: cannot open: No such file' --inspect no
refuse 1 'hollow: cannot read: is a folder, expected a file' --inspect hollow
gzip -c $record | head -c 10000 >short.gz
refuse 1 'short.gz: .*truncated' --inspect short.gz
