# make flash-apollo4 and view-apollo4, with and without what they need.
. "$SRC/tests/emulator/lib.sh"

flash()
{
    "$SRC/scripts/flash-apollo4.sh" image.bin
}
echo image >image.bin

# No J-Link software: one message, what to get, the image is there.
expect 1 env JLINK=no-such-program "$SRC/scripts/flash-apollo4.sh" image.bin
grep -q 'no-such-program is not installed' stderr || fail "$(cat stderr)"
grep -q 'the image is ready: image.bin' stderr || fail "$(cat stderr)"
grep -qx 'loadbin image.bin, 0x18000' image.jlink || fail "$(cat image.jlink)"

# A stand-in for it that notes what it is told and finds no board.
cat >jlink <<'END'
#!/bin/sh
echo "$@" >told
echo 'Cannot connect to target.'
exit "${JLINK_STATUS:-0}"
END
chmod +x jlink
expect 1 env JLINK=./jlink JLINK_STATUS=1 "$SRC/scripts/flash-apollo4.sh" \
    image.bin
grep -q 'no board took the image' stderr || fail "$(cat stderr)"
grep -q 'Cannot connect' stderr || fail "$(cat stderr)"

export JLINK=./jlink
expect 0 flash
grep -q -- '-device AMAP42KK-KBR -if SWD -speed 4000' told || fail "$(cat told)"
expect 0 env JLINK_DEVICE=AMAP42KP-KBR JLINK_SPEED=1000 JLINK_SERIAL=42 \
    "$SRC/scripts/flash-apollo4.sh" image.bin
grep -q -- '-device AMAP42KP-KBR -if SWD -speed 1000 .*-SelectEmuBySN 42' told ||
    fail "$(cat told)"

# The console.
expect 1 "$SRC/scripts/view-serial.sh" "$PWD/no-port" 921600
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
[ $((text + data)) -le $((125 * 1024)) ] || fail "$((text + data)) in flash"
[ $((data + bss)) -le $((10 * 1024)) ] || fail "$((data + bss)) in RAM"
