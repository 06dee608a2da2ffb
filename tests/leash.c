/* leash.c - runs a command that none of its children may outlive.
 *
 *   leash SECONDS COMMAND [ARGUMENT...]
 *
 * The command has a session of its own. When it ends, when SECONDS are over
 * or when leash is asked to stop, whatever it has started is killed, daemons
 * that left the session among them. Exit status: the command's, 128 + n if
 * signal n ended it, 124 after SECONDS. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_SECONDS = 5, TIMED_OUT = 124, NOT_FOUND = 127 };

static const int stops[] = {SIGHUP, SIGINT, SIGTERM};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A shell's background job has SIGINT and SIGQUIT ignored: undo that here and
 * for the command. */
static void listen(sigset_t *awaited)
{
    signal(SIGQUIT, SIG_DFL);
    sigemptyset(awaited);
    sigaddset(awaited, SIGCHLD);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        signal(stops[i], SIG_DFL);
        sigaddset(awaited, stops[i]);
    }
    sigprocmask(SIG_BLOCK, awaited, NULL);
}

static pid_t start(char **command, const sigset_t *awaited)
{
    pid_t child = fork();

    if (child == 0) {
        setsid();
        sigprocmask(SIG_UNBLOCK, awaited, NULL);
        execvp(command[0], command);
        perror(command[0]);
        _exit(NOT_FOUND);
    }
    return child;
}

/* Reaps all children that have ended. Whether `child` was one of them; its
 * exit status as shells count. */
static int reap(pid_t child, int *result)
{
    int status, found = 0;
    pid_t ended;

    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended != child)
            continue;
        found = 1;
        *result =
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return found;
}

/* Waits for the end of the child, for a signal or until `deadline`; returns
 * the exit status that is due to what came first. */
static int await(pid_t child, const sigset_t *awaited, double deadline)
{
    int result = 0;

    while (!reap(child, &result)) {
        double left = deadline - now();
        struct timespec time = {(time_t)left,
                                (long)((left - (double)(time_t)left) * 1e9)};
        int signal_number;

        if (left <= 0)
            return TIMED_OUT;
        signal_number = sigtimedwait(awaited, NULL, &time);
        if (signal_number > 0 && signal_number != SIGCHLD)
            return 128 + signal_number;
    }
    return result;
}

/* The children of a killed child become ours (PR_SET_CHILD_SUBREAPER), so that
 * in the end all are killed. */
static void kill_all(pid_t child)
{
    char path[64];

    kill(-child, SIGKILL);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    while (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD) {
        FILE *children = fopen(path, "r");
        long other;

        if (!children)
            return;
        while (fscanf(children, "%ld", &other) == 1)
            kill((pid_t)other, SIGKILL);
        fclose(children);
        waitpid(-1, NULL, 0);
    }
}

int main(int argc, char **argv)
{
    const double seconds = argc > 2 ? atof(argv[1]) : 0;
    sigset_t awaited;
    pid_t child;
    int result;

    if (seconds <= 0) {
        fprintf(stderr, "usage: leash SECONDS COMMAND [ARGUMENT...]\n");
        return 2;
    }
    listen(&awaited);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    child = start(argv + 2, &awaited);
    if (child < 0) {
        perror("fork");
        return 1;
    }
    result = await(child, &awaited, now() + seconds);
    if (result == TIMED_OUT) {
        kill(-child, SIGTERM);
        await(child, &awaited, now() + GRACE_SECONDS);
    }
    kill_all(child);
    return result;
}
