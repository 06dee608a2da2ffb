# --plot and se-plot: whole files of the right kind, the same bytes each time,
# of what was there; nothing is left of what fails.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

enhance=$BIN/se-enhance
make_half_model half.st

# is_picture FILE...: by their first bytes; an SVG is XML to the end.
is_picture()
{
    for picture; do
        [ "$(wc -c <"$picture")" -gt 2000 ] || fail "$picture is empty"
        case $picture in
        *.png) [ "$(head -c 4 "$picture" | tail -c 3)" = PNG ] ;;
        *.pdf) [ "$(head -c 5 "$picture")" = %PDF- ] ;;
        *.svg) "$python" -c 'import sys, xml.dom.minidom as x
x.parse(sys.argv[1])' "$picture" ;;
        esac || fail "$picture is no picture"
    done
}

# ---- se-enhance --plot ----

head -c 16000 /dev/zero >silence.raw
cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" in.wav
expect 0 "$enhance" --model half.st in.wav plain.wav
for format in pdf png svg; do
    expect 0 "$enhance" --model half.st --plot a.$format in.wav out.wav
    cmp plain.wav out.wav || fail "--plot changes the sound"
    is_picture a.$format
done
for format in pdf png; do
    expect 0 "$enhance" --model half.st --plot b.$format in.wav out.wav
    cmp a.$format b.$format || fail "two runs draw different $format"
done
expect 0 "$enhance" --model half.st --engine fixed --plot c.png in.wav out.wav
is_picture c.png
cmp -s b.png c.png && fail "both engines have one name"
expect 0 "$enhance" --model half.st --raw --rate 16000 --plot d.png \
    silence.raw out.raw
cmp -s b.png d.png && fail "silence looks like speech"

# Pipes, other rates and one file of a folder are fine.
"$enhance" --model half.st --plot e.png - - <in.wav >out.wav || fail "a pipe"
cmp plain.wav out.wav || fail "--plot changes a pipe"
expect 0 "$enhance" --model half.st --channels each --plot f.svg -o out \
    "$SRC/test_wavs/stereo_48k.flac"
is_picture e.png f.svg

expect 2 "$enhance" --model half.st --plot a.jpg in.wav new.wav
expect_line '^se-enhance: --plot: a.jpg: .* must end in .pdf, .png or .svg$'
expect 2 "$enhance" --model half.st --plot g.png -o out in.wav plain.wav
expect_line 'shows one file, found 2'
expect 1 "$enhance" --model half.st --plot no/g.png in.wav new.wav
expect_line '^se-enhance: no/g.png: cannot write: No such file'
no_files 'new.wav*'
expect 1 "$enhance" --model half.st --plot g.png missing.wav new.wav
expect_line 'missing.wav'
no_files 'g.png*'

# ---- se-plot ----

plot=$BIN/se-plot
mkdir small
cp "$SRC/models/se_nn_arch72_mel/history.jsonl" small/
for format in pdf png svg; do
    expect 0 "$plot" -o h.$format small/history.jsonl
    is_picture h.$format
done
expect 0 "$plot" -o again.pdf small/history.jsonl
cmp h.pdf again.pdf || fail "two runs draw different curves"
# A panel for each score that is known.
svg_height()
{
    "$plot" -o height.svg "$1" && sed -n 's/.* height="\([0-9]*\).*/\1/p;2q' height.svg
}
echo '{"epoch":1,"valid_loss":1}' >none.jsonl
echo '{"epoch":1,"valid_loss":1,"valid_si_sdr_db":8}' >score.jsonl
echo '{"epoch":1,"valid_loss":1,"valid_si_sdr_db":8,"valid_pesq_wb_aligned":2}' \
    >scores.jsonl
[ "$(svg_height none.jsonl)" -lt "$(svg_height score.jsonl)" ] &&
    [ "$(svg_height score.jsonl)" -lt "$(svg_height scores.jsonl)" ] ||
    fail 'no panel for a score'
head -n 1 small/history.jsonl >one.jsonl
expect 0 "$plot" -o two.png --title 'a & b' --names 'x<y,z' \
    small/history.jsonl one.jsonl
