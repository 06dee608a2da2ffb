/* relocate_private.h - files of a list that was made on another machine. */
#ifndef SE_CORPUS_RELOCATE_PRIVATE_H
#define SE_CORPUS_RELOCATE_PRIVATE_H

#include "corpus/list.h"

/* Replaces paths that are not there by those of files with the same name, which
 * are looked for below the folder of the list and the folders wavs/ and
 * tfrecords/ here and beside that folder. Of several files the one that shares
 * the most folders at the end of its path is meant; if two share as many, none.
 * What is not found stays as it is. Sets list->n_moved. */
int se_relocate(struct se_list *list, const char *list_name,
                const char *extensions, struct se_report *report);

#endif
