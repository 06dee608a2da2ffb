/* board.h - what a board gives to the firmware. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

extern const char board_name[];

/* Clock, memory, console, cycle counter. Returns NULL, or what failed; the
 * console may work all the same. */
const char *board_init(void);

/* Restarts the board as after power-up. */
_Noreturn void board_reset(void);

/* --- console: 8 bits, no parity, 1 stop bit --- */

/* The next byte, or -1 if none has come. */
int board_get(void);

/* Waits while there is no room. */
void board_put(uint8_t byte);

/* Bytes that can be put without waiting. */
uint32_t board_room(void);

/* Waits until everything is on the wire. Works with interrupts off, too. */
void board_flush(void);

/* The line's speeds in baud: the slow one that it begins with, and the fast
 * one. */
uint32_t board_baud(int is_fast);

/* What was put before is sent before. */
void board_change_line(int is_fast);

/* 1 after a break on the line, once. A zero byte at the slow speed is a break
 * to a line that is fast. */
int board_break(void);

/* Bytes that came and were not fetched in time, since power-up. */
uint32_t board_bytes_lost(void);

/* --- microphone: 16 kHz --- */

enum board_input { BOARD_DIGITAL, BOARD_ANALOGUE };

/* Returns NULL, or why there is no sound. */
const char *board_microphone_start(enum board_input input);
void board_microphone_stop(void);

/* What the board has found out about its microphone since the start, in a few
 * words; NULL before it has. */
const char *board_microphone_remark(void);

/* Whether it has found that there is none, and it has another input. */
int board_microphone_is_silent(void);

/* Fetches the next 160 samples and returns 1, or 0 if there are not yet as
 * many. */
int board_microphone_read(int16_t hop[160]);

/* Samples that came and were not fetched in time, since the start. */
uint32_t board_samples_lost(void);

/* The sample rate in Hz as the board has measured it since the start, against a
 * clock that does not come from the microphone's; 0 while it has not. */
uint32_t board_sample_rate(void);

/* --- the rest --- */

/* Time in 1/32768 s that runs on in sleep, too; wraps around. 0 all the time if
 * the board has no such clock. */
uint32_t board_time(void);

/* Runs with the core's cycles, or as fast as the board has something for; wraps
 * around. One frame takes far less than a whole turn. Where there is a
 * board_time, it stands still in sleep. */
uint32_t board_cycles(void);
uint32_t board_cycles_hz(void);

/* 1 once for each time that the start/stop button was pressed. */
int board_button(void);

void board_light(int on);

/* A pad that says to others whether somebody speaks, with a light at it. */
void board_speech(int on);

/* Sleeps until there may be something to get, to read or to do. */
void board_wait(void);

#endif
