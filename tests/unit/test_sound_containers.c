/* test_sound_containers.c - containers other than WAV that say something else
 * than what is there, from files and pipes: whole, cut, joined, wrapped up. */
#include "check.h"
#include "container/ogg_page.h"
#include "sounds.h"

enum { N = 6000, MAX_BYTES = 60000 };

static uint8_t bytes[MAX_BYTES];

/* The first n bytes, from a file and from a pipe, are so many samples. */
static void expect_both(size_t n, const float *x, int64_t n_samples,
                        struct se_sound_format format, const char *remark)
{
    const struct wanted want = {x, n_samples, format};

    expect_bytes_sound(bytes, n, &want, remark, remark);
}

static const struct kind {
    int format, unknown_at; /* bytes that say -1 for a length, */
    int n_unknown;
    int n_cut, is_joined; /* may samples be missing, may another follow */
} kinds[] = {
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0, 0, 1, 1},
    {SF_FORMAT_AU | SF_FORMAT_PCM_16, 8, 4, 1, 1},
    {SF_FORMAT_AU | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, 8, 4, 1, 0},
    {SF_FORMAT_W64 | SF_FORMAT_PCM_16, 0, 0, 1, 1},
    {SF_FORMAT_CAF | SF_FORMAT_PCM_16, -1, 8, 1, 1},
    {SF_FORMAT_CAF | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, -1, 8, 1, 1},
    {SF_FORMAT_VOC | SF_FORMAT_PCM_16, 0, 0, 1, 0},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 40, 4, 0, 1},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 40, 4, 0, 1},
};

/* Where the length of the samples stands. */
static size_t length_at(const struct kind *kind, size_t n)
{
    const uint8_t *name = memmem(bytes, n, "data", 4);

    if (kind->unknown_at >= 0)
        return (size_t)kind->unknown_at;
    expect(name);
    return (size_t)(name - bytes) + 4;
}

TEST(promises)
{
    float *x = numbers(N, 16);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *kind = &kinds[i];
        struct se_sound_format format = {16000, 1, kind->format};

        write_sound(in_scratch("whole"), x, N, format);

        size_t n = bytes_of(bytes, sizeof bytes, in_scratch("whole"));

        expect_both(n, x, N, format, NULL);
        if (kind->n_cut) {
            expect_both(n - 20, x, N - 10, format, "promises");
            refuse_bytes(bytes, n - 6000, "truncated");
        }
        if (kind->is_joined) {
            expect_equal(
                bytes_of(bytes + n, MAX_BYTES - n, in_scratch("whole")), n);
            refuse_bytes(bytes, 2 * n, "another sound file follows");
        }
        if (kind->n_unknown) {
            memset(bytes + length_at(kind, n), 0xff, (size_t)kind->n_unknown);
            expect_both(n, x, N, format, NULL);
        }
    }
    free(x);
}

/* The samples of `kind` in bytes, as a whole file; its length. */
static size_t make_whole(const struct kind *kind, const float *x)
{
    struct se_sound_format format = {16000, 1, kind->format};

    write_sound(in_scratch("whole"), x, N, format);
    return bytes_of(bytes, sizeof bytes, in_scratch("whole"));
}

/* What ends within its header, too, is told from what is not sound. */
TEST(cut_heads)
{
    static const int others[] = {SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                                 SF_FORMAT_OGG | SF_FORMAT_VORBIS,
                                 SF_FORMAT_OGG | SF_FORMAT_OPUS};
    struct kind kind = {0};
    float *x = numbers(N, 16);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = make_whole(&kinds[i], x);

        for (size_t cut = 16; cut < n - 2 * N; cut += 7)
            refuse_bytes(bytes, cut, "truncated: the ");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        kind.format = others[i];
        make_whole(&kind, x);
        refuse_bytes(bytes, 60, "damaged or truncated: libsndfile says: ");
    }
    free(x);
}

/* What follows the samples is a chunk, or remarked upon. */
TEST(behind_the_samples)
{
    static const struct {
        int format;
        const char *chunk;
        size_t n;
    } chunks[] = {
        {SF_FORMAT_AIFF, "ANNO\0\0\0\4text", 12},
        {SF_FORMAT_W64, "junk............\40\0\0\0\0\0\0\0........", 32},
        {SF_FORMAT_CAF, "free\0\0\0\0\0\0\0\5.....", 17},
    };
    float *x = numbers(N, 16);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct se_sound_format format = {16000, 1, kinds[i].format};
        size_t n = make_whole(&kinds[i], x);

        memset(bytes + n, 0, 100);
        expect_both(n + 100, x, N, format, "is not a chunk");
        for (size_t k = 0; k < sizeof chunks / sizeof *chunks; k++) {
            if ((format.format & SF_FORMAT_TYPEMASK) != chunks[k].format)
                continue;
            memcpy(bytes + n, chunks[k].chunk, chunks[k].n);
            expect_both(n + chunks[k].n, x, N, format, NULL);
            expect_both(n + chunks[k].n - 4, x, N, format, "is not a chunk");
        }
    }
    free(x);
}

