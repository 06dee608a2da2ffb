# The same bits on every core: lib/nnsp as compilers make it for cores with and
# without DSP extension, Helium or hardware for 64-bit products, and of either
# byte order, on 100 frames of speech in QEMU.
. "$SRC/tests/cli/lib.sh"
need arm-none-eabi-gcc riscv64-unknown-elf-gcc qemu-system-arm \
    qemu-system-riscv32 sox od

expect 0 "$BIN/se-convert" -q --nn_arch def_se_nn_arch72_mel.txt --net_id 3 \
    --net_name se --folder_c .
"$SRC/tests/cores/speech" 100 >speech.h

tests=$SRC/tests
whole=("$tests"/cores/stream.c "$tests"/m4/image.c def_nn3_se.c "$SRC"/lib/nnsp/*.c)
kernels=("$tests"/cores/kernels.c "$tests"/m4/matrices.c "$SRC"/lib/nnsp/*.c)

# build FILE COMPILER FLAG...: of the sources in $what.
build()
{
    # shellcheck disable=SC2086
    $2 -std=gnu11 -O2 -I"$SRC/lib" -I"$SRC/tests" -I. -o "$1" \
        "${what[@]}" "${@:3}"
}

# core NAME MACHINE CODE DATA DATA_END COMPILER FLAG...: its checksum into the
# file NAME.sum; MACHINE has QEMU's options.
core()
{
    name=$1 machine=$2
    links="-Wl,--defsym=CODE=$3,--defsym=DATA=$4,--defsym=DATA_END=$5"
    shift 5
    build "$name.elf" "$@" -ffreestanding -fno-tree-loop-distribute-patterns \
        -nostdlib "$links" -Wl,--no-warn-rwx-segments,-T,"$SRC/tests/cores/image.ld" \
        "$SRC/tests/cores/bare.c" -lgcc || return
    # shellcheck disable=SC2086
    timeout 60 qemu-system-$machine -display none -monitor none -serial none -nic none \
        -chardev stdio,id=text \
        -semihosting-config enable=on,target=native,chardev=text \
        -kernel "$name.elf" </dev/null >"$name.sum" 2>"$name.log"
}

arm() { core "$1" "arm -M $2" "$3" "$4" "$5" arm-none-eabi-gcc "${@:6}"; }

cortex_m() { arm "$1" "$2" "$3" "$4" "$5" -mthumb "${@:6}"; }

one()
{
    # shellcheck disable=SC2086
    case $1 in
    m0) cortex_m m0 microbit 0 0x20000000 0x20004000 -mcpu=cortex-m0 ;;
    m3) cortex_m m3 mps2-an385 0 0x20000000 0x20010000 -mcpu=cortex-m3 ;;
    m4)
        cortex_m m4 mps2-an386 0 0x20000000 0x20010000 -mcpu=cortex-m4 \
            -mfloat-abi=hard
        ;;
    m7)
        cortex_m m7 mps2-an500 0 0x20000000 0x20010000 -mcpu=cortex-m7 \
            -mfloat-abi=hard
        ;;
    m33)
        cortex_m m33 mps2-an505 0x10000000 0x38000000 0x38010000 \
            -mcpu=cortex-m33
        ;;
    m55)
        cortex_m m55 mps3-an547 0 0x20000000 0x20010000 -mcpu=cortex-m55 \
            -mfloat-abi=hard
        ;;
    m55-intrinsics) # Helium without assembler
        cortex_m m55-intrinsics mps3-an547 0 0x20000000 0x20010000 \
            -mcpu=cortex-m55 -mfloat-abi=hard -DNNSP_INTRINSICS
        ;;
    m55-dsp) # its DSP instructions, without Helium
        cortex_m m55-dsp mps3-an547 0 0x20000000 0x20010000 -mcpu=cortex-m55 \
            -mfloat-abi=soft
        ;;
    big-endian)
        arm big-endian 'virt -cpu cortex-a15' 0x40010000 0x41000000 0x41010000 \
            -mcpu=cortex-a15 -marm -mfloat-abi=soft -mbig-endian -Wl,--be8 \
            -mno-unaligned-access
        ;;
    rv32imc)
        core rv32imc 'riscv32 -M virt -bios none' 0x80000000 0x80100000 \
            0x80110000 riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32
        ;;
    esac
}

# compare CORE...: what each gives for the sources in $what, and the desk.
compare()
{
    build desk "${CC:-cc}" "$SRC/tests/cores/desk.c" || fail 'nothing for the desk'
    expected=$(./desk)
    [ "$expected" != 'stream 00000000' ] || fail 'nnsp_init refuses the net'
    for core; do
        one "$core" || fail "$core: $(cat "$core.log" 2>/dev/null)"
        found=$(cat "$core.sum")
        [ "$found" = "$expected" ] ||
            fail "$core: checksums $found, expected $expected"
        echo "$core:" $found
    done
}
what=("${kernels[@]}")
compare m4 m55 m55-intrinsics m55-dsp big-endian
what=("${whole[@]}")
compare m0 m3 m4 m7 m33 m55 m55-dsp big-endian rv32imc

# A net that looks ahead, whose spectra wait.
mkdir ahead
(
    cd ahead
    { sed /^len_/d "$SRC/nn_arch/def_se_nn_arch72_mel.txt" &&
        echo 'len_lookahead 2'; } >def_ahead.txt
    expect 0 "$(dirname "$BIN")/bench/enhance" model def_ahead.txt net.st
    expect 0 "$BIN/se-convert" -q --model net.st --net_id 3 --net_name se \
        --folder_c .
    cp ../speech.h .
    compare m4 m55 big-endian
)

# What was to be tried is in the images.
calls() { arm-none-eabi-objdump -d "$1.elf" | grep -q "$2"; }
calls m4 smlald || fail 'm4: not the kernel with DSP instructions'
! calls m3 smlald || fail 'm3: DSP instructions'
helium() { arm-none-eabi-objdump -d -m armv8.1-m.main "$1.elf" | grep -q "$2"; }
for kernel in vmlalva.s16 vrmulh.s32 vhadd.u32 vqrshrnb vclz.i32 'vldrh.s32.*uxtw'; do
    helium m55 "$kernel" || fail "m55: no $kernel: not the kernels with Helium"
done
! helium m55-dsp vmlalva || fail 'm55-dsp: Helium'
arm-none-eabi-readelf -h big-endian.elf | grep -q 'big endian' ||
    fail 'big-endian: low bytes first'
