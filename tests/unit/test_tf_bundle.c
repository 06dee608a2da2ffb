/* test_tf_bundle.c - TensorFlow's checkpoints: the original's, our own, and
 * hostile ones. */
#include "check.h"
#include "damage.h"
#include "import/tf_bundle.h"
#include "tf_writer.h"

#include <math.h>
#include <unistd.h>

static const char original[] = "../shared/original/model_checkpoint_ep50";

/* ---- the original's ------------------------------------------------------ */

static void need_original(void)
{
    if (access("../shared/original/stats.pkl", R_OK) != 0)
        skip_test("no ../shared/original");
}

static struct se_tf_bundle *read_good(const char *prefix)
{
    struct se_tf_bundle *bundle;

    expect_ok(se_tf_bundle_read(&bundle, prefix, &report));
    return bundle;
}

static const float *floats(const struct se_tf_bundle *bundle, const char *key,
                           int64_t n)
{
    static float values[6 * 72 * 72];
    char full[128];
    const struct se_tf_tensor *tensor;

    snprintf(full, sizeof full, "%s/.ATTRIBUTES/VARIABLE_VALUE", key);
    tensor = se_tf_bundle_find(bundle, full);
    expect(tensor);
    expect_equal(tensor->type, SE_TF_FLOAT32);
    expect_equal(tensor->n_bytes, 4 * n);
    expect_ok(se_tf_bundle_get(bundle, values, tensor, &report));
    return values;
}

static float largest(const float *x, int n)
{
    float max = 0;

    for (int i = 0; i < n; i++)
        max = fmaxf(max, fabsf(x[i]));
    return max;
}

/* Published with 7 or 8 digits. */
static void expect_published(float x, double expected)
{
    if (fabs((double)x - expected) > 5e-8 * (1 + fabs(expected)))
        fail_test("%.9g, expected %.9g", (double)x, expected);
}

/* formats.md section 3 */
TEST(original_values)
{
    const float *x;

    need_original();

    struct se_tf_bundle *bundle = read_good(original);

    expect_equal(se_tf_bundle_count(bundle), 45);
    x = floats(bundle, "nn_layers/0/kernel", 6 * 72 * 72);
    expect(x[0] == -0.03125f);
    expect(largest(x, 6 * 72 * 72) == 2.21875f);
    x = floats(bundle, "nn_layers/1/cell/kernel", 72 * 288);
    expect(x[0] == -0.546875f && x[1] == -0.09375f && x[2] == -0.078125f);
    expect(largest(x, 72 * 288) == 1.3125f);
    x = floats(bundle, "nn_layers/1/cell/recurrent_kernel", 72 * 288);
    expect(x[0] == -1.078125f && x[1] == -0.28125f && x[2] == 0.109375f);
    expect(largest(x, 72 * 288) == 1.9375f);
    x = floats(bundle, "nn_layers/1/cell/bias", 288);
    expect_published(x[0], 0.3897705);
    expect_published(x[1], -0.2803955);
    expect_published(x[2], -1.092102);
    expect(largest(floats(bundle, "nn_layers/2/kernel", 5184), 5184) ==
           1.046875f);
    expect(largest(floats(bundle, "nn_layers/3/kernel", 5184), 5184) ==
           1.734375f);
    expect(largest(floats(bundle, "nn_layers/4/kernel", 18504), 18504) ==
           0.9296875f);
    x = floats(bundle, "nn_layers/4/bias", 257);
    expect_published(x[0], -1.1431274);
    expect_published(x[1], -1.6352539);
    se_tf_bundle_free(bundle);
}

/* Tensors of other types, and texts. */
TEST(original_others)
{
    const struct se_tf_tensor *tensor;
    double loss;

    need_original();

    struct se_tf_bundle *bundle = read_good(original);

    tensor =
        se_tf_bundle_find(bundle, "stats/acc_loss/.ATTRIBUTES/VARIABLE_VALUE");
    expect(tensor);
    expect_equal(tensor->type, SE_TF_FLOAT64);
    expect_equal(tensor->n_dims, 0);
    expect_equal(tensor->n_bytes, sizeof loss);
    memcpy(&loss, tensor->bytes, sizeof loss);
    expect_near(loss, 155884679, 1);
    tensor = se_tf_bundle_find(bundle, "_CHECKPOINTABLE_OBJECT_GRAPH");
    expect(tensor);
    expect_equal(tensor->type, SE_TF_STRING);
    expect_equal(tensor->n_bytes, 4438);
    expect(!se_tf_bundle_find(bundle, "nn_layers/5/kernel"));
    se_tf_bundle_free(bundle);
}

