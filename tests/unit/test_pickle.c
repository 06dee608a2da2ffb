/* test_pickle.c - pickles of NumPy arrays: the original's, our own, and all
 * that must not be understood. */
#include "check.h"
#include "damage.h"
#include "import/pickle.h"

#include <math.h>
#include <unistd.h>

static const char original[] = "../shared/original/stats.pkl";

/* What Python writes for {"m": float32 [1.5, -2], "s": float32 [0.5]}; the
 * second array reuses what is memoized, as Python does. */
#define HEAD "\x80\x04\x95\xac\0\0\0\0\0\0\0"
#define NAMES                                                                  \
    "}\x94(\x8c\1m\x94\x8c\x15numpy.core.multiarray\x94\x8c\x0c_reconstruct"   \
    "\x94\x93\x94\x8c\5numpy\x94\x8c\7ndarray\x94\x93\x94"
#define NEW                                                                    \
    "K\0\x85\x94"                                                              \
    "C\1b\x94\x87\x94R\x94"
#define TYPE                                                                   \
    "h\5\x8c\5dtype\x94\x93\x94\x8c\2f4\x94\x89\x88\x87\x94R\x94(K\3\x8c\1<"   \
    "\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94"                        \
    "b"
#define M                                                                      \
    "\x89"                                                                     \
    "C\x08\0\0\xc0\x3f\0\0\0\xc0\x94t\x94"                                     \
    "b"
#define S                                                                      \
    "\x8c\1s\x94h\4h\7K\0\x85\x94h\x09\x87\x94R\x94(K\1K\1\x85\x94h\x11\x89"   \
    "C\4\0\0\0\x3f\x94t\x94"                                                   \
    "b"
#define END "u."

/* Protocols before 3 make bytes of text. */
#define ENCODE "c_codecs\nencode\n"

static const char good[] = HEAD NAMES NEW "(K\1K\2\x85\x94" TYPE M S END;

enum { GOOD_BYTES = sizeof good - 1 };

static void expect_good(const void *bytes, size_t n)
{
    struct se_pickle pickle;

    expect_ok(se_pickle_parse(&pickle, bytes, n, "good", &report));
    expect_equal(pickle.n_arrays, 2);
    expect_text(pickle.array[0].name, "m");
    expect_equal(pickle.array[0].n, 2);
    expect(pickle.array[0].values[0] == 1.5f);
    expect(pickle.array[0].values[1] == -2.0f);
    expect_text(pickle.array[1].name, "s");
    expect_equal(pickle.array[1].n, 1);
    expect(pickle.array[1].values[0] == 0.5f);
    se_pickle_free(&pickle);
}

static void expect_refused(const void *bytes, size_t n, const char *part)
{
    struct se_pickle pickle;

    if (se_pickle_parse(&pickle, bytes, n, "bad", &report) != SE_ERR_FORMAT ||
        !strstr(report.text, part))
        fail_test("'%s', expected '%s'", report.text, part);
    expect_bytes(report.text, "bad: byte ", 10);
    expect(!strpbrk(report.text, "\n\r\033"));
    expect_equal(pickle.n_arrays, 0);
}

#define REFUSE(bytes, part) expect_refused(bytes, sizeof bytes - 1, part)

/* ---- what is understood -------------------------------------------------- */

/* formats.md section 4 */
TEST(original)
{
    struct se_pickle pickle;

    if (access(original, R_OK) != 0)
        skip_test("no %s", original);
    expect_ok(se_pickle_read(&pickle, original, &report));
    expect_equal(pickle.n_arrays, 2);
    expect_text(pickle.array[0].name, "nMean_feat");
    expect_text(pickle.array[1].name, "nInvStd");

    const float *mean = pickle.array[0].values,
                *inv_std = pickle.array[1].values;
    static const int32_t means[] = {(int32_t)0xfffea3d8, (int32_t)0xfffef7f1,
                                    (int32_t)0xffff3087, (int32_t)0xffff541a},
                         inv_stds[] = {0x601b, 0x560b, 0x523c, 0x4f33};

    expect_equal(pickle.array[0].n, 72);
    expect_equal(pickle.array[1].n, 72);
    for (int i = 0; i < 4; i++) {
        expect(mean[i] * 32768 == (float)means[i]);
        expect(inv_std[i] * 32768 == (float)inv_stds[i]);
    }
    for (int i = 0; i < 72; i++) /* all on the grid of 2^-15 */
        expect(mean[i] * 32768 == rintf(mean[i] * 32768) &&
               inv_std[i] * 32768 == rintf(inv_std[i] * 32768));
    expect(fabsf(mean[71] + 3.0582581f) < 1e-6f);
    expect(fabsf(inv_std[71] - 0.7443237f) < 1e-6f);
    se_pickle_free(&pickle);
}

