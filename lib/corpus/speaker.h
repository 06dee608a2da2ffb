/* speaker.h - the speaker, or the kind of noise, by the name of a file. */
#ifndef SE_CORPUS_SPEAKER_H
#define SE_CORPUS_SPEAKER_H

#include <stddef.h>

/* The speaker in `path`, given below the folder that is searched, into
 * speaker[size]:
 *   LibriSpeech  .../1034/121119/1034-121119-0005.flac  1034
 *   VCTK, VoiceBank  p226_001.wav, p226_001_mic1.flac   p226
 *   THCHS-30     A11_0.wav                              A11
 * else the folder that the file is in, else, for files right in the folder,
 * what stands before the first "_" or "-" of their names. */
void se_speaker_of_path(char *speaker, size_t size, const char *path);

/* Whether it is one of the first three, where the name alone tells. */
int se_speaker_is_marked(const char *path);

/* What kind of noise `path` is, into kind[size]: its name up to a number or the
 * extension, "glass_breaking" of "noise/glass_breaking_4-212698-A.flac". */
void se_noise_of_path(char *kind, size_t size, const char *path);

#endif
