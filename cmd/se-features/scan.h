/* scan.h - folders to a manifest. */
#ifndef CMD_FEATURES_SCAN_H
#define CMD_FEATURES_SCAN_H

#include "corpus/scan.h"
#include "options.h"

/* Does what se_scan_folder does, and shows how far it is; SE_ERR_FORMAT: the
 * folder has no sound files. */
int features_scan_folder(struct se_catalog *catalog,
                         struct se_scan_result *result, struct se_scan *scan,
                         const char *folder, struct se_report *report);

/* Names the files below `name` that were skipped, of which `strict` allows
 * none. */
void features_tell_skipped(const char *name,
                           const struct se_scan_result *result, int strict);

/* Writes the manifest and says what is in it; returns the exit status. */
int features_scan(const struct features_options *options);

#endif
