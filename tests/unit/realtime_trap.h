/* realtime_trap.h - proves of a function that an audio thread may call it: it
 * allocates nothing, takes no lock and calls no system.
 *
 * A child process gives up all system calls but write and exit (seccomp's
 * strict mode: any other kills it), and every function of the C library that
 * allocates or locks ends it with its name. A test program includes this once.
 */
#ifndef SE_TESTS_REALTIME_TRAP_H
#define SE_TESTS_REALTIME_TRAP_H

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
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const int trap_sanitized = 1;
static int trap_set;
#else
static const int trap_sanitized = 0;
static volatile int trap_set;

static void trap_check(const char *name)
{
    if (!trap_set)
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
static int trap_call_real(const char *name, void *lock)
{
    int (*function)(void *);

    *(void **)&function = dlsym(RTLD_NEXT, name);
    return function(lock);
}

void *malloc(size_t n)
{
    trap_check("malloc\n");
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    trap_check("calloc\n");
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    trap_check("realloc\n");
    return __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    trap_check("aligned_alloc\n");
    return __libc_memalign(alignment, n);
}

void free(void *p)
{
    trap_check("free\n");
    __libc_free(p);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    trap_check("pthread_mutex_lock\n");
    return trap_call_real("pthread_mutex_lock", mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    trap_check("pthread_rwlock_rdlock\n");
    return trap_call_real("pthread_rwlock_rdlock", lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    trap_check("pthread_rwlock_wrlock\n");
    return trap_call_real("pthread_rwlock_wrlock", lock);
}
#endif

/* For the start of a test, before it owns anything. */
static void need_trap(void)
{
    if (trap_sanitized)
        skip_test("sanitizers allocate by themselves");
}

/* Runs function(argument) in the trap; the test fails if it does what it must
 * not, and is skipped where the system has no trap. */
static void expect_realtime(void (*function)(void *), void *argument)
{
    int status;
    pid_t child;

    child = fork();
    expect(child >= 0);
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            _exit(77);
        trap_set = 1;
        function(argument);
        trap_set = 0;
        syscall(SYS_exit, 0);
    }
    expect(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip_test("this system has no seccomp");
    if (WIFSIGNALED(status))
        fail_test("called the system: signal %d", WTERMSIG(status));
    expect_equal(WEXITSTATUS(status), 0);
}

#endif