TEST(good)
{
    static const char numpy_2[] =
        "\x80\x04\x95\x02\0\0\0\0\0\0\0}\x94(\x8c\1m\x94\x8c\x16numpy._core."
        "multiarray\x94\x8c\x0c_reconstruct\x94\x93\x94\x8c\5numpy\x94\x8c\7"
        "ndarray\x94\x93\x94" NEW "(K\1K\2\x85\x94" TYPE M S END;

    expect_good(good, GOOD_BYTES);
    expect_good(numpy_2, sizeof numpy_2 - 1);
}

static void expect_made(const char *path, int n)
{
    struct se_pickle pickle;

    if (se_pickle_read(&pickle, path, &report) != SE_OK)
        fail_test("%s", report.text);
    expect_equal(pickle.n_arrays, 2);
    expect_text(pickle.array[0].name, "m");
    expect_text(pickle.array[1].name, "s");
    expect_equal(pickle.array[0].n, n);
    expect_equal(pickle.array[1].n, 1);
    for (int i = 0; i < n; i++)
        expect(pickle.array[0].values[i] == (float)i / 8 - 1);
    expect(pickle.array[1].values[0] == 0.5f);
    se_pickle_free(&pickle);
}

/* All protocols of Python 3, both types, lengths of one byte, two and four. */
TEST(protocols)
{
    static const int lengths[] = {1, 72, 257, 70000};
    char command[800], name[40];

    snprintf(command, sizeof command,
             "/usr/bin/python3 tests/unit/pickles.py '%s'", in_scratch("."));
    expect_equal(system(command), 0);
    for (int protocol = 0; protocol <= 5; protocol++)
        for (int i = 0; i < 16; i++) {
            const int n = lengths[i >> 2];

            snprintf(name, sizeof name, "%d-f%d-%d-%s.pkl", protocol,
                     i & 1 ? 8 : 4, n, i & 2 ? "core" : "_core");
            expect_made(in_scratch(name), n);
        }
}

TEST(files)
{
    struct se_pickle pickle;

    expect_status(se_pickle_read(&pickle, in_scratch("none.pkl"), &report),
                  SE_ERR_IO);
    expect_equal(pickle.n_arrays, 0);
    write_bytes(in_scratch("good.pkl"), good, GOOD_BYTES);
    expect_ok(se_pickle_read(&pickle, in_scratch("good.pkl"), &report));
    expect_equal(pickle.n_arrays, 2);
    se_pickle_free(&pickle);
}

/* ---- what is not --------------------------------------------------------- */

/* Cut off anywhere, it is an error. */
TEST(truncated)
{
    char *bytes;

    for (size_t n = 0; n < GOOD_BYTES; n++) {
        bytes = malloc(n + 1); /* for the sanitizer to watch its end */
        expect(bytes);
        bytes = realloc(bytes, n ? n : 1);
        memcpy(bytes, good, n);
        expect_refused(bytes, n, "");
        free(bytes);
    }
}

TEST(opcodes)
{
    /* all that protocols 0 to 5 know beyond the list, and some others */
    static const unsigned char others[] =
        "0123456789FPQSTUGYaeilno"
        "\x81\x82\x83\x84\x8a\x8b\x8d\x8f\x90\x91\x92\x97\x98"
        "]\xff\x01";
    char bytes[4] = "\x80\x04", part[40];

    for (size_t i = 0; i < sizeof others - 1; i++) {
        bytes[2] = (char)others[i];
        snprintf(part, sizeof part, "byte 2: opcode 0x%02x: ", others[i]);
        expect_refused(bytes, sizeof bytes, part);
    }
}

