# The plug-ins in hosts of others: applyplugin, ffmpeg, sox and ecasound for
# LADSPA; lilv's for LV2. They score as se-enhance does.
. "$SRC/tests/cli/lib.sh"

need applyplugin analyseplugin ffmpeg lv2_validate lv2apply lv2bench lv2info sox
export LADSPA_PATH=$build/plugins/ladspa LV2_PATH=$build/plugins/lv2:/usr/lib/lv2
ladspa=$LADSPA_PATH/nnse.so lv2=$build/plugins/lv2/nnse.lv2
[ -e "$ladspa" ] && [ -e "$lv2/nnse.so" ] || fail 'no plug-ins were built'

# ---- the files ---------------------------------------------------------------
# One object, which carries the nets once, is both.
[ "$ladspa" -ef "$lv2/nnse.so" ] || fail 'the nets are there twice'
check_file()
{
    shown=$(nm -D --defined-only "$1" | awk '{ print $3 }' | paste -sd' ')
    [ "$shown" = 'ladspa_descriptor lv2_descriptor' ] || fail "$1 shows: $shown"
    ! readelf -d "$1" | grep -E 'NEEDED.*(sndfile|soxr|gomp|fftw|portaudio)' ||
        fail "$1 needs more than streams do"
    readelf -d "$1" | grep -q 'NODELETE' || fail "$1 can be unloaded"
}
check_file "$lv2/nnse.so"
expect 0 lv2_validate "$lv2/manifest.ttl" "$lv2/nnse.ttl"

# A host without sanitizers cannot load what has them.
! nm -D "$ladspa" | grep -q __ubsan || skip 'plug-ins with sanitizers'

# ---- what hosts see ----------------------------------------------------------
expect 0 analyseplugin -l nnse
for kind in mono stereo; do
    grep -q "nnse_$kind" stdout || fail "no nnse_$kind"
    lv2info "urn:nnse:$kind" >info || fail "lilv knows no urn:nnse:$kind"
    grep -q 'Has latency: *yes' info || fail "$kind: no latency: $(cat info)"
    grep -q 'Class: *Filter' info || fail "$kind: no filter"
done
# Indices of nnse.ttl are those that lv2.c knows.
awk '/Port [0-9]*:/ { port = $2 } /Symbol:/ { print port $2 }' info |
    paste -sd' ' >ports
[ "$(cat ports)" = '0:in_left 1:in_right 2:out_left 3:out_right 4:limit 5:net 6:latency 7:speech' ] ||
    fail "ports: $(cat ports)"
# Without groups GStreamer, for one, takes no plug-in of two channels.
awk '/Symbol:/ { port = $2 } /Group:/ { print port $2 }' info |
    paste -sd' ' >groups
[ "$(sed 's/urn:nnse:stereo//g' groups)" = 'in_left:in in_right:in out_left:out out_right:out' ] ||
    fail "groups: $(cat groups)"

# ---- scores at 48 kHz --------------------------------------------------------
# Where an impulse comes out of a bypass.
{ printf '\0@' && head -c 20000 /dev/zero; } |
    sox -t raw -r 48000 -c 1 -e signed -b 16 - impulse.wav
expect 0 applyplugin impulse.wav late.wav nnse.so nnse_mono 0 0
delay=$(sox late.wav -t raw - | od -An -v -td2 -w2 | awk '$1 { print NR - 1 }')
[ "$delay" -gt 1000 ] || fail "an impulse comes $delay samples late"

