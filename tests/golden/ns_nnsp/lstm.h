/* lstm.h - for tests, as neural_nets.h here. */
int lstm_8x16(void);
