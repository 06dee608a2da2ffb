#!/bin/bash
# view-serial.sh - the console of a board, with whatever terminal is there.
#
#   scripts/view-serial.sh PORT BAUD
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

if command -v picocom >/dev/null; then
    exec picocom --quiet --baud "$baud" "$port"
elif command -v screen >/dev/null; then
    exec screen "$port" "$baud"
fi
stty -F "$port" "$baud" raw -echo || {
    echo "view: $port cannot do $baud baud" >&2
    exit 1
}
cat "$port" &
reader=$!
trap 'kill "$reader"' EXIT
cat >"$port"
