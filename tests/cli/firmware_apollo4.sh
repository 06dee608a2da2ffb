# The Apollo4's image, unchanged, in the emulator: microphone and serial line,
# the same bytes as on the desk.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
image=$FIRMWARE/apollo4/nnse.bin
make_sound 1.2

# The microphone, in real time. The first 800 samples are the filter's settling.
expect 0 desk_listens --frames 60 apollo4 --wav sound.wav --seconds 5 "$image"
[ "$(figure frames)" -ge 60 ] || fail "only $(figure frames) frames"
expect_reference captured.s16
tail -c +1601 sound.s16 | head -c "$(wc -c <captured.s16)" | cmp - captured.s16 ||
    fail 'the board has captured other samples'
grep -q "^nnse .* on apollo4: net .*, 5 layers" text || fail "$(cat text)"
grep -q "^crc32 $(figure crc32)\$" text || fail "$(cat text)"
instructions=$(figure cycles_mean)
[ "$instructions" -le 300000 ] || fail "$instructions instructions a frame"
echo "$instructions instructions a frame, $(figure cycles_max) at most"

# The serial line, with damaged frames and garbage between.
expect 0 desk_listens --in sound.s16 apollo4 --seconds 20 "$image"
expect_figure frames 120
expect_reference sound.s16
expect_figure frames_bad 0
cp enhanced.s16 clean.s16
expect 0 desk_listens --damage --in sound.s16 apollo4 --seconds 20 "$image"
expect_figure frames 120
expect_figure frames_bad 121
cmp enhanced.s16 clean.s16 || fail 'damaged frames got through'

# The button starts and stops as well.
expect 0 desk_listens --quiet --frames 10 apollo4 --button 0.05 --wav sound.wav \
    --seconds 5 "$image"
expect_reference captured.s16

# A core that is three times as slow loses nothing; one too slow says so.
expect 0 desk_listens --frames 25 apollo4 --cycles 3 --wav sound.wav --seconds 5 \
    "$image"
expect_reference captured.s16
expect 0 desk_listens --frames 25 apollo4 --cycles 6 --wav sound.wav --seconds 5 \
    "$image"
[ "$(figure samples_lost)" -gt 0 ] || fail 'a slow core lost nothing'

# One bit of one weight: the checksum is another.
address=$(arm-none-eabi-nm "$FIRMWARE/apollo4/nnse.elf" |
    sed -n 's/ . kernel2_se$//p')
expect 0 desk_listens --in sound.s16 apollo4 --seconds 20 \
    --flip $(((0x$address - 0x18000 + 1000) * 8 + 6)) "$image"
if cmp -s enhanced.s16 clean.s16; then
    fail 'a changed weight changes nothing'
fi

# The same as se-enhance on the desk, which takes the delay out.
net=$(sed 's/ --clock_mhz.*//' "$FIRMWARE/net")
net=${net/"'models/"/"'$SRC/models/"}
eval "\"\$BIN\"/se-enhance $net --engine fixed --quiet \
    sound.wav desk.wav"
sox desk.wav -t raw -e signed -b 16 desk.s16
n=$(($(wc -c <clean.s16) - 640))
tail -c +641 clean.s16 | cmp -n "$n" - desk.s16 ||
    fail 'se-enhance --engine fixed has other samples'
