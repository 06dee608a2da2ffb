# se-features loads data sets: archives of all kinds, honest and hostile, and
# what is asked and said before the start.
. "$SRC/tests/cli/lib.sh"

need zip
features=$BIN/se-features
mkdir -p served toy/wav
cp "$SRC"/test_wavs/noisy/*.wav toy/wav
unpacked=$(cat toy/wav/* | wc -c)
serve served

# row NAME UNPACKED ARCHIVE...: a row of the table
row()
{
    printf 'set %s\nkind noise\nlicence %s law\nunpacked %s\n' "$1" "$1" "$2"
    printf 'folder toy/wav\n'
    shift 2
    printf "archive $url/plain/%s\n" "$@"
}

# load STATUS SET [OPTIONS]
load()
{
    status=$1
    set_name=$2
    shift 2
    rm -f log
    expect "$status" "$features" --download 1 --dataset_table table \
        --datasets "$set_name" --data_dir data --accept_licences --wait 0.01 \
        "$@"
}

requested()
{
    n=0
    [ ! -e log ] || n=$(wc -l <log)
    [ "$n" -eq "$1" ] || fail "$n requests, expected $1: $(cat log)"
}

# is_whole SET
is_whole()
{
    diff -r toy "data/$1/toy" || fail "$1 is not what was served"
    no_files "data/$1.unpacking"
}

# refuse SET REGEX: nothing of it is left, beside it neither
refuse()
{
    load 1 "$1" -q
    expect_line "^se-features: .*$2"
    no_files "data/$1"
    no_files "data/$1.unpacking"
    no_files data/x
    no_files x
}

# ---- archives ------------------------------------------------------------
# A split zip: each piece of 64 kB, and files that go on in the next one.
zip -q -r -s 64k served/split.zip toy
pieces=$(cd served && ls split.z[0-9]* split.zip)
[ "$(echo "$pieces" | wc -l)" -gt 4 ] || fail 'zip made too few pieces'
zip -q -r -0 -s 64k served/stored.zip toy
zip -q -r served/whole.zip toy
tar -cJf served/toy.tar.xz toy
tar -cjf served/toy.tar.bz2 toy
tar -cf served/toy.tar toy
mkdir -p linked/toy
cp -r toy/wav linked/toy
ln -s ../wav linked/toy/train
ln linked/toy/wav/"$(ls toy/wav | head -n 1)" linked/toy/zz.wav
tar -C linked -czf served/linked.tgz toy/wav toy/train toy/zz.wav
cut=$(($(stat -c %s served/toy.tar.xz) / 2))
head -c "$cut" served/toy.tar.xz >served/truncated.tar.xz
echo '<html>Please log in</html>' >served/page.zip
zip -q served/other.zip "$SRC/README.md"
"$python" - <<'END'
import io
import tarfile

def pack(path, *items):
    with tarfile.open(path, 'w:gz') as tar:
        for name, kind, value in items:
            info = tarfile.TarInfo(name)
            if kind == 'link':
                info.type, info.linkname = tarfile.SYMTYPE, value
                tar.addfile(info)
            elif kind == 'device':
                info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, 1, 5
                tar.addfile(info)
            else:
                info.size = len(value)
                tar.addfile(info, io.BytesIO(value))

good = ('toy/wav/a.wav', 'file', b'a')
pack('served/climb.tgz', good, ('toy/../../../x', 'file', b'out'))
pack('served/absolute.tgz', good, ('/tmp/nnse-climbed-out', 'file', b'out'))
pack('served/through.tgz', good, ('toy/up', 'link', '../../..'),
     ('toy/up/x', 'file', b'out'), ('toy/etc', 'link', '/etc'))
pack('served/device.tgz', good, ('toy/zero', 'device', None))
pack('served/bomb.tgz', good, ('toy/big', 'file', bytes(30 << 20)))
END
{
    row split "$unpacked" $pieces
    row stored "$unpacked" $(cd served && ls stored.z[0-9]* stored.zip)
    for kind in whole.zip toy.tar.xz toy.tar.bz2 toy.tar linked.tgz; do
        row "$(echo "$kind" | tr . -)" "$unpacked" "$kind"
    done
    row hole "$unpacked" $(echo "$pieces" | sed 2d)
    row endless "$unpacked" split.z01
    row truncated "$unpacked" truncated.tar.xz
    row page "$unpacked" page.zip
    row other "$unpacked" other.zip
    row climb 1000 climb.tgz
    row absolute 1000 absolute.tgz
    row through 1000 through.tgz
    row device 1000 device.tgz
    row bomb 1000 bomb.tgz
    row ratio 100000000 bomb.tgz
    row tight "$((unpacked / 5))" whole.zip
    row huge 9000000000000000 toy.tar
    row large 1000 "toy.tar 9000000000000000"
} >table

load 0 split,stored,whole-zip,toy-tar-xz,toy-tar-bz2,toy-tar
for name in split stored whole-zip toy-tar-xz toy-tar-bz2 toy-tar; do
    is_whole "$name"
done
[ "$(grep -c '^archive' data/split/dataset.txt)" -eq \
    "$(echo "$pieces" | wc -l)" ] || fail 'the note lacks pieces'

load 0 linked-tgz
diff -r toy/wav data/linked-tgz/toy/wav || fail 'files beside links'
no_files data/linked-tgz/toy/train
grep -q '2 links in the archive were left out' stderr || fail 'links untold'

refuse hole 'split.zip: damaged archive: '
refuse endless 'split.z01: damaged archive: '
refuse truncated 'truncated.tar.xz: damaged archive: '
refuse page 'page.zip: damaged archive: Unrecognized archive format'
cmp served/page.zip data/page.archives/page.zip.bad || fail 'page not set aside'
refuse other "other: no folder 'toy/wav' in its archives"
refuse climb "'toy/../../../x': refused: the name leaves the folder"
refuse absolute "'/tmp/nnse-climbed-out': refused: the name leaves"
no_files /tmp/nnse-climbed-out
refuse device "'toy/zero': refused: neither a file nor a folder"
refuse bomb "'toy/big': refused: more than 3999 bytes unpacked|'toy/big': refused: more than 4000"
refuse ratio "'toy/big': refused: more than [0-9]+ bytes unpacked"
refuse tight 'refused: more than'
load 0 through
grep -q '2 links' stderr || fail 'links untold'
[ "$(cat data/through/toy/up/x)" = out ] || fail 'not inside'
no_files x
no_files data/x

# ---- before the start ----------------------------------------------------
rm -rf data
load 1 huge -q
expect_line 'data: 9000000.0 GB of free disk are needed, [0-9.]+ .B are there'
load 1 large -q
expect_line 'data: 9000000.0 GB of free disk are needed'
requested 0

# usage REGEX OPTION...
usage()
{
    expect 2 "$features" "${@:2}"
    expect_line "^se-features: $1"
}
usage '--accept_licences is missing: 2 data sets to agree to' --download 1 \
    --dataset_table table --datasets toy-tar,split --data_dir data
usage "--datasets: no set 'none' \(see --list_datasets\)" --download 1 \
    --datasets musan,none
usage "--datasets: no set ''" --download 1 --datasets ''
usage '--download and --speech exclude each other' --download 1 -s x -n y -o z
usage '--list_datasets and --speech exclude each other' --list-datasets -s x
usage '--datasets needs --download' --datasets musan
usage '--mirror: expected a URL with http' --download 1 --mirror /tmp
usage '--download: expected 0 or 1' --download maybe
usage '--tries: expected a whole number from 1' --download 1 --tries 0
no_files wavs

printf 'set a\nkind music\n' >bad
expect 1 "$features" --list_datasets --dataset_table bad
expect_line '^se-features: bad:2: kind: expected speech, noise, rooms or pairs'
expect 1 "$features" --list_datasets --dataset_table none
expect_line '^se-features: none: cannot open'
status=0
"$features" --list_datasets >/dev/full 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "a full disk: $status"

# On a terminal the question is asked, and no is no.
ask()
{
    expect "$1" "$python" "$SRC/tests/cli/ask.py" "$2" "$features" --download 1 \
        --dataset_table table --datasets toy-tar --data_dir data
    grep -q 'licence: toy-tar law' stdout || fail 'no licence shown'
    grep -q 'Load it under this licence? \[y/N\]' stdout || fail 'no question'
}
ask 1 n
grep -q 'not agreed to: nothing was downloaded' stdout || fail "$(cat stdout)"
requested 0
no_files data/toy-tar
ask 0 y
is_whole toy-tar

# Somebody else's folder of that name; a set made from another archive.
mkdir data/split
load 1 split -q
expect_line 'data/split: is in the way: it has no dataset.txt'
rmdir data/split
{
    row toy-tar "$unpacked" 'toy.tar md5:00000000000000000000000000000000'
    row toy-tar-xz "$unpacked" toy.tar.xz
} >table.new
sed -i "/^archive/s/sha256:[0-9a-f]*/md5:$(md5sum <toy/wav/"$(ls toy/wav |
    head -n 1)" | cut -d' ' -f1)/" data/toy-tar/dataset.txt
