# What the Apollo4 can listen to: the analogue jack, a digital microphone on
# either edge, by DMA or from the FIFO; and the button.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
image=$FIRMWARE/apollo4/nnse.bin
make_sound 1

# says LINE: the console has printed that.
says()
{
    grep -qx "$1" text || fail "expected '$1': $(cat text)"
}

# The jack: 12 bits, with the converter's offset, which the firmware takes out.
expect 0 desk_listens --start a --frames 30 apollo4 --jack sound.wav --seconds 5 \
    "$image"
expect_reference captured.s16
says 'started: analogue microphone'
grep -Eqx 'sample rate (1599[0-9]|1600[0-9]) Hz' text || fail "$(cat text)"
"$python" - <<'END' || fail 'the board has captured other samples'
import array, sys
sound, captured = (array.array("h", open(f"{name}.s16", "rb").read())
                   for name in ("sound", "captured"))
level = 16 * (int(sound[0] / 16) + 53) << 8
for n, sample in enumerate(sound):
    sample = 16 * max(-2048, min(2047, int(sample / 16) + 53))
    level += sample - (level >> 8)
    at = n - 800
    if 0 <= at < len(captured) and captured[at] != sample - (level >> 8):
        sys.exit(f"sample {n}")
END
printf 'axaxm?R' | apollo4 --jack sound.wav --wav sound.wav --seconds 5 "$image" \
    >text
[ "$(grep -c '^stopped' text)" -eq 2 ] || fail "$(cat text)"
printf 'a?R' | apollo4 --refuse audadc --seconds 2 "$image" >text
grep -q '^error: the audio ADC does not power up' text || fail "$(cat text)"

# A digital microphone that is strapped for the other edge.
expect 0 desk_listens --frames 20 apollo4 --wav sound.wav --right --seconds 5 "$image"
expect_reference captured.s16
says 'the microphone is on the right edge'
tail -c +1601 sound.s16 | head -c "$(wc -c <captured.s16)" | cmp - captured.s16 ||
    fail 'the board has captured other samples'
expect 0 desk_listens --frames 5 apollo4 --wav sound.wav --seconds 5 "$image"
says 'the microphone is on the left edge'

# None at all: the jack, if that was not forbidden.
expect 0 desk_listens --frames 5 apollo4 --jack sound.wav --seconds 5 "$image"
expect_reference captured.s16
says 'silence on both edges: no digital microphone'
[ "$(od -An -v -td2 captured.s16 | tr -s ' ' '\n' | sort -u | wc -l)" -gt 100 ] ||
    fail 'silence from the jack'
expect 0 desk_listens --start d --frames 5 apollo4 --jack sound.wav --seconds 5 \
    "$image"
says 'silence on both edges: no digital microphone'
[ -z "$(tr -d '\000' <captured.s16)" ] || fail 'd takes the jack'

# The button, pressed while it listens: raw sound from then on.
expect 0 desk_listens --frames 30 apollo4 --button 0.2 --wav sound.wav --seconds 5 \
    "$image"
says 'sound: raw'
"$python" - <<'END' || fail 'not raw from the button on'
import sys
captured, enhanced = (open(f"{name}.s16", "rb").read()
                      for name in ("captured", "enhanced"))
raw = [captured[at:at + 320] == enhanced[at:at + 320]
       for at in range(0, len(captured), 320)]
first = raw.index(True)
sys.exit(not 5 < first < 20 or not all(raw[first:]))
END

# From the FIFO, by the processor.
variant -DBOARD_PDM_DMA=0
expect 0 desk_listens --frames 20 apollo4 --choice fifo --wav sound.wav \
    --seconds 5 v.bin
expect_reference captured.s16
