/* options_parse.c - a program's command line, or what answers it at once. */
#include "common/options.h"

#include <stdlib.h>
#include <string.h>

/* What is not in --help: for the shells, the man pages and the tests. */
static void answer(const struct option_program *program, void *options,
                   int argc, char **argv)
{
    struct se_report report;

    if (strcmp(argv[1], "--complete") == 0)
        options_complete(program, argv + 2, argc - 2, stdout);
    else if (strcmp(argv[1], "--describe") != 0 || argc != 3 ||
             options_set_presets(program, options, &report) != SE_OK ||
             !options_describe(program, options, argv[2], stdout))
        return;
    cli_close_stdout();
    exit(EXIT_DONE);
}

struct option_found options_parse(const struct option_program *program,
                                  void *options, int argc, char **argv)
{
    struct option_found found;
    struct se_report report;

    if (!cli_name)
        cli_name = program->name;
    cli_start();
    if (argc > 1)
        answer(program, options, argc, argv);
    cli_check_usage("", options_read(&found, program, options, argv, &report),
                    &report);
    if (found.action == OPTION_VERSION)
        cli_version();
    if (found.action == OPTION_HELP) {
        options_set_presets(program, options, &report);
        options_help(program, options, stdout);
        cli_close_stdout();
        exit(EXIT_DONE);
    }
    return found;
}
