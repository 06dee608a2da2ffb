/* obtain.c - brings a data set to the disk. */
#include "fetch/obtain.h"

#include "files/atomic.h"
#include "files/file.h"
#include "files/lock.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    MAX_NOTE_BYTES = 1 << 16,
    /* How far "about" may be off before an archive counts as a bomb. */
    SLACK = 4
};

struct job {
    const struct se_obtain *how;
    struct se_dataset set; /* with bytes and digests as they were found */
    struct se_extracted *extracted;
    char folder[PATH_BYTES], archives[PATH_BYTES], unpacking[PATH_BYTES];
    char part[SE_MAX_ARCHIVES][PATH_BYTES]; /* of a split zip */
    struct se_report *report;
};

/* ---- paths --------------------------------------------------------------- */

static void set_path(char path[PATH_BYTES], const struct se_obtain *how,
                     const struct se_dataset *set, const char *end)
{
    snprintf(path, PATH_BYTES, "%s/%s%s", how->data_dir, set->name, end);
}

static void archive_path(char path[PATH_BYTES], const struct se_obtain *how,
                         const struct se_dataset *set, int i)
{
    snprintf(path, PATH_BYTES, "%s/%s.archives/%s", how->data_dir, set->name,
             set->source[i].name);
}

static int is_there(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0;
}

/* ---- before the start ---------------------------------------------------- */

static int lock_folder(struct se_lock *lock, const char *data_dir,
                       struct se_report *report)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/.lock", data_dir);
    return se_lock_take(lock, path, 0, data_dir, report);
}

/* Whether two values of the same archive contradict each other. */
static int differ(const struct se_archive *a, const struct se_archive *b)
{
    return strcmp(a->name, b->name) != 0 ||
           (a->digest_certain && b->digest_certain &&
            a->digest.kind == b->digest.kind &&
            strcmp(a->digest.hex, b->digest.hex) != 0);
}

static int compare_note(const struct se_dataset *set, const char *text,
                        const char *path, struct se_report *report)
{
    struct se_datasets found = {0};
    int status = se_datasets_add(&found, text, path, report);

    if (status == SE_OK) {
        const struct se_dataset *there = found.n == 1 ? found.set : NULL;
        int same = there && there->n_sources == set->n_sources;

        for (int i = 0; same && i < set->n_sources; i++)
            same = !differ(&there->source[i], &set->source[i]);
        if (!same)
            status = se_fail(report, SE_ERR_FORMAT,
                             "%s: the set was made from other archives than "
                             "the table has now; remove its folder to download "
                             "it again",
                             path);
    }
    se_datasets_free(&found);
    return status;
}

int se_obtain_present(const struct se_obtain *how, const struct se_dataset *set,
                      struct se_report *report)
{
    char folder[PATH_BYTES], note[PATH_BYTES];
    char *text;
    size_t n;

    set_path(folder, how, set, "");
    set_path(note, how, set, "/dataset.txt");
    if (!is_there(folder))
        return 0;
    if (!is_there(note))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is in the way: it has no dataset.txt, as a set "
                       "that was downloaded has",
                       folder);

    int status = se_read_file(&text, &n, note, MAX_NOTE_BYTES, report);

    if (status != SE_OK)
        return status;
    status = compare_note(set, text, note, report);
    free(text);
    return status == SE_OK ? 1 : status;
}

/* Only what this program put there, or would have. */
static int remove_archives(const struct se_obtain *how,
                           const struct se_dataset *set,
                           struct se_report *report)
{
    char path[PATH_BYTES];

    for (int i = 0; i < set->n_sources; i++) {
        archive_path(path, how, set, i);
        if (unlink(path) != 0 && errno != ENOENT)
            return se_fail_errno(report, path, "cannot remove");
        se_download_remove_part(path);
    }
    set_path(path, how, set, ".archives");
    rmdir(path); /* stays if there is more in it */
    return SE_OK;
}

