/* apollo4_blue_kxr.h - the Apollo4 Blue Plus KXR EVB. Pads: AmbiqSuite R4.5.0,
 * boards/apollo4p_blue_kxr_evb, bsp_pins.src. Name of the part: SEGGER's.
 * Its analogue input is pin 4 of header J17, A1, with ground on pins 1 and 2:
 * so says somebody who had it running, alone. */
#define BOARD_NAME         "apollo4_blue_kxr"
#define BOARD_CODE         "apollo4"
#define BOARD_CPU          "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"
#define BOARD_JLINK_DEVICE "AMA4B2KP-KXR"
#define BOARD_CHIP         "08"

#define BOARD_UART    0
#define PAD_UART_TX   12
#define PAD_UART_RX   47
#define PAD_PDM_CLOCK 50
#define PAD_PDM_DATA  51
#define PAD_LIGHT     16
#define PAD_SPEECH    30 /* LED1 */
#define PAD_BUTTON    17

#define BOARD_HAS_AUDADC       1
#define BOARD_ANALOGUE_CHANNEL 1
