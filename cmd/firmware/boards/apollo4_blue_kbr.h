/* apollo4_blue_kbr.h - the Apollo4 Blue Plus KBR EVB. Pads: AmbiqSuite R4.5.0,
 * boards/apollo4p_blue_kbr_evb, bsp_pins.src. Name of the part: SEGGER's. */
#define BOARD_NAME         "apollo4_blue_kbr"
#define BOARD_CODE         "apollo4"
#define BOARD_CPU          "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"
#define BOARD_JLINK_DEVICE "AMA4B2KP-KBR"
#define BOARD_CHIP         "08"

#define BOARD_UART    0
#define PAD_UART_TX   60
#define PAD_UART_RX   47
#define PAD_PDM_CLOCK 50
#define PAD_PDM_DATA  51
#define PAD_LIGHT     90
#define PAD_SPEECH    30 /* LED1 */
#define PAD_BUTTON    18

#define BOARD_HAS_AUDADC 1
