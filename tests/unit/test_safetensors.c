/* test_safetensors.c - the bytes of the format, and hostile files. */
#include "check.h"
#include "damage.h"
#include "files/file.h"
#include "model/safetensors.h"

#include <unistd.h>

enum { VECTOR_BYTES = 112 };

/* What the reference implementation writes for w = [1, -2] and the metadata
 * framework = nnse. */
static const char vector[VECTOR_BYTES + 1] =
    "\x60\0\0\0\0\0\0\0"
    "{\"__metadata__\":{\"framework\":\"nnse\"},\"w\":{\"dtype\":\"F32\","
    "\"shape\":[2],\"data_offsets\":[0,8]}}      "
    "\0\0\x80\x3f\0\0\0\xc0";

static const float w[] = {1, -2};
static const struct se_safetensor w_tensor = {"w", 1, {2}, w};

static struct se_safetensors *read_good(const char *path)
{
    struct se_safetensors *file;

    expect_ok(se_safetensors_read(&file, path, &report));
    expect(file);
    return file;
}

/* Writes header and data as a file. */
static const char *write_parts(const char *header, const void *data, size_t n)
{
    const char *path = in_scratch("parts.safetensors");
    const uint64_t length = strlen(header);
    FILE *stream = fopen(path, "wb");

    expect(stream);
    fwrite(&length, sizeof length, 1, stream);
    fwrite(header, 1, (size_t)length, stream);
    fwrite(data, 1, n, stream);
    expect_equal(fclose(stream), 0);
    return path;
}

static void expect_file(const char *path, const void *bytes, size_t n)
{
    char *found;
    size_t n_found;

    expect_ok(se_read_file(&found, &n_found, path, 1 << 20, &report));
    expect_equal(n_found, n);
    expect_bytes(found, bytes, n);
    free(found);
}

/* A clean refusal: one line that starts with the path, and no file. */
static void expect_refused(const char *path, const char *part)
{
    struct se_safetensors *file = (struct se_safetensors *)&file;
    int status = se_safetensors_read(&file, path, &report);

    if (status != SE_ERR_FORMAT || !strstr(report.text, part))
        fail_test("status %d, '%s', expected '%s'", status, report.text, part);
    expect_bytes(report.text, path, strlen(path));
    expect(!strpbrk(report.text, "\n\r\033"));
    expect(!file);
}

static int write_file(const char *path, const struct se_safetensor *tensors,
                      int n_tensors, const struct se_metadata *metadata,
                      int n_metadata)
{
    return se_safetensors_write(path,
                                &(struct se_safetensors_contents){
                                    tensors, n_tensors, metadata, n_metadata},
                                &report);
}

/* ---- what is written ----------------------------------------------------- */

TEST(empty_file)
{
    static const char bytes[] = "\x08\0\0\0\0\0\0\0{}      ";
    const char *path = in_scratch("empty.safetensors");

    expect_ok(write_file(path, NULL, 0, NULL, 0));
    expect_file(path, bytes, sizeof bytes - 1);

    struct se_safetensors *file = read_good(path);

    expect(!se_safetensors_metadata(file, "framework"));
    se_safetensors_free(file);
}

TEST(reference_vector)
{
    const struct se_metadata metadata = {"framework", "nnse"};
    const char *path = in_scratch("w.safetensors");
    struct se_safetensor read = {"w", 1, {2}, NULL};

    expect_ok(write_file(path, &w_tensor, 1, &metadata, 1));
    expect_file(path, vector, VECTOR_BYTES);

    struct se_safetensors *file = read_good(path);

    expect_text(se_safetensors_metadata(file, "framework"), "nnse");
    expect(!se_safetensors_metadata(file, "Framework"));
    expect_ok(se_safetensors_get(file, &read, &report));
    expect_bytes(read.data, w, sizeof w);
    se_safetensors_free(file);
}

/* Names sorted, a scalar, an array of nothing, three dimensions. */
TEST(shapes)
{
    static const float values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const struct se_safetensor tensors[] = {
        {"layers.2", 3, {2, 3, 2}, values},
        {"layers.10", 0, {0}, values + 4},
        {"none", 2, {0, 5}, NULL},
    };
    static const char header[] =
        "{\"layers.10\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}"
        ",\"layers.2\":{\"dtype\":\"F32\",\"shape\":[2,3,2],\"data_offsets\":"
        "[4,52]},\"none\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":"
        "[52,52]}}";
    const char *path = in_scratch("shapes.safetensors");
    char *bytes;
    size_t n;

    expect_ok(write_file(path, tensors, 3, NULL, 0));
    expect_ok(se_read_file(&bytes, &n, path, 1000, &report));
    expect_bytes(bytes + 8, header, sizeof header - 1);
    expect_equal(n % 4, 0);
    free(bytes);

    struct se_safetensors *file = read_good(path);

    for (int i = 0; i < 3; i++) {
        const size_t counts[] = {12, 1, 0};
        struct se_safetensor read = tensors[i];

        read.data = NULL;
        expect_ok(se_safetensors_get(file, &read, &report));
        for (size_t j = 0; j < counts[i]; j++)
            expect(read.data[j] == tensors[i].data[j]);
    }
    se_safetensors_free(file);
}

