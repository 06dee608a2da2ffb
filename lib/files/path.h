/* path.h - path names and their parts; nothing here looks at the disk. */
#ifndef SE_FILES_PATH_H
#define SE_FILES_PATH_H

#include <stddef.h>

/* The name without its folder: "c.wav" of "/a/b/c.wav" and of "c.wav", "" of
 * "a/". Points into `path`. */
const char *se_path_base(const char *path);

/* What people call the input of that name: "standard input" for "-". */
const char *se_path_of_input(const char *path);

/* Length of the folder's part with its last slash: 5 of "/a/b/c.wav", 0 of
 * "c.wav". */
size_t se_path_folder_length(const char *path);

/* Whether the name ends in a dot and one of the blank-separated `endings` ("wav
 * flac ogg"), in letters of either case. */
int se_path_has_extension(const char *path, const char *endings);

#endif
