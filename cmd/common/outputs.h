/* outputs.h - what a program is to write, before it writes anything: no file
 * may be asked for twice, or be one that is read. */
#ifndef CMD_COMMON_OUTPUTS_H
#define CMD_COMMON_OUTPUTS_H

/* A file on the command line. */
struct output {
    const char *word; /* "--plot", "INPUT" */
    const char *path; /* NULL: not asked for */
    int is_read;      /* rather than written */
};

/* Exits with wrong usage if one of files[n] that is written is another one of
 * them as well, by whatever name. */
void outputs_check(const struct output *files, int n);

#endif