/* The head of a block of VOC but for its type. */
static void put_size(uint8_t *at, size_t n)
{
    for (int i = 0; i < 3; i++)
        at[i] = (uint8_t)(n >> 8 * i);
}

/* What begins a further block, as ffmpeg has them, is not read as samples. SoX
 * gives a wrong size to the only one. */
TEST(blocks_of_voc)
{
    enum { SIZE_AT = 27, START = 42, END = START + 2 * N, N_BLOCKS = 6 };
    const struct kind kind = {.format = SF_FORMAT_VOC | SF_FORMAT_PCM_16};
    struct se_sound_format format = {16000, 1, kind.format};
    float *x = numbers(N, 16);
    size_t n = make_whole(&kind, x);

    put_size(bytes + SIZE_AT, END - 8 - SIZE_AT - 3);
    bytes[END - 8] = 10;
    x[N - 4] = (float)(int16_t)(bytes[END - 8] | bytes[END - 7] << 8) / 32768;
    expect_both(n, x, N, format, NULL);
    for (int i = 1; i < N_BLOCKS; i++) {
        uint8_t *at = bytes + START + 1000 * i;

        at[0] = 2;
        put_size(at + 1, END - 4 - (size_t)(at - bytes));
        put_size(at - 999, 996);
        put_size(bytes + SIZE_AT, START + 1000 - SIZE_AT - 3);
        refuse_bytes(bytes, n, "in several blocks");
        refuse_bytes(bytes, n - 1, "in several blocks");
    }
    refuse_bytes(bytes, n - 1000, "in several blocks");
    free(x);
}

static void put_number(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * (3 - i));
}

/* AIFF counts frames, too, and may let its samples begin later. */
TEST(aiff_says_it_twice)
{
    const struct kind *kind = &kinds[0];
    struct se_sound_format format = {16000, 1, kind->format};
    float *x = numbers(N, 16);
    size_t n = make_whole(kind, x);
    uint8_t *common = memmem(bytes, n, "COMM", 4);
    uint8_t *samples = memmem(bytes, n, "SSND", 4);

    expect(common && samples);
    put_number(common + 10, N + 10);
    expect_both(n, x, N, format, "promises 6010 frames, the file has 6000");
    put_number(common + 10, N + 4000);
    refuse_bytes(bytes, n, "truncated: the header promises 10000 frames");
    put_number(common + 10, N - 10);
    expect_both(n, x, N, format, NULL);
    put_number(samples + 4, 8 + 2 * N - 1);
    expect_both(n, x, N - 1, format, "1 byte at the end, but a frame has 2");
    put_number(samples + 4, 8 + 2 * N);
    put_number(samples + 8, 20);
    expect_both(n, x + 10, N - 10, format, NULL);
    put_number(samples + 8, 0);
    put_number(samples + 4, 0x7f000008); /* as SoX has it in a pipe */
    put_number(common + 10, 0x3f800000);
    expect_both(n, x, N, format, NULL);
    free(x);
}

/* A header that was to be written over, but was written to a pipe. */
TEST(header_again)
{
    static const struct kind *const of[] = {&kinds[3], &kinds[4]};
    float *x = numbers(N, 16);

    for (size_t i = 0; i < 2; i++) {
        size_t n = make_whole(of[i], x), n_head = n - 2 * N;
        uint8_t *name = memmem(bytes, n, "data", 4);
        int is_caf = bytes[0] == 'c';

        expect(name);
        memmove(bytes + n_head, bytes, n);
        memset(name + (is_caf ? 4 : 16), 0, 8);
        name[is_caf ? 11 : 16] = is_caf ? 4 : 24;
        refuse_bytes(bytes, n_head + n, "another sound file follows");
    }
    free(x);
}

