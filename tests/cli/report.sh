# se-enhance --report: one page that holds all it needs, and no name that it
# shows can do anything.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

enhance=$BIN/se-enhance
make_half_model half.st
evil='<img src=x onerror=alert(1)>&"'"'"'.wav'
mkdir in clean
cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" "in/$evil"
cp "$SRC/test_wavs/clean/rms_fan_0dB.wav" "clean/$evil" 2>/dev/null ||
    cp "in/$evil" "clean/$evil"
cp "$SRC/test_wavs/stereo_48k.flac" in/
echo 'no sound' >in/text.wav

expect 1 "$enhance" --model half.st -o out --report r.html --clean clean in/*
grep -q 'text.wav' stderr || fail "the failed file is not named"
cat >check.py <<'EOF'
import base64, html.parser, sys

tags, players, images, text = [], [], [], []

class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        tags.append(tag)
        for name, value in attributes:
            assert not name.startswith("on"), name
            if name in ("src", "srcset", "href", "action"):
                assert value.startswith("data:"), value[:60]
                kind, data = value.split(",", 1)
                data = base64.b64decode(data, validate=True)
                if kind == "data:audio/flac;base64":
                    assert data[:4] == b"fLaC"
                    players.append(data)
                else:
                    assert kind == "data:image/png;base64", kind
                    assert data[1:4] == b"PNG"
                    images.append(data)

    def handle_data(self, data):
        text.append(data)

Page(convert_charrefs=True).feed(open(sys.argv[1], encoding="utf-8").read())
text = "".join(text)
assert not {"script", "link", "iframe", "object"} & set(tags), tags
assert tags.count("section") == 3 and tags.count("audio") == 4
assert len(players) == 4 and len(images) == 2
assert "<img src=x onerror=alert(1)>&\"'.wav" in text
assert "Not enhanced: " in text and "SI-SDR, dB" in text
assert "No scores: " in text
assert "http:" not in text and "https:" not in text
# Small enough to send.
assert all(len(image) < 300000 for image in images), list(map(len, images))
EOF
expect 0 "$python" check.py r.html
grep -q 'Content-Security-Policy.*default-src .none.' r.html || fail "no policy"

# The same again is the same page.
expect 1 "$enhance" --model half.st -o out --report s.html --clean clean in/*
cmp r.html s.html || fail "two runs write different pages"

# The clean speech may be as much longer as se-eval allows, not more.
cp "$SRC/test_wavs/noisy/rms_fan_0dB.wav" a.wav
sox -D a.wav long.wav pad 0 1024s
expect 0 "$enhance" --model half.st --report l.html --clean long.wav a.wav b.wav
[ ! -s stderr ] || fail "a clean file 64 ms longer: $(cat stderr)"
grep -q 'SI-SDR, dB' l.html || fail 'no scores for a clean file 64 ms longer'
sox -D a.wav long.wav pad 0 1025s
expect 1 "$enhance" --model half.st --report l.html --clean long.wav a.wav b.wav
longer='a\.wav: lasts .* s and long\.wav .* s: expected the same within 64 ms'
expect_line "^se-enhance: no scores: $longer\$"
grep -q "No scores: $longer" l.html || fail 'the page does not say why'
! grep -q 'SI-SDR, dB' l.html || fail 'scores of other lengths'
expect 1 "$BIN/se-eval" -c long.wav -e a.wav
expect_line "^se-eval: $longer\$"
rm b.wav

expect 2 "$enhance" --model half.st --report r.txt a.wav b.wav
expect_line 'must end in .html'
expect 2 "$enhance" --model half.st --report n.html - b.wav
expect_line 'it needs files, not pipes'
expect 2 "$enhance" --model half.st --clean a.wav a.wav b.wav
expect_line 'se-enhance: --clean needs --report'
expect 1 "$enhance" --model half.st --report no/n.html a.wav b.wav
expect_line 'no/n.html: cannot write'
expect 1 "$enhance" --model half.st --report n.html --plot n.png in/text.wav b.wav
no_files 'n.*'
no_files 'b.wav*'

# A browser shows it.
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -n "$browser" ]; then
    "$browser" --headless --no-sandbox --disable-gpu --window-size=900,1500 \
        --user-data-dir="$PWD/browser" --screenshot="$PWD/page.png" \
        "file://$PWD/r.html" >browser.log 2>&1 || true
    [ "$(wc -c <page.png)" -gt 20000 ] || fail "the browser shows nothing"
fi
