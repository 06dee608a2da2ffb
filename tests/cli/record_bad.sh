# se-record: wrong usage and devices that aren't there, one line each.
. "$SRC/tests/alsa/lib.sh"

record=$BIN/se-record

# No sound device at all, whatever the libraries say of that.
expect 1 "$record"
expect_line '^se-record: no microphone: this machine has no sound device'
expect 1 "$record" -l
expect_line '^se-record: this machine has no sound device'
[ ! -s stdout ] || fail 'a list of nothing'
no_files test_wavs/speech.wav

clock 'usb_left'
clock 'usb_right'
clock 'slow' 'rate 16000 busy 2'
clock 'taken' 'busy 0'
expect 1 "$record" -D usb
expect_line "^se-record: microphone 'usb' could be 'usb_left' or 'usb_right'"
expect 1 "$record" -D nothing
expect_line "^se-record: no microphone 'nothing': expected .* busy"
expect 1 "$record" -D 17
expect_line "^se-record: no microphone '17'"
expect 1 "$record" -D taken
expect_line "^se-record: no microphone 'taken': .* a busy device is missing"
expect 1 "$record" -D slow
expect_line '^se-record: slow: cannot be opened: it is busy or gone$'
expect 1 "$record" -D usb_left -c 2
expect_line '^se-record: usb_left: has 1 channels, not 2$'
mkdir folder.wav
expect 1 "$record" -D usb_left -d 0.1 folder.wav
expect_line '^se-record: folder.wav: cannot write: is a folder, expected a file$'
no_files '*.tmp'
: >file
expect 1 "$record" -D usb_left file/below.wav
expect_line '^se-record: file'
expect 1 "$record" -D usb_left -d 0.1 take.m4a
expect_line '^se-record: take.m4a: cannot write .m4a: expected one of .wav '
no_files 'take.*'

for wrong in '-d -1' '-d ten' '-r 7' '-c 0' '--until-silence=0' \
    '--until-silence=2/5' '--until-silence=1/loud' 'one two' '--baud 9600' \
    '-o there' '--board /dev/null name' '--board /dev/null -D usb' \
    '--board /dev/null -r 8000' '--board /dev/null --baud fast'; do
    # shellcheck disable=SC2086
    expect 2 "$record" $wrong
    expect_line '^se-record: '
done