/* RIFX of all codings, of which libsndfile itself reads few. */
TEST(rifx)
{
    static const int codings[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                  SF_FORMAT_PCM_32, SF_FORMAT_FLOAT};

    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        struct se_sound_format format = {
            16000, 1, SF_FORMAT_WAV | codings[i] | SF_ENDIAN_BIG};
        float *x = numbers(N, 16);

        write_sound(in_scratch("whole"), x, N, format);
        expect_both(bytes_of(bytes, sizeof bytes, in_scratch("whole")), x, N,
                    format, NULL);
        free(x);
    }
}

/* Wave64 as ffmpeg writes it: the coding stands in an extension of the header,
 * which libsndfile takes for PCM whatever it says. */
TEST(extensible_wave64)
{
    static const int codings[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                  SF_FORMAT_FLOAT,  SF_FORMAT_DOUBLE,
                                  SF_FORMAT_ALAW,   SF_FORMAT_ULAW};
    enum { CHUNK = 40, BODY = CHUNK + 24, EXTENDED = 40 };
    float *x = numbers(N, 16);

    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        struct se_sound_format format = {16000, 1, SF_FORMAT_W64 | codings[i]};
        struct kind kind = {.format = format.format};
        SF_INFO info = {0};
        size_t n = make_whole(&kind, x);
        size_t end = CHUNK + (bytes[CHUNK + 16] + 7U) / 8 * 8;
        SNDFILE *plain = sf_open(in_scratch("whole"), SFM_READ, &info);

        expect_equal(sf_read_float(plain, x, N), N);
        sf_close(plain);
        memmove(bytes + BODY + EXTENDED, bytes + end, n - end);
        memset(bytes + BODY + 16, 0, EXTENDED - 16);
        memcpy(bytes + BODY + 24, bytes + BODY, 2);
        memcpy(bytes + BODY, "\xfe\xff", 2);
        memcpy(bytes + BODY + 16, "\26", 1);
        memcpy(bytes + BODY + 26, "\0\0\0\0\20\0\200\0\0\252\0\70\233\161", 14);
        bytes[CHUNK + 16] = 24 + EXTENDED;
        expect_both(n - end + BODY + EXTENDED, x, N, format, NULL);
    }
    free(x);
}

/* ---- FLAC in Ogg --------------------------------------------------------- */

static uint8_t flac[MAX_BYTES];

/* Puts the CRC of a page right. */
static void sign_page(uint8_t *page, size_t n)
{
    uint32_t crc = se_ogg_crc(0, page, (int64_t)n, 0);

    for (int i = 0; i < SE_OGG_CRC; i++)
        page[SE_OGG_CRC_AT + i] = (uint8_t)(crc >> 8 * i);
}

/* Appends a page of Ogg with body[n] to bytes[at]; where it ends. */
static size_t put_page(size_t at, int flags, uint8_t serial,
                       const uint8_t *body, size_t n)
{
    static uint8_t sequence[256];
    size_t n_segments = n / 255 + 1;
    uint8_t *page = bytes + at;

    expect(n_segments <= 255 && at + 27 + n_segments + n <= MAX_BYTES);
    memset(page, 0, 27);
    memcpy(page, "OggS", 4);
    page[5] = (uint8_t)flags;
    page[14] = serial;
    sequence[serial] = flags & 2 ? 0 : (uint8_t)(sequence[serial] + 1);
    page[18] = sequence[serial];
    page[26] = (uint8_t)n_segments;
    memset(page + 27, 255, n_segments - 1);
    page[26 + n_segments] = (uint8_t)(n % 255);
    memcpy(page + 27 + n_segments, body, n);
    sign_page(page, 27 + n_segments + n);
    return at + 27 + n_segments + n;
}

/* flac[n] as a stream of Ogg at bytes[at], with pages of another between. */
static size_t put_flac(size_t at, size_t n)
{
    enum { INFO = 42, PART = 3000 };
    uint8_t first[9 + INFO] = {0x7f, 'F', 'L', 'A', 'C', 1, 0, 0, 1};

    memcpy(first + 9, flac, INFO);
    at = put_page(at, 2, 7, first, sizeof first);
    at = put_page(at, 2, 8, (const uint8_t *)"other", 5);
    for (size_t done = INFO; done < n; done += PART) {
        size_t part = n - done < PART ? n - done : PART;

        at = put_page(at, done + part == n ? 4 : 0, 7, flac + done, part);
        if (done + part < n)
            at = put_page(at, 0, 8, (const uint8_t *)"other", 5);
    }
    return at;
}