TEST(strings)
{
    static const struct se_metadata metadata[] = {
        {"text", "a \"b\" \\ /\b\f\n\r\t\x01\x7f end"},
        {"umlaut", "gr\xc3\xb6\xc3\x9f"
                   "er \xe2\x82\xac \xf0\x9f\x8e\xa4"},
        {"latin1", "gr\xf6\xdf"
                   "er \xed\xa0\x80 \xc0\xaf"},
        {"", ""},
    };
    const char *path = in_scratch("strings.safetensors");

    expect_ok(write_file(path, NULL, 0, metadata, 4));

    struct se_safetensors *file = read_good(path);

    for (int i = 0; i < 4; i++)
        expect_text(se_safetensors_metadata(file, metadata[i].key),
                    i == 2 ? "gr??er ??? ??" : metadata[i].value);
    se_safetensors_free(file);
}

TEST(writer_refuses)
{
    static const struct se_safetensor twice[] = {
        {"w", 1, {2}, w}, {"v", 1, {2}, w}, {"w", 1, {1}, w}};
    static const struct se_safetensor reserved = {"__metadata__", 1, {2}, w};
    static const struct se_safetensor huge = {
        "huge", 2, {INT64_C(1) << 31, INT64_C(1) << 31}, w};
    static const struct se_safetensor negative = {"less", 1, {-1}, w};
    static const struct se_safetensor deep = {"deep", 9, {1}, w};
    const char *path = in_scratch("refused.safetensors");

    expect_status(write_file(path, twice, 3, NULL, 0), SE_ERR_ARG);
    expect_status(write_file(path, &reserved, 1, NULL, 0), SE_ERR_ARG);
    expect_status(write_file(path, &huge, 1, NULL, 0), SE_ERR_ARG);
    expect_status(write_file(path, &negative, 1, NULL, 0), SE_ERR_ARG);
    expect_status(write_file(path, &deep, 1, NULL, 0), SE_ERR_ARG);
    expect(access(path, F_OK) != 0);
    expect_status(write_file("/dev/full/x", &w_tensor, 1, NULL, 0), SE_ERR_IO);
}

/* ---- what is read -------------------------------------------------------- */

TEST(get_refuses)
{
    static const char header[] =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
        "\"odd\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]},"
        "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[5,13]}}";
    static const struct {
        struct se_safetensor wanted;
        const char *text;
    } cases[] = {
        {{"W", 1, {1}, NULL}, "has no tensor 'W'"},
        {{"b", 1, {1}, NULL}, "tensor 'b' is of dtype U8, expected F32"},
        {{"odd", 1, {1}, NULL},
         "tensor 'odd' begins at 1 of the data, expected a multiple of 4"},
        {{"odd", 0, {0}, NULL}, "tensor 'odd' has the shape [1], expected []"},
        {{"w", 2, {2, 1}, NULL},
         "tensor 'w' has the shape [1,2], expected [2,1]"},
    };
    const char *path = write_parts(header, "0123456789abc", 13);
    struct se_safetensors *file = read_good(path);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct se_safetensor tensor = cases[i].wanted;

        expect_status(se_safetensors_get(file, &tensor, &report),
                      SE_ERR_FORMAT);
        expect_text(report.text + strlen(path) + 2, cases[i].text);
    }
    se_safetensors_free(file);
}

/* Headers of any length modulo 4 are fine: only our own are padded. */
TEST(unpadded_header)
{
    for (int n = 0; n < 8; n++) {
        char header[200];
        struct se_safetensor read = {"w", 1, {2}, NULL};

        snprintf(header, sizeof header,
                 "{%*s\"w\":{\"shape\":[2],\"dtype\":\"F32\","
                 "\"data_offsets\":[0,8]}}",
                 n, "");

        struct se_safetensors *file =
            read_good(write_parts(header, w, sizeof w));

        expect_ok(se_safetensors_get(file, &read, &report));
        expect(read.data[0] == 1 && read.data[1] == -2);
        se_safetensors_free(file);
    }
}

#define TENSOR(name, dtype, shape, offsets)                                    \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape                   \
    ",\"data_offsets\":" offsets "}"
#define W(shape, offsets) "{" TENSOR("w", "F32", shape, offsets) "}"

