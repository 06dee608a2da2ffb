/* enhance_show.h - se-enhance's --plot: what was done, to be looked at. */
#ifndef CMD_ENHANCE_SHOW_H
#define CMD_ENHANCE_SHOW_H

#include "enhance/file.h"

struct show_options {
    const char *plot; /* a picture of the one file; or NULL */
};

/* How the net was run, for titles. */
struct show_settings {
    const char *net;
    int epoch;
    const char *engine, *channels; /* as options say it */
    double limit_db;
};

struct show;

/* Ends the program when the options do not fit `n_inputs`, or each other. */
void show_check(const struct show_options *options, int n_inputs);

/* Opens what is to be written, so that a bad name is told before the work; a
 * failure ends the program. Without such options NULL, which all that follow
 * take and do nothing. The settings must outlive it. */
struct show *show_open(const struct show_options *options,
                       const struct se_model *model,
                       const struct show_settings *settings);

/* Makes the job watched, for one more file. */
void show_watch(struct show *show, struct se_enhance_job *job);

/* Adds a file that has been enhanced; told and counted if that fails. */
int show_add(struct show *show, const struct se_enhance_job *job);

/* Everything under its final name; frees. Returns an exit status. */
int show_close(struct show *show);

/* The work failed: nothing appears; frees. */
void show_discard(struct show *show);

#endif
