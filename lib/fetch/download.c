/* download.c - one file from a web server, by libcurl. */
#include "fetch/download.h"

#include "files/atomic.h"
#include "files/file.h"
#include "files/io.h"
#include "files/path.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MARK_BYTES = 256, LONGEST_WAIT_SECONDS = 60 };

/* What the headers of one answer say. */
struct answer {
    char etag[MARK_BYTES], modified[MARK_BYTES];
    int64_t range_start, range_total; /* -1: not given */
};

struct transfer {
    CURL *curl;
    const struct se_watch *watch;
    const char *url, *path;
    char *part, *from; /* names of the files beside `path` */
    int file;          /* the part, open for writing */
    int64_t at;        /* its length */
    int64_t furthest;  /* that it ever had */
    int64_t bytes;     /* that the caller expects, 0: any */

    /* What the part is a part of. */
    int64_t total;         /* bytes, -1: not known */
    char mark[MARK_BYTES]; /* an ETag or a date, "": none */

    /* Of the request under way. */
    struct answer answer;
    int has_body; /* its first byte came and was judged */
    int again;    /* what went wrong may go right the next time */
    int stopped;  /* by the watcher */
    int status;   /* of what went wrong on our side, with `report` */
    struct se_report *report;
    char reason[CURL_ERROR_SIZE]; /* of what went wrong on curl's */
};

/* ---- the part and what is known of it ------------------------------------ */