/* All with 8 bytes of data, and what the message says. */
static const struct {
    const char *header, *part;
} bad_headers[] = {
    {" " W("[2]", "[0,8]"), "does not start with '{'"},
    {"[]", "does not start with '{'"},
    {"{]", "not a JSON object"},
    {"{}}", "not a JSON object"},
    {W("[2]", "[0,8]") "{}", "not a JSON object"},
    {W("[2]", "[0,8]") "x", "(0x78) is out of place"},
    {W("[2]", "[0,8],"), "not a JSON object"},
    {W("[2,]", "[0,8]"), "not a JSON object"},
    {"{}", "8 bytes of data, but the tensors need 0"},
    {W("[1]", "[0,4]"), "8 bytes of data, but the tensors need 4"},
    {W("[3]", "[0,12]"), "8 bytes of data, but the tensors need 12"},
    {W("[3]", "[0,8]"), "data_offsets 0..8, its shape needs 12 bytes"},
    {W("[2]", "[8,0]"), "data_offsets 8..0, its shape needs 8 bytes"},
    {W("[1]", "[4,8]"), "begins at 4 of the data, expected 0"},
    {W("[2]", "[0]"), "data_offsets is not an array of two"},
    {W("[2]", "[0,8,8]"), "data_offsets is not an array of two"},
    {W("[2]", "\"08\""), "data_offsets is not an array of two"},
    {W("2", "[0,8]"), "shape is not an array"},
    {W("[[2]]", "[0,8]"), "nests deeper"},
    {W("[\"2\"]", "[0,8]"), "shape is not an array"},
    {W("{\"a\":2}", "[0,8]"), "shape is not an array"},
    {W("[1,1,1,1,1,1,1,1,2]", "[0,8]"), "at most 8 whole numbers"},
    {W("[-2]", "[0,8]"), "(0x2d) is out of place"},
    {W("[2.0]", "[0,8]"), "(0x2e) is out of place"},
    {W("[2e0]", "[0,8]"), "(0x65) is out of place"},
    {W("[02]", "[0,8]"), "leading zeros"},
    {W("[00]", "[0,8]"), "leading zeros"},
    {W("[null]", "[0,8]"), "(0x6e) is out of place"},
    {W("[9007199254740992]", "[0,8]"), "below 2^53"},
    {W("[9007199254740993]", "[0,8]"), "below 2^53"},
    {W("[2]", "[0,18446744073709551624]"), "below 2^53"},
    {W("[1073741824,1073741824,16]", "[0,0]"), "overflows"},
    {W("[4294967296,4294967296]", "[0,0]"), "overflows"},
    {W("[4503599627370496,4503599627370496,0]", "[0,0]"), "overflows"},
    {"{" TENSOR("w", "F4", "[3]", "[0,1]") "}", "not a whole number of bytes"},
    {"{" TENSOR("w", "f32", "[2]", "[0,8]") "}", "no dtype of the format"},
    {"{" TENSOR("w", "F128", "[2]", "[0,8]") "}", "no dtype of the format"},
    {"{\"w\":{\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]}}",
     "no dtype of the format"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}",
     "expected {dtype, shape, data_offsets}"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2]}}",
     "data_offsets is not an array of two"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],"
     "\"more\":1}}",
     "expected {dtype, shape, data_offsets}"},
    {"{\"w\":{\"dtype\":\"F32\",\"Shape\":[2],\"data_offsets\":[0,8]}}",
     "shape is not an array"},
    {"{\"w\":[2]}", "expected {dtype, shape, data_offsets}"},
    {"{" TENSOR("w", "F32", "[1]", "[0,4]") "," TENSOR("w", "F32", "[1]",
                                                       "[4,8]") "}",
     "two entries are named 'w'"},
    {"{" TENSOR("w", "F32", "[1]", "[0,4]") "," TENSOR("\\u0077", "F32", "[1]",
                                                       "[4,8]") "}",
     "two entries are named 'w'"},
    {"{" TENSOR("w\\u0000a", "F32", "[1]",
                "[0,4]") "," TENSOR("w", "F32", "[1]", "[4,8]") "}",
     "zero character"},
    {"{" TENSOR("w\\u001b[31m", "F32", "[2]", "[0,8]") "}",
     "control characters"},
    {"{" TENSOR("w\n", "F32", "[2]", "[0,8]") "}", "control character"},
    {"{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[1]",
                                                       "[4,8]") "}",
     "'b' begins at 4 of the data, expected 8"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("b", "F32", "[1]",
                                                       "[0,4]") "}",
     "begins at 0 of the data, expected 4"},
    {"{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR("b", "F32", "[1]",
                                                      "[4,8]") "}",
     "'b' begins at 4 of the data, expected 3"},
    {"{\"__metadata__\":3," TENSOR("w", "F32", "[2]", "[0,8]") "}",
     "__metadata__ is not an object"},
    {"{\"__metadata__\":{\"a\":3}," TENSOR("w", "F32", "[2]", "[0,8]") "}",
     "__metadata__ 'a' is not a string"},
    {"{\"__metadata__\":{\"a\":{}}," TENSOR("w", "F32", "[2]", "[0,8]") "}",
     "__metadata__ 'a' is not a string"},
    {"{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}," TENSOR("w", "F32", "[2]",
                                                         "[0,8]") "}",
     "two entries are named 'a'"},
    {"{\"__metadata__\":{},\"__metadata__\":{}," TENSOR("w", "F32", "[2]",
                                                        "[0,8]") "}",
     "two entries are named '__metadata__'"},
    {"{\"w\xff\":{}}", "header byte 3 is not UTF-8"},
    {"{\"w\xc3\":{}}", "header byte 3 is not UTF-8"},
    {"{\"w\xed\xa0\x80\":{}}", "header byte 3 is not UTF-8"},
    {"{\"\\ud800\":{}}", "not a JSON object"},
    {"{\"\\x\":{}}", "not a JSON object"},
    {"{\"w", "not a JSON object"},
    {"{\"w\\", "not a JSON object"},
    {"{\"w\\u0", "not a JSON object"},
};

