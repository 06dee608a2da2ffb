/* read_private.h - a sound that is being read: what is known of it, and how
 * libsndfile is given its bytes. */
#ifndef SE_AUDIO_READ_PRIVATE_H
#define SE_AUDIO_READ_PRIVATE_H

#include "audio/layout.h"
#include "audio/sound.h"
#include "container/links.h"
#include "container/wav.h"

#include <sndfile.h>

/* A file or parts of one, which libsndfile reads as a whole file. It ignores
 * reads that fail: they are remembered here. */
struct se_window {
    int fd;
    const uint8_t *memory; /* it is these bytes instead; NULL: it is a file */
    int64_t size, at;
    const struct se_piece *pieces; /* of the file, to be seen as one; NULL: its
                                      first `size` bytes */
    int n_pieces;
    int piece; /* the one where `at` was last, which begins at */
    int64_t piece_at;
    int is_endless;   /* libsndfile is not to know the size, from which it would
                         estimate how many samples there are */
    int64_t patch_at; /* bytes there */
    uint8_t patch[24]; /* are these instead; */
    int n_patch;       /* so many */
    int error;         /* errno of a failed read */
};

struct se_sound_reader {
    SNDFILE *file;
    SNDFILE *tags; /* where `file` has none; or NULL; read through */
    struct se_window tags_window;
    uint8_t *head; /* of a pipe, which that shows; or NULL */
    int fd;
    char *name; /* for messages */
    int rate_hz, channels;
    struct se_layout layout;
    int is_discrete;   /* its channels are for no loudspeakers */
    int64_t n_samples; /* as the header says; -1: not known */
    int64_t n_read;
    int64_t n_limit; /* where the samples end, whatever libsndfile has */
    int64_t n_fact;  /* by the fact chunk of a WAV coded in blocks, of which */
    int block_samples; /* one holds so many; 0: not known */
    int64_t n_flac;    /* by the header of a FLAC file; 0: not known */
    int exact;         /* fewer than n_samples mean a truncated file */
    int ignores_length;
    struct se_links links;    /* of Ogg and MPEG files, */
    int link;                 /* the one being read */
    struct se_window window;  /* what libsndfile sees of a file, or */
    struct se_wav_stream wav; /* of a pipe and of a WAV that is not its to
                                 read; n_chunks is 0: none */
    int n_damaged;            /* places of which its decoder complained */
    char remark[480];         /* what was odd */
};

/* A header that promises up to this many bytes too many is a slip of its
 * writer, which counted headers and other chunks as well; beyond, the file was
 * cut short, and a user who wants the rest has to say so (--ignore_length). */
enum { SE_SLIP_BYTES = 4096 };

#define SE_WASTE_REMARK                                                        \
    "what follows the samples that the header promises is not a chunk: not "   \
    "read (se-enhance --ignore_length reads it)"

/* ---- read_input.c -------------------------------------------------------- */

/* Keeps the first thing that was odd. */
void se_reader_remark(struct se_sound_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Of `n_bytes` of samples, if the last ones are not a whole frame. */
void se_reader_remark_rest(struct se_sound_reader *reader, int64_t n_bytes,
                           int frame_bytes);

void se_reader_drop_remarks(struct se_sound_reader *reader);

/* What went wrong while libsndfile or we read, if anything did. */
int se_reader_check(const struct se_sound_reader *reader,
                    struct se_report *report);

/* What libsndfile says of a file that it cannot open. */
int se_reader_refuse(const struct se_sound_reader *reader,
                     struct se_report *report);

/* What libsndfile says of `file`, or of one that it did not open (NULL), as the
 * end of a sentence. */
void se_reader_reason(char *reason, size_t size, SNDFILE *file);

/* Another sound file begins where the samples end. */
int se_reader_refuse_other(const struct se_sound_reader *reader, int64_t at,
                           struct se_report *report);

/* Of a struct se_window. */
extern SF_VIRTUAL_IO se_window_io;
sf_count_t se_window_read(void *bytes, sf_count_t n, void *user);

/* Opens what reader->window shows. */
int se_reader_open_window(struct se_sound_reader *reader, SF_INFO *info,
                          struct se_report *report);

/* A window on the file as a whole. */
int se_reader_show_all(struct se_window *window, struct se_sound_reader *reader,
                       struct se_report *report);

/* Opens the file as a whole. */
int se_reader_open_file(struct se_sound_reader *reader, SF_INFO *info,
                        struct se_report *report);

/* Opens what reader->tags_window shows for its tags, if it has any. */
int se_reader_open_tags(struct se_sound_reader *reader,
                        struct se_report *report);

/* Opens bare samples of the format in *info: the data chunks of `wav`, from
 * where the descriptor is. */
int se_reader_open_stream(struct se_sound_reader *reader, SF_INFO *info,
                          const struct se_wav *wav, struct se_report *report);

/* Copies the rest of a pipe, of which magic[n_magic] has been read, to a file
 * without a name, which the reader then reads. */
int se_reader_spool(struct se_sound_reader *reader, const uint8_t *magic,
                    size_t n_magic, struct se_report *report);

/* ---- flac.c -------------------------------------------------------------- */

/* Where a window shows a FLAC file that begins at `at`, hides from libsndfile
 * how many samples it has, for that would read no more. The number; 0: it is no
 * FLAC, or does not say. */
int64_t se_flac_hide_length(struct se_window *window, int64_t at);

/* Says in the header of a FLAC file how many samples it has, fewer than 2^36;
 * 0: not known. It has no digest of them then. Does nothing to other files. */
void se_flac_set_length(int fd, int64_t n_samples);

/* Where from `at` on another FLAC file begins; -1: nowhere. Moves the window's
 * place. */
int64_t se_flac_find_other(struct se_window *window, int64_t at);

/* ---- read_links.c -------------------------------------------------------- */

/* Opens the first of reader->links. */
int se_reader_open_links(struct se_sound_reader *reader, SF_INFO *info,
                         struct se_report *report);

/* Goes on to the next one. */
int se_reader_next_link(struct se_sound_reader *reader,
                        struct se_report *report);

/* ---- read_promise.c ------------------------------------------------------ */

/* Opens a file whose container is not WAV as a whole, and compares what its
 * header promises with what there is, if the container is one of promise.h's:
 * as of a WAV, a slip is remarked upon, and samples that are missing, or
 * another sound behind, are refused. */
int se_reader_open_promised(struct se_sound_reader *reader, SF_INFO *info,
                            struct se_report *report);

/* ---- read_wav.c ---------------------------------------------------------- */

/* Reads the samples of a WAV, from where the descriptor is. */
int se_reader_open_chunks(struct se_sound_reader *reader, SF_INFO *info,
                          const struct se_wav *wav, struct se_report *report);

/* Looks at a WAV file, of which `magic` has been read, and opens it; one that
 * libsndfile reads as it is meant is left to that (*is_ours is 0). */
int se_reader_open_wav(struct se_sound_reader *reader, int *is_ours,
                       SF_INFO *info, const uint8_t *magic,
                       struct se_report *report);

#endif