/* Whether archives of a set that is there were to be removed and were not. */
static int are_archives_left(const struct se_obtain *how,
                             const struct se_dataset *set)
{
    char path[PATH_BYTES];
    int n = 0;

    set_path(path, how, set, "");
    if (how->keep_archives || !is_there(path))
        return 0;
    for (int i = 0; i < set->n_sources; i++) {
        archive_path(path, how, set, i);
        n += is_there(path);
    }
    return n > 0;
}

/* Takes the lock if a run left it, as one that was killed does, and one that
 * could not remove archives; else it holds nothing. */
static void take_left_lock(struct se_lock *lock, const struct se_obtain *how)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/.lock", how->data_dir);
    if (is_there(path))
        lock_folder(lock, how->data_dir, NULL);
}

/* Removes the archives of a set that is there, if an earlier run left them
 * against its will; if not, they were to stay. */
static void remove_left(const struct se_obtain *how,
                        const struct se_dataset *set, struct se_lock *lock)
{
    struct se_report report;
    char path[PATH_BYTES];

    set_path(path, how, set, ".archives");
    rmdir(path); /* if it is empty */
    if (!lock->path || how->keep_archives ||
        remove_archives(how, set, &report) == SE_OK)
        return;
    lock->stays = 1;
    how->watch->remark(how->watch->context, report.text);
}

static int leave_absent(struct se_dataset_choice *choice,
                        const struct se_obtain *how, struct se_lock *lock,
                        struct se_report *report)
{
    const struct se_watch *watch = how->watch;
    char remark[PATH_BYTES + 300];
    int n = 0;

    for (int i = 0; i < choice->n; i++) {
        const struct se_dataset *set = choice->set[i];
        int there = se_obtain_present(how, set, report);

        if (there < 0)
            return there;
        if (!there) {
            choice->set[n++] = set;
            continue;
        }
        snprintf(remark, sizeof remark, "%s/%s: is there", how->data_dir,
                 set->name);
        watch->remark(watch->context, remark);
        remove_left(how, set, lock);
    }
    choice->n = n;
    return SE_OK;
}

int se_obtain_leave_absent(struct se_dataset_choice *choice,
                           const struct se_obtain *how,
                           struct se_report *report)
{
    struct se_lock lock = {0};

    take_left_lock(&lock, how);

    int status = leave_absent(choice, how, &lock, report);

    se_lock_release(&lock);
    return status;
}

/* The most bytes that the sets will add to the disk on their way, with what was
 * already downloaded taken off. */
static int64_t count_room(const struct se_obtain *how,
                          const struct se_dataset_choice *choice)
{
    int64_t used = 0, most = 0;
    char path[PATH_BYTES];

    for (int i = 0; i < choice->n; i++) {
        const struct se_dataset *set = choice->set[i];

        for (int j = 0; j < set->n_sources; j++) {
            archive_path(path, how, set, j);

            int64_t left = set->source[j].bytes - se_download_present(path);

            used += left > 0 ? left : 0;
        }
        used += set->unpacked;
        most = used > most ? used : most;
        if (!how->keep_archives)
            used -= se_dataset_packed(set);
    }
    return most;
}

static int check_room(const struct se_obtain *how, int64_t bytes,
                      struct se_report *report)
{
    char needed[32], unused[32];
    double there;
    int status = se_free_bytes(&there, how->data_dir, report);

    if (status != SE_OK || (double)bytes <= there)
        return status;
    return se_fail(report, SE_ERR_IO,
                   "%s: %s of free disk are needed, %s are there",
                   how->data_dir, se_size_text(needed, (double)bytes),
                   se_size_text(unused, there));
}

/* ---- archives ------------------------------------------------------------ */

static int set_aside(const char *path, struct se_report *report)
{
    char bad[PATH_BYTES + 8];

    snprintf(bad, sizeof bad, "%s.bad", path);
    return rename(path, bad) == 0
               ? SE_OK
               : se_fail_errno(report, path, "cannot rename");
}

static int download(struct job *job, const struct se_archive *source,
                    const char *path)
{
    const struct se_obtain *how = job->how;
    char url[SE_MAX_URL + PATH_BYTES];
    const char *mirror = how->mirror;

    if (is_there(path))
        return SE_OK;
    snprintf(url, sizeof url, "%s", source->url);
    if (mirror)
        snprintf(url, sizeof url, "%s%s%s", mirror,
                 mirror[strlen(mirror) - 1] == '/' ? "" : "/", source->name);
    return se_download(
        path,
        &(struct se_remote){url, source->bytes_certain ? source->bytes : 0},
        &how->retry, how->watch, job->report);
}

