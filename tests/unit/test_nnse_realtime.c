/* test_nnse_realtime.c - what an audio thread may call allocates nothing, takes
 * no lock and calls no system.
 *
 * The streams are made first. Then a child process gives up all system calls
 * but write and exit (seccomp's strict mode: any other kills it), and every
 * function of the C library that allocates or locks ends it with its name. */
#include "nnse.h"

#include "base/rng.h"
#include "check.h"

#include <dlfcn.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

enum { N = 24000, MAX_CHANNELS = 6 };

#ifdef __SANITIZE_ADDRESS__
static const int sanitized = 1;
static int forbidden;
#else
static const int sanitized = 0;
static volatile int forbidden;

static void check(const char *name)
{
    if (!forbidden)
        return;

    ssize_t n = write(STDERR_FILENO, name, strlen(name));

    syscall(SYS_exit, n > 0 ? 3 : 4);
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *p);

/* The C library's own function of that name. */
static int call_real(const char *name, void *lock)
{
    int (*function)(void *);

    *(void **)&function = dlsym(RTLD_NEXT, name);
    return function(lock);
}

void *malloc(size_t n)
{
    check("malloc\n");
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    check("calloc\n");
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    check("realloc\n");
    return __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    check("aligned_alloc\n");
    return __libc_memalign(alignment, n);
}

void free(void *p)
{
    check("free\n");
    __libc_free(p);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    check("pthread_mutex_lock\n");
    return call_real("pthread_mutex_lock", mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    check("pthread_rwlock_rdlock\n");
    return call_real("pthread_rwlock_rdlock", lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    check("pthread_rwlock_wrlock\n");
    return call_real("pthread_rwlock_wrlock", lock);
}
#endif

static float samples[N * MAX_CHANNELS];

/* Blocks of many lengths, other limits, a reset. */
static void use(struct nnse *nnse, int channels)
{
    size_t block = 1;

    for (size_t i = 0; i + block <= N; i += block) {
        float *at = samples + i * (size_t)channels;

        nnse_process(nnse, at, at, block);
        block = block * 7 % 4099 + 1;
        nnse_limit(nnse, (float)(block % 40));
        if (block % 64 == 0)
            nnse_reset(nnse);
    }
}

static void run(struct nnse *nnse, int channels)
{
    int status;
    pid_t child = fork();

    expect(child >= 0);
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            _exit(77);
        forbidden = 1;
        use(nnse, channels);
        forbidden = 0;
        syscall(SYS_exit, 0);
    }
    expect(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip_test("this system has no seccomp");
    if (WIFSIGNALED(status))
        fail_test("called the system: signal %d", WTERMSIG(status));
    expect_equal(WEXITSTATUS(status), 0);
}

/* The child is stopped when it does what it must not. */
TEST(the_trap_works)
{
    int status;
    pid_t child = fork();

    if (sanitized)
        skip_test("sanitizers allocate by themselves");
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

    if (sanitized)
        skip_test("sanitizers allocate by themselves");
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
        run(nnse, config.channels);
        nnse_destroy(nnse);
    }
}