TEST(flac_in_ogg)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    float *x = numbers(2 * N, 16);

    memcpy(x + N, x, N * sizeof *x);
    write_sound(in_scratch("a.flac"), x, N, format);

    size_t n = bytes_of(flac, sizeof flac, in_scratch("a.flac"));
    size_t n_ogg = put_flac(0, n);

    expect_both(n_ogg, x, N, format, NULL);
    expect_both(put_flac(n_ogg, n), x, 2 * N, format, "2 sounds");
    memset(bytes + n_ogg, 'x', 100);
    expect_both(n_ogg + 100, x, N, format, "100 bytes that are no Ogg pages");

    /* The number of samples, 36 bits, is 0: not known. */
    flac[21] &= 0xf0;
    memset(flac + 22, 0, 4);
    expect_both(put_flac(0, n), x, N, format, NULL);
    free(x);
}

/* Samples of the first n bytes, which leave such a remark. */
static int64_t remarked_samples(size_t n, const char *remark)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    static float x[8192];
    int64_t got = 1, sum = 0;

    write_bytes(in_scratch("odd"), bytes, n);
    expect_ok(
        se_sound_open(&reader, &format, in_scratch("odd"), NULL, &report));
    while (got > 0) {
        expect_ok(
            se_sound_read(reader, x, 8192 / format.channels, &got, &report));
        sum += got;
    }
    expect_remark(reader, remark);
    return sum;
}

/* Where page k of bytes[n] begins. */
static size_t page_at(int k, size_t n)
{
    uint8_t *page = bytes;

    for (; k > 0 && page; k--)
        page = memmem(page + 4, (size_t)(bytes + n - page) - 4, "OggS", 4);
    expect(page);
    return (size_t)(page - bytes);
}

enum { OGG_SAMPLES = 120000 };

static const int ogg_codings[] = {SF_FORMAT_VORBIS, SF_FORMAT_OPUS};

/* An Ogg file of that coding in bytes[n]; returns n. */
static size_t make_ogg(int coding)
{
    struct se_sound_format format = {48000, 1, SF_FORMAT_OGG | coding};
    float *x = numbers(OGG_SAMPLES, 16);

    write_sound(in_scratch("a.ogg"), x, OGG_SAMPLES, format);
    free(x);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.ogg"));

    expect(n < MAX_BYTES - 1000);
    return n;
}

/* Pages that are damaged or missing. */
TEST(ogg_pages)
{
    for (int i = 0; i < 2; i++) {
        size_t n = make_ogg(ogg_codings[i]);
        size_t at = page_at(3, n), end = page_at(4, n);

        expect_equal(remarked_samples(n, NULL), OGG_SAMPLES);
        bytes[end - 9] ^= 0xff;
        remarked_samples(n, "Ogg pages are missing or damaged, 1 in all");
        memmove(bytes + at, bytes + end, n - end);
        remarked_samples(n - (end - at),
                         "Ogg pages are missing or damaged, 1 in all");
    }
}

/* An Opus header that does not say the rate. */
TEST(opus_without_a_rate)
{
    struct se_sound_format format = {48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS};
    size_t n = make_ogg(SF_FORMAT_OPUS);

    memset(bytes + 40, 0, 4);
    sign_page(bytes, page_at(1, n));
    expect_both(n, NULL, OGG_SAMPLES, format, NULL);
}

/* Other streams, other files and a tag, before, beside and behind an Ogg. */
TEST(ogg_streams)
{
    enum { TAG = 30 };
    static uint8_t whole[MAX_BYTES];

    for (int i = 0; i < 2; i++) {
        size_t n = make_ogg(ogg_codings[i]);

        memcpy(whole, bytes, n);

        /* Another stream, which begins first. */
        size_t first = put_page(0, 2, 99, (const uint8_t *)"fishead", 7);

        memcpy(bytes + first, whole, n);
        expect_equal(remarked_samples(first + n, NULL), OGG_SAMPLES);

        /* A tag. */
        memset(bytes, 0, TAG);
        memcpy(bytes, "ID3\3", 4);
        bytes[9] = TAG - 10;
        memcpy(bytes + TAG, whole, n);
        expect_equal(remarked_samples(TAG + n, NULL), OGG_SAMPLES);

        /* Two sounds side by side, two kinds of file one behind another. */
        memcpy(bytes, whole, n);

        size_t end = page_at(1, n);

        first = put_page(end, 2, 99, (const uint8_t *)"\1vorbis...", 10);
        memcpy(bytes + first, whole + end, n - end);
        expect_equal(remarked_samples(first + n - end, "side by side"),
                     OGG_SAMPLES);
        memcpy(bytes, whole, n);
        memcpy(bytes + n, "fLaC", 4);
        refuse_bytes(bytes, n + 4, "another sound file follows");
    }
}