static int wrong_digest(struct job *job, const struct se_archive *source,
                        const struct se_digest *found, const char *path)
{
    const char *name = se_digest_name(found->kind);
    char remark[PATH_BYTES + 300];

    if (!source->digest_certain) {
        snprintf(remark, sizeof remark,
                 "%s: its %s is %s, not %s as somebody found it once", path,
                 name, found->hex, source->digest.hex);
        job->how->watch->remark(job->how->watch->context, remark);
        return SE_OK;
    }

    int status = set_aside(path, job->report);

    return status != SE_OK
               ? status
               : se_fail(job->report, SE_ERR_FORMAT,
                         "%s: its %s is %s, expected %s; set aside as *.bad",
                         path, name, found->hex, source->digest.hex);
}

/* Nobody can say that this is what it should be. */
static void say_unknown(const struct job *job, const struct se_digest *found,
                        const char *path)
{
    char remark[PATH_BYTES + 300];

    snprintf(remark, sizeof remark,
             "%s: no digest of it is known: taken as it came, its %s is %s",
             path, se_digest_name(found->kind), found->hex);
    job->how->watch->remark(job->how->watch->context, remark);
}

/* Compares with what is known and keeps what was found. */
static int check(struct job *job, struct se_archive *source, const char *path)
{
    enum se_digest_kind kind =
        source->digest.kind ? source->digest.kind : SE_DIGEST_SHA256;
    struct stat info;
    struct se_digest found;
    int status =
        se_digest_file(&found, kind, path, job->how->watch, job->report);

    if (status == SE_OK && source->digest.kind != SE_DIGEST_NONE &&
        strcmp(found.hex, source->digest.hex) != 0)
        status = wrong_digest(job, source, &found, path);
    if (status == SE_OK && source->digest.kind == SE_DIGEST_NONE)
        say_unknown(job, &found, path);
    if (status == SE_OK && stat(path, &info) != 0)
        status = se_fail_errno(job->report, path, "cannot open");
    if (status == SE_OK) {
        source->bytes = info.st_size;
        source->bytes_certain = 1;
        source->digest = found;
    }
    return status;
}

static int download_all(struct job *job)
{
    struct se_dataset *set = &job->set;
    char path[PATH_BYTES];
    int status = se_make_folder(job->archives, job->report);

    for (int i = 0; i < set->n_sources && status == SE_OK; i++) {
        archive_path(path, job->how, set, i);
        status = download(job, &set->source[i], path);
        if (status == SE_OK)
            status = check(job, &set->source[i], path);
    }
    return status;
}

/* ---- unpacking ----------------------------------------------------------- */

/* "X.z01": X.zip has parts before it. */
static int is_piece(const char *name)
{
    const char *end = strrchr(name, '.');

    return end && end[1] == 'z' && isdigit((unsigned char)end[2]) &&
           isdigit((unsigned char)end[3]) && end[4] == '\0';
}

/* Unpacks the archive that begins with source `first`; returns in *n how many
 * pieces it has. */
static int unpack(struct job *job, int first, int *n)
{
    const struct se_dataset *set = &job->set;
    const char *parts[SE_MAX_ARCHIVES + 1] = {NULL};
    int count = 0, is_last = 0;

    for (int i = first; i < set->n_sources && !is_last; i++) {
        archive_path(job->part[count], job->how, set, i);
        parts[count] = job->part[count];
        count++;
        is_last = !is_piece(set->source[i].name);
    }
    *n = count;

    const struct se_packed packed = {parts, SLACK * set->unpacked -
                                                job->extracted->n_bytes};
    int status = se_extract(job->extracted, job->unpacking, &packed,
                            job->how->watch, job->report);

    /* Not an archive at all, say: then it is to be downloaded again. */
    for (int i = 0; i < count && status == SE_ERR_FORMAT; i++) {
        if (!set->source[first + i].digest_certain)
            set_aside(parts[i], NULL);
    }
    return status;
}

