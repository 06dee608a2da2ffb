/* mps3-an547.h - Arm's MPS3 with a Cortex-M55 and Helium (application note
 * AN547), as qemu-system-arm -M mps3-an547 has it. */
#define BOARD_NAME "mps3-an547"
#define BOARD_CODE "mps"
#define BOARD_CPU  "-mcpu=cortex-m55"

#define BOARD_UART_BASE 0x49303000u
#define BOARD_CLOCK_HZ  32000000
