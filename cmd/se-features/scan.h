/* scan.h - folders to a manifest. */
#ifndef CMD_FEATURES_SCAN_H
#define CMD_FEATURES_SCAN_H

#include "options.h"

/* Writes the manifest and says what is in it; returns the exit status. */
int features_scan(const struct features_options *options);

#endif
