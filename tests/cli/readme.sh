# README.md's commands, as they stand there: every indented line, each block in a
# folder of its own. What needs hardware, another machine, or hours has a
# stand-in in the PATH; what is run elsewhere is listed.
. "$SRC/tests/alsa/lib.sh"
need awk script sox cc pkg-config

work=$PWD

# elsewhere LINE: why it is not run here, if it is not.
elsewhere()
{
    case $1 in
    'make test '*) echo 'is what runs this' ;;
    'make demo '*) echo 'tests/cli/build.sh' ;;
    'make web '*) echo 'tests/cli/web.sh' ;;
    'apt-get install git '*) echo 'scripts/fresh.sh' ;;
    *'se-record --board '*) echo 'needs a board: tests/cli/record_board.sh' ;;
    'se-features --download 1 '* | se-train) echo 'network: tests/cli/chain.sh' ;;
    'ffmpeg -i in.mkv -af '* | 'sox in.wav out.wav ladspa '* | 'mpv --af='* | \
        'gst-launch-1.0 '*)
        echo 'tests/cli/plugins.sh'
        ;;
    'systemctl --user enable '*) echo 'tests/cli/microphone.sh' ;;
    'make flash-apollo4 '*) echo 'needs a board: tests/cli/firmware_flash.sh' ;;
    'make view-apollo4 '*) echo 'needs a board' ;;
    esac
}

# ---- README's lines -----------------------------------------------------------------
# BLOCK<tab>LINE: a line that ends in \ goes on in the next one.
awk '/^    [^ ]/ || (/^     / && more) {
         sub(/^ +/, "")
         line = more ? line " " $0 : $0
         more = sub(/ *\\$/, "", line)
         if (!before) block++
         before = 1
         if (!more) print block "\t" line
         next
     }
     { before = 0 }' "$SRC/README.md" >lines
[ "$(wc -l <lines)" -gt 40 ] || fail "README: $(wc -l <lines) lines"

# ---- where they run -----------------------------------------------------------------
# As README installs the programs.
export HOME=$work/home
mkdir home
line=$(sed -n 's/.*`\(make install PREFIX=[^`]*\)`.*/\1/p' "$SRC/README.md")
expect 0 make -s -C "$SRC" BUILD="$make_build" PREFIX="$HOME/.local" install
[ "$line" = 'make install PREFIX=$HOME/.local' ] || fail "README: $line"
installed=$HOME/.local/bin
export PKG_CONFIG_PATH=$HOME/.local/lib/pkgconfig

sound=$SRC/test_wavs/noisy/rms_fan_0dB.wav
mkdir -p folder/recordings folder/test folder/pairs
cd folder
ln -s "$build" build
cp "$sound" in.wav
cp "$sound" film.mkv
cp "$SRC/cmd/examples/file.c" program.c
for name in clean clips my_noise noise; do
    mkdir $name
done
# Two seconds of each clip, and two clips to be scored: enough for every line.
mkdir test/clean test/noisy
for clip in "$SRC"/test_wavs/clean/*.wav; do
    name=$(basename "$clip" .wav)
    sox "$clip" "clean/$name.wav" trim 1 2
    sox "$SRC/test_wavs/noisy/$name.wav" "noise/$name.wav" trim 1 2
    cp "clean/$name.wav" clips
    sox "clean/$name.wav" "recordings/$name.flac"
    cp "noise/$name.wav" my_noise
done
cp clean/[ar]*.wav test/clean
cp noise/[ar]*.wav test/noisy
cp -r test/clean test/noisy pairs
cd ..

# A microphone that is ten times as fast as others, and one that falls silent, in
# its own time: silence that is lost on a busy machine would never come again.
sox "$sound" -r 44100 -e signed -b 16 -t raw first.s16 repeat 3
sox "$sound" -e signed -b 16 -t raw USB.s16 trim 0 1
microphone first first.s16 'rate 44100 pace 10'
microphone USB USB.s16
loudspeaker speaker played.s16

# ---- stand-ins ----------------------------------------------------------------------
mkdir stand-ins
stand_in()
{
    { echo '#!/bin/sh' && cat; } >"stand-ins/$1"
    chmod +x "stand-ins/$1"
}
for name in aplay ffplay; do
    echo 'exec sox -t wav --ignore-length - -n stat 2>/dev/null' | stand_in $name
done
for name in arecord ffmpeg; do
    echo "exec cat '$sound'" | stand_in $name
done
echo 'shift; exec sh -c "$*"' | stand_in ssh
# Shorter than a person would have it, on a machine that may have two cores, and
# in the tree.
stand_in se-train <<END
exec "$installed/se-train" "\$@" --num_epoch 1 --epoch_hours 0.01 \\
    --seconds 1 --timesteps 50 --threads 1
END
stand_in se-features <<END
case \$* in
*--num*) set -- "\$@" --num 20 ;;
esac
case \$* in
*' -n '*) set -- "\$@" --seconds 1 ;;
esac
exec "$installed/se-features" "\$@"
END
stand_in cc <<END
PATH='$PATH' exec $(command -v cc) $(sanitizers) "\$@"
END
stand_in make <<END
exec $(command -v make) -C "$SRC" BUILD="$make_build" "\$@"
END
PATH=$work/stand-ins:$installed:$PATH

# ---- run ----------------------------------------------------------------------------
run_line()
{
    expect 0 bash -o pipefail -ec "$1"
}

# What `se-enhance --live` is told after a second.
run_live()
{
    { sleep 1; printf q; } | expect 0 script -qec "$1" /dev/null
}

block=0 n_run=0 n_elsewhere=0
while IFS='	' read -r number line <&3; do
    if [ "$number" -ne "$block" ]; then
        block=$number
        rm -rf "$work/here"
        cp -a "$work/folder" "$work/here"
        cd "$work/here"
        # Folders, and what tests/cli/{python,web}.sh are for.
        case ${line%% *} in
        */ | import | const) are_commands=false ;;
        *) are_commands=true ;;
        esac
    fi
    $are_commands || continue
    if [ -n "$(elsewhere "$line")" ]; then
        n_elsewhere=$((n_elsewhere + 1))
        continue
    fi
    echo "after $SECONDS s: $line"
    case $line in
    '--'*) run_line "se-train --speech clean --noise noise $line" ;;
    *--live*) run_live "$line" ;;
    *SLURM_ARRAY_TASK_ID*)
        for SLURM_ARRAY_TASK_ID in $(seq 10); do
            export SLURM_ARRAY_TASK_ID
            run_line "$line"
        done
        ;;
    *) run_line "$line" ;;
    esac
    n_run=$((n_run + 1))
done 3<"$work/lines"
cd "$work"
echo "$n_run lines run, $n_elsewhere elsewhere"
[ "$n_elsewhere" -eq 14 ] || fail "$n_elsewhere lines that are run elsewhere, not 14"
[ "$n_run" -ge 25 ] || fail "only $n_run lines"