printf 'loss,stoi,si_sdr\nmse,.84,9\n"a, b",,8\n' >r.csv
expect 0 "$plot" -o r.svg r.csv
is_picture two.png r.svg

: >empty.jsonl
echo '{"epoch":1}' >half.jsonl
echo nonsense >bad.jsonl
printf 'a,b\nx,1,2\n' >bad.csv
expect 1 "$plot" -o no.png empty.jsonl
expect_line 'empty.jsonl: has no "epoch", expected the history of a training'
expect 1 "$plot" -o no.png half.jsonl
expect_line 'half.jsonl: has no "valid_loss"'
expect 1 "$plot" -o no.png bad.jsonl
expect_line "bad.jsonl:1: found 'nonsense', expected a JSON object"
expect 1 "$plot" -o no.png bad.csv
expect_line 'bad.csv:2: found 3 fields, expected 2'
expect 1 "$plot" -o no.png missing.jsonl
expect_line 'missing.jsonl'
expect 1 "$plot" -o no.png /dev/zero
expect_line '/dev/zero: is a device without an end, expected a file'
expect 1 "$plot" -o no/no.png one.jsonl
expect_line 'no/no.png: cannot write'
expect 2 "$plot" one.jsonl
expect_line '--output is missing'
expect 2 "$plot" -o no.png
expect_line 'expected 1 to 6 files, found 0'
expect 2 "$plot" -o no.gif one.jsonl
expect_line 'must end in'
expect 2 "$plot" -o no.png --names a,b one.jsonl
expect_line 'more names than the 1 files'
expect 2 "$plot" -o no.png r.csv one.jsonl
expect_line 'goes alone'
no_files 'no.*'

# ---- se-convert --plot ----

expect 0 "$BIN/se-convert" -q --model half.st --folder_c c --plot w.png
expect 0 "$BIN/se-convert" -q --model half.st --folder_c c --plot w.svg
is_picture w.png w.svg
expect 2 "$BIN/se-convert" -q --model half.st --plot w.txt
expect_line '^se-convert: --plot: w.txt: '

# ---- se-features --plot ----

features()
{
    "$BIN/se-features" --speech "$SRC/test_wavs/clean" \
        --noise "$SRC/test_wavs/noisy" --seconds 2 --quiet "$@"
}
expect 0 features --plot m.png --plot_count 2
expect 0 features --plot n.png --plot_count 2
cmp m.png n.png || fail "two runs draw different mixtures"
expect 0 features --plot o.svg --plot_count 1 --seed 2
is_picture m.png o.svg
no_files 'manifest*'
expect 2 features --plot m.bmp
expect_line '^se-features: --plot: m.bmp: '

# ---- names in other scripts ----

# fonts ENDING...: fontconfig finds fonts whose names match those alone.
fonts()
{
    mkdir -p fonts
    rm -f fonts/*
    for pattern; do
        find /usr/share/fonts -name "$pattern" -exec ln -sf {} fonts \;
    done
    cat >fonts.conf <<END
<?xml version="1.0"?>
<fontconfig><dir>$PWD/fonts</dir><cachedir>$PWD/cache</cachedir></fontconfig>
END
    export FONTCONFIG_FILE=$PWD/fonts.conf
}
fonts 'DejaVuSans*.ttf' 'wqy-microhei.ttc'
[ "$(ls fonts | grep -c wqy)" -gt 0 ] || fail 'no font for Chinese is installed'
for name in 日本語 中文 한국어 Ελληνικά; do
    cp in.wav "$name.wav"
    expect 0 "$BIN/se-enhance" --model half.st --plot "$name.png" "$name.wav" o.wav
    [ ! -s stderr ] || fail "$name: $(cat stderr)"
    is_picture "$name.png"
done
fonts 'DejaVuSans*.ttf'
expect 0 "$BIN/se-enhance" --model half.st --plot box.png 日本語.wav o.wav
expect_line 'no font here has the character .+ \(U\+[0-9A-F]{4}\)'
! cmp -s box.png 日本語.png || fail 'boxes, font or not'
expect 0 "$BIN/se-enhance" --model half.st --plot box.png Ελληνικά.wav o.wav
[ ! -s stderr ] || fail "$(cat stderr)"
no_files '*.tmp'
