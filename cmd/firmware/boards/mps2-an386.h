/* mps2-an386.h - Arm's MPS2 with a Cortex-M4 (application note AN386), as
 * qemu-system-arm -M mps2-an386 has it. */
#define BOARD_NAME "mps2-an386"
#define BOARD_CODE "mps"
#define BOARD_CPU  "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"

#define BOARD_UART_BASE 0x40004000u
#define BOARD_CLOCK_HZ  25000000