static int64_t file_bytes(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

int64_t se_download_present(const char *path)
{
    int64_t bytes = file_bytes(path);
    char part[PATH_MAX];

    if (bytes < 0) {
        snprintf(part, sizeof part, "%s.part", path);
        bytes = file_bytes(part);
    }
    return bytes < 0 ? 0 : bytes;
}

void se_download_remove_part(const char *path)
{
    static const char *const endings[] = {"part", "part.from"};

    for (int i = 0; i < 2; i++) {
        char name[PATH_MAX];

        if (snprintf(name, sizeof name, "%s.%s", path, endings[i]) <
            (int)sizeof name)
            unlink(name);
    }
}

static int drop_part(struct transfer *t)
{
    t->at = 0;
    t->total = -1;
    t->mark[0] = '\0';
    if (ftruncate(t->file, 0) != 0 || lseek(t->file, 0, SEEK_SET) != 0)
        return se_fail_errno(t->report, t->part, "cannot write");
    return SE_OK;
}

static int remember_source(const struct transfer *t)
{
    struct se_atomic_file file;
    int status = se_atomic_open(&file, t->from, t->report);

    if (status != SE_OK)
        return status;
    fprintf(file.stream, "%lld\n%s\n", (long long)t->total, t->mark);
    return se_atomic_commit(&file, t->report);
}

/* Whether a note of what the part is a part of was found and makes sense. */
static int recall_source(struct transfer *t)
{
    char *text, *end;
    size_t n;

    if (se_read_file(&text, &n, t->from, 2 * MARK_BYTES, NULL) != SE_OK)
        return 0;
    t->total = strtoll(text, &end, 10);

    /* Nobody offers 0 bytes: such a note would make an empty file whole. */
    int is_note =
        end > text && *end == '\n' && (t->total > 0 || t->total == -1);

    if (is_note)
        snprintf(t->mark, sizeof t->mark, "%.*s", (int)strcspn(end + 1, "\n"),
                 end + 1);
    free(text);
    return is_note;
}

static int open_part(struct transfer *t)
{
    t->file = open(t->part, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (t->file < 0)
        return se_fail_errno(t->report, t->part, "cannot write");
    t->at = lseek(t->file, 0, SEEK_END);

    int fits = recall_source(t) && (t->total < 0 || t->at <= t->total) &&
               (t->bytes == 0 || t->at <= t->bytes);

    if (t->at < 0 || !fits)
        return drop_part(t);
    t->furthest = t->at;
    return SE_OK;
}

static int publish_part(struct transfer *t)
{
    if (fsync(t->file) != 0)
        return se_fail_errno(t->report, t->part, "cannot write");
    if (rename(t->part, t->path) != 0)
        return se_fail_errno(t->report, t->path, "cannot rename to it");
    unlink(t->from);
    return SE_OK;
}

/* ---- what curl hands over ------------------------------------------------ */

/* Copies the value of header `name` out of the line, if that is what it is. */
static int take_header(char *value, const char *line, size_t n,
                       const char *name)
{
    size_t length = strlen(name);

    if (n <= length || strncasecmp(line, name, length) != 0 ||
        line[length] != ':')
        return 0;
    line += length + 1;
    n -= length + 1;
    while (n > 0 && (*line == ' ' || *line == '\t'))
        line++, n--;
    while (n > 0 && strchr(" \t\r\n", line[n - 1]))
        n--;
    if (n >= MARK_BYTES)
        n = 0;
    memcpy(value, line, n);
    value[n] = '\0';
    return 1;
}

static size_t on_header(char *line, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    struct answer *answer = &t->answer;
    char range[MARK_BYTES];
    long long start, end, total;

    n *= size;
    if (n > 5 && memcmp(line, "HTTP/", 5) == 0) /* after a redirection, too */
        *answer = (struct answer){.range_start = -1, .range_total = -1};
    else if (take_header(range, line, n, "Content-Range")) {
        if (sscanf(range, "bytes %lld-%lld/%lld", &start, &end, &total) == 3) {
            answer->range_start = start;
            answer->range_total = total;
        } else if (sscanf(range, "bytes */%lld", &total) == 1)
            answer->range_total = total;
    } else if (!take_header(answer->etag, line, n, "ETag"))
        take_header(answer->modified, line, n, "Last-Modified");
    return n;
}

static long answer_code(const struct transfer *t)
{
    long code = 0;

    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

/* What is there is of no use, for the reason given. */
static int start_again(struct transfer *t, int error, const char *reason)
{
    int status = drop_part(t);

    t->again = 1;
    return status != SE_OK
               ? status
               : se_fail(t->report, error, "%s: %s", t->url, reason);
}

/* A piece follows: it must fit what is there. */
static int judge_piece(struct transfer *t)
{
    if (t->answer.range_start == t->at &&
        (t->total < 0 || t->answer.range_total == t->total))
        return SE_OK;
    return start_again(t, SE_ERR_FORMAT, "the file on the server has changed");
}

/* The whole file follows: what is there, if anything, is of no use. */
static int judge_whole(struct transfer *t)
{
    curl_off_t length = -1;
    int status = drop_part(t);

    if (status != SE_OK)
        return status;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (t->bytes > 0 && length >= 0 && length != t->bytes)
        return se_fail(t->report, SE_ERR_FORMAT,
                       "%s: %lld bytes on the server, expected %lld", t->url,
                       (long long)length, (long long)t->bytes);
    t->total = length;

    /* A weak ETag, W/"...", says nothing of single bytes. */
    snprintf(t->mark, sizeof t->mark, "%s",
             t->answer.etag[0] == '"' ? t->answer.etag : t->answer.modified);
    return remember_source(t);
}

static int judge_body(struct transfer *t)
{
    long code = answer_code(t);

    t->has_body = 1;
    if (code == 206)
        return judge_piece(t);
    if (code == 200)
        return judge_whole(t);
    return se_fail(t->report, SE_ERR_IO,
                   "%s: the server answers %ld, expected 200", t->url, code);
}

static int write_all(struct transfer *t, const char *bytes, size_t n)
{
    if (se_write_fully(t->file, bytes, n) != 0)
        return se_fail_errno(t->report, t->part, "cannot write");
    t->at += (int64_t)n;
    return SE_OK;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer *t = context;

    n *= size;
    if (!t->has_body)
        t->status = judge_body(t);
    if (t->status == SE_OK && t->bytes > 0 && t->at + (int64_t)n > t->bytes)
        t->status = se_fail(t->report, SE_ERR_FORMAT,
                            "%s: longer than the %lld bytes expected", t->url,
                            (long long)t->bytes);
    if (t->status == SE_OK)
        t->status = write_all(t, bytes, n);
    /* Anything but n makes curl give up. */
    return t->status == SE_OK ? n : 0;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down,
                       curl_off_t up_total, curl_off_t up)
{
    struct transfer *t = context;
    char doing[300];

    (void)down_total, (void)down, (void)up_total, (void)up;
    snprintf(doing, sizeof doing, "downloading %s", se_path_base(t->path));
    if (t->watch->progress(t->watch->context, doing, t->at,
                           t->total > 0 ? t->total : t->bytes))
        t->stopped = 1;
    return t->stopped;
}

/* ---- one request --------------------------------------------------------- */

static int set_up(struct transfer *t, const struct se_retry *retry)
{
    CURL *curl = t->curl = curl_easy_init();
    long stall = retry->stall_seconds;
    /* What was asked for by https is not taken from anybody else. */
    const char *onward =
        strncasecmp(t->url, "https:", 6) == 0 ? "https" : "http,https";

    if (!curl)
        return se_fail_memory(t->report, t->url);
    /* A proxy is taken from the environment, as curl does. */
    if (curl_easy_setopt(curl, CURLOPT_URL, t->url) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ||
        curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, onward) ||
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) ||
        curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L) ||
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) ||
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) ||
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, stall) ||
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 10L) ||
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall) ||
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "nnse-c/" SE_VERSION) ||
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->reason) ||
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header) ||
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, t) ||
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) ||
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, t) ||
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) ||
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress) ||
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t))
        return se_fail(t->report, SE_ERR_ARG, "%s: libcurl is too old", t->url);
    return SE_OK;
}

