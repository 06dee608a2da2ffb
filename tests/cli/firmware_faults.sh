# What goes wrong on an Apollo4, and that the emulator notices.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
image=$FIRMWARE/apollo4/nnse.bin

# No power for the microphone: the firmware says so and goes on.
printf 'm?R' | apollo4 --refuse pdm0 --seconds 2 "$image" >text
grep -q "^error: the microphone's PDM block does not power up" text ||
    fail "$(cat text)"

# No power for the UART: it can tell nobody, and touches nothing.
expect 1 apollo4 --refuse uart0 --seconds 0.2 "$image"
expect_line 'it has not ended after 0\.2 s'
[ ! -s stdout ] || fail 'writes without power'

# A desk with another speed hears nothing.
expect 1 apollo4 --baud 921600 "$image"
expect_line 'UART0 has 11[0-9]* baud and the desk has 921600'

# A vector table that no boot loader would take; not an image at all.
expect 1 apollo4 --flip 32 "$image"
expect_line 'reset vector 0x'
: >empty.bin
expect 1 apollo4 empty.bin
expect_line 'empty.bin holds no vector table'
expect 1 apollo4 --wav "$SRC/Makefile" "$image"
expect_line 'Makefile is no sound'

# The firmware once more, with what its board's config.h leaves open.
make_sound 1

# What the machine forbids is allowed here: a microphone that is 2.3 % slow. The
# firmware measures and says so. At 192 MHz, by its own measure as well.
variant -DBOARD_PDM_CLOCK=PDM_CLOCK_B -DBOARD_FAST=1
expect 1 apollo4 --choice hfrc --choice fast --wav sound.wav --button 0.01 \
    --seconds 1 v.bin
expect_line 'the sample rate is 15625\.0 Hz'
expect 0 desk_listens --frames 20 apollo4 --choice hfrc --choice fast --rate 3 \
    --wav sound.wav --seconds 3 v.bin
expect_reference captured.s16
expect_figure cycles_hz 192000000
grep -Eq '^sample rate 156[0-9][0-9] Hz$' text || fail "$(cat text)"
grep -Eq '^warning: the sample rate is 2\.[2-5] % too low$' text ||
    fail "$(cat text)"
grep -Eq '^asleep [1-9][0-9] % of the time$' text || fail "$(cat text)"
expect 1 apollo4 --refuse buck --seconds 0.2 v.bin
expect_line 'it has not ended after 0\.2 s'
grep -q '^error: 192 MHz needs the buck converter' stdout ||
    fail "$(cat stdout)"
expect 1 apollo4 --refuse turbo --seconds 0.2 v.bin
expect_line 'it has not ended after 0\.2 s'
grep -q '^error: 192 MHz is taken, and the core is slower' stdout ||
    fail "$(cat stdout)"

# Half a percent is where the warnings begin; HFRC is what may be off.
variant -DBOARD_PDM_CLOCK=PDM_CLOCK_A
expect 0 desk_listens --frames 5 apollo4 --choice hfrc --hfrc -0.3 --rate 1 \
    --wav sound.wav --seconds 3 v.bin
grep -Eq '^sample rate 159[0-9][0-9] Hz$' text || fail "$(cat text)"
! grep -q '^warning' text || fail "$(cat text)"
expect 0 desk_listens --frames 5 apollo4 --choice hfrc --hfrc 0.7 --rate 1 \
    --wav sound.wav --seconds 3 v.bin
grep -q '^warning: the sample rate is 0\.[678] % too high$' text ||
    fail "$(cat text)"

# Without the 32 kHz crystal there is sound, and no figure.
expect 0 desk_listens --frames 5 apollo4 --refuse xtal --wav sound.wav \
    --seconds 3 "$image"
expect_reference captured.s16
! grep -q '^sample rate' text || fail "$(cat text)"

# The crystal straight; over a slow line: frames are left out, and told.
variant -DBOARD_PDM_CLOCK=PDM_CLOCK_D -DBOARD_FAST_BAUD=115200
expect 0 desk_listens --frames 5 apollo4 --choice xtalhs --wav sound.wav \
    --seconds 3 v.bin
[ "$(figure frames_unsent)" -gt 0 ] || fail 'a slow line holds everything'
[ "$(figure gaps)" -gt 0 ] || fail 'no gap where frames are missing'
expect_figure samples_lost 0