TEST(bad_headers)
{
    for (size_t i = 0; i < sizeof bad_headers / sizeof *bad_headers; i++)
        expect_refused(write_parts(bad_headers[i].header, w, sizeof w),
                       bad_headers[i].part);
}

/* Deep nesting and many values cost nothing but a look at the text. */
TEST(large_headers)
{
    enum { N = 4000000 };
    char *header = malloc(N + 1);

    memset(header, '[', N);
    header[0] = '{';
    header[N] = '\0';
    expect_refused(write_parts(header, w, sizeof w), "nests deeper");
    for (int i = 0; i < N; i += 2)
        memcpy(header + i, "0,", 2);
    memcpy(header, "{\"w\":[", 6);
    memcpy(header + N - 3, "0]}", 3);
    expect_refused(write_parts(header, w, sizeof w), "one comma more");
    free(header);
}

TEST(bad_lengths)
{
    static const struct {
        uint64_t length;
        const char *part;
    } cases[] = {
        {0, "a header of 0 bytes"},
        {1, "a header of 1 bytes"},
        {105, "a header of 105 bytes in a file of 112"},
        {100000000, "a header of 100000000 bytes in a file of 112"},
        {100000001, "a header of 100000001 bytes, expected"},
        {UINT64_MAX, "a header of 18446744073709551615 bytes, expected"},
        {UINT64_MAX - 7, "a header of 18446744073709551608 bytes, expected"},
    };
    char bytes[VECTOR_BYTES];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = in_scratch("length.safetensors");

        memcpy(bytes, vector, VECTOR_BYTES);
        memcpy(bytes, &cases[i].length, 8);
        write_bytes(path, bytes, VECTOR_BYTES);
        expect_refused(path, cases[i].part);
    }
    expect_refused(scratch, "is not a file");
}

TEST(every_prefix)
{
    const char *path = in_scratch("prefix.safetensors");
    char longer[VECTOR_BYTES + 1];

    for (size_t n = 0; n < VECTOR_BYTES; n++) {
        write_bytes(path, vector, n);
        expect_refused(path, "");
    }
    memcpy(longer, vector, VECTOR_BYTES);
    longer[VECTOR_BYTES] = 0;
    write_bytes(path, longer, sizeof longer);
    expect_refused(path, "9 bytes of data, but the tensors need 8");
}

TEST(no_file)
{
    struct se_safetensors *file;

    expect_error(se_safetensors_read(&file, in_scratch("absent"), &report),
                 SE_ERR_IO, "absent: cannot open: No such file");
    expect(!file);
}

/* Damage is refused cleanly, or what is left is a file that holds together. */
TEST(damaged_files)
{
    enum { N_TRIALS = 4000 };
    struct se_rng rng;
    int n_good = 0;

    se_rng_seed(&rng, 2, 0);
    for (int i = 0; i < N_TRIALS; i++) {
        char bytes[2 * VECTOR_BYTES];
        const char *path = in_scratch("damaged.safetensors");
        struct se_safetensors *file;
        struct se_safetensor read = {"w", 1, {2}, NULL};

        memcpy(bytes, vector, VECTOR_BYTES);
        write_bytes(path, bytes, mutate(bytes, VECTOR_BYTES, &rng));
        if (se_safetensors_read(&file, path, &report) != SE_OK) {
            expect(!strpbrk(report.text, "\n\r\033"));
            continue;
        }
        n_good++;
        if (se_safetensors_get(file, &read, NULL) == SE_OK) {
            volatile float sum = read.data[0] + read.data[1]; /* may be read */
            (void)sum;
        }
        se_safetensors_free(file);
    }
    expect_range(n_good, 1, N_TRIALS / 2);
}