/* Each byte of the original's files is under some checksum but those of the
 * padding of the footer: no change goes unseen. */
TEST(original_damaged)
{
    struct se_tf_bundle *bundle;
    char *file[2];
    size_t n[2];
    int n_unseen = 0;

    need_original();
    for (int i = 0; i < 2; i++) {
        char path[128];
        FILE *stream;

        snprintf(path, sizeof path, "%s.%s", original,
                 i == 0 ? "index" : "data-00000-of-00001");
        stream = fopen(path, "rb");
        expect(stream);
        file[i] = malloc(1 << 20);
        expect(file[i]);
        n[i] = fread(file[i], 1, 1 << 20, stream);
        fclose(stream);
    }
    for (int i = 0; i < 2; i++)
        for (size_t at = i == 0 ? 0 : 17; at < n[i]; at += i == 0 ? 1 : 4099) {
            file[i][at] ^= 0x10;
            if (se_tf_bundle_parse(&bundle, se_span_of(file[0], n[0]),
                                   se_span_of(file[1], n[1]), "x",
                                   NULL) == SE_OK) {
                se_tf_bundle_free(bundle);
                expect(i == 0 && at + 48 >= n[0]);
                n_unseen++;
            }
            file[i][at] ^= 0x10;
        }
    expect(n_unseen < 40);
    free(file[0]);
    free(file[1]);
}

/* ---- our own ------------------------------------------------------------- */

/* As a tensor of the shape [n] or [n,1]. */
static int get(const struct se_tf_bundle *bundle, float *values,
               const char *key, int n_dims, int n)
{
    return se_tf_bundle_get(
        bundle, values,
        &(struct se_tf_tensor){.key = key, .n_dims = n_dims, .shape = {n, 1}},
        &report);
}

static int parse(struct se_tf_bundle **bundle,
                 const struct tf_checkpoint *checkpoint)
{
    return se_tf_bundle_parse(
        bundle, se_span_of(checkpoint->index.at, checkpoint->index.n),
        se_span_of(checkpoint->data.at, checkpoint->data.n), "made", &report);
}

/* One line, of the right file, with the reason. */
static void expect_refused(struct tf_checkpoint *checkpoint, const char *part)
{
    struct se_tf_bundle *bundle = (struct se_tf_bundle *)&bundle;

    if (parse(&bundle, checkpoint) != SE_ERR_FORMAT ||
        !strstr(report.text, part) || strncmp(report.text, "made.", 5) != 0)
        fail_test("'%s', expected '%s'", report.text, part);
    expect(!strpbrk(report.text, "\n\r\033"));
    expect(!bundle);
    free(checkpoint);
}

static const float two[] = {1.5f, -2};
static const int64_t two_shape[] = {2};

TEST(round_trip)
{
    enum { N = 100 }; /* more than one interval of restarts */
    struct tf_checkpoint *checkpoint = tf_begin();
    struct se_tf_bundle *bundle;
    char key[32];
    float x[2];

    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "layer/%03d/kernel", i);
        x[0] = (float)i;
        x[1] = -(float)i;
        tf_add_floats(checkpoint, key, x, two_shape, 1);
    }
    tf_finish(checkpoint);
    expect_ok(parse(&bundle, checkpoint));
    expect_equal(se_tf_bundle_count(bundle), N);
    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "layer/%03d/kernel", i);
        expect_text(se_tf_bundle_tensor(bundle, i)->key, key);
        expect_ok(get(bundle, x, key, 1, 2));
        expect(x[0] == (float)i && x[1] == -(float)i);
    }
    se_tf_bundle_free(bundle);
    free(checkpoint);
}

