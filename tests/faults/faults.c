/* faults.c - lets one call of a program fail, or kills it there; to be
 * preloaded.
 *
 *     FAULT_CALL    open, read, write, fsync, close, rename, short-read,
 *                   short-write, remove, malloc, own-malloc: what no library
 *                   asks for, or change: any that changes files
 *     FAULT_AT      the number of the call it happens to, from 1 on; 0: none
 *     FAULT_KILL    set: SIGKILL in place of an error
 *     FAULT_COUNT   a file that is given the number of such calls at the end
 *     FAULT_ROOTS   folders, with colons between them: files elsewhere (fonts,
 *                   certificates, the system's) are left alone, and so is
 *                   standard error; pipes and sockets are not
 *     FAULT_TRACE   a file that is given the functions that made that call
 *     FAULT_SPARED  names of libraries, with blanks between them: what they
 *                   call malloc for, or have others call it, neither counts nor
 *                   fails
 *
 * The calls are those of the system, whoever makes them, the C library among
 * them: a filter (seccomp) turns them into a signal, whose handler counts them
 * and makes them itself. Memory is counted at malloc and its kin. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* not known here: no calls but malloc */
#endif

enum { N_ARGS = 6, MAX_CALLS = 40 };

/* ---- which calls --------------------------------------------------------- */

/* What a call works on. */
enum object { FILE_AT, PATH, DESCRIPTOR };

static const struct call {
    const char *kind;
    long number;
    enum object object;
    int error, changes;
} calls[] = {
    {"open", SYS_openat, FILE_AT, EMFILE, 1},
    {"read", SYS_read, DESCRIPTOR, EIO, 0},
    {"read", SYS_pread64, DESCRIPTOR, EIO, 0},
    {"read", SYS_readv, DESCRIPTOR, EIO, 0},
    {"read", SYS_recvfrom, DESCRIPTOR, ECONNRESET, 0},
    {"write", SYS_write, DESCRIPTOR, ENOSPC, 1},
    {"write", SYS_pwrite64, DESCRIPTOR, ENOSPC, 1},
    {"write", SYS_writev, DESCRIPTOR, ENOSPC, 1},
    {"write", SYS_ftruncate, DESCRIPTOR, ENOSPC, 1},
    {"write", SYS_mkdirat, FILE_AT, ENOSPC, 1},
    {"fsync", SYS_fsync, DESCRIPTOR, EIO, 1},
    {"fsync", SYS_fdatasync, DESCRIPTOR, EIO, 1},
    {"fsync", SYS_syncfs, DESCRIPTOR, EIO, 1},
    {"close", SYS_close, DESCRIPTOR, EIO, 1},
#ifdef SYS_renameat
    {"rename", SYS_renameat, FILE_AT, EIO, 1},
#endif
    {"rename", SYS_renameat2, FILE_AT, EIO, 1},
    {"short-read", SYS_read, DESCRIPTOR, 0, 0},
    {"short-read", SYS_pread64, DESCRIPTOR, 0, 0},
    {"short-write", SYS_write, DESCRIPTOR, 0, 0},
    {"short-write", SYS_pwrite64, DESCRIPTOR, 0, 0},
    {"remove", SYS_unlinkat, FILE_AT, EIO, 1},
#ifdef SYS_rename /* those of old, which AArch64 does without */
    {"rename", SYS_rename, PATH, EIO, 1},
    {"write", SYS_mkdir, PATH, ENOSPC, 1},
    {"remove", SYS_unlink, PATH, EIO, 1},
    {"remove", SYS_rmdir, PATH, EIO, 1},
#endif
};
enum { N_CALLS = sizeof calls / sizeof *calls };

static struct {
    char kind[16], roots[4096], spared[256], trace[4096];
    long at;
    int kills, is_on;
    dev_t error_device; /* of standard error */
    ino_t error_inode;
} fault;

static atomic_long n_calls;

static int is_chosen(const struct call *call)
{
    if (strcmp(fault.kind, "change") == 0)
        return call->changes;
    return strcmp(fault.kind, call->kind) == 0;
}

static const struct call *find_call(long number)
{
    for (int i = 0; i < N_CALLS; i++) {
        if (calls[i].number == number && is_chosen(&calls[i]))
            return &calls[i];
    }
    return NULL;
}

/* ---- the one instruction that the filter lets through -------------------- */

long fault_system(long number, const long *args);
extern const char fault_system_end[];

