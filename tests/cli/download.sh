# se-features loads data sets: from a web server that fails in every way that
# servers and lines do.
. "$SRC/tests/cli/lib.sh"

features=$BIN/se-features

# ---- what is served ------------------------------------------------------
mkdir -p served toy/wav
cp "$SRC"/test_wavs/noisy/*.wav toy/wav
tar -czf served/toy.tar.gz toy
size=$(stat -c %s served/toy.tar.gz)
md5=$(md5sum <served/toy.tar.gz | cut -d' ' -f1)
sha256=$(sha256sum <served/toy.tar.gz | cut -d' ' -f1)
unpacked=$(cat toy/wav/* | wc -c)
[ "$size" -gt 100000 ] || fail 'the toy set is too small to be cut'

serve served

# row NAME ARCHIVE...: a row of the table
row()
{
    printf 'set %s\nabout nothing\nkind noise\nlicence CC0\n' "$1"
    printf 'citation Somebody, somewhere\nunpacked %d\n' "$unpacked"
    printf 'folder toy/wav\n'
    shift
    printf 'archive %s\n' "$@"
}
{
    echo '# sets for tests'
    row toy "$url/plain/toy.tar.gz $size md5:$md5"
    row sha "$url/plain/toy.tar.gz $size sha256:$sha256"
    row loose "$url/plain/toy.tar.gz?sequence=1&x=y"
    row wrong "$url/plain/toy.tar.gz $size md5:$(printf '%032d' 7)"
    row maybe "$url/plain/toy.tar.gz ~7 ~md5:$(printf '%032d' 7)"
    row long "$url/plain/toy.tar.gz $((size + 1))"
    row missing "$url/plain/none.zip"
} >table

# load STATUS HOW SET [OPTIONS]: into ./SET, from the server in that mood
load()
{
    status=$1
    how=$2
    set_name=$3
    shift 3
    rm -f log
    expect "$status" "$features" --download 1 --dataset_table table \
        --datasets "$set_name" --data_dir data --accept-licences \
        --wait 0.01 --mirror "$url/$how" "$@"
}

# is_whole SET: it is there, and nothing else of it
is_whole()
{
    diff -r toy "data/$1/toy" || fail "$1 is not what was served"
    [ -s "data/$1/dataset.txt" ] || fail "$1 has no note of its origin"
    no_files "data/$1.archives"
    no_files "data/$1.unpacking"
    no_files 'data/.lock'
}

# requested N: that many requests reached the server
requested()
{
    n=0
    [ ! -e log ] || n=$(wc -l <log)
    [ "$n" -eq "$1" ] || fail "$n requests, expected $1: $(cat log)"
}

again()
{
    rm -rf data
}

# leave_part BYTES [MARK]: as an interrupted run leaves it
leave_part()
{
    rm -rf data
    mkdir -p data/toy.archives
    head -c "$1" served/toy.tar.gz >data/toy.archives/toy.tar.gz.part
    [ $# -lt 2 ] ||
        printf '%s\n%s\n' "$size" "$2" >data/toy.archives/toy.tar.gz.part.from
}

# ---- all is well ---------------------------------------------------------
expect 0 "$features" --list-datasets --dataset_table table
for name in librispeech-360 librispeech-100 librispeech-dev thchs30 musan \
    wham esc50 fsd50k rirs voicebank toy; do
    grep -q "^$name " stdout || fail "not in the list: $name"
done
grep -q '^wham .*no commercial use' stdout || fail 'the licence of wham'

rm -f log
expect 0 "$features" --download 1 --dataset_table table --datasets toy,sha,toy \
    --data_dir data --accept-licences
is_whole toy
is_whole sha
requested 2
grep -q 'GET /plain/toy.tar.gz - - nnse-c/' log || fail "asked for: $(cat log)"
grep -q 'toy: .* licence: CC0; cite: Somebody' stderr || fail 'terms not shown'
grep -q "^archive .*toy.tar.gz $size md5:$md5 toy.tar.gz" data/toy/dataset.txt ||
    fail 'no digest in the note'

# A second run does nothing, needs no agreement, and no server.
rm -f log
before=$(stat -c %Y.%i data/toy/dataset.txt)
expect 0 "$features" --download 1 --dataset_table table --datasets toy,sha \
    --data_dir data
requested 0
[ "$before" = "$(stat -c %Y.%i data/toy/dataset.txt)" ] || fail 'made anew'

# The note is itself a row.
expect 0 "$features" --list-datasets --dataset_table data/toy/dataset.txt

# Without a known size and digest; with a guess that is wrong.
load 0 plain loose
is_whole loose
grep -q "sha256:$sha256" data/loose/dataset.txt || fail 'no digest found out'
grep -q "no digest of it is known: taken as it came, its sha256 is $sha256" stderr ||
    fail 'no word on the digest that is missing'
load 0 plain maybe
is_whole maybe
grep -q "its md5 is $md5, not 0*7 as somebody" stderr || fail 'no remark'

# Archives can be kept, and put there by hand.
again
load 0 plain toy --keep_archives
cmp served/toy.tar.gz data/toy.archives/toy.tar.gz || fail 'not kept'
rm -r data/toy
load 0 plain toy
requested 0
is_whole toy

# ---- resuming ------------------------------------------------------------
etag=$("$python" - "$url/plain/toy.tar.gz" <<'END'
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(opener.open(sys.argv[1]).headers['ETag'])
END
)
leave_part 50000 "$etag"
load 0 plain toy
is_whole toy
requested 1
grep -q "toy.tar.gz bytes=50000- $etag" log || fail "not resumed: $(cat log)"

# The server ignores ranges, or has another file by now: from the start.
for how in norange changed; do
    leave_part 50000 "$etag"
    load 0 "$how" toy
    is_whole toy
    requested 1
done
for how in grown shifted; do
    leave_part 50000 "$etag"
    load 0 "$how" toy
    is_whole toy
    requested 2
done
# Other bytes under a mark that has changed: they must not be kept.
leave_part 0 '"of another file"'
tr '\0' x <served/toy.tar.gz | head -c 60000 >data/toy.archives/toy.tar.gz.part
load 0 plain toy
is_whole toy
# Of unknown origin; longer than the file.
leave_part 50000
load 0 plain toy
is_whole toy
grep -q 'bytes=' log && fail 'resumed what it did not know'
leave_part "$size" "$etag"
echo more >>data/toy.archives/toy.tar.gz.part
load 0 plain toy
is_whole toy
# All was there but the name.
leave_part "$size" "$etag"
load 0 plain toy
is_whole toy
requested 0
leave_part "$size"
printf -- '-1\n%s\n' "$etag" >data/toy.archives/toy.tar.gz.part.from
load 0 nolength toy
is_whole toy
requested 1
# A weak ETag is no ground to resume on, the date is.
leave_part 50000 'Mon, 02 Jan 2023 03:04:05 GMT'
load 0 weak toy
grep -q 'bytes=50000- Mon, 02 Jan' log || fail 'not resumed by the date'
is_whole toy

# ---- lines that break ----------------------------------------------------
again
load 0 "cut-$((size * 3 / 10))" toy
is_whole toy
requested 4
[ "$(grep -c 'bytes=' log)" -eq 3 ] || fail "no ranges: $(cat log)"
grep -q 'trying again in' stderr || fail 'no word of trying again'
again
load 0 "cut-$((size * 3 / 10))+weak" toy
is_whole toy
requested 4
again
load 0 "cut-$((size / 2))+nolength" toy
is_whole toy
# Each time from the start, each time cut at the same place: it ends.
again
load 1 "cut-9000+norange" toy --tries 3 -q
expect_line "toy.tar.gz: .*(end of response|remaining|transfer closed)"
requested 4
[ -s data/toy.archives/toy.tar.gz.part ] || fail 'the part is gone'
no_files data/toy
load 0 plain toy
is_whole toy

again
load 0 busy-2 toy
is_whole toy
requested 3
again
load 1 busy-9 toy -q --tries 2
expect_line '/busy-9/toy.tar.gz: the server answers 503$'
requested 2

again
load 0 stall-20000 toy --stall 1
is_whole toy
requested 2
grep -q 'bytes=20000-' log || fail "not resumed: $(cat log)"

again
load 0 redirect toy
is_whole toy
again
load 1 redirect-file toy -q
expect_line 'toy.tar.gz: Protocol "file" (not supported|disabled)'
load 1 redirect-loop toy -q
expect_line 'toy.tar.gz: .*[Rr]edirects'

# ---- what waiting does not mend ------------------------------------------
load 1 plain missing -q
expect_line '^se-features: .*/plain/none.zip: the server answers 404$'
requested 1
load 1 empty missing -q
expect_line 'the server answers 204, expected 200$'
load 1 plain long -q
expect_line "toy.tar.gz: $size bytes on the server, expected $((size + 1))"
requested 1
load 1 nolength long -q --tries 2
expect_line "ended after $size of $((size + 1)) bytes"

load 1 plain wrong -q
expect_line "wrong.archives/toy.tar.gz: its md5 is $md5, expected 0*7; set"
cmp served/toy.tar.gz data/wrong.archives/toy.tar.gz.bad || fail 'not set aside'
no_files 'data/wrong.archives/*.gz'
no_files data/wrong
requested 1

# One set that fails does not keep the others waiting.
again
load 1 plain missing,toy -q
expect_line 'the server answers 404'
is_whole toy

# Nobody there.
kill "$server"
wait "$server" 2>/dev/null || true
again
load 1 plain toy -q --tries 2
expect_line 'toy.tar.gz: Failed to connect to 127.0.0.1'