/* Several blocks of data, and a tensor without numbers. */
TEST(blocks)
{
    struct tf_checkpoint *checkpoint = tf_begin();
    struct tf_block *block = calloc(1, sizeof *block),
                    *index = calloc(1, sizeof *index);
    struct tf_bytes *handle = calloc(1, sizeof *handle),
                    *handles = calloc(1, sizeof *handles),
                    *file = &checkpoint->index, *value = &checkpoint->scratch;
    struct tf_entry entry = {
        .type = 1, .n_dims = 2, .shape = {3, 0}, .crc = 0xa282ead8};
    struct se_tf_bundle *bundle;

    expect(block && index && handle && handles);
    tf_add_floats(checkpoint, "a", two, two_shape, 1);
    tf_block_finish(&checkpoint->block);
    tf_put_block(file, handle, checkpoint->block.body.at,
                 checkpoint->block.body.n, 0);
    tf_block_add(index, "a", handle->at, handle->n);
    handle->n = value->n = 0;
    tf_put_entry(value, &entry);
    tf_block_add(block, "b", value->at, value->n);
    tf_block_finish(block);
    tf_put_block(file, handle, block->body.at, block->body.n, 0);
    tf_block_add(index, "c", handle->at, handle->n);
    tf_block_finish(index);
    memset(block, 0, sizeof *block);
    tf_block_finish(block);
    tf_put_block(file, handles, block->body.at, block->body.n, 0);
    tf_put_block(file, handles, index->body.at, index->body.n, 0);
    tf_put_footer(file, handles);
    expect_ok(parse(&bundle, checkpoint));
    expect_equal(se_tf_bundle_count(bundle), 2);
    expect_equal(se_tf_bundle_tensor(bundle, 1)->n_bytes, 0);
    expect_equal(se_tf_bundle_tensor(bundle, 1)->shape[0], 3);
    se_tf_bundle_free(bundle);
    free(checkpoint);
    free(block);
    free(index);
    free(handle);
    free(handles);
}

TEST(get_refuses)
{
    const float bad[] = {1, NAN};
    struct tf_checkpoint *checkpoint = tf_begin();
    struct se_tf_bundle *bundle;
    float x[4];

    tf_add_floats(checkpoint, "nan", bad, two_shape, 1);
    tf_add_floats(checkpoint, "two", two, two_shape, 1);
    tf_finish(checkpoint);
    expect_ok(parse(&bundle, checkpoint));
    expect_status(get(bundle, x, "one", 1, 2), SE_ERR_FORMAT);
    expect_text(report.text, "made.index: no tensor 'one'");
    expect_status(get(bundle, x, "two", 1, 3), SE_ERR_FORMAT);
    expect_text(report.text,
                "made.index: tensor 'two' is type 1 [2], expected type "
                "1 (float32) [3]");
    expect_status(get(bundle, x, "two", 2, 2), SE_ERR_FORMAT);
    expect_status(get(bundle, x, "nan", 1, 2), SE_ERR_NUMERIC);
    se_tf_bundle_free(bundle);
    free(checkpoint);
}

/* ---- hostile tensors ----------------------------------------------------- */

static void refuse_entry(struct tf_entry entry, const char *part)
{
    struct tf_checkpoint *checkpoint = tf_begin();

    tf_put(&checkpoint->data, two, sizeof two);
    tf_add_entry(checkpoint, "w", &entry);
    tf_finish(checkpoint);
    expect_refused(checkpoint, part);
}

TEST(entries)
{
    const struct tf_entry good = {.type = 1,
                                  .n_dims = 1,
                                  .shape = {2},
                                  .size = 8,
                                  .crc = tf_masked(two, 8)};
    struct tf_entry entry;

    entry = good, entry.crc ^= 1;
    refuse_entry(entry, "data-00000-of-00001: tensor 'w': checksum is");
    entry = good, entry.offset = 1;
    refuse_entry(entry, "ends beyond the 8 bytes");
    entry = good, entry.offset = UINT64_MAX;
    refuse_entry(entry, "ends beyond the 8 bytes");
    entry = good, entry.size = UINT64_MAX - 1;
    refuse_entry(entry, "ends beyond the 8 bytes");
    entry = good, entry.shard = 1;
    refuse_entry(entry, "not there");
    entry = good, entry.has_slices = 1;
    refuse_entry(entry, "partitioned: not supported");
    entry = good, entry.shape[0] = 3;
    refuse_entry(entry, "size and shape do not agree");
    entry = good, entry.shape[0] = -2;
    refuse_entry(entry, "no BundleEntryProto");
    entry = good, entry.n_dims = 9;
    refuse_entry(entry, "no BundleEntryProto");
    entry = good, entry.n_dims = 3;
    entry.shape[0] = entry.shape[1] = entry.shape[2] = INT64_C(1) << 31;
    refuse_entry(entry, "size and shape do not agree");
    entry = good, entry.type = SE_TF_FLOAT64;
    refuse_entry(entry, "size and shape do not agree");
}

/* Many entries on the same bytes cannot ask for more work than there is. */
TEST(overlap)
{
    const struct tf_entry entry = {.type = 1,
                                   .n_dims = 1,
                                   .shape = {2},
                                   .size = 8,
                                   .crc = tf_masked(two, 8)};
    struct tf_checkpoint *checkpoint = tf_begin();

    tf_put(&checkpoint->data, two, sizeof two);
    tf_add_entry(checkpoint, "v", &entry);
    tf_add_entry(checkpoint, "w", &entry);
    tf_finish(checkpoint);
    expect_refused(checkpoint, "tensor 'w': overlaps another one");
}

