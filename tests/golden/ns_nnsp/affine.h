/* affine.h - for tests, as neural_nets.h here. */
int fc_8x16(void);
