# The nnse microphone as it is installed, in PipeWire and WirePlumber without a
# desktop: a noisy microphone in, what a program records from it out.
# Alone: where others keep the processors, sound is lost.
. "$SRC/tests/cli/lib.sh"

need pipewire wireplumber pw-cat pw-link pw-metadata dbus-run-session sox
! nm -D "$build/plugins/ladspa/nnse.so" | grep -q __ubsan ||
    skip 'plug-ins with sanitizers'
prefix=$PWD/installed
expect 0 make -s -C "$SRC" BUILD="$make_build" PREFIX="$prefix" DESTDIR= install-plugins

clip=rms_fan_0dB.wav
sox -D "$SRC/test_wavs/noisy/$clip" -r 48000 noisy.wav
sox -D "$SRC/test_wavs/clean/$clip" -r 48000 clean.wav
"$BIN/se-enhance" -q noisy.wav enhanced.wav

# The command of the service, which systemd would run.
service=$prefix/share/systemd/user/nnse-microphone.service
command=$(sed -n 's/^ExecStart=//p' "$service")
[ -n "$command" ] || fail "no command in $service"

export XDG_RUNTIME_DIR=$PWD/run XDG_STATE_HOME=$PWD/state
export XDG_CONFIG_HOME=$PWD/config HOME=$PWD
mkdir -m 700 run state config
# Without systemd's folders WirePlumber's watch over Bluetooth ends it.
mkdir -p config/wireplumber/bluetooth.lua.d
echo 'bluez_monitor.enabled = false' \
    >config/wireplumber/bluetooth.lua.d/51-none.lua
cat >session.sh <<'END'
set -eu
# A machine without a system bus has WirePlumber wait for one.
export DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS
# until COMMAND: waits for it to succeed.
until_it()
{
    for _ in $(seq 900); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "never: $*" >&2
    exit 1
}
has_port() { pw-link -io | grep -qx "$1"; }
has_link() { pw-link -l | grep -A1 -x "$1" | grep -q "$2"; }

pipewire -c "$SRC/tests/plugins/server.conf" &
until_it pw-link -io
wireplumber &
until_it has_port microphone:input_MONO
$command &
until_it has_link microphone:capture_MONO nnse_microphone.input
pw-cat -r --target nnse_microphone --rate 48000 --channels 1 recorded.wav &
recorder=$!
until_it has_link nnse_microphone:capture_MONO pw-cat
pw-cat -p --target 0 noisy.wav &
player=$!
until_it pw-link pw-cat:output_MONO microphone:input_MONO
wait $player
sleep 1
kill -INT $recorder
wait $recorder || true

# Made the default, as a desktop's settings do it, it is what programs get that
# ask for none, and listens to the real one still.
pw-metadata 0 default.configured.audio.source \
    '{ "name": "nnse_microphone" }' >/dev/null
pw-cat -r --rate 48000 --channels 1 default.wav &
recorder=$!
until_it has_link nnse_microphone:capture_MONO pw-cat
until_it has_link microphone:capture_MONO nnse_microphone.input
kill -INT $recorder
wait $recorder || true

# The graph goes on at another rate, and so does the microphone.
pw-metadata -n settings 0 clock.force-rate 44100 >/dev/null
pw-cat -r --target nnse_microphone --rate 44100 --channels 1 other.wav &
recorder=$!
until_it has_link nnse_microphone:capture_MONO pw-cat
pw-cat -p --target 0 noisy.wav &
until_it pw-link pw-cat:output_MONO microphone:input_MONO
sleep 2
kill -INT $recorder
wait $recorder || true
has_port nnse_microphone:capture_MONO
END
export SRC command
status=0
timeout 250 dbus-run-session -- bash session.sh >log 2>&1 || status=$?
[ $status -eq 0 ] || fail "status $status: $(tail -n 5 log)"

# The first second is left to the links, the last to what they lost.
sox recorded.wav -t raw recorded.raw
sox enhanced.wav -t raw enhanced.raw
place=$("$python" "$SRC/tests/plugins/find.py" recorded.raw enhanced.raw)
sox recorded.wav heard.wav trim "${place}s" 4
sox clean.wav expected.wav trim 0 4
sox enhanced.wav file.wav trim 0 4
score()
{
    "$BIN/se-eval" -q --quick --csv -c expected.wav -e "$1" |
        awk -F, '/mean/ { print $4 }'
}
sox noisy.wav before.wav trim 0 4
for wav in before heard file; do
    score $wav.wav
done | paste -sd' ' >scores

# In real time a busy machine drops some blocks: the better half of the gain has
# to arrive. plugins.sh holds the plug-in to a tenth of a decibel.
awk '{ exit !(NF == 3 && $2 >= ($1 + $3) / 2) }' scores ||
    fail "noisy, by the microphone, by se-enhance: $(cat scores) dB"
peak=$(sox other.wav -n stat 2>&1 | awk '/^Maximum amp/ { print $3 }')
awk -v peak="$peak" 'BEGIN { exit !(peak > 0.05) }' ||
    fail "silence after the rate has changed: $peak"