/* A tensor of the texts "ab" and "", whose lengths and checksum can be wrong.
 */
static struct tf_checkpoint *make_strings(uint64_t first_length,
                                          uint32_t lengths_crc, uint32_t flaw)
{
    struct tf_checkpoint *checkpoint = tf_begin();
    struct tf_bytes *data = &checkpoint->data;
    struct tf_entry entry = {.type = 7, .n_dims = 1, .shape = {2}};
    uint8_t lengths[] = {2, 0, 0, 0, 0, 0, 0, 0};
    uint32_t crc = se_crc32c(0, lengths, sizeof lengths);

    tf_put_varint(data, first_length);
    tf_put_varint(data, 0);

    const size_t start = data->n;

    tf_put_u32(data, se_crc32c_masked(crc) ^ lengths_crc);
    tf_put(data, "ab", 2);
    entry.size = data->n;
    entry.crc =
        se_crc32c_masked(se_crc32c(crc, data->at + start, data->n - start)) ^
        flaw;
    tf_add_entry(checkpoint, "text", &entry);
    tf_finish(checkpoint);
    return checkpoint;
}

TEST(strings)
{
    struct tf_checkpoint *checkpoint = make_strings(2, 0, 0);
    struct se_tf_bundle *bundle;

    expect_ok(parse(&bundle, checkpoint));
    se_tf_bundle_free(bundle);
    free(checkpoint);
    expect_refused(make_strings(3, 0, 0), "the texts' lengths are wrong");
    expect_refused(make_strings(UINT64_MAX, 0, 0), "lengths are wrong");
    expect_refused(make_strings(2, 1, 0), "lengths are wrong");
    expect_refused(make_strings(2, 0, 1), "checksum is");
}

/* ---- hostile tables ------------------------------------------------------ */

TEST(headers)
{
    static const struct {
        const char *bytes, *part;
        size_t n;
    } headers[] = {
        {"\x08\x02", "2 data files, expected 1", 2},
        {"\x08\x01\x10\x01", "endianness is 1, expected 0", 4},
        {"\x08", "no BundleHeaderProto", 1},
        {"", "0 data files", 0},
    };

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct tf_checkpoint *checkpoint = tf_begin();

        memset(&checkpoint->block, 0, sizeof checkpoint->block);
        tf_block_add(&checkpoint->block, "", headers[i].bytes, headers[i].n);
        tf_finish(checkpoint);
        expect_refused(checkpoint, headers[i].part);
    }
}

/* A table around one block, given as text. */
static void refuse_block(const char *bytes, size_t n, const char *part)
{
    struct tf_checkpoint *checkpoint = tf_begin();

    tf_wrap_block(&checkpoint->index, bytes, n);
    expect_refused(checkpoint, part);
}

TEST(blocks_wrong)
{
#define REFUSE(bytes, part) refuse_block(bytes, sizeof bytes - 1, part)
    REFUSE("", "without room for its restarts");
    REFUSE("\0\0\0\0", "without room for its restarts");
    REFUSE("\1\0\0\0", "without room for its restarts");
    REFUSE("\xff\xff\xff\xff", "without room for its restarts");
    REFUSE("\0\0\0\0\1\0\0\0", "an empty table");
    REFUSE("\1\0\0\0\1\0\0\0", "a restart that is not an entry's");
    /* shared 0, 1 more, no value, key "k"; restart 0 */
    REFUSE("\0\1\0k\0\0\0\0\1\0\0\0", "first key is 'k', expected the header");
    REFUSE("\1\1\0k\0\0\0\0\1\0\0\0", "shares more than there is");
    REFUSE("\0\x09\0k\0\0\0\0\1\0\0\0", "beyond the end of its block");
    REFUSE("\0\1\x09k\0\0\0\0\1\0\0\0", "beyond the end of its block");
    REFUSE("\0\1\0\n\0\0\0\0\1\0\0\0", "a key that is not text");
    REFUSE("\0\x80\x80k\0\0\0\0\1\0\0\0", "without its lengths");
    REFUSE("\0\1\0k\1\0\0\0\1\0\0\0", "a restart that is not an entry's");
    /* the header, and a restart within it */
    REFUSE("\0\0\2\x08\1\0\0\0\0\3\0\0\0\2\0\0\0",
           "a restart that is not an entry's");
    /* the header twice: keys do not ascend */
    REFUSE("\0\0\2\x08\1\0\0\2\x08\1\0\0\0\0\1\0\0\0", "keys do not ascend");
#undef REFUSE
}