#if defined(__x86_64__)
__asm__(".text\n.globl fault_system\n.hidden fault_system\n"
        ".globl fault_system_end\n.hidden fault_system_end\n"
        "fault_system:\n\tmov %rdi, %rax\n\tmov %rsi, %r11\n"
        "\tmov (%r11), %rdi\n\tmov 8(%r11), %rsi\n\tmov 16(%r11), %rdx\n"
        "\tmov 24(%r11), %r10\n\tmov 32(%r11), %r8\n\tmov 40(%r11), %r9\n"
        "\tsyscall\nfault_system_end:\n\tret\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl fault_system\n.hidden fault_system\n"
        ".globl fault_system_end\n.hidden fault_system_end\n"
        "fault_system:\n\tmov x8, x0\n\tmov x9, x1\n"
        "\tldp x0, x1, [x9]\n\tldp x2, x3, [x9, #16]\n"
        "\tldp x4, x5, [x9, #32]\n"
        "\tsvc #0\nfault_system_end:\n\tret\n");
#else
const char fault_system_end[1];

long fault_system(long number, const long *args)
{
    (void)number, (void)args;
    return -ENOSYS;
}
#endif

/* ---- whose call it is ---------------------------------------------------- */

static int is_below_root(const char *path)
{
    for (const char *root = fault.roots; *root;) {
        size_t n = strcspn(root, ":");

        if (strncmp(path, root, n) == 0 && (path[n] == '/' || !path[n]))
            return 1;
        root += n + (root[n] == ':');
    }
    return 0;
}

static void append(char *to, const char *from)
{
    while (*to)
        to++;
    while ((*to++ = *from++))
        ;
}

static int is_our_descriptor(int fd)
{
    char link[40] = "/proc/self/fd/", digits[12] = "", path[4096];
    char *digit = digits + sizeof digits - 1;
    struct stat info;

    if (fd < 0)
        return 0;
    do
        *--digit = (char)('0' + fd % 10);
    while (fd /= 10);
    append(link, digit);
    if (stat(link, &info) == 0 && info.st_dev == fault.error_device &&
        info.st_ino == fault.error_inode)
        return 0;

    ssize_t n = readlink(link, path, sizeof path - 1);

    path[n < 0 ? 0 : n] = '\0';
    return path[0] != '/' || is_below_root(path);
}

static int is_ours(const struct call *call, const long *args)
{
    const char *path;

    if (call->object == DESCRIPTOR)
        return is_our_descriptor((int)args[0]);
    path = (const char *)args[call->object == FILE_AT];
    return path[0] != '/' || is_below_root(path);
}

static void write_trace(void)
{
    void *frames[40];
    int file = open(fault.trace, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    backtrace_symbols_fd(frames, backtrace(frames, 40), file);
    close(file);
}

/* Whether it happens to this call. */
static int is_due(void)
{
    if (atomic_fetch_add(&n_calls, 1) + 1 != fault.at)
        return 0;
    if (fault.trace[0])
        write_trace();
    if (fault.kills)
        kill(getpid(), SIGKILL);
    return 1;
}

/* ---- calls of the system ------------------------------------------------- */

static long carry_out(long number, long *args)
{
    const struct call *call = find_call(number);

    if (!call || !is_ours(call, args) ||
        (strncmp(call->kind, "short", 5) == 0 && args[2] < 2) || !is_due())
        return fault_system(number, args);
    if (number == SYS_close) /* closes all the same, as the system does */
        fault_system(number, args);
    if (call->error)
        return -call->error;
    args[2] /= 2;
    return fault_system(number, args);
}

static void on_call(int signal_number, siginfo_t *info, void *context)
{
    int reason = errno;

    (void)signal_number, (void)info, (void)context;
#if defined(__x86_64__)
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    long args[N_ARGS] = {r[REG_RDI], r[REG_RSI], r[REG_RDX],
                         r[REG_R10], r[REG_R8],  r[REG_R9]};

    r[REG_RAX] = carry_out(r[REG_RAX], args);
#elif defined(__aarch64__)
    unsigned long long *r = ((ucontext_t *)context)->uc_mcontext.regs;
    long args[N_ARGS] = {(long)r[0], (long)r[1], (long)r[2],
                         (long)r[3], (long)r[4], (long)r[5]};

    r[0] = (unsigned long long)carry_out((long)r[8], args);
#endif
    errno = reason;
}

/* The chosen calls are signals, but from fault_system. */
static void install_filter(void)
{
    const uint64_t end = (uint64_t)(uintptr_t)fault_system_end;
    struct sock_filter filter[MAX_CALLS * 2 + 16];
    unsigned short n = 0;

#define FIELD(field) (uint32_t) offsetof(struct seccomp_data, field)
#define ADD(...)     filter[n++] = (struct sock_filter)__VA_ARGS__
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(instruction_pointer)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)end, 0, 3));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(instruction_pointer) + 4));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(end >> 32), 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr)));
    for (int i = 0; i < N_CALLS; i++) {
        if (!is_chosen(&calls[i]))
            continue;
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i].number, 0,
                     1));
        ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
    }
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));

    struct sock_fprog program = {n, filter};
    struct sigaction action = {.sa_sigaction = on_call,
                               .sa_flags =
                                   SA_SIGINFO | SA_NODEFER | SA_RESTART};

    if (ARCHITECTURE == 0 || sigaction(SIGSYS, &action, NULL) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("faults: the system has no seccomp filters");
        _exit(77);
    }
}

