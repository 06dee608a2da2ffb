/* extensions.h - which files of a folder are sounds. */
#ifndef SE_AUDIO_EXTENSIONS_H
#define SE_AUDIO_EXTENSIONS_H

/* The extensions of sound files, blank-separated, for se_path_has_extension:
 * the containers that people keep recordings in, all of which libsndfile 1.1
 * and later read. */
extern const char se_sound_extensions[];

#endif
