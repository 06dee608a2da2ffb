/* outputs.c - no file for two things. */
#include "common/outputs.h"

#include "common/cli.h"
#include "files/file.h"

void outputs_check(const struct output *files, int n)
{
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < a; b++) {
            if (!files[a].path || !files[b].path ||
                (files[a].is_read && files[b].is_read) ||
                !se_same_file(files[a].path, files[b].path))
                continue;
            cli_die(EXIT_USAGE,
                    "%s %s and %s %s are one file: expected different ones",
                    files[b].word, files[b].path, files[a].word, files[a].path);
        }
    }
}
