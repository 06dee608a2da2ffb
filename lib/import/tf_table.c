/* tf_table.c - tables in LevelDB's format: footer, index, blocks of entries. */
#include "import/tf_table_private.h"

#include "encoding/bytes.h"
#include "encoding/crc32c.h"

#include <string.h>

enum {
    FOOTER_BYTES = 48,
    MAGIC_BYTES = 8,
    TRAILER_BYTES = 5, /* of a block: its type, its checksum */
    MAX_KEY_BYTES = 1023,
};

static const uint64_t MAGIC = 0xdb4775248b80fb57u;

struct table {
    const uint8_t *bytes;
    size_t n_blocks; /* bytes in front of the footer */
    const char *path;
    se_tf_table_take *take;
    void *context; /* of take */
    struct se_report *report;
};

/* The key before, for keys must ascend. */
struct last_key {
    int is_set;
    char text[MAX_KEY_BYTES + 1];
};

/* A walk through the entries of a block. */
struct cursor {
    const uint8_t *start;    /* of the entries */
    struct se_span entries;  /* those to come */
    struct se_span restarts; /* offsets of entries with their whole key */
    char key[MAX_KEY_BYTES + 1];
    size_t n_key;
    struct se_span value;
};

static int broken(const struct table *table, const uint8_t *at,
                  const char *what)
{
    return se_fail(table->report, SE_ERR_FORMAT, "%s: byte %lld: %s",
                   table->path, (long long)(at - table->bytes), what);
}

/* Where a block lies: offset and size. */
static int take_handle(struct se_span *block, struct se_span *text,
                       const struct table *table)
{
    const uint8_t *at = text->at;
    uint64_t offset, size;

    if (se_span_varint(text, &offset) != 0 || se_span_varint(text, &size) != 0)
        return broken(table, at, "no place and size of a block");
    if (table->n_blocks < TRAILER_BYTES ||
        offset > table->n_blocks - TRAILER_BYTES ||
        size > table->n_blocks - TRAILER_BYTES - offset)
        return broken(table, at, "a block beyond the end of the file");
    block->at = table->bytes + offset;
    block->end = block->at + size;
    return SE_OK;
}

static int check_block(const struct se_span *block, const struct table *table)
{
    const uint8_t type = *block->end;
    const size_t n_checked = (size_t)(block->end - block->at) + 1;
    const uint32_t stored = se_get_u32(block->end + 1),
                   found = se_crc32c_masked(se_crc32c(0, block->at, n_checked));

    if (found != stored)
        return se_fail(table->report, SE_ERR_FORMAT,
                       "%s: byte %lld: a block whose checksum is %08x, "
                       "expected %08x",
                       table->path, (long long)(block->at - table->bytes),
                       (unsigned)found, (unsigned)stored);
    if (type != 0)
        return broken(table, block->end,
                      type == 1 ? "compressed: not supported"
                                : "a block of unknown type");
    return SE_OK;
}

/* The list of restarts at the end of a block: rising offsets, the first 0. */
static int check_restarts(const struct cursor *cursor,
                          const struct table *table)
{
    const int64_t n_entries = cursor->entries.end - cursor->start;
    int64_t last = -1;

    for (const uint8_t *p = cursor->restarts.at; p < cursor->restarts.end;
         p += 4) {
        const int64_t offset = se_get_u32(p);

        if ((last < 0 && offset != 0) || offset <= last ||
            (offset >= n_entries && offset != 0))
            return broken(table, p, "a restart that is not an entry's");
        last = offset;
    }
    return SE_OK;
}

/* Checks a block and stands in front of its first entry. */
static int open_block(struct cursor *cursor, struct se_span block,
                      const struct table *table)
{
    int status = check_block(&block, table);

    if (status != SE_OK)
        return status;

    const uint64_t n_bytes = (uint64_t)(block.end - block.at);
    const uint64_t n_restarts = n_bytes < 4 ? 0 : se_get_u32(block.end - 4);

    if (n_restarts < 1 || n_restarts > n_bytes / 4 - 1)
        return broken(table, block.end,
                      "a block without room for its restarts");
    cursor->start = block.at;
    cursor->restarts =
        (struct se_span){block.end - 4 * (n_restarts + 1), block.end - 4};
    cursor->entries = (struct se_span){block.at, cursor->restarts.at};
    cursor->n_key = 0;
    cursor->key[0] = '\0';
    return check_restarts(cursor, table);
}