/* ---- memory -------------------------------------------------------------- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

/* PASSING: the C library, and this one. */
enum owner { PROGRAM, SPARED, LIBRARY, PASSING };

static enum owner find_owner(const void *address)
{
    const char *name;
    char word[64];
    Dl_info info;

    if (!dladdr(address, &info) || !info.dli_fname ||
        !strstr(info.dli_fname, ".so"))
        return PROGRAM;
    name = strrchr(info.dli_fname, '/');
    name = name ? name + 1 : info.dli_fname;
    snprintf(word, sizeof word, " %.*s ", (int)strcspn(name, ".-"), name);
    if (strcmp(word, " libc ") == 0 || strcmp(word, " faults ") == 0)
        return PASSING;
    return strstr(fault.spared, word) ? SPARED : LIBRARY;
}

/* The same, of addresses that come again and again. */
static enum owner owner_of(const void *address)
{
    static _Thread_local struct {
        const void *address;
        enum owner owner;
    } known[1024];
    const size_t at = (uintptr_t)address * 2654435761u >> 7 & 1023;

    if (known[at].address != address) {
        known[at].owner = find_owner(address);
        known[at].address = address;
    }
    return known[at].owner;
}

/* Whether a library that is spared is between the call and the program. */
static int is_spared(void)
{
    void *frames[12];
    int n = backtrace(frames, 12);

    for (int i = 0; i < n; i++) {
        enum owner owner = owner_of(frames[i]);

        if (owner == PROGRAM || owner == SPARED)
            return owner == SPARED;
    }
    return 0;
}

/* Whether the program calls, if only through the C library. */
static int is_own(void)
{
    void *frames[12];
    int n = backtrace(frames, 12);

    for (int i = 0; i < n; i++) {
        enum owner owner = owner_of(frames[i]);

        if (owner != PASSING)
            return owner == PROGRAM;
    }
    return 0;
}

static int is_memory_chosen(void)
{
    if (strcmp(fault.kind, "own-malloc") == 0)
        return is_own();
    return strcmp(fault.kind, "malloc") == 0 && !is_spared();
}

static int memory_fails(void)
{
    if (!fault.is_on || !is_memory_chosen() || !is_due())
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return memory_fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return memory_fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *memory, size_t n)
{
    return memory_fails() ? NULL : __libc_realloc(memory, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return memory_fails() ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **memory, size_t alignment, size_t n)
{
    *memory = memory_fails() ? NULL : __libc_memalign(alignment, n);
    return *memory ? 0 : ENOMEM;
}

/* ---- start and end ------------------------------------------------------- */

static void copy_setting(char *to, size_t size, const char *name)
{
    const char *value = getenv(name);

    snprintf(to, size, "%s", value ? value : "");
}

__attribute__((constructor)) static void begin(void)
{
    char number[24], spared[sizeof fault.spared];
    void *frames[1];
    struct stat info;

    copy_setting(fault.kind, sizeof fault.kind, "FAULT_CALL");
    copy_setting(fault.roots, sizeof fault.roots, "FAULT_ROOTS");
    copy_setting(fault.trace, sizeof fault.trace, "FAULT_TRACE");
    copy_setting(spared, sizeof spared, "FAULT_SPARED");
    copy_setting(number, sizeof number, "FAULT_AT");
    snprintf(fault.spared, sizeof fault.spared, " %.*s ",
             (int)sizeof fault.spared - 3, spared);
    fault.at = atol(number);
    fault.kills = getenv("FAULT_KILL") != NULL;
    if (stat("/proc/self/fd/2", &info) == 0) {
        fault.error_device = info.st_dev;
        fault.error_inode = info.st_ino;
    }
    if (!fault.kind[0])
        return;
    backtrace(frames, 1); /* loads what it needs */
    if (!strstr(fault.kind, "malloc"))
        install_filter();
    fault.is_on = 1;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file;
    long n = atomic_load(&n_calls);

    fault.at = 0;
    file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", n);
        fclose(file);
    }
}
