# make flash-apollo4 and view-apollo4, with and without what they need.
. "$SRC/tests/emulator/lib.sh"

# The stand-ins get no board, and the path is one that has to be quoted.
image='my board/image.bin'
mkdir 'my board'
echo image >"$image"

flash()
{
    "$SRC/scripts/flash-apollo4.sh" "$image"
}

# stand_in NAME: a program of that name, which notes what it is given and says
# what is in the files of ./said, in order. It has read its input to the end,
# which a program that asks would wait for.
stand_in()
{
    cat >"$1" <<'END'
#!/bin/sh
printf '%s\n' "$@" >arguments
cat >input
cat said/*
exit "$(cat status)"
END
    chmod +x "$1"
}

# say STEP LINE...: what the program says at that step; without lines, nothing.
say()
{
    step=said/$1
    shift
    : >"$step"
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$step"
}

# refused REASON: the flashing fails and says so, and that the image is there.
refused()
{
    expect 1 flash
    grep -qF -- "$1" stderr || fail "expected '$1': $(cat stderr)"
    grep -qF "the image is ready: $image" stderr || fail "$(cat stderr)"
    [ ! -s stdout ] || fail "success is claimed: $(cat stdout)"
}

# No program for the probe: one message, what to get, the image is there.
export JLINK=no-such-program
refused 'no-such-program is not installed'
expect 1 env PROBE=pyocd PYOCD=no-such-program "$SRC/scripts/flash-apollo4.sh" \
    "$image"
grep -q 'pyocd pack install AMAP42KK-KBR' stderr || fail "$(cat stderr)"
expect 2 env PROBE=wishes "$SRC/scripts/flash-apollo4.sh" "$image"
grep -q 'expected jlink, pyocd or openocd' stderr || fail "$(cat stderr)"
expect 1 "$SRC/scripts/flash-apollo4.sh" none.bin
expect_line 'there is no none.bin'

# --- J-Link, whose exit status is 0 whatever happens ---

export JLINK=./jlink
stand_in jlink

# all_well: what J-Link's Commander says then.
all_well()
{
    rm -rf said
    mkdir said
    echo 0 >status
    say 1 'Device "AMAP42KK-KBR" selected.' 'Cortex-M4 identified.'
    say 2 '40020000 = 08421234 '
    say 3 'Downloading file [image.bin]...' \
        'J-Link: Flash download: Bank 0 @ 0x00018000: 1 range affected (8192 bytes)'
    say 4 'O.K.'
    say 5 'Verify successful.'
}

all_well
expect 0 flash
grep -q 'is on the board' stdout || fail "$(cat stdout)"
tr '\n' ' ' <arguments >told
grep -q -- '-exitonerror 1 .*-device AMAP42KK-KBR -if SWD -speed 4000' told ||
    fail "$(cat told)"
grep -qx 'loadbin "my board/image.bin", 0x18000' 'my board/image.jlink' ||
    fail "$(cat 'my board/image.jlink')"
grep -qx 'verifybin "my board/image.bin", 0x18000' 'my board/image.jlink' ||
    fail "$(cat 'my board/image.jlink')"
[ ! -s input ] || fail 'the Commander may ask the terminal'
expect 0 env JLINK_DEVICE=AMAP42KP-KBR JLINK_SPEED=1000 JLINK_SERIAL=42 \
    "$SRC/scripts/flash-apollo4.sh" "$image"
tr '\n' ' ' <arguments >told
grep -q -- '-device AMAP42KP-KBR -if SWD -speed 1000 .*-SelectEmuBySN 42' told ||
    fail "$(cat told)"

# The image is there already.
say 3 'J-Link: Flash download: Bank 0 @ 0x00018000: Skipped. Contents already match'
expect 0 flash

# Each outcome that is none, and each piece of evidence left out.
say 1 'Cannot connect to target.'
refused 'no board took the image'
say 1 'Connecting to J-Link via USB...FAILED: Cannot connect to J-Link.'
refused 'no board took the image'
all_well
say 1 'Unknown device "AMAP42KK-KBR".'
refused 'set JLINK_DEVICE'
all_well
say 2 '40020000 = 09421234 '
refused 'that chip is not an Apollo4 Plus'
CHIP=09 expect 0 flash
say 2
refused 'nobody read which chip that is'
all_well
say 3 'Error while programming flash: Programming failed.'
refused 'the flash was not programmed'
say 3
refused 'nothing says that the flash was programmed'
all_well
say 4
refused 'nothing says that the flash was programmed'
all_well
say 5 'Verify failed @ address 0x00018000.'
refused 'the flash does not hold the image'
say 5
refused 'nothing says that the flash holds the image'
all_well
echo 1 >status
refused 'no board took the image'
grep -q 'Verify successful' stderr || fail 'the last words are not shown'

# One that never ends.
printf '#!/bin/sh\nsleep 30\n' >jlink
FLASH_SECONDS=0.2 expect 1 flash
grep -q 'has not ended after 0.2 s' stderr || fail "$(cat stderr)"

# --- pyOCD: its commander ends with 0 as well ---

export PROBE=pyocd PYOCD=./pyocd
stand_in pyocd
all_well_pyocd()
{
    all_well
    say 1 'Successfully halted device'
    say 2 '40020000:  08421234    |..B.|'
    say 3 'I Erased 8192 bytes (1 sector), programmed 8192 bytes (1 page), skipped 0 bytes (0 pages) at 9 kB/s [loader]'
    say 4 'Comparing 6 bytes @ 0x00018000'
    say 5 'All 6 bytes match.'
}

all_well_pyocd
expect 0 flash
grep -qx 'load "my board/image.bin" 0x18000' arguments || fail "$(cat arguments)"
grep -qx 'amap42kk-kbr' arguments || fail "$(cat arguments)"
say 1 'C No available debug probes are connected'
refused 'no board took the image'
all_well_pyocd
say 1 'C Target type amap42kk-kbr not recognized.'
refused 'pyocd pack install AMAP42KK-KBR'
all_well_pyocd
say 2 '40020000:  09421234    |..B.|'
refused 'that chip is not an Apollo4 Plus'
all_well_pyocd
say 3 'E flash program page failure'
refused 'nothing says that the flash was programmed'
all_well_pyocd
say 5 'Mismatched byte at 0x00018000 (offset 0x0): 0xff (memory) != 0x69 (file)'
refused 'the flash does not hold the image'
say 5 'All 5 bytes match.'
refused 'nothing says that the flash holds the image'

# --- OpenOCD, with somebody's driver ---

export PROBE=openocd OPENOCD=./openocd
stand_in openocd
refused 'set OPENOCD_CONFIG'
export OPENOCD_CONFIG=some.cfg
all_well_openocd()
{
    all_well
    say 1 'Info : SWD DPIDR 0x2ba01477'
    say 2 '0x40020000: 08421234 '
    say 3 '** Programming Finished **'
    say 4
    say 5 '** Verified OK **'
}

all_well_openocd
expect 0 flash
grep -qx 'program {my board/image.bin} 0x18000 verify' 'my board/image.openocd' ||
    fail "$(cat 'my board/image.openocd')"
say 1 'Error: unable to find a matching CMSIS-DAP device'
refused 'no board took the image'
all_well_openocd
say 2 '0x40020000: 09421234 '
refused 'that chip is not an Apollo4 Plus'
all_well_openocd
say 3 '** Programming Failed **'
refused 'the flash was not programmed'
all_well_openocd
say 5 '** Verify Failed **'
refused 'the flash does not hold the image'
say 5
refused 'nothing says that the flash holds the image'

# The console.
expect 1 "$SRC/scripts/view-serial.sh" "$PWD/no-port" 115200
expect_line 'there is no .*/no-port: plug the board in, or set PORT'

# What make writes for the board begins as the boot loader wants it.
need_firmware apollo4
image=$FIRMWARE/apollo4/nnse
read -r stack reset < <(od -An -tx4 -N8 "$image.bin")
[ "$stack" = 10060000 ] || fail "stack pointer $stack"
[ $((0x$reset & 1)) -eq 1 ] || fail "reset vector $reset"
[ $((0x$reset)) -gt $((0x18000)) ] || fail "reset vector $reset"
# Intel hex: segment 0x1000 and data at 0x8000 are 0x18000.
[ "$(sed -n 's/^:\(0200000210\|10800000\).*/\1/p' "$image.hex" | head -2 |
    tr '\n' ' ')" = '0200000210 10800000 ' ] || fail "$(head -2 "$image.hex")"
read -r text data bss _ < <(arm-none-eabi-size "$image.elf" | tail -1)
# The analogue input, DMA and the line's speeds are 2 KB of it.
[ $((text + data)) -le $((127 * 1024)) ] || fail "$((text + data)) in flash"
# 320 bytes of them are the two blocks of the microphone's DMA.
[ $((data + bss)) -le $((10 * 1024 + 512)) ] || fail "$((data + bss)) in RAM"

# The console at both speeds, at the end of a line that has one: what comes at
# the wrong one is garbage. The second call meets a line that is fast already.
mkdir no-terminals
for tool in bash cat stty sleep stat; do
    ln -s "$(command -v "$tool")" no-terminals
done
"$python" "$SRC/tests/emulator/line.py" line \
    apollo4 --seconds 600 "$image.bin" 2>board &
line=$!
until [ -e line ]; do
    kill -0 $line || fail "no board: $(cat board)"
    sleep 0.05
done
for baud in 921600 115200 921600; do
    (sleep 1.5; printf '?'; sleep 1) |
        PATH=$PWD/no-terminals "$SRC/scripts/view-serial.sh" line $baud >console ||
        fail "$baud: $(cat board)"
    grep -q '^nnse .* on apollo4: net' console || fail "$baud: $(cat console)"
done
(sleep 1; printf 'R'; sleep 1) |
    PATH=$PWD/no-terminals "$SRC/scripts/view-serial.sh" line 921600 >/dev/null || true
wait $line || fail "$(cat board)"
