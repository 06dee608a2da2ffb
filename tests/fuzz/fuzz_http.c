/* fuzz_http.c - libFuzzer: whatever a server answers, the bytes as they come,
 * what is there of a file before or not, is an error or a file as long as it
 * must be. The input is a byte that chooses, and up to three answers. */
#include "fuzz.h"

#include "fetch/download.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { ANSWERS = 3, EXPECTED = 8 };

static struct {
    uint8_t bytes[1 << 16];
    size_t n;
} answers[ANSWERS];
static int next_answer, listener;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards these */

/* Takes the request, up to the empty line. */
static void take_request(int line)
{
    char text[4096];
    size_t n = 0;
    ssize_t got;

    while (n < sizeof text - 1 &&
           (got = read(line, text + n, sizeof text - 1 - n)) > 0) {
        n += (size_t)got;
        text[n] = '\0';
        if (strstr(text, "\r\n\r\n"))
            break;
    }
}

static void *serve(void *context)
{
    (void)context;
    for (;;) {
        int line = accept(listener, NULL, NULL);

        if (line < 0)
            continue;
        take_request(line);
        pthread_mutex_lock(&mutex);
        if (next_answer < ANSWERS)
            send(line, answers[next_answer].bytes, answers[next_answer].n,
                 MSG_NOSIGNAL | MSG_DONTWAIT);
        next_answer++;
        pthread_mutex_unlock(&mutex);
        shutdown(line, SHUT_WR);
        take_request(line); /* until the other side is done */
        close(line);
    }
    return NULL;
}

static int start_server(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    pthread_t thread;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    if (bind(listener, (struct sockaddr *)&at, n) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &n) != 0 ||
        pthread_create(&thread, NULL, serve, NULL) != 0)
        abort();
    return ntohs(at.sin_port);
}

static int go_on(void *context, const char *doing, int64_t done, int64_t total)
{
    (void)context, (void)doing, (void)done, (void)total;
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

/* The answers are parted by bytes of 0xff. */
static void part(const uint8_t *bytes, size_t n)
{
    pthread_mutex_lock(&mutex);
    next_answer = 0;
    for (int i = 0; i < ANSWERS; i++) {
        const uint8_t *end = n > 0 ? memchr(bytes, 0xff, n) : NULL;
        size_t length = end ? (size_t)(end - bytes) : n;

        answers[i].n =
            length < sizeof answers[i].bytes ? length : sizeof answers[i].bytes;
        memcpy(answers[i].bytes, bytes, answers[i].n);
        bytes += length + !!end;
        n -= length + !!end;
    }
    pthread_mutex_unlock(&mutex);
}

static void take_remark(void *context, const char *text)
{
    (void)context;
    if (strchr(text, '\n'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static int port;
    const struct se_watch watch = {go_on, take_remark, NULL};
    const struct se_retry retry = {3, 0, 1};
    struct se_report report = {""};
    char url[64], path[64], name[80];
    struct stat file;
    int how = fuzz_take(&bytes, &n);

    if (!port)
        port = start_server();
    part(bytes, n);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/x", port);
    snprintf(path, sizeof path, "%s/x", fuzz_folder());
    snprintf(name, sizeof name, "%s.part", path);
    unlink(path);
    unlink(name);
    if (how & 1)
        write_file(name, "abc");
    snprintf(name, sizeof name, "%s.part.from", path);
    unlink(name);
    if (how & 1)
        write_file(name, how & 2 ? "8\n\"mark\"\n" : "-1\n\n");

    const struct se_remote remote = {url, how & 4 ? EXPECTED : 0};
    int status = se_download(path, &remote, &retry, &watch, &report);

    if (status == SE_OK &&
        (stat(path, &file) != 0 || (how & 4 && file.st_size != EXPECTED)))
        abort();
    if (status != SE_OK && (access(path, F_OK) == 0 || !report.text[0] ||
                            strchr(report.text, '\n')))
        abort();
    return 0;
}
