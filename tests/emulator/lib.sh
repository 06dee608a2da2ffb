# lib.sh - for tests/cli/firmware*.sh: what the emulators run and how.
. "$SRC/tests/cli/lib.sh"

FIRMWARE=$build/firmware
PATH=$build/emulator:$PATH

# need_firmware BOARD: fails where no image was built.
need_firmware()
{
    [ -e "$FIRMWARE/$1/nnse.bin" ] || fail "make has not built the image for $1"
}

# make_sound SECONDS: sound.wav, real speech in noise, and sound.s16, the same
# as raw samples.
make_sound()
{
    sox "$SRC/test_wavs/noisy/espeak_gusts_10dB.wav" sound.wav trim 1 "$1"
    sox sound.wav -t raw -e signed -b 16 sound.s16
}

# figure NAME: of what desk printed last.
figure()
{
    sed -n "s/^$1=//p" stdout
}

# expect_figure NAME VALUE
expect_figure()
{
    [ "$(figure "$1")" = "$2" ] || fail "$1 is $(figure "$1"), expected $2"
}

# expect_reference SAMPLES: the enhanced samples in enhanced.s16 and the
# checksums of board and desk are what the runtime gives for them here.
expect_reference()
{
    reference "$1" expected.s16 >crc
    cmp expected.s16 enhanced.s16 || fail 'the board has other samples'
    expect_figure crc32 "$(sed -n 's/^crc32=//p' crc)"
    expect_figure received_crc32 "$(figure crc32)"
    expect_figure gaps 0
    expect_figure damaged 0
    expect_figure samples_lost 0
    expect_figure frames_unsent 0
    expect_figure received "$(figure frames)"
}

# desk_listens ARGUMENT...: desk, and files of what it hears.
desk_listens()
{
    desk --captured captured.s16 --enhanced enhanced.s16 --text text "$@"
}

# variant FLAG...: v.bin, the Apollo4's image of the parts that make left, with
# other choices of its config.h.
variant()
{
    scratch=$PWD
    (
        cd "$SRC"
        # shellcheck disable=SC2294
        eval "$(cat "$FIRMWARE/apollo4/flags")" "$@" -o "$scratch/v.elf" \
            -T cmd/firmware/boards/apollo4/memory.ld \
            -T cmd/firmware/sections.ld cmd/firmware/*.c \
            cmd/firmware/boards/apollo4/*.c \
            "'$FIRMWARE/apollo4/def_nn3_se.o' '$FIRMWARE/apollo4/ns-nnsp.a'" \
            -lc -lgcc
    )
    arm-none-eabi-objcopy -O binary v.elf v.bin
}