/* What makes pickles dangerous: names and calls. */
TEST(calls)
{
    REFUSE("\x80\x04\x8c\2os\x8c\6system\x93.",
           "byte 14: opcode 0x93: a name other than those of a NumPy array");
    REFUSE("\x80\x04\x8c\x08"
           "builtins\x8c\4eval\x93.",
           "a name other than");
    REFUSE("\x80\x04\x8c\5numpy\x8c\5array\x93.", "a name other than");
    REFUSE("\x80\x04"
           "cos\nsystem\n.",
           "opcode 0x63: a name other than");
    REFUSE("(dcposix\nsystem\n.", "opcode 0x63: a name other than");
    REFUSE("\x80\x04"
           "cnumpy",
           "opcode 0x63: its argument is cut off");
    REFUSE("\x80\x02" ENCODE "(X\2\0\0\0\xc4\x80X\6\0\0\0latin1tR.",
           "expected text of Latin-1 alone");
    REFUSE("\x80\x02" ENCODE "(X\1\0\0\0bX\5\0\0\0utf-8tR.",
           "expected a text and 'latin1'");
    REFUSE("\x80\x04K\1K\2\x93.", "expected two names");
    /* ndarray((0,), ...) is no call that is known */
    REFUSE("\x80\x04\x8c\5numpy\x8c\7ndarray\x93K\0K\0K\0\x87R.",
           "a call other than those");
    REFUSE("\x80\x04\x8c\5numpy\x8c\5dtype\x93\x8c\2i8\x89\x88\x87R.",
           "expected the type 'f4'");
    REFUSE("\x80\x04\x8c\5numpy\x8c\5dtype\x93\x8c\2f4\x89\x89\x87R.",
           "expected the type 'f4'");
    REFUSE("\x80\x04K\1K\2K\3\x87R.", "expected a call with arguments");
    REFUSE("\x80\x04K\1K\1K\2K\3\x87R.", "a call other than those");
    REFUSE("\x80\x04K\1R.", "expected a call with arguments");
}

TEST(stack)
{
    char deep[200] = "\x80\x04";

    REFUSE("\x80\x04.", "expected a dictionary alone");
    REFUSE("\x80\x04}}.", "expected a dictionary alone");
    REFUSE("\x80\x04K\1.", "expected a dictionary alone");
    REFUSE("\x80\x04}.N", "bytes after the end");
    REFUSE("\x80\x04\x85.", "a tuple of too few");
    REFUSE("\x80\x04(\x85.", "a tuple across a mark");
    REFUSE("\x80\x04(NNt.", "expected a dictionary alone");
    REFUSE("\x80\x04(NNNNNNNNNt.", "or too many objects");
    REFUSE("\x80\x04t.", "no mark");
    REFUSE("\x80\x04\x94.", "nothing to memoize");
    REFUSE("\x80\x04(\x94.", "nothing to memoize");
    REFUSE("\x80\x04h\0.", "nothing was memoized");
    REFUSE("\x80\x04N\x94h\1.", "nothing was memoized");
    REFUSE("\x80\x04u.", "expected a dictionary, a mark");
    REFUSE("\x80\x04}(u.", "expected a dictionary, a mark");
    REFUSE("\x80\x04}(\x8c\1mu.", "expected a dictionary, a mark");
    REFUSE("\x80\x04}(\x8c\1mNu.", "expected names and float arrays");
    REFUSE("\x80\x04(\x8c\1mNu.", "expected a dictionary, a mark");
    REFUSE("\x80\x04"
           "b.",
           "expected a new NumPy array");
    REFUSE("\x80\x04}\x80\x04.", "expected protocol 2 to 5");
    REFUSE("\x80\x06}.", "expected protocol 2 to 5");
    REFUSE("N.", "byte 0: no pickle");
    REFUSE("(N.", "expected a dictionary alone");
    REFUSE("(Nd.", "expected a mark");
    REFUSE("}Ns.", "expected a dictionary, a name");
    REFUSE("}NNs.", "expected names and float arrays");
    REFUSE("}p12x\n.", "expected a whole number");
    REFUSE("}p-1\n.", "too many objects memoized");
    REFUSE("}g7\n.", "nothing was memoized");
    REFUSE("}I99999999999\n.", "expected a whole number");
    REFUSE("}I7L\n.", "expected a whole number");
    REFUSE("}M\1", "cut off");
    REFUSE("\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\xff}.", "cut off");
    REFUSE("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff}.",
           "a frame longer than the file");
    REFUSE("\x80\x04"
           "B\xff\xff\xff\xff}.",
           "cut off");
    memset(deep + 2, 'N', sizeof deep - 2);
    expect_refused(deep, sizeof deep, "too deep");
}