TEST(long_key)
{
    struct tf_checkpoint *checkpoint = tf_begin();
    struct tf_bytes *body = &checkpoint->block.body;
    char key[1100];

    memset(key, 'k', sizeof key);
    body->n = 0;
    tf_put_varint(body, 0);
    tf_put_varint(body, sizeof key);
    tf_put_varint(body, 0);
    tf_put(body, key, sizeof key);
    tf_put(body, "\0\0\0\0\1\0\0\0", 8);
    tf_wrap_block(&checkpoint->index, body->at, body->n);
    expect_refused(checkpoint, "a key too long");
}

static struct tf_checkpoint *small(void)
{
    struct tf_checkpoint *checkpoint = tf_begin();

    tf_add_floats(checkpoint, "w", two, two_shape, 1);
    tf_finish(checkpoint);
    return checkpoint;
}

TEST(frames_wrong)
{
    struct tf_checkpoint *checkpoint;
    size_t data_block;

    checkpoint = small(), checkpoint->index.n -= 1;
    expect_refused(checkpoint, "no footer of a table");
    checkpoint = small(), checkpoint->index.n = 0;
    expect_refused(checkpoint, "no footer of a table");
    checkpoint = small(), checkpoint->index.at[0] ^= 1;
    expect_refused(checkpoint, "a block whose checksum is");

    /* snappy, with a right checksum */
    checkpoint = small();
    data_block = checkpoint->block.body.n;
    checkpoint->index.at[data_block] = 1;
    se_put_u32(checkpoint->index.at + data_block + 1,
               tf_masked(checkpoint->index.at, data_block + 1));
    expect_refused(checkpoint, "compressed: not supported");

    checkpoint = small(), checkpoint->index.at[checkpoint->index.n - 48] = 0xff;
    expect_refused(checkpoint, "beyond the end of the file");

    /* nothing but a footer */
    checkpoint = small();
    memmove(checkpoint->index.at,
            checkpoint->index.at + checkpoint->index.n - 48, 48);
    checkpoint->index.n = 48;
    expect_refused(checkpoint, "beyond the end of the file");
}

TEST(files)
{
    struct tf_checkpoint *checkpoint = small();
    struct se_tf_bundle *bundle;
    char prefix[400];

    snprintf(prefix, sizeof prefix, "%s", in_scratch("ep7"));
    expect_error(se_tf_bundle_read(&bundle, prefix, &report), SE_ERR_IO,
                 "ep7.index: ");
    expect(!bundle);
    write_bytes(in_scratch("ep7.index"), checkpoint->index.at,
                checkpoint->index.n);
    expect_error(se_tf_bundle_read(&bundle, prefix, &report), SE_ERR_IO,
                 "ep7.data-00000-of-00001: ");
    write_bytes(in_scratch("ep7.data-00000-of-00001"), checkpoint->data.at,
                checkpoint->data.n);
    expect_ok(se_tf_bundle_read(&bundle, prefix, &report));
    se_tf_bundle_free(bundle);
    se_tf_bundle_free(NULL);
    free(checkpoint);
}

/* Damaged blocks whose checksums were put right, and damaged files. */
TEST(mutations)
{
    enum { N = 20000 };
    struct tf_checkpoint *good = tf_begin(), *bad = tf_begin();
    struct se_rng rng;
    char *bytes;
    int n_read = 0;

    for (int i = 0; i < 20; i++) {
        char key[32];

        snprintf(key, sizeof key, "layer/%02d/w", i);
        tf_add_floats(good, key, two, two_shape, 1);
    }
    tf_finish(good);
    bytes = malloc(2 * good->index.n);
    expect(bytes);
    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < N; i++) {
        const int whole = i % 4 == 0;
        const struct tf_bytes *from = whole ? &good->index : &good->block.body;
        struct se_tf_bundle *bundle;

        memcpy(bytes, from->at, from->n);
        report.text[0] = '\0';

        const size_t n = mutate(bytes, from->n, &rng);

        if (!whole)
            tf_wrap_block(&bad->index, bytes, n);

        int status = se_tf_bundle_parse(
            &bundle,
            whole ? se_span_of(bytes, n)
                  : se_span_of(bad->index.at, bad->index.n),
            se_span_of(good->data.at, good->data.n), "mutated", &report);

        expect(status == SE_OK || status == SE_ERR_FORMAT);
        expect((status == SE_OK) == (report.text[0] == '\0'));
        n_read += status == SE_OK;
        se_tf_bundle_free(bundle);
    }
    expect_range(n_read, 1, N / 4);
    free(bytes);
    free(good);
    free(bad);
}
