# The Apollo4's emulator ends with one line where the chip would fault, or where
# nobody knows what it would do. Small programs that do just that.
. "$SRC/tests/emulator/lib.sh"

# program NAME: the assembler code on standard input as an image; `start` is
# where it begins, vector 15 is `tick`, vector 2 to 14 and 16 to 99 are wrong.
program()
{
    {
        cat <<'END'
        .syntax unified
        .cpu cortex-m4
        .fpu fpv4-sp-d16
        .thumb
        .text
        .weak tick
        .word 0x10060000, start
        .space 13 * 4
        .word tick
        .space 84 * 4
        .thumb_func
        .global start
start:
END
        cat
        printf '\n.pool\n'
    } >"$1.s"
    arm-none-eabi-gcc -nostdlib -Wl,-Ttext=0x18000,-estart -o "$1.elf" "$1.s"
    arm-none-eabi-objcopy -O binary "$1.elf" "$1.bin"
}

# ends NAME REGEX: the program of standard input ends the run with that line.
ends()
{
    program "$1"
    expect 1 apollo4 --bare --seconds 0.1 "$1.bin"
    expect_line "$2"
}

program reset <<'END'
    ldr r0, =0xE000ED0C
    ldr r1, =0x05FA0004
    str r1, [r0]
    b .
END
expect 0 apollo4 --bare --seconds 0.1 reset.bin

ends unmapped 'read from 0x50000000, where nothing is \(pc 0x0001819[0-9a-f]' <<'END'
    mov r0, #0x50000000
    ldr r1, [r0]
END
ends ssram 'write to 0x10060000, where nothing is' <<'END'
    ldr r0, =0x10060000
    str r1, [r0]
END
ends flash 'write to flash, 0x00018100' <<'END'
    ldr r0, =0x18100
    str r1, [r0]
END
ends jump 'fetch from 0x20000000' <<'END'
    ldr r0, =0x20000001
    bx r0
END
ends uart 'UART0 is touched and has no power' <<'END'
    ldr r0, =0x4001C018
    ldr r1, [r0]
END
ends pdm 'PDM0 is touched and has no power' <<'END'
    ldr r0, =0x40201000
    str r1, [r0]
END
ends watchdog 'register 0x40024000, which is not modelled' <<'END'
    ldr r0, =0x40024000
    ldr r1, [r0]
END
ends byte '1 bytes read from register 0x40021004' <<'END'
    ldr r0, =0x40021004
    ldrb r1, [r0]
END
ends locked 'PINCFG60 written without PADKEY' <<'END'
    ldr r0, =0x400100F0
    str r1, [r0]
END
ends debugger "pad 20 is the debugger's" <<'END'
    ldr r0, =0x40010200
    mov r1, #0x73
    str r1, [r0]
    ldr r0, =0x40010050
    str r1, [r0]
END
ends fast '192 MHz without the buck converter' <<'END'
    ldr r0, =0x40021000
    mov r1, #2
    str r1, [r0]
END
ends fpu 'FP instruction before the FPU is on' <<'END'
    vmov s0, r0
END
ends unaligned 'unaligned multiple access to 0x10000002' <<'END'
    ldr r0, =0x10000002
    ldrd r2, r3, [r0]
END
ends counter 'the cycle counter is off' <<'END'
    ldr r0, =0xE0001004
    ldr r1, [r0]
END
ends breakpoint 'exception 7 of the core' <<'END'
    bkpt 0
END
ends undefined 'Invalid instruction' <<'END'
    udf 0
END
ends asleep 'nothing will ever wake it' <<'END'
    wfi
END
ends loop 'it has not ended after 0\.1 s' <<'END'
    b .
END

# Exceptions come between any two instructions and leave no trace: flags, core
# and FP registers, an IT block, the stack pointer.
program exceptions <<'END'
    ldr r0, =0xE000ED08     @ VTOR
    ldr r1, =0x18000
    str r1, [r0]
    ldr r0, =0xE000ED88     @ CPACR
    mov r1, #0xF00000
    str r1, [r0]
    dsb
    isb
    ldr r0, =0xE000E014     @ SysTick, every 97 cycles
    mov r1, #96
    str r1, [r0]
    ldr r0, =0xE000E010
    mov r1, #7
    str r1, [r0]
    mov r8, sp
    mov r4, #0
    ldr r5, =20000
again:
    vmov s5, r4
    adds r4, #1
    mov r0, r4
    mov r1, r4
    mov r12, r4
    cmp r0, r4
    nop
    nop
    itee eq
    moveq r2, #1
    movne r2, #2
    movne r3, #3
    vmov r3, s5
    adds r3, #1
    cmp r3, r4
    bne wrong
    cmp r12, r1
    bne wrong
    cmp r2, #1
    bne wrong
    cmp r8, sp
    bne wrong
    mov r2, #0
    cmp r4, r5
    bne again
    ldr r0, =0x10000000     @ enough of them must have come
    ldr r1, [r0]
    ldr r2, =0xA5A5A5A5
    subs r1, r2
    cmp r1, #1000
    blo wrong
    ldr r0, =0xE000ED0C
    ldr r1, =0x05FA0004
    str r1, [r0]
    b .
wrong:
    bkpt 0
    .thumb_func
    .global tick
tick:
    ldr r0, =0x10000000
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    vmov s5, r1
    mov r2, #77
    mov r3, #78
    mov r12, #79
    cmp r2, r3
    bx lr
END
expect 0 apollo4 --bare --seconds 1 exceptions.bin
