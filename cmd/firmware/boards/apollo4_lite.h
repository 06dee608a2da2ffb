/* apollo4_lite.h - the Apollo4 Lite EVB: no audio ADC, and another UART at the
 * J-Link. Pads: AmbiqSuite R4.5.0, boards/apollo4l_evb, bsp_pins.src. What of
 * the chip is other than on the Plus: neuralSPOT's and tikuOS's headers. */
#define BOARD_NAME         "apollo4_lite"
#define BOARD_CODE         "apollo4"
#define BOARD_CPU          "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"
#define BOARD_JLINK_DEVICE "AMAP42KL-KBR"
#define BOARD_CHIP         "09"

#define BOARD_UART    2
#define PAD_UART_TX   54
#define PAD_UART_RX   11
#define PAD_PDM_CLOCK 50
#define PAD_PDM_DATA  51
#define PAD_LIGHT     12
#define PAD_SPEECH    13 /* LED1 */
#define PAD_BUTTON    18

#define BOARD_HAS_AUDADC 0
