/* tags.c - what a file says about its sound, from one to another. */
#include "audio/output.h"
#include "audio/read_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What libsndfile knows has its own calls, and it takes no more than this for a
 * text within, */
enum { TEXT_MAX = (1 << 14) - (1 << 8) };
/* and for all that stands before the samples. Of that, cue points and chunks
 * may have so many bytes, of which it takes 24 for a point. */
enum { CHUNKS_MAX = 60000, CUE_BYTES = 24 };

static void copy_strings(SNDFILE *to, SNDFILE *from)
{
    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++) {
        const char *text = sf_get_string(from, i);

        if (text)
            sf_set_string(to, i, text);
    }
}

/* Of broadcasters: time code and origin, and what a radio station adds. */
static void copy_broadcast(SNDFILE *to, SNDFILE *from)
{
    union {
        SF_BROADCAST_INFO_VAR(TEXT_MAX) broadcast;
        SF_CART_INFO_VAR(TEXT_MAX) cart;
    } info;

    memset(&info, 0, sizeof info);
    if (sf_command(from, SFC_GET_BROADCAST_INFO, &info.broadcast,
                   sizeof info.broadcast))
        sf_command(to, SFC_SET_BROADCAST_INFO, &info.broadcast,
                   sizeof info.broadcast);
    memset(&info, 0, sizeof info);
    if (sf_command(from, SFC_GET_CART_INFO, &info.cart, sizeof info.cart))
        sf_command(to, SFC_SET_CART_INFO, &info.cart, sizeof info.cart);
}

/* Marks in the sound. Returns how many bytes they take. */
static size_t copy_cues(SNDFILE *to, SNDFILE *from)
{
    uint32_t n = 0;
    SF_CUES *cues;
    size_t size;

    if (!sf_command(from, SFC_GET_CUE_COUNT, &n, sizeof n) || n == 0 ||
        n > CHUNKS_MAX / CUE_BYTES)
        return 0;
    size = sizeof cues->cue_count + n * sizeof *cues->cue_points;
    cues = calloc(1, size);
    if (cues && sf_command(from, SFC_GET_CUE, cues, (int)size))
        sf_command(to, SFC_SET_CUE, cues, (int)size);
    free(cues);
    return n * CUE_BYTES;
}

/* Whether a list is one of what belongs to cue points, their names above all;
 * the other lists are libsndfile's. */
static int is_wanted(const SF_CHUNK_INFO *chunk)
{
    return memcmp(chunk->id, "LIST", 4) != 0 ||
           (chunk->datalen >= 4 && memcmp(chunk->data, "adtl", 4) == 0);
}

/* Copies a chunk as it is, unless it needs more than `room`, of which it takes
 * what it needs. */
static void copy_chunk(SNDFILE *to, SF_CHUNK_INFO *chunk,
                       SF_CHUNK_ITERATOR *iterator, size_t *room)
{
    if (sf_get_chunk_size(iterator, chunk) != SF_ERR_NO_ERROR ||
        chunk->datalen == 0 || chunk->datalen + 8 > *room)
        return;
    chunk->data = calloc(1, chunk->datalen);
    if (chunk->data && sf_get_chunk_data(iterator, chunk) == SF_ERR_NO_ERROR &&
        is_wanted(chunk) && sf_set_chunk(to, chunk) == SF_ERR_NO_ERROR)
        *room -= chunk->datalen + 8;
    free(chunk->data);
}

/* From one kind of WAV to another. */
static void copy_chunks(SNDFILE *to, SNDFILE *from, size_t room)
{
    static const char kinds[][5] = {"iXML", "LIST"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        SF_CHUNK_INFO chunk = {.id_size = 4};
        SF_CHUNK_ITERATOR *iterator;

        memcpy(chunk.id, kinds[i], 4);
        iterator = sf_get_chunk_iterator(from, &chunk);
        for (; iterator; iterator = sf_next_chunk_iterator(iterator))
            copy_chunk(to, &chunk, iterator, &room);
    }
}

static int is_wav(SNDFILE *sound)
{
    SF_INFO info;

    if (sf_command(sound, SFC_GET_CURRENT_SF_INFO, &info, sizeof info) != 0)
        return 0;
    switch (info.format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_RF64:
        return 1;
    default:
        return 0;
    }
}

int se_writer_copy_tags(struct se_sound_writer *writer,
                        const struct se_sound_reader *reader,
                        struct se_report *report)
{
    SNDFILE *from = reader->tags ? reader->tags : reader->file;
    struct se_layout layout = reader->layout;
    size_t room = CHUNKS_MAX;

    errno = 0;
    copy_strings(writer->sound, from);
    copy_broadcast(writer->sound, from);
    room -= copy_cues(writer->sound, from);
    if (is_wav(from) && is_wav(writer->sound))
        copy_chunks(writer->sound, from, room);
    if (layout.is_known && layout.channels == writer->format.channels)
        sf_command(writer->sound, SFC_SET_CHANNEL_MAP_INFO, layout.map,
                   layout.channels * (int)sizeof *layout.map);
    return errno == ENOMEM ? se_fail_memory(report, writer->name) : SE_OK;
}
