/* list_manifest.c - the entries of a manifest that are asked for. */
#include "corpus/list_private.h"

#include "corpus/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int se_list_is_speech(const struct se_list_filter *filter)
{
    return filter->kind && strcmp(filter->kind, "speech") == 0;
}

/* What is asked for: the name's own selection, and the filter's kind and split
 * where it has none and the manifest knows any. NULL without memory. */
static char *join_selection(const struct se_catalog *catalog, const char *own,
                            const struct se_list_filter *filter)
{
    const char *kind = strstr(own, "kind=") ? NULL : filter->kind;
    const char *split = strstr(own, "split=") ? NULL : filter->split;
    int has_kinds = 0;
    char *joined;

    for (int i = 0; i < catalog->n; i++)
        has_kinds |= catalog->entries[i].kind[0] != '\0';
    if (!has_kinds)
        kind = NULL;
    if (asprintf(&joined, "%s%s%s%s%s%s", own, own[0] && kind ? "," : "",
                 kind ? "kind=" : "", kind ? kind : "",
                 (own[0] || kind) && split ? ",split="
                 : split                   ? "split="
                                           : "",
                 split ? split : "") < 0)
        return NULL;
    return joined;
}

/* The group of an entry by the manifest's columns; NULL: not known. */
static const char *group_of(const struct se_entry *entry,
                            const struct se_list_filter *filter)
{
    const char *colon = strchr(entry->kind, ':');
    const char *group = filter->by_type             ? entry->kind
                        : se_list_is_speech(filter) ? entry->speaker
                        : colon                     ? colon + 1
                                                    : "";

    return group[0] ? group : NULL;
}

static int append_entry(struct se_list_reading *r, const struct se_entry *entry)
{
    struct se_list *list = r->list;
    const char *group = group_of(entry, r->filter);
    int status = se_list_append_named(r, entry->path);

    if (status != SE_OK)
        return status;
    if (group)
        list->groups[list->n - 1] = strdup(group);
    if (group && !list->groups[list->n - 1])
        return se_fail_memory(r->report, r->name);
    return SE_OK;
}

static int select_entries(struct se_list_reading *r,
                          const struct se_catalog *catalog,
                          const char *selection)
{
    int status = SE_OK;

    r->list->groups = calloc((size_t)catalog->n + 1, sizeof *r->list->groups);
    if (!r->list->groups)
        return se_fail_memory(r->report, r->name);
    for (int i = 0; i < catalog->n && status == SE_OK; i++) {
        int matches = se_entry_matches(&catalog->entries[i], selection);

        if (matches < 0)
            return se_fail(r->report, SE_ERR_ARG,
                           "%s:%s: expected COLUMN=VALUE,... with kind, "
                           "speaker, set, split, leave_out or left_out",
                           r->name, selection);
        if (matches)
            status = append_entry(r, &catalog->entries[i]);
    }
    if (status == SE_OK && r->list->n == 0)
        status = se_fail(r->report, SE_ERR_FORMAT, "%s: nothing in it with %s",
                         r->name, selection[0] ? selection : "a path");
    return status;
}

int se_list_take_manifest(struct se_list_reading *r, char *text)
{
    struct se_catalog catalog;
    int status = se_catalog_parse(&catalog, text, r->name, r->report);

    if (status != SE_OK)
        return status;

    char *joined = join_selection(&catalog, r->selection, r->filter);

    r->list->is_manifest = 1;
    status = joined ? select_entries(r, &catalog, joined)
                    : se_fail_memory(r->report, r->name);
    free(joined);
    se_catalog_free(&catalog);
    return status;
}
