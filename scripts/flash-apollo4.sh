#!/bin/bash
# flash-apollo4.sh - sends an image to an Apollo4 and makes sure that it got
# there: no probe's exit status says so reliably.
#
#   scripts/flash-apollo4.sh IMAGE.bin
#
# CHIP            the upper byte of its number CHIPPN: 08 for the Apollo4 Plus (the
#                 default), 09 for the Apollo4 Lite
# PROBE           jlink (SEGGER's Commander), pyocd or openocd
# FLASH_SECONDS   how long that may take (120)
# JLINK           the Commander (JLinkExe)
# JLINK_DEVICE    as it calls the chip (AMAP42KK-KBR; some versions know only
#                 AMAP42KP-KBR); pyOCD's target is the same in small letters
# JLINK_SPEED     of SWD, in kHz (4000)
# JLINK_SERIAL    which probe, by its serial number, if there are several
# PYOCD, OPENOCD  the programs
# OPENOCD_CONFIG  of probe and chip, with a flash bank at 0x18000: OpenOCD
#                 itself has no driver for the Apollo4
# What the probe's program is given and what it said stay beside the image.
set -euo pipefail

image=$1
PROBE=${PROBE:-jlink}
commands=${image%.bin}.$PROBE # of jlink and openocd
log=${image%.bin}.log
device=${JLINK_DEVICE:-AMAP42KK-KBR}
speed=${JLINK_SPEED:-4000}
address=0x18000
chip_number=0x40020000 # CHIPPN
case ${CHIP:=08} in
08) chip='Apollo4 Plus' ;;
09) chip='Apollo4 Lite' ;;
*) echo "flash-apollo4: CHIP=$CHIP: expected 08 or 09" >&2
    exit 2 ;;
esac
# RSTGEN.SWPOI: the chip's own reset starts the boot loader, and that the image.
reset='0x40000004 0x1B'

fail()
{
    echo "flash-apollo4: $*" >&2
    echo "flash-apollo4: the image is ready: $image" >&2
    exit 1
}

# fail_with_log REASON...
fail_with_log()
{
    tail -n 5 "$log" | sed 's/^/    | /' >&2
    fail "$* (all that $PROBE said: $log)"
}

# need PROGRAM HOW: how to get it, or to name it.
need()
{
    command -v "$1" >/dev/null || fail "$1 is not installed: $2"
}

# run COMMAND...: keeps what it says. It gets no input: it must not ask.
run()
{
    local status=0

    timeout --kill-after=5 "${FLASH_SECONDS:-120}" "$@" \
        </dev/null >"$log" 2>&1 || status=$?
    case $status in
    0) ;;
    124 | 137)
        fail_with_log "$PROBE has not ended after ${FLASH_SECONDS:-120} s"
        ;;
    *) fail_with_log "no board took the image: is it plugged in and" \
        "switched on?" ;;
    esac
}

# demand REGEX REASON: a line of the log must say so.
demand()
{
    grep -Eq -- "$1" "$log" || fail_with_log "$2"
}

# refuse REGEX REASON: none may.
refuse()
{
    ! grep -Eqi -- "$1" "$log" || fail_with_log "$2"
}

# demand_chip PREFIX: what stands before the word that was read from CHIPPN.
demand_chip()
{
    demand "$1[0-9A-Fa-f]{8}" 'nobody read which chip that is'
    demand "${1}$CHIP[0-9A-Fa-f]{6}" "that chip is not an $chip"
}

flash_jlink()
{
    local arguments=(-nogui 1 -exitonerror 1 -device "$device" -if SWD
        -speed "$speed" -autoconnect 1)

    need "${JLINK:-JLinkExe}" "get SEGGER's J-Link software from \
https://www.segger.com/downloads/jlink, or set JLINK=PATH"
    cat >"$commands" <<END
ExitOnError 1
r
h
mem32 $chip_number, 1
loadbin "$image", $address
verifybin "$image", $address
w4 ${reset/ /, }
sleep 500
qc
END
    if [ -n "${JLINK_SERIAL:-}" ]; then
        arguments+=(-SelectEmuBySN "$JLINK_SERIAL")
    fi
    run "${JLINK:-JLinkExe}" "${arguments[@]}" -CommandFile "$commands"

    refuse 'cannot connect|could not connect|failed to (open|connect)' \
        'no board took the image: is it plugged in and switched on?'
    refuse 'unknown device|device .* not (found|known|supported)' \
        "this J-Link software does not know $device: set JLINK_DEVICE"
    demand_chip '40020000 = '
    refuse 'programming failed|error while programming|error: failed' \
        'the flash was not programmed'
    demand 'Flash download: .*(ranges? affected|Contents already match)' \
        'nothing says that the flash was programmed'
    demand '(^|>)O\.K\.' 'nothing says that the flash was programmed'
    refuse 'verif.* failed|mismatch' 'the flash does not hold the image'
    demand 'Verify successful' 'nothing says that the flash holds the image'
}

flash_pyocd()
{
    # Its commander says what was programmed from -v on.
    local arguments=(-v --target "${device,,}" --frequency "${speed}k")

    need "${PYOCD:-pyocd}" "pip install pyocd, then: pyocd pack install $device"
    if [ -n "${JLINK_SERIAL:-}" ]; then
        arguments+=(--uid "$JLINK_SERIAL")
    fi
    run "${PYOCD:-pyocd}" commander "${arguments[@]}" -c halt \
        -c "read32 $chip_number" -c "load \"$image\" $address" \
        -c "compare $address \"$image\"" -c "write32 $reset"

    refuse 'no available debug probes|no connected debug probes|no target' \
        'no board took the image: is it plugged in and switched on?'
    refuse 'target type .* not recognized' \
        "pyOCD does not know the chip: pyocd pack install $device"
    demand_chip '40020000: +'
    demand '(programmed|skipped) [1-9][0-9]* bytes' \
        'nothing says that the flash was programmed'
    refuse 'mismatched byte' 'the flash does not hold the image'
    demand "All $(stat -c %s "$image") bytes match" \
        'nothing says that the flash holds the image'
}

flash_openocd()
{
    need "${OPENOCD:-openocd}" 'install openocd, or set OPENOCD=PATH'
    [ -n "${OPENOCD_CONFIG:-}" ] ||
        fail "OpenOCD has no driver for the Apollo4's flash: set" \
            'OPENOCD_CONFIG to a configuration that has one'
    cat >"$commands" <<END
init
reset halt
mdw $chip_number
program {$image} $address verify
mww $reset
shutdown
END
    run "${OPENOCD:-openocd}" -f "$OPENOCD_CONFIG" -f "$commands"

    refuse 'unable to (open|find|connect)|init mode failed|no device found' \
        'no board took the image: is it plugged in and switched on?'
    demand_chip '0x40020000: '
    refuse 'programming failed|no flash bank' 'the flash was not programmed'
    demand '\*\* Programming Finished \*\*' \
        'nothing says that the flash was programmed'
    refuse 'verify failed|verification failed' \
        'the flash does not hold the image'
    demand '\*\* Verified OK \*\*' \
        'nothing says that the flash holds the image'
}

case $image in
*[\"\{\}]*) fail "$image: the probes' programs take no \", { or } in a name" ;;
esac
[ -s "$image" ] || { echo "flash-apollo4: there is no $image" >&2; exit 1; }
case $PROBE in
jlink | pyocd | openocd) "flash_$PROBE" ;;
*) echo "flash-apollo4: PROBE=$PROBE: expected jlink, pyocd or openocd" >&2
    exit 2 ;;
esac
echo "$image is on the board. Its console: make view-apollo4"
