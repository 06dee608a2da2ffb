#!/bin/bash
# view-serial.sh - the console of a board, with whatever terminal is there.
#
#   scripts/view-serial.sh PORT BAUD
#
# The board's line begins with 115200 baud. For another speed it is asked to go
# up; it is asked in the slow one, in which a zero byte is a break to a line that
# is fast already, and that brings it back.
set -euo pipefail

port=$1
baud=$2

if [ ! -e "$port" ]; then
    others=$(ls -d /dev/ttyACM* /dev/ttyUSB* 2>/dev/null | tr '\n' ' ' || true)
    echo "view: there is no $port: plug the board in, or set PORT=..." \
        "(this machine has ${others:-no such line})" >&2
    exit 1
fi
if [ ! -r "$port" ] || [ ! -w "$port" ]; then
    echo "view: $port is not yours to use: become a member of the group" \
        "$(stat -c %G "$port")" >&2
    exit 1
fi

set_speed()
{
    stty -F "$port" "$1" raw -echo -hupcl clocal || {
        echo "view: $port cannot do $1 baud" >&2
        exit 1
    }
}

set_speed 115200
exec 3<>"$port" # open until the end: some lines forget their speed
printf '\0' >&3
sleep 0.2
if [ "$baud" != 115200 ]; then
    printf b >&3
    sleep 0.2
    set_speed "$baud"
fi
if command -v picocom >/dev/null; then
    exec picocom --quiet --baud "$baud" "$port"
elif command -v screen >/dev/null; then
    exec screen "$port" "$baud"
fi
cat "$port" &
reader=$!
trap 'kill "$reader"' EXIT
cat >"$port"