static int check_folders(const struct job *job)
{
    char path[PATH_BYTES + SE_MAX_NAME];
    struct stat info;

    for (int i = 0; i < job->set.n_folders; i++) {
        const char *folder = job->set.folder[i];

        snprintf(path, sizeof path, "%s/%s", job->unpacking, folder);
        if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
            return se_fail(job->report, SE_ERR_FORMAT,
                           "%s: no folder '%s' in its archives", job->set.name,
                           folder);
    }
    return SE_OK;
}

/* Once the folder has its final name, all in it must be on the disk. */
static int publish(struct job *job)
{
    char note[PATH_BYTES + 16];
    struct se_atomic_file file;

    for (int i = 0; i < job->set.n_sources; i++)
        job->set.source[i].digest_certain = 1;
    snprintf(note, sizeof note, "%s/dataset.txt", job->unpacking);

    int status = se_atomic_open(&file, note, job->report);

    if (status != SE_OK)
        return status;
    se_dataset_print(&job->set, file.stream);
    if (syncfs(file.fd) != 0) {
        status = se_fail_errno(job->report, note, "cannot write");
        se_atomic_discard(&file);
        return status;
    }
    status = se_atomic_commit(&file, job->report);
    if (status == SE_OK && rename(job->unpacking, job->folder) != 0)
        status = se_fail_errno(job->report, job->folder, "cannot rename to it");
    return status;
}

static int unpack_all(struct job *job)
{
    int status = se_remove_folder(job->unpacking, job->report);

    if (status == SE_OK)
        status = se_make_folder(job->unpacking, job->report);
    for (int i = 0, n; i < job->set.n_sources && status == SE_OK; i += n)
        status = unpack(job, i, &n);
    if (status == SE_OK)
        status = check_folders(job);
    if (status == SE_OK)
        status = publish(job);
    if (status != SE_OK)
        se_remove_folder(job->unpacking, NULL);
    return status;
}

static int obtain(struct se_extracted *extracted, const struct se_obtain *how,
                  const struct se_dataset *set, struct se_report *report)
{
    struct job *job = malloc(sizeof *job);

    *extracted = (struct se_extracted){0};
    if (!job)
        return se_fail_memory(report, set->name);
    *job = (struct job){
        .how = how, .set = *set, .extracted = extracted, .report = report};
    set_path(job->folder, how, set, "");
    set_path(job->archives, how, set, ".archives");
    set_path(job->unpacking, how, set, ".unpacking");

    int status = download_all(job);

    if (status == SE_OK)
        status = unpack_all(job);
    else
        rmdir(job->archives); /* unless it holds what to go on with */
    if (status == SE_OK && !how->keep_archives)
        status = remove_archives(how, set, report);
    free(job);
    return status;
}

static int
obtain_each(const struct se_obtain *how, const struct se_dataset_choice *choice,
            void (*done)(void *context, const struct se_obtained *what),
            void *context, struct se_report *report)
{
    for (int i = 0; i < choice->n; i++) {
        struct se_obtained what = {.set = choice->set[i]};

        what.status = obtain(&what.extracted, how, what.set, &what.why);
        if (what.status == SE_ERR_STOPPED) {
            *report = what.why;
            return what.status;
        }
        done(context, &what);
    }
    return SE_OK;
}

int se_obtain_all(const struct se_obtain *how,
                  const struct se_dataset_choice *choice,
                  void (*done)(void *context, const struct se_obtained *what),
                  void *context, struct se_report *report)
{
    struct se_lock lock;
    int status = se_make_folder(how->data_dir, report);

    if (status == SE_OK)
        status = check_room(how, count_room(how, choice), report);
    if (status == SE_OK)
        status = lock_folder(&lock, how->data_dir, report);
    if (status != SE_OK)
        return status;
    status = obtain_each(how, choice, done, context, report);
    for (int i = 0; i < choice->n; i++)
        lock.stays |= are_archives_left(how, choice->set[i]);
    se_lock_release(&lock);
    return status;
}
