/* test_nnse_realtime.c - what an audio thread may call allocates nothing, takes
 * no lock and calls no system. The streams are made first. */
#include "nnse.h"

#include "base/rng.h"
#include "realtime_trap.h"

enum { N = 24000, MAX_CHANNELS = 6 };

static float samples[N * MAX_CHANNELS];

struct use {
    struct nnse *nnse;
    int channels;
};

/* Blocks of many lengths, other limits, a reset. */
static void use(void *argument)
{
    const struct use *u = argument;
    struct nnse *nnse = u->nnse;
    size_t block = 1;

    for (size_t i = 0; i + block <= N; i += block) {
        float *at = samples + i * (size_t)u->channels;

        nnse_process(nnse, at, at, block);
        block = block * 7 % 4099 + 1;
        nnse_limit(nnse, (float)(block % 40));
        if (block % 64 == 0)
            nnse_reset(nnse);
    }
}

/* The child is stopped when it does what it must not. */
TEST(the_trap_works)
{
    int status;
    pid_t child;

    need_trap();
    child = fork();
    expect(child >= 0);
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            _exit(77);
        syscall(SYS_getpid);
        syscall(SYS_exit, 0);
    }
    expect(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip_test("this system has no seccomp");
    expect(WIFSIGNALED(status));
}

TEST(nothing_allocates_locks_or_waits)
{
    static const int rates[] = {8000, 16000, 44100, 48000, 192000};
    struct se_rng rng;

    need_trap();
    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < N * MAX_CHANNELS; i++)
        samples[i] = (float)se_rng_uniform(&rng, -0.5, 0.5);
    for (int i = 0; i < 20; i++) {
        struct nnse_config config;
        struct nnse *nnse;

        nnse_defaults(&config);
        config.rate_hz = rates[i % 5];
        config.channels = i % MAX_CHANNELS + 1;
        config.engine = i / 5 % 2 ? NNSE_ENGINE_INTEGER : NNSE_ENGINE_FLOAT;
        config.separate_channels = i / 10;
        if (nnse_create(&nnse, NULL, &config) != NNSE_OK)
            fail_test("%s", nnse_error());
        expect_realtime(use, &(struct use){nnse, config.channels});
        nnse_destroy(nnse);
    }
}
