/* test_cli.c - how programs end: with which status, and without empty folders.
 */
#include "check.h"
#include "common/cli.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of a program whose option failed. */
static int exit_status(int failure)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        const struct se_report why = {"a reason"};

        close(STDERR_FILENO);
        fclose(stdout); /* what is in its buffer is the parent's */
        cli_name = "toy";
        cli_check_usage("--option: ", failure, &why);
        _exit(0);
    }
    expect(child > 0 && waitpid(child, &status, 0) == child);
    expect(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Wrong usage is what was asked for, not what the machine lacks. */
TEST(exit_statuses)
{
    expect_equal(exit_status(SE_OK), 0);
    expect_equal(exit_status(SE_ERR_ARG), EXIT_USAGE);
    expect_equal(exit_status(SE_ERR_MEMORY), EXIT_FAILED);
    expect_equal(exit_status(SE_ERR_MACHINE), EXIT_FAILED);
    expect_equal(exit_status(SE_ERR_IO), EXIT_FAILED);
    expect_equal(exit_status(SE_ERR_FORMAT), EXIT_FAILED);
    expect_equal(exit_status(SE_ERR_STOPPED), EXIT_STOPPED);
}

static const char *at(const char *name)
{
    static char path[400];

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static int is_there(const char *name)
{
    struct stat info;

    return stat(at(name), &info) == 0;
}

/* Those that were made and that nothing came into, and no others. */
TEST(empty_folders)
{
    expect_equal(mkdir(at("old"), 0777), 0);
    expect_ok(cli_make_folder(at("old"), &report));
    expect_ok(cli_make_folder(at("old/new/newer/"), &report));
    expect_ok(cli_make_folder(at("a//b"), &report));
    expect_ok(cli_make_folder(at("a/b/c"), &report));
    expect_ok(cli_make_folder(at("kept/hollow"), &report));
    close(open(at("kept/file"), O_CREAT | O_WRONLY, 0666));
    close(open(at("blocked"), O_CREAT | O_WRONLY, 0666));
    expect_error(cli_make_folder(at("half/made/../../blocked/x"), &report),
                 SE_ERR_IO, "blocked");
    cli_remove_folders();
    expect(is_there("old"));
    expect(!is_there("old/new"));
    expect(!is_there("a"));
    expect(is_there("kept/file"));
    expect(!is_there("kept/hollow"));
    expect(is_there("blocked"));
    expect(!is_there("half"));
}
