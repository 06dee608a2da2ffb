/* inspect.h - what is in a TFRecord file. */
#ifndef CMD_FEATURES_INSPECT_H
#define CMD_FEATURES_INSPECT_H

/* Prints a line for each record, and the sum. */
void features_inspect(const char *path);

#endif
