#!/bin/bash
# flash-apollo4.sh - sends an image to an Apollo4 Plus with SEGGER's J-Link.
#
#   scripts/flash-apollo4.sh IMAGE.bin
#
# JLINK         the Commander (JLinkExe)
# JLINK_DEVICE  as it calls the chip (AMAP42KK-KBR; older versions know only
#               AMAP42KP-KBR)
# JLINK_SPEED   of SWD, in kHz (4000)
# JLINK_SERIAL  which J-Link, by its serial number, if there are several
# What the Commander is given and what it said stay beside the image.
set -euo pipefail

image=$1
commands=${image%.bin}.jlink
log=${image%.bin}.log
jlink=${JLINK:-JLinkExe}
address=0x18000

fail()
{
    echo "flash-apollo4: $*" >&2
    echo "flash-apollo4: the image is ready: $image" >&2
    exit 1
}

# The chip's own reset (software POI) starts the boot loader, which starts the
# image.
cat >"$commands" <<END
ExitOnError 1
r
h
loadbin $image, $address
verifybin $image, $address
w4 0x40000004, 0x1B
sleep 500
qc
END

command -v "$jlink" >/dev/null ||
    fail "$jlink is not installed: get SEGGER's J-Link software from" \
        "https://www.segger.com/downloads/jlink, or set JLINK=PATH"

arguments=(-nogui 1 -device "${JLINK_DEVICE:-AMAP42KK-KBR}" -if SWD
    -speed "${JLINK_SPEED:-4000}" -autoconnect 1)
if [ -n "${JLINK_SERIAL:-}" ]; then
    arguments+=(-SelectEmuBySN "$JLINK_SERIAL")
fi

if ! "$jlink" "${arguments[@]}" -CommandFile "$commands" >"$log" 2>&1; then
    tail -n 5 "$log" | sed 's/^/    | /' >&2
    fail "no board took the image: is it plugged in and switched on?" \
        "(all that $jlink said: $log)"
fi
echo "$image is on the board. Its console: make view-apollo4"