mkdir clean noisy float fixed ladspa ffmpeg lv2 integer
for clip in "$SRC"/test_wavs/noisy/*.wav; do
    name=$(basename "$clip")
    sox -D "$SRC/test_wavs/clean/$name" -r 48000 "clean/$name"
    sox -D "$clip" -r 48000 "noisy/$name"
    n=$(soxi -s "noisy/$name")
    for engine in float fixed; do
        "$BIN/se-enhance" -q --engine $engine "noisy/$name" "$engine/$name"
    done

    # ffmpeg makes up for the latency that is reported; the others do not.
    expect 0 ffmpeg -v error -i "noisy/$name" -af \
        "ladspa=file=nnse:plugin=nnse_mono:controls=c0=100|c1=0:latency=1" \
        "ffmpeg/$name"
    expect 0 ffmpeg -v error -i "noisy/$name" -af \
        "ladspa=file=nnse:plugin=nnse_mono:controls=c0=100|c1=1:latency=1" \
        "integer/$name"
    sox "noisy/$name" padded.wav pad 0 1
    expect 0 applyplugin padded.wav late.wav nnse.so nnse_mono 100 0
    sox late.wav "ladspa/$name" trim "${delay}s" "${n}s"
    expect 0 lv2apply -i padded.wav -o late.wav urn:nnse:mono
    sox late.wav "lv2/$name" trim "${delay}s" "${n}s"
    [ "$(soxi -s "ffmpeg/$name")" = "$n" ] || fail 'ffmpeg: another length'
done

# scores FOLDER: STOI and SI-SDR.
scores()
{
    "$BIN/se-eval" -q --quick --csv -c clean -e "$1" |
        awk -F, '/mean/ { print $2, $4 }'
}
scores float >float.txt
scores fixed >fixed.txt
for folder in ladspa ffmpeg lv2 integer; do
    expected=float.txt
    [ $folder != integer ] || expected=fixed.txt
    scores $folder >got
    paste -d' ' $expected got
    paste -d' ' $expected got | awk '
        function off(a, b) { return a > b ? a - b : b - a }
        { exit !(NF == 4 && off($1, $3) <= 0.002 && off($2, $4) <= 0.1) }' ||
        fail "$folder scores $(cat got), se-enhance $(cat $expected)"
done

# ---- other rates, two channels -----------------------------------------------
for rate in 8000 16000 44100 96000 192000; do
    sox -D "$SRC/test_wavs/stereo_48k.flac" -r $rate -c 2 -b 16 in.wav trim 0 1
    expect 0 applyplugin in.wav out.wav nnse.so nnse_stereo 20 2
    expect 0 lv2apply -i in.wav -o lv2.wav -c limit 20 -c net 2 urn:nnse:stereo
    [ "$(soxi -s out.wav)" = "$(soxi -s in.wav)" ] || fail "$rate Hz: length"
    sox -m -v 1 out.wav -v -1 lv2.wav difference.wav
    peak=$(sox difference.wav -n stat 2>&1 | awk '/^Maximum amp/ { print $3 }')
    awk -v peak="$peak" 'BEGIN { exit !(peak <= 2 / 32768) }' ||
        fail "$rate Hz: LADSPA and LV2 differ by $peak"
done

# ---- other hosts, other blocks -----------------------------------------------
# The same samples from each; 16 bits are rounded in two ways.
filter='ladspa=file=nnse:plugin=nnse_stereo:controls=c0=20|c1=0'
expect 0 ffmpeg -v error -i in.wav -af "$filter" one.wav
for n in 1 64 1000 8192; do
    expect 0 ffmpeg -v error -y -i in.wav -af "asetnsamples=n=$n:p=0,$filter" \
        blocks.wav
    cmp one.wav blocks.wav || fail "in blocks of $n ffmpeg gives other samples"
done
expect 0 sox -D in.wav sox.wav ladspa nnse nnse_stereo 20
hosts=sox
if command -v ecasound >/dev/null; then
    expect 0 ecasound -q -b:8192 -f:s16_le,2,192000 -i in.wav \
        -o ecasound.wav -el:nnse_stereo,20,0
    hosts="sox ecasound"
fi
for host in $hosts; do
    sox -m -v 1 one.wav -v -1 "$host.wav" difference.wav
    peak=$(sox difference.wav -n stat 2>&1 | awk '/^Maximum amp/ { print $3 }')
    awk -v peak="$peak" 'BEGIN { exit !(peak <= 2 / 32768) }' ||
        fail "ffmpeg and $host differ by $peak"
done
expect 0 lv2bench -n 65536 urn:nnse:mono
sox -D "$SRC/test_wavs/speech.wav" -r 4000 in.wav trim 0 1
status=0
applyplugin in.wav out.wav nnse.so nnse_mono 20 0 >/dev/null 2>&1 || status=$?
[ $status -lt 128 ] || fail "4 kHz: the host crashed"

# ---- README's lines ----------------------------------------------------------
# What they make has its place in time as what se-enhance makes.
mkdir readme
cd readme
ln -s "$LADSPA_PATH" ladspa # without spaces, as README's
sox -D "$SRC/test_wavs/stereo_48k.flac" -b 16 in.wav
expect 0 ffmpeg -v error -i in.wav in.mkv
cp in.mkv film.mkv
each='--channels each' large='--nn_arch def_se_nn_arch256_mel.txt'
sed -n 's/^    //; /ladspa.nnse:/p; /ladspa -/p' "$SRC/README.md" |
    sed "s|/usr/local/lib/ladspa|./ladspa|
        s|^mpv --af='lavfi=\[\(.*\)\]' \(.*\)|ffmpeg -i \2 -af '\1' out.mkv|" >lines
[ "$(wc -l <lines)" -eq 3 ] || fail "README: $(cat lines)"
while read -r line <&3; do
    rm -f out.*
    expect 0 bash -ec "$line"
    options=$each
    [[ $line != *nnse_stereo* ]] || options=$large
    expect 0 "$BIN/se-enhance" -q --atten_lim 24 $options in.wav expected.wav
    [ -e out.wav ] || expect 0 ffmpeg -v error -i out.mkv out.wav
    expect 0 "$BIN/se-eval" --quick --csv -c expected.wav -e out.wav
    [ "$(sed -n '2s/.*,//p' stdout)" = 0 ] || fail "$line: late: $(cat stdout)"
    awk -F, 'NR == 2 { exit !($4 > 15) }' stdout || fail "$line: $(cat stdout)"
done 3<lines
cd ..

# ---- a session keeps limit and net -------------------------------------------
expect 0 ${CC:-cc} -std=gnu11 -o session "$SRC/tests/plugins/session.c" \
    $(pkg-config --cflags --libs lilv-0)
expect 0 ./session urn:nnse:mono 17 2
[ "$(cat stdout)" = 'limit 17 net 2' ] || fail "a session keeps: $(cat stdout)"

# ---- ten instances in threads ------------------------------------------------
compiler=${CC:-cc}
echo 'int main(void) { return 0; }' >empty.c
if $compiler -fsanitize=thread -o empty empty.c 2>/dev/null &&
    setarch -R ./empty 2>/dev/null; then
    expect 0 make -s -C "$SRC" BUILD="$make_build" "$make_build/tsan/plugins"
    TSAN_OPTIONS=exitcode=99 expect 0 setarch -R "$build/tsan/plugins" ten_threads
fi