TEST(many_objects)
{
    enum { N = 3000 };
    char *bytes = malloc(2 + 2 * N);

    expect(bytes);
    memcpy(bytes, "\x80\x04", 2);
    for (int i = 0; i < N; i++)
        memcpy(bytes + 2 + 2 * i, "}\x94", 2);
    expect_refused(bytes, 2 + 2 * N, "too deep");
    /* tuples in tuples: the stack stays low */
    bytes[2] = '}';
    memset(bytes + 3, '\x85', 2 * N - 1);
    expect_refused(bytes, 2 + 2 * N, "too many objects");
    bytes[2] = '}';
    memset(bytes + 3, '\x94', 2 * N - 1);
    expect_refused(bytes, 2 + 2 * N, "too many objects memoized");
    free(bytes);
}

TEST(arrays)
{
    /* 3 numbers, but bytes of 2; none; a shape of two dimensions */
    REFUSE("\x80\x04" NAMES NEW "(K\1K\3\x85\x94" TYPE M S END,
           "shape and bytes do not agree");
    REFUSE("\x80\x04" NAMES NEW "(K\1K\0\x85\x94" TYPE M S END,
           "shape and bytes do not agree");
    REFUSE("\x80\x04" NAMES NEW "(K\1J\xff\xff\xff\xff\x85\x94" TYPE M S END,
           "shape and bytes do not agree");
    REFUSE("\x80\x04" NAMES NEW "(K\1(K\1K\2t\x94" TYPE M S END,
           "one dimension");
    REFUSE("\x80\x04" NAMES NEW "(K\1NNNNt\x94"
           "b" END,
           "state of a NumPy array");
    /* a type that was never filled in; big endian */
    REFUSE("\x80\x04" NAMES NEW
           "(K\1K\2\x85\x94h\5\x8c\5dtype\x94\x93\x94\x8c\2f4"
           "\x94\x89\x88\x87\x94R\x94" M S END,
           "expected an array of float32 or float64");
    REFUSE("\x80\x04" NAMES NEW
           "(K\1K\2\x85\x94h\5\x8c\5dtype\x94\x93\x94\x8c\2f4"
           "\x94\x89\x88\x87\x94R\x94(K\3\x8c\1>\x94NNNJ\xff\xff"
           "\xff\xffJ\xff\xff\xff\xffK\0t\x94"
           "b" M S END,
           "little-endian");
    /* an array of its own name again; one that was never filled in */
    REFUSE("\x80\x04" NAMES NEW "(K\1K\2\x85\x94" TYPE M "\x8c\1mh\x0b" END,
           "two arrays of one name");
    REFUSE("\x80\x04" NAMES NEW END, "expected names and float arrays");
    REFUSE("\x80\x04}\x94(\x8c\1\nNu.", "expected names and float arrays");
}

TEST(mutations)
{
    enum { N = 50000 };
    char bytes[2 * GOOD_BYTES];
    struct se_rng rng;
    int n_read = 0;

    se_rng_seed(&rng, 4, 0);
    for (int i = 0; i < N; i++) {
        struct se_pickle pickle;

        memcpy(bytes, good, GOOD_BYTES);
        report.text[0] = '\0';

        const size_t n = mutate(bytes, GOOD_BYTES, &rng);
        int status = se_pickle_parse(&pickle, bytes, n, "mutated", &report);

        expect(status == SE_OK || status == SE_ERR_FORMAT);
        expect((status == SE_OK) == (report.text[0] == '\0'));
        n_read += status == SE_OK;
        se_pickle_free(&pickle);
    }
    expect_range(n_read, 1, N / 2);
}