/* Whether the next entry is one that restarts, with nothing shared. */
static int take_restart(struct cursor *cursor, const uint8_t *at)
{
    if (cursor->restarts.at == cursor->restarts.end ||
        se_get_u32(cursor->restarts.at) != at - cursor->start)
        return 0;
    cursor->restarts.at += 4;
    return 1;
}

static int is_text(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] < 0x20 || bytes[i] == 0x7f)
            return 0;
    return 1;
}

/* Takes the next entry; *found is 0 at the end. */
static int next_entry(struct cursor *cursor, int *found,
                      const struct table *table)
{
    struct se_span *span = &cursor->entries;
    const uint8_t *at = span->at;
    uint64_t n_shared, n_more, n_value;

    *found = at < span->end;
    if (!*found)
        return cursor->restarts.at < cursor->restarts.end && at > cursor->start
                   ? broken(table, cursor->restarts.at,
                            "a restart that is not an entry's")
                   : SE_OK;
    if (se_span_varint(span, &n_shared) != 0 ||
        se_span_varint(span, &n_more) != 0 ||
        se_span_varint(span, &n_value) != 0)
        return broken(table, at, "an entry without its lengths");

    const uint64_t n_left = (uint64_t)(span->end - span->at);

    if (n_more > n_left || n_value > n_left - n_more)
        return broken(table, at, "an entry beyond the end of its block");
    if (n_shared > cursor->n_key || (take_restart(cursor, at) && n_shared > 0))
        return broken(table, at, "a key that shares more than there is");
    if (n_more > MAX_KEY_BYTES - n_shared)
        return broken(table, at, "a key too long");
    if (!is_text(span->at, (size_t)n_more))
        return broken(table, at, "a key that is not text");
    memcpy(cursor->key + n_shared, span->at, (size_t)n_more);
    cursor->n_key = (size_t)(n_shared + n_more);
    cursor->key[cursor->n_key] = '\0';
    span->at += n_more;
    cursor->value = (struct se_span){span->at, span->at + n_value};
    span->at += n_value;
    return SE_OK;
}

/* All entries of one block of data. */
static int read_block(struct last_key *last, struct se_span block,
                      const struct table *table)
{
    struct cursor cursor;
    int found, status = open_block(&cursor, block, table);

    while (status == SE_OK &&
           (status = next_entry(&cursor, &found, table)) == SE_OK && found) {
        if (last->is_set && strcmp(cursor.key, last->text) <= 0)
            return broken(table, cursor.value.at, "keys do not ascend");
        last->is_set = 1;
        memcpy(last->text, cursor.key, cursor.n_key + 1);
        status = table->take(table->context, cursor.key, cursor.value,
                             table->report);
    }
    return status;
}

/* The index block has one entry a block of data; its key is not below the keys
 * of that block. */
static int read_blocks(struct se_span index, const struct table *table)
{
    struct last_key last = {0};
    struct cursor cursor;
    int found, status = open_block(&cursor, index, table);

    while (status == SE_OK &&
           (status = next_entry(&cursor, &found, table)) == SE_OK && found) {
        struct se_span block;

        status = take_handle(&block, &cursor.value, table);
        if (status == SE_OK)
            status = read_block(&last, block, table);
        if (status == SE_OK && strcmp(cursor.key, last.text) < 0)
            status = broken(table, block.at, "keys beyond that of the index");
    }
    return status;
}

int se_tf_table_read(struct se_span bytes, const char *path,
                     se_tf_table_take *take, void *context,
                     struct se_report *report)
{
    const size_t n_bytes = (size_t)(bytes.end - bytes.at);
    struct table table = {.bytes = bytes.at,
                          .path = path,
                          .take = take,
                          .context = context,
                          .report = report};
    struct se_span footer, metaindex, index;
    struct cursor cursor;

    if (n_bytes < FOOTER_BYTES || se_get_u64(bytes.end - MAGIC_BYTES) != MAGIC)
        return se_fail(
            report, SE_ERR_FORMAT,
            "%s: no footer of a table at the end, expected the index "
            "of a TensorFlow checkpoint",
            path);
    table.n_blocks = n_bytes - FOOTER_BYTES;
    footer =
        (struct se_span){bytes.at + table.n_blocks, bytes.end - MAGIC_BYTES};

    int status = take_handle(&metaindex, &footer, &table);

    if (status == SE_OK)
        status = take_handle(&index, &footer, &table);
    if (status == SE_OK)
        status = open_block(&cursor, metaindex, &table);
    if (status == SE_OK)
        status = read_blocks(index, &table);
    return status;
}