/* Whether the same request may well succeed a little later. */
static int may_pass(CURLcode result, long code)
{
    switch (result) {
    case CURLE_HTTP_RETURNED_ERROR:
        return code == 408 || code == 429 || code >= 500;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return 1;
    default:
        return 0;
    }
}

static int stopped(struct transfer *t)
{
    return se_fail(t->report, SE_ERR_STOPPED,
                   "%s: stopped after %lld bytes; the same command goes on "
                   "from there",
                   t->part, (long long)t->at);
}

/* The server has no bytes from t->at on: because that was all? */
static int judge_nothing_more(struct transfer *t)
{
    if (t->answer.range_total == t->at)
        return SE_OK;
    return start_again(t, SE_ERR_IO, "the server has no such range");
}

static int judge_result(struct transfer *t, CURLcode result)
{
    long code = answer_code(t);

    if (t->status != SE_OK)
        return t->status;
    if (t->stopped)
        return stopped(t);
    if (result == CURLE_OK && !t->has_body) /* not one byte */
        return judge_body(t);
    if (result == CURLE_OK)
        return SE_OK;
    if (result == CURLE_HTTP_RETURNED_ERROR && code == 416 && t->at > 0)
        return judge_nothing_more(t);
    t->again = may_pass(result, code);
    if (result == CURLE_HTTP_RETURNED_ERROR)
        return se_fail(t->report, SE_ERR_IO, "%s: the server answers %ld",
                       t->url, code);
    return se_fail(t->report, SE_ERR_IO, "%s: %s%s", t->url,
                   t->reason[0] ? t->reason : curl_easy_strerror(result),
                   result == CURLE_SSL_CACERT_BADFILE
                       ? " (Debian's package ca-certificates has them)"
                       : "");
}

