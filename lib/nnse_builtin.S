/* nnse_builtin.S - puts the checkpoint into the library. */
    .section .rodata
    .balign 64
    .global nnse_builtin, nnse_builtin_end
    .hidden nnse_builtin, nnse_builtin_end
nnse_builtin:
    .incbin NNSE_BUILTIN_FILE
nnse_builtin_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
