/* tf_writer.h - for tests: writes TensorFlow checkpoints, right ones and wrong
 * ones, from the description of the format alone. */
#ifndef SE_TESTS_TF_WRITER_H
#define SE_TESTS_TF_WRITER_H

#include "encoding/bytes.h"
#include "encoding/crc32c.h"

#include <stdlib.h>
#include <string.h>

enum { TF_BYTES = 1 << 18, TF_MAX_RESTARTS = 256, TF_INTERVAL = 16 };

/* A growing file or message. */
struct tf_bytes {
    uint8_t at[TF_BYTES];
    size_t n;
};

static inline void tf_put(struct tf_bytes *out, const void *bytes, size_t n)
{
    if (n > TF_BYTES - out->n)
        abort();
    if (n > 0)
        memcpy(out->at + out->n, bytes, n);
    out->n += n;
}

static inline void tf_put_varint(struct tf_bytes *out, uint64_t value)
{
    uint8_t byte;

    for (; value >= 0x80; value >>= 7) {
        byte = (uint8_t)(value | 0x80);
        tf_put(out, &byte, 1);
    }
    byte = (uint8_t)value;
    tf_put(out, &byte, 1);
}

static inline void tf_put_u32(struct tf_bytes *out, uint32_t value)
{
    uint8_t bytes[4];

    se_put_u32(bytes, value);
    tf_put(out, bytes, sizeof bytes);
}

static inline uint32_t tf_masked(const void *bytes, size_t n)
{
    return se_crc32c_masked(se_crc32c(0, bytes, n));
}

/* ---- blocks -------------------------------------------------------------- */

/* Entries of a block, keys sharing what they have in common. */
struct tf_block {
    struct tf_bytes body;
    uint32_t restart[TF_MAX_RESTARTS];
    int n_restarts, n_entries;
    char last[256];
};

static inline void tf_block_clear(struct tf_block *block)
{
    block->body.n = 0;
    block->n_restarts = block->n_entries = 0;
}

static inline void tf_block_add(struct tf_block *block, const char *key,
                                const void *value, size_t n_value)
{
    size_t shared = 0, n_key = strlen(key);

    if (block->n_entries++ % TF_INTERVAL == 0)
        block->restart[block->n_restarts++] = (uint32_t)block->body.n;
    else
        while (key[shared] && key[shared] == block->last[shared])
            shared++;
    tf_put_varint(&block->body, shared);
    tf_put_varint(&block->body, n_key - shared);
    tf_put_varint(&block->body, n_value);
    tf_put(&block->body, key + shared, n_key - shared);
    tf_put(&block->body, value, n_value);
    memcpy(block->last, key, n_key + 1);
}

/* Ends the block with its restarts; an empty one has a single restart. */
static inline void tf_block_finish(struct tf_block *block)
{
    if (block->n_restarts == 0)
        block->restart[block->n_restarts++] = 0;
    for (int i = 0; i < block->n_restarts; i++)
        tf_put_u32(&block->body, block->restart[i]);
    tf_put_u32(&block->body, (uint32_t)block->n_restarts);
}

/* Appends a block of any bytes with its type and a right checksum; appends
 * where it is to `handle`. */
static inline void tf_put_block(struct tf_bytes *file, struct tf_bytes *handle,
                                const void *bytes, size_t n, uint8_t type)
{
    const size_t start = file->n;

    tf_put_varint(handle, start);
    tf_put_varint(handle, n);
    tf_put(file, bytes, n);
    tf_put(file, &type, 1);
    tf_put_u32(file, tf_masked(file->at + start, n + 1));
}

static inline void tf_put_footer(struct tf_bytes *file,
                                 const struct tf_bytes *handles)
{
    static const uint8_t magic[] = {0x57, 0xfb, 0x80, 0x8b,
                                    0x24, 0x75, 0x47, 0xdb};
    static const uint8_t zeros[40];

    tf_put(file, handles->at, handles->n);
    tf_put(file, zeros, sizeof zeros - handles->n);
    tf_put(file, magic, sizeof magic);
}

