/* apollo4.h - the Apollo4 Plus EVB. Pads are those of its board support in
 * AmbiqSuite R4.5.0, bsp_pins.src (boards/apollo4p_evb); what they can do is in
 * the register pages, gpio. Number of the part and name: neuralSPOT,
 * make/jlink.mk. */
#define BOARD_NAME         "apollo4"
#define BOARD_CODE         "apollo4"
#define BOARD_CPU          "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"
#define BOARD_JLINK_DEVICE "AMAP42KK-KBR"
#define BOARD_CHIP         "08" /* the upper byte of CHIPPN */

#define BOARD_UART    0 /* the one at the J-Link */
#define PAD_UART_TX   60
#define PAD_UART_RX   47
#define PAD_PDM_CLOCK 50
#define PAD_PDM_DATA  51
#define PAD_LIGHT     90 /* LED0 */
#define PAD_SPEECH    30 /* LED1 */
#define PAD_BUTTON    18 /* BTN0 */

#define BOARD_HAS_AUDADC 1
