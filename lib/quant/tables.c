/* tables.c - pairs of C files: names, atomic appearance, arrays. */
#include "quant/tables.h"

#include "files/file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* C11 and C++20, a blank on both sides of each; a firmware may be either. */
static const char keywords[] =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch "
    "char char16_t char32_t char8_t class co_await co_return co_yield compl "
    "concept const const_cast consteval constexpr constinit continue decltype "
    "default delete do double dynamic_cast else enum explicit export extern "
    "false float for friend goto if inline int long mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof "
    "static static_assert static_cast struct switch template this "
    "thread_local throw true try typedef typeid typename typeof union "
    "unsigned using virtual void volatile wchar_t while xor xor_eq ";

static int is_keyword(const char *name)
{
    char word[SE_TABLES_MAX_NAME + 3];

    snprintf(word, sizeof word, " %s ", name);
    return strstr(keywords, word) != NULL;
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int se_tables_check_name(const char *name, struct se_report *report)
{
    size_t length = strlen(name);

    if (length > SE_TABLES_MAX_NAME)
        return se_fail(report, SE_ERR_ARG,
                       "net name '%.60s': %zu characters, expected at most %d",
                       name, length, SE_TABLES_MAX_NAME);
    for (size_t i = 0; i < length || i == 0; i++) {
        if (!is_letter(name[i]) && (i == 0 || name[i] < '0' || name[i] > '9'))
            return se_fail(report, SE_ERR_ARG,
                           "net name '%s': expected a C identifier: letters, "
                           "digits and _, no digit first",
                           name);
    }
    if (is_keyword(name))
        return se_fail(report, SE_ERR_ARG,
                       "net name '%s': is a keyword of C or C++, expected "
                       "another identifier",
                       name);
    return SE_OK;
}

void se_tables_upper(char *upper, const char *name)
{
    do
        *upper++ = (char)toupper((unsigned char)*name);
    while (*name++);
}

/* Whether `file` is of the net `net_id`, and of another name than net_name. */
static int is_rival(const char *file, int net_id, const char *net_name)
{
    char prefix[32], own[SE_TABLES_MAX_NAME + 32];
    size_t length;
    int n_prefix = snprintf(prefix, sizeof prefix, "def_nn%d_", net_id);

    if (strncmp(file, prefix, (size_t)n_prefix) != 0)
        return 0;
    length = strlen(file);
    if (length < 2 || (strcmp(file + length - 2, ".h") != 0 &&
                       strcmp(file + length - 2, ".c") != 0))
        return 0;
    snprintf(own, sizeof own, "%s%s", prefix, net_name);
    return strlen(own) != length - 2 || strncmp(own, file, length - 2) != 0;
}

static int check_id(const char *folder, int net_id, const char *net_name,
                    struct se_report *report)
{
    DIR *listing = opendir(folder);
    char first[NAME_MAX + 1] = "";
    int status = SE_OK;

    if (!listing)
        return se_fail_errno(report, folder, "cannot list");
    errno = 0;
    for (struct dirent *entry; (entry = readdir(listing)); errno = 0) {
        if (is_rival(entry->d_name, net_id, net_name) &&
            (!first[0] || strcmp(entry->d_name, first) < 0))
            snprintf(first, sizeof first, "%s", entry->d_name);
    }
    if (errno)
        status = se_fail_errno(report, folder, "cannot list");
    closedir(listing);
    if (status != SE_OK)
        return status;
    if (first[0])
        return se_fail(report, SE_ERR_ARG,
                       "%s: net id %d is used already, by %s: expected another "
                       "id, or the same net name",
                       folder, net_id, first);
    return SE_OK;
}

int se_tables_path(char *path, size_t size, const struct se_tables_place *place,
                   enum se_tables_file file, struct se_report *report)
{
    const char *kind = file == SE_TABLES_GOLDEN ? "golden" : "def";
    const char *ending = file == SE_TABLES_SOURCE ? ".c" : ".h";
    int length = snprintf(path, size, "%s/%s_nn%d_%s%s", place->folder, kind,
                          place->net_id, place->net_name, ending);

    if (length >= (int)size)
        return se_fail(report, SE_ERR_ARG, "%s: the name is too long",
                       place->folder);
    return SE_OK;
}

static int open_one(struct se_atomic_file *file,
                    const struct se_tables_place *place,
                    enum se_tables_file which, struct se_report *report)
{
    char path[PATH_MAX];
    int status = se_tables_path(path, sizeof path, place, which, report);

    return status == SE_OK ? se_atomic_open(file, path, report) : status;
}

int se_tables_open(struct se_tables *tables,
                   const struct se_tables_place *place,
                   struct se_report *report)
{
    *tables = (struct se_tables){0};
    if (place->net_id < 0 || place->net_id > SE_TABLES_MAX_ID)
        return se_fail(report, SE_ERR_ARG, "net id %d: expected 0 to %d",
                       place->net_id, SE_TABLES_MAX_ID);

    int status = se_tables_check_name(place->net_name, report);

    if (status == SE_OK)
        status = se_make_folder(place->folder, report);
    if (status == SE_OK)
        status =
            check_id(place->folder, place->net_id, place->net_name, report);
    if (status == SE_OK)
        status =
            open_one(&tables->source_file, place, SE_TABLES_SOURCE, report);
    if (status == SE_OK)
        status =
            open_one(&tables->header_file, place, SE_TABLES_HEADER, report);
    if (status != SE_OK) {
        se_tables_discard(tables);
        return status;
    }
    tables->source = tables->source_file.stream;
    tables->header = tables->header_file.stream;
    return SE_OK;
}

int se_tables_commit(struct se_tables *tables, struct se_report *report)
{
    struct se_atomic_file *files[] = {&tables->source_file,
                                      &tables->header_file};
    int status = se_atomic_commit_all(files, 2, report);

    se_tables_discard(tables);
    return status;
}

void se_tables_discard(struct se_tables *tables)
{
    se_atomic_discard(&tables->header_file);
    se_atomic_discard(&tables->source_file);
    *tables = (struct se_tables){0};
}

/* Length of the first line of `text` that fits 77 characters, broken at a
 * blank if there is one. */
static size_t line_length(const char *text)
{
    enum { WIDTH = 77 };
    size_t length = strcspn(text, "\n"), cut = WIDTH;

    if (length <= WIDTH)
        return length;
    while (cut > 0 && text[cut] != ' ')
        cut--;
    return cut > 0 ? cut : WIDTH;
}

void se_tables_comment(FILE *stream, const char *text)
{
    while (*text) {
        size_t length = line_length(text);

        fputs(length ? " * " : " *", stream);
        for (size_t i = 0; i < length; i++) {
            if (i > 0 && text[i - 1] == '*' && text[i] == '/')
                fputc(' ', stream);
            if (i > 0 && text[i - 1] == '/' && text[i] == '*')
                fputc(' ', stream);
            fputc(text[i], stream);
        }
        fputc('\n', stream);
        text += length;
        text += *text == '\n' || *text == ' ';
    }
}

enum kind { INT8, UINT8, INT16, UINT16, INT32 };

static int32_t number(const void *x, enum kind kind, int64_t i)
{
    switch (kind) {
    case INT8:
        return ((const int8_t *)x)[i];
    case UINT8:
        return ((const uint8_t *)x)[i];
    case INT16:
        return ((const int16_t *)x)[i];
    case UINT16:
        return ((const uint16_t *)x)[i];
    case INT32:
        break;
    }
    return ((const int32_t *)x)[i];
}

/* -2^31 is written so that a compiler does not take it for the negative of a
 * number that is not an int. */
static void print_array(FILE *stream, const char *declaration, const void *x,
                        int64_t n, enum kind kind)
{
    static const int widths[] = {4, 4, 6, 6, 11},
                     counts[] = {16, 16, 12, 12, 8};
    int width = widths[kind], a_line = counts[kind];

    fprintf(stream, "%s = {\n", declaration);
    for (int64_t i = 0; i < n; i++) {
        int32_t value = number(x, kind, i);

        if (i % a_line == 0)
            fputs("    ", stream);
        if (value == INT32_MIN)
            fputs("  INT32_MIN", stream);
        else
            fprintf(stream, "%*" PRId32, width, value);
        fputs(i % a_line == a_line - 1 || i == n - 1 ? ",\n" : ",", stream);
    }
    fputs("};\n", stream);
}

void se_tables_int8(FILE *stream, const char *declaration, const int8_t *x,
                    int64_t n)
{
    print_array(stream, declaration, x, n, INT8);
}

void se_tables_int16(FILE *stream, const char *declaration, const int16_t *x,
                     int64_t n)
{
    print_array(stream, declaration, x, n, INT16);
}

void se_tables_uint8(FILE *stream, const char *declaration, const uint8_t *x,
                     int64_t n)
{
    print_array(stream, declaration, x, n, UINT8);
}

void se_tables_uint16(FILE *stream, const char *declaration, const uint16_t *x,
                      int64_t n)
{
    print_array(stream, declaration, x, n, UINT16);
}

void se_tables_int32(FILE *stream, const char *declaration, const int32_t *x,
                     int64_t n)
{
    print_array(stream, declaration, x, n, INT32);
}