/* Asks for what is missing and takes what comes. */
static int request(struct transfer *t)
{
    struct curl_slist *headers = NULL;
    char text[MARK_BYTES + 32];

    t->answer = (struct answer){.range_start = -1, .range_total = -1};
    t->has_body = t->again = 0;
    t->status = SE_OK;
    t->reason[0] = '\0';
    /* Not CURLOPT_RESUME_FROM, which fails where the whole file comes. */
    snprintf(text, sizeof text, "%lld-", (long long)t->at);
    if (curl_easy_setopt(t->curl, CURLOPT_RANGE, t->at > 0 ? text : NULL))
        return se_fail_memory(t->report, t->url);
    if (t->at > 0 && t->mark[0]) {
        snprintf(text, sizeof text, "If-Range: %s", t->mark);
        headers = curl_slist_append(NULL, text);
        if (!headers)
            return se_fail_memory(t->report, t->url);
    }
    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, headers);

    int status = judge_result(t, curl_easy_perform(t->curl));

    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return status;
}

/* ---- as often as it takes ------------------------------------------------ */

/* A server that does not tell the length may end early without a sign. */
static int check_end(struct transfer *t)
{
    int64_t whole = t->bytes > 0 ? t->bytes : t->total;

    if (whole < 0 || t->at == whole)
        return SE_OK;
    t->again = 1;
    return se_fail(t->report, SE_ERR_IO, "%s: ended after %lld of %lld bytes",
                   t->url, (long long)t->at, (long long)whole);
}

static int pause_a_while(struct transfer *t, double seconds)
{
    const struct timespec tick = {.tv_nsec = 50000000};
    double left = fmin(seconds, LONGEST_WAIT_SECONDS);

    for (; left > 0 && !t->stopped; left -= 0.05) {
        on_progress(t, 0, 0, 0, 0);
        nanosleep(&tick, NULL);
    }
    return t->stopped ? stopped(t) : SE_OK;
}

static int try_until_done(struct transfer *t, const struct se_retry *retry)
{
    char remark[sizeof t->report->text + 64];

    for (int n_vain = 0;;) {
        int status = request(t);

        if (status == SE_OK)
            status = check_end(t);
        if (status == SE_OK || !t->again)
            return status;
        n_vain = t->at > t->furthest ? 0 : n_vain + 1;
        t->furthest = t->at > t->furthest ? t->at : t->furthest;
        if (n_vain >= retry->n_tries)
            return status;

        double wait =
            fmin(ldexp(retry->wait_seconds, n_vain), LONGEST_WAIT_SECONDS);

        snprintf(remark, sizeof remark, "%s; trying again in %.2g s",
                 t->report->text, wait);
        t->watch->remark(t->watch->context, remark);
        status = pause_a_while(t, wait);
        if (status != SE_OK)
            return status;
    }
}

/* A part of no bytes is nothing to go on with. */
static void drop_nothing(const struct transfer *t)
{
    struct stat info;

    if (fstat(t->file, &info) == 0 && info.st_size == 0)
        se_download_remove_part(t->path);
}

int se_download(const char *path, const struct se_remote *remote,
                const struct se_retry *retry, const struct se_watch *watch,
                struct se_report *report)
{
    struct se_report own; /* remarks are made of it */
    struct transfer t = {
        .watch = watch,
        .url = remote->url,
        .path = path,
        .file = -1,
        .bytes = remote->bytes,
        .total = -1,
        .report = report ? report : &own,
    };
    int status;

    if (asprintf(&t.part, "%s.part", path) < 0)
        return se_fail_memory(t.report, path);
    if (asprintf(&t.from, "%s.from", t.part) < 0) {
        free(t.part);
        return se_fail_memory(t.report, path);
    }
    status = open_part(&t);
    if (status == SE_OK)
        status = set_up(&t, retry);
    if (status == SE_OK && (t.total < 0 || t.at < t.total))
        status = try_until_done(&t, retry);
    if (status == SE_OK)
        status = publish_part(&t);
    if (status != SE_OK && t.file >= 0)
        drop_nothing(&t);
    if (t.file >= 0)
        close(t.file);
    curl_easy_cleanup(t.curl);
    free(t.part);
    free(t.from);
    return status;
}
