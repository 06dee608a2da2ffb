/* show.h - se-enhance's --plot and --report: what was done, to be looked at and
 * listened to. */
#ifndef CMD_ENHANCE_SHOW_H
#define CMD_ENHANCE_SHOW_H

#include "enhance/file.h"

struct show_options {
    const char *plot;   /* a picture of the one file; or NULL */
    const char *report; /* a web page of all files; or NULL */
    const char *clean;  /* for its scores: clean speech, or a folder with clean
                           speech under the names of the inputs; or NULL */
};

/* How the net was run, for titles. */
struct show_settings {
    const char *net;
    int epoch;
    const char *engine, *channels; /* as options say it */
    double attenuation_limit_db;
};

struct show;

/* Ends the program when the options do not fit the files, or each other. */
void show_check(const struct show_options *options, char **files, int n_files,
                int n_inputs);

/* Opens what is to be written, so that a bad name is reported before the work;
 * a failure ends the program. NULL without such options: those that follow do
 * nothing with it. Options and settings must outlive it. */
struct show *show_open(const struct show_options *options,
                       const struct se_model *model,
                       const struct show_settings *settings);

/* Watches the job of one more file. */
void show_watch(struct show *show, struct se_enhance_job *job);

/* Adds a file that has been enhanced. A failure is reported and returned, also
 * where it is only the scores that are missing on the page. */
int show_add(struct show *show, const struct se_enhance_job *job);

/* Adds a file that could not be. */
void show_add_failure(struct show *show, const char *input, const char *reason);

/* The work is done, with this exit status: the picture appears with its file's
 * sound, the page if at least one file is on it. Frees; returns the exit
 * status of all. */
int show_close(struct show *show, int exit_status);

#endif
