/* keyboard.h - single keys, while something else goes on. */
#ifndef CMD_COMMON_KEYBOARD_H
#define CMD_COMMON_KEYBOARD_H

/* Has the terminal of standard input give keys at once and unseen, until
 * keyboard_close, the end of the program by a signal, or while it is stopped
 * (Ctrl-Z). Returns 0 and does nothing where standard input is not a terminal,
 * or another program's. cli_catch_signals comes first. */
int keyboard_open(void);
void keyboard_close(void);

/* The next key, or -1; never waits. */
int keyboard_key(void);

#endif
