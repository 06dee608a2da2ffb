/* nnse_builtin.S - puts a checkpoint, NET_FILE, into a library, from the symbol
 * NET on, up to NET_END. */
    .section .rodata
    .balign 64
    .global NET, NET_END
    .hidden NET, NET_END
NET:
    .incbin NET_FILE
NET_END:
    .byte 0
    .section .note.GNU-stack, "", %progbits