mv table table.old
mv table.new table
load 1 toy-tar -q
expect_line 'dataset.txt: the set was made from other archives than the table'
mv table.old table

# ---- stopped in the middle -----------------------------------------------
rm -rf data
mkdir data
part=data/toy-tar.archives/toy.tar.part
"$features" --download 1 --dataset_table table --datasets toy-tar \
    --data_dir data --accept_licences --mirror "$url/slow" 2>words &
child=$!
for _ in $(seq 200); do
    [ ! -s $part ] || break
    sleep 0.05
done
# Two runs into one folder.
load 1 whole-zip -q
expect_line '^se-features: data: in use by process [0-9]+'
interrupt INT $child words
grep -q 'toy.tar.part: stopped after [0-9]* bytes; the same command goes on' \
    words || fail "interrupted: $(cat words)"
size=$(stat -c %s $part)
[ "$size" -gt 0 ] || fail 'the part is gone'
no_files data/toy-tar
no_files data/.lock
load 0 toy-tar
grep -q "bytes=$size-" log || fail "not resumed: $(cat log)"
is_whole toy-tar

# So is a wait between two attempts.
"$features" --download 1 --dataset_table table --datasets whole-zip \
    --data_dir data --accept_licences --mirror "$url/busy-9" --wait 60 2>words &
child=$!
for _ in $(seq 200); do
    ! grep -q 'trying again' words || break
    sleep 0.05
done
interrupt TERM $child words

# A disk that fills in the middle: what came stays, and serves.
rm -rf data
status=0
(
    ulimit -f 80 # blocks of 1 kB
    exec "$features" --download 1 --dataset_table table --datasets toy-tar \
        --data_dir data --accept_licences -q 2>stderr
) || status=$?
[ $status -eq 1 ] || fail "a full disk: exit status $status"
expect_line 'toy.tar.part: cannot write: File too large'
load 0 toy-tar
grep -q 'bytes=81920-' log || fail "not resumed: $(cat log)"
is_whole toy-tar