/* Behind the last frame of FLAC, and fewer frames by its header than there are.
 */
TEST(flac_behind)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    float *x = numbers(N, 16);

    write_sound(in_scratch("a.flac"), x, N, format);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.flac"));

    memset(bytes + n, 0, 500);
    memcpy(bytes + n, "TAG", 3);
    expect_both(n + 128, x, N, format, "is not FLAC");
    expect_both(n + 500, x, N, format, "is not FLAC");
    memcpy(bytes + n, bytes, n);
    refuse_bytes(bytes, 2 * n, "another sound file follows");
    bytes[25] ^= 0x40; /* N is 0x1770 */
    expect_both(n, x, N, format, "promises 5936 frames, there are more");
    bytes[24] ^= 0x80;
    refuse_bytes(bytes, n, "truncated: 38704 frames promised");
    free(x);
}

/* Leaves 30,000 frames of a tone in a.mp3. */
static struct se_sound_format write_mp3(void)
{
    static float x[30000];
    struct se_sound_format format = {44100, 1,
                                     SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III};

    for (int i = 0; i < 30000; i++)
        x[i] = 0.3f * sinf((float)i * 0.05f);
    write_sound(in_scratch("a.mp3"), x, 30000, format);
    return format;
}

/* What is no MPEG audio in the midst of it costs none of what is. */
TEST(mpeg_and_waste)
{
    static const char end_tag[128] = "TAGa title";
    struct se_sound_format format = write_mp3();

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.mp3"));
    uint8_t *tag = memmem(bytes, n, "Xing", 4);

    expect(tag);

    /* Behind the first ten frames. */
    size_t at = (size_t)(tag - bytes) - 21;

    expect_equal(bytes[at], 0xff);
    for (int i = 0; i < 10; i++) {
        uint8_t *next = memmem(bytes + at + 4, n - at - 4, bytes + at, 2);

        expect(next);
        at = (size_t)(next - bytes);
    }
    memmove(bytes + at + 3000, bytes + at, n - at);
    memset(bytes + at, 'x', 3000);
    expect_both(n + 3000, NULL, 30000, format,
                "3000 bytes that are no MPEG frames");
    memset(bytes + at, 0, 3000);
    expect_both(n + 3000, NULL, 30000, format, NULL);
    memcpy(bytes + n + 3000, end_tag, sizeof end_tag);
    expect_both(n + 3128, NULL, 30000, format, NULL);
}

/* A number of frames that is not said, a tag with a foot, the end of a frame in
 * front. */
TEST(mpeg_heads)
{
    enum { FOOT = 10, TAG = 20 + FOOT };
    static uint8_t whole[MAX_BYTES];
    struct se_sound_format format = write_mp3();

    size_t n = bytes_of(whole, sizeof whole, in_scratch("a.mp3"));
    uint8_t *xing = memmem(whole, n, "Xing", 4);
    size_t start = (size_t)(xing - whole) - 21;

    expect(xing && whole[start] == 0xff);
    memset(bytes, 0, TAG);
    memcpy(bytes, "ID3\4\0\x10\0\0\0\x0a", 10);
    memcpy(bytes + 20, "3DI\4\0\x10\0\0\0\x0a", 10);
    memcpy(bytes + TAG, whole + start, n - start);
    expect_both(TAG + n - start, NULL, 30000, format, NULL);
    xing[7] &= 0xfe;
    memcpy(bytes, whole, n);
    expect(remarked_samples(n, NULL) >= 30000);
    n -= start + 700;
    memcpy(bytes, whole + start + 700, n);
    expect(remarked_samples(n, "no MPEG frames") >= 27000);
    memcpy(bytes + n, "RIFF", 4);
    refuse_bytes(bytes, n + 4, "another sound file follows");
}

/* What ffmpeg reads and we do not is called by its name. */
TEST(foreign)
{
    static const struct {
        const char *head, *kind;
        size_t n;
    } foreign[] = {
        {"\0\0\0\x20"
         "ftypM4A ",
         "is MPEG-4", 12},
        {"\x1a\x45\xdf\xa3....", "is Matroska", 8},
        {"wvpk....", "is WavPack", 8},
        {"RIFF....AVI LIST", "is AVI", 16},
    };

    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        memset(bytes, 0, 2000);
        memcpy(bytes, foreign[i].head, foreign[i].n);
        refuse_bytes(bytes, 2000, foreign[i].kind);
    }
}