/* A whole index file around one block of data, whatever is in it. */
static inline void tf_wrap_block(struct tf_bytes *file, const void *bytes,
                                 size_t n)
{
    static struct tf_block block;
    static struct tf_bytes handle, handles;

    file->n = handle.n = handles.n = 0;
    tf_block_clear(&block);
    tf_put_block(file, &handle, bytes, n, 0);
    tf_block_finish(&block); /* the metaindex, empty */
    tf_put_block(file, &handles, block.body.at, block.body.n, 0);
    tf_block_clear(&block);
    tf_block_add(&block, "\xff", handle.at, handle.n);
    tf_block_finish(&block);
    tf_put_block(file, &handles, block.body.at, block.body.n, 0);
    tf_put_footer(file, &handles);
}

/* ---- tensors ------------------------------------------------------------- */

/* What an entry says of a tensor; numbers that are 0 are left out. */
struct tf_entry {
    uint64_t type;
    int n_dims;
    int64_t shape[10];
    uint64_t shard, offset, size;
    uint32_t crc;
    int has_slices;
};

static inline void tf_put_field(struct tf_bytes *out, int number,
                                uint64_t value)
{
    if (value == 0)
        return;
    tf_put_varint(out, (uint64_t)number << 3);
    tf_put_varint(out, value);
}

static inline void tf_put_message(struct tf_bytes *out, int number,
                                  const struct tf_bytes *message)
{
    tf_put_varint(out, (uint64_t)number << 3 | 2);
    tf_put_varint(out, message->n);
    tf_put(out, message->at, message->n);
}

static inline void tf_put_entry(struct tf_bytes *out,
                                const struct tf_entry *entry)
{
    static struct tf_bytes shape, dim;

    shape.n = 0;
    for (int i = 0; i < entry->n_dims; i++) {
        dim.n = 0;
        tf_put_field(&dim, 1, (uint64_t)entry->shape[i]);
        tf_put_message(&shape, 2, &dim);
    }
    tf_put_field(out, 1, entry->type);
    tf_put_message(out, 2, &shape);
    tf_put_field(out, 3, entry->shard);
    tf_put_field(out, 4, entry->offset);
    tf_put_field(out, 5, entry->size);
    tf_put_varint(out, 6 << 3 | 5);
    tf_put_u32(out, entry->crc);
    dim.n = 0;
    if (entry->has_slices)
        tf_put_message(out, 7, &dim);
}

/* A checkpoint in the making; its tensors come in the order of their keys. */
struct tf_checkpoint {
    struct tf_block block;
    struct tf_bytes data, index, scratch;
};

static inline struct tf_checkpoint *tf_begin(void)
{
    static const uint8_t header[] = {0x08, 0x01, 0x1a, 0x02, 0x08, 0x01};
    struct tf_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);

    if (!checkpoint)
        abort();
    tf_block_add(&checkpoint->block, "", header, sizeof header);
    return checkpoint;
}

static inline void tf_add_entry(struct tf_checkpoint *checkpoint,
                                const char *key, const struct tf_entry *entry)
{
    checkpoint->scratch.n = 0;
    tf_put_entry(&checkpoint->scratch, entry);
    tf_block_add(&checkpoint->block, key, checkpoint->scratch.at,
                 checkpoint->scratch.n);
}

static inline void tf_add_floats(struct tf_checkpoint *checkpoint,
                                 const char *key, const float *x,
                                 const int64_t *shape, int n_dims)
{
    struct tf_entry entry = {
        .type = 1, .n_dims = n_dims, .offset = checkpoint->data.n, .size = 4};

    for (int i = 0; i < n_dims; i++) {
        entry.shape[i] = shape[i];
        entry.size *= (uint64_t)shape[i];
    }
    entry.crc = tf_masked(x, entry.size);
    tf_put(&checkpoint->data, x, entry.size);
    tf_add_entry(checkpoint, key, &entry);
}

static inline void tf_finish(struct tf_checkpoint *checkpoint)
{
    tf_block_finish(&checkpoint->block);
    tf_wrap_block(&checkpoint->index, checkpoint->block.body.at,
                  checkpoint->block.body.n);
}

#endif
