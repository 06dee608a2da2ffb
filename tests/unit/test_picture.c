/* test_picture.c - scales, colours, tracks, canvases, and that what is drawn
 * is what was heard. */
#include "check.h"
#include "picture/colours.h"
#include "picture/curves.h"
#include "picture/dots.h"
#include "picture/scene.h"
#include "picture/spectrogram.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- axes ---------------------------------------------------------------- */

static void check_ticks(struct se_axis axis, int wanted, const char *expected)
{
    double ticks[SE_MAX_TICKS];
    char text[32], all[512] = "";
    int n = se_axis_ticks(ticks, &axis, wanted);

    for (int i = 0; i < n; i++) {
        se_axis_number(text, &axis, ticks[i], ticks, n);
        strcat(strcat(all, i ? " " : ""), text);
        expect(ticks[i] >= axis.lo - 1e-9 * fabs(axis.lo));
        expect(ticks[i] <= axis.hi + 1e-9 * fabs(axis.hi));
    }
    expect_text(all, expected);
}

TEST(ticks)
{
    check_ticks((struct se_axis){.lo = 0, .hi = 8}, 5, "0 2 4 6 8");
    check_ticks((struct se_axis){.lo = -100, .hi = 0}, 6,
                "−100 −80 −60 −40 −20 0");
    check_ticks((struct se_axis){.lo = -0.5, .hi = 0.5}, 3, "−0.5 0.0 0.5");
    check_ticks((struct se_axis){.lo = 0.811, .hi = 0.856}, 2, "0.82 0.84");
    check_ticks((struct se_axis){.lo = 0, .hi = 5.07}, 8, "0 1 2 3 4 5");
    check_ticks((struct se_axis){.lo = 0.5, .hi = 3.5, .is_whole = 1}, 16,
                "1 2 3");
    check_ticks((struct se_axis){.lo = 1e-5, .hi = 1e-3, .is_log = 1}, 7,
                "10⁻⁵ 2·10⁻⁵ 5·10⁻⁵ 10⁻⁴ 2·10⁻⁴ 5·10⁻⁴ 10⁻³");
    check_ticks((struct se_axis){.lo = 1e-12, .hi = 1, .is_log = 1}, 4,
                "10⁻¹² 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰");
    check_ticks((struct se_axis){.lo = 0, .hi = 9, .is_bare = 1}, 4, "");
}

TEST(ranges)
{
    struct se_axis axis = {0};
    double scale;

    se_axis_round(&axis, -0.114, 0.037);
    expect_near(axis.lo, -0.15, 1e-12);
    expect_near(axis.hi, 0.05, 1e-12);
    se_axis_round(&axis, 3.0, 3.0);
    expect(axis.lo < 3.0 && axis.hi > 3.0);
    se_axis_round(&axis, 0.0, 0.0);
    expect(axis.lo < 0.0 && axis.hi > 0.0);
    expect_near(se_round_up(0.31), 0.5, 1e-12);
    expect_near(se_round_up(1.0), 1.0, 1e-12);
    expect_near(se_round_up(0.5), 0.5, 1e-12);

    expect_text(se_axis_time(&scale, 5.0).label, "time in seconds");
    expect_text(se_axis_time(&scale, 600.0).label, "time in minutes");
    expect_near(se_axis_time(&scale, 7200.0).hi, 120.0, 1e-9);
    expect_text(se_axis_time(&scale, 36000.0).label, "time in hours");
    expect_near(36000.0 * scale, 10.0, 1e-9);
    expect(se_axis_time(&scale, 0.0).hi > 0.0);
}

/* ---- colours ------------------------------------------------------------- */

/* Perceived lightness, roughly: luminance of linear light. */
static double luminance(struct se_colour colour)
{
    return 0.2126 * pow(colour.red, 2.2) + 0.7152 * pow(colour.green, 2.2) +
           0.0722 * pow(colour.blue, 2.2);
}

TEST(colours)
{
    for (int map = SE_MAP_MAGMA; map <= SE_MAP_VIRIDIS; map++) {
        double before = -1.0;

        for (int i = 0; i <= 100; i++) {
            double now = luminance(se_map_colour((enum se_map)map, i / 100.0));

            expect(now > before);
            before = now;
        }
        expect_near(luminance(se_map_colour((enum se_map)map, -3.0)),
                    luminance(se_map_colour((enum se_map)map, 0.0)), 0);
        expect_near(luminance(se_map_colour((enum se_map)map, (double)NAN)),
                    luminance(se_map_colour((enum se_map)map, 0.0)), 0);
        expect_near(luminance(se_map_colour((enum se_map)map, 7.0)),
                    luminance(se_map_colour((enum se_map)map, 1.0)), 0);
    }
}

/* ---- tracks -------------------------------------------------------------- */

static float value_at(int64_t frame, int row)
{
    return (float)((frame * 7919 + row * 31) % 1000) / 1000.0f;
}

/* Each column against the frames it stands for, one by one. */
static void check_columns(const struct se_track *track)
{
    for (int c = 0; c < track->n_columns; c++) {
        int64_t n = c < track->n_columns - 1 ? track->frames : track->n_in_last;

        for (int r = 0; r < track->n_rows; r++) {
            double sum = 0.0, low = 1e9, high = -1e9;

            for (int64_t i = 0; i < n; i++) {
                double x = (double)value_at(c * track->frames + i, r);

                sum += x;
                low = fmin(low, x);
                high = fmax(high, x);
            }
            expect_near((double)track->values[c * track->n_rows + r],
                        track->join == SE_JOIN_MEAN     ? sum / (double)n
                        : track->join == SE_JOIN_LOWEST ? low
                                                        : high,
                        1e-5);
        }
    }
}

static int64_t length_of(const struct se_track *track)
{
    if (track->n_columns == 0)
        return 0;
    return (track->n_columns - 1) * track->frames + track->n_in_last;
}

TEST(tracks)
{
    const int64_t lengths[] = {0,
                               1,
                               2,
                               SE_TRACK_COLUMNS,
                               SE_TRACK_COLUMNS + 1,
                               2 * SE_TRACK_COLUMNS + 3,
                               5 * SE_TRACK_COLUMNS - 1};

    for (int join = SE_JOIN_MEAN; join <= SE_JOIN_HIGHEST; join++) {
        struct se_track track;

        expect_ok(se_track_create(&track, 2, (enum se_join)join, &report));
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            se_track_reset(&track);
            for (int64_t i = 0; i < lengths[k]; i++) {
                const float rows[] = {value_at(i, 0), value_at(i, 1)};

                se_track_add(&track, rows);
            }
            expect_equal(length_of(&track), lengths[k]);
            expect(track.n_columns <= SE_TRACK_COLUMNS);
            expect(lengths[k] < SE_TRACK_COLUMNS ||
                   track.n_columns > SE_TRACK_COLUMNS / 2);
            check_columns(&track);
        }
        se_track_free(&track);
    }
}

/* ---- canvases ------------------------------------------------------------ */

static void draw_something(struct se_canvas *canvas)
{
    const struct se_text how = {12, 0.5, SE_BOLD, 0.0};
    const struct se_text narrow = {12, 0.5, SE_BOLD, 60.0};

    se_canvas_text(canvas, 50, 20, how, "A name \xff\xfe with \x01 bytes");
    se_canvas_text(canvas, 50, 40, narrow,
                   "ein sehr langer Name mit Ümläuten und 日本語.wav");
    se_canvas_colour(canvas, se_line_colour(0), 1.0);
    cairo_rectangle(canvas->cairo, 10, 50, 20, 20);
    cairo_fill(canvas->cairo);
}

static void draw_file(const char *path)
{
    struct se_canvas *canvas;

    expect_ok(se_canvas_open(&canvas, path, 100, 80, &report));
    draw_something(canvas);
    expect_ok(se_canvas_commit(canvas, &report));
}

static size_t read_bytes(char *bytes, size_t size, const char *path)
{
    FILE *stream = fopen(path, "rb");

    expect(stream);

    size_t n = fread(bytes, 1, size, stream);

    fclose(stream);
    return n;
}

/* The same drawing gives the same bytes, of the right kind. */
TEST(formats)
{
    const struct {
        const char *a, *b, *begins;
    } cases[] = {{"a.pdf", "b.pdf", "%PDF-1."},
                 {"a.png", "b.PNG", "\x89PNG\r\n\x1a\n"},
                 {"a.svg", "b.svg", "<?xml version"}};
    static char a[1 << 17], b[1 << 17];

    for (int i = 0; i < 3; i++) {
        draw_file(in_scratch(cases[i].a));
        draw_file(in_scratch(cases[i].b));

        size_t n = read_bytes(a, sizeof a, in_scratch(cases[i].a));

        expect(n > 200 && n < sizeof a);
        expect_equal(read_bytes(b, sizeof b, in_scratch(cases[i].b)), n);
        expect_bytes(a, cases[i].begins, strlen(cases[i].begins));
        if (i < 2)
            expect_bytes(a, b, n);
    }
}

/* A name, and the part of the message that it must give. */
static void refuse(const char *path, const char *reason)
{
    struct se_canvas *canvas;

    expect(se_canvas_open(&canvas, path, 100, 80, &report) != SE_OK);
    expect(!canvas);
    expect_contains(report.text, reason);
}

TEST(bad_names)
{
    struct se_canvas *canvas;

    refuse("x.jpg", "must end in .pdf, .png or .svg");
    refuse("png", "must end in");
    refuse("", "must end in");
    refuse(in_scratch("no/such/folder.png"), "No such file");

    /* What was dropped leaves nothing, not even its temporary file. */
    expect_equal(mkdir(in_scratch("empty"), 0777), 0);
    expect_ok(
        se_canvas_open(&canvas, in_scratch("empty/a.png"), 9, 9, &report));
    se_canvas_discard(canvas);
    se_canvas_discard(NULL);
    expect_equal(rmdir(in_scratch("empty")), 0);
}

/* ---- what a scene shows -------------------------------------------------- */

/* The scene as pixels. */
static cairo_surface_t *draw_scene(struct se_scene *scene)
{
    const char *path = in_scratch("scene.png");
    struct se_canvas *canvas;

    expect_ok(se_canvas_open(&canvas, path, SE_SCENE_WIDTH, SE_SCENE_HEIGHT,
                             &report));
    se_scene_draw(scene, canvas, "title", "subtitle");
    expect_ok(se_canvas_commit(canvas, &report));

    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);

    expect_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    expect_equal(cairo_image_surface_get_width(surface),
                 SE_SCENE_WIDTH * SE_PIXELS_PER_POINT);
    return surface;
}

static double brightness(cairo_surface_t *surface, double x, double y)
{
    const unsigned char *p = cairo_image_surface_get_data(surface) +
                             (int)(y * SE_PIXELS_PER_POINT) *
                                 cairo_image_surface_get_stride(surface) +
                             4 * (int)(x * SE_PIXELS_PER_POINT);

    return luminance(
        (struct se_colour){p[2] / 255.0, p[1] / 255.0, p[0] / 255.0});
}

/* Panels as they stand in scene.c: tops of both spectrograms and the mask. */
enum { BEFORE = 176, AFTER = 332, MASK = 610, PANEL = 130, MIDDLE = 300 };

/* A sine at `hz` of full scale in, of half of it out, a mask of a half in the
 * lower and of 1 in the upper half of the band. */
static void watch_tone(struct se_scene *scene, double hz, int n_steps)
{
    static float features[72], mask[SE_BINS], in[SE_HOP], out[SE_HOP];
    const struct se_enhancer_view view = {.in = in,
                                          .out = out,
                                          .features = features,
                                          .n_features = 72,
                                          .mask = mask};

    for (int k = 0; k < SE_BINS; k++)
        mask[k] = k < SE_BINS / 2 ? 0.0f : 1.0f;
    for (int t = 0; t < n_steps; t++) {
        for (int i = 0; i < SE_HOP; i++) {
            double at = (double)(t * SE_HOP + i);

            in[i] = (float)sin(2.0 * M_PI * hz * at / SE_RATE_HZ);
            out[i] = 0.01f * in[i];
        }
        se_scene_watch(scene, &view);
    }
}

static void check_scene(struct se_scene *scene, double hz)
{
    cairo_surface_t *surface = draw_scene(scene);
    double brightest = -1.0, row = 0.0;

    for (double y = 1.0; y < PANEL - 1.0; y += 0.5) {
        double now = brightness(surface, MIDDLE, BEFORE + y);

        if (now > brightest) {
            brightest = now;
            row = y;
        }
    }

    /* The tone stands at its frequency, as bright as full scale may be, and
     * 40 dB down 40 % darker in the map. */
    expect_near(row, PANEL * (1.0 - hz / 8000.0), 1.5);
    expect_near(brightest, luminance(se_map_colour(SE_MAP_MAGMA, 1.0)), 0.2);
    expect_near(brightness(surface, MIDDLE, AFTER + row),
                luminance(se_map_colour(SE_MAP_MAGMA, 0.6)), 0.1);
    expect_near(brightness(surface, MIDDLE, MASK + 30),
                luminance(se_map_colour(SE_MAP_VIRIDIS, 1.0)), 0.01);
    expect_near(brightness(surface, MIDDLE, MASK + 100),
                luminance(se_map_colour(SE_MAP_VIRIDIS, 0.0)), 0.01);
    cairo_surface_destroy(surface);
}

TEST(scene)
{
    struct se_scene *scene;

    expect_ok(se_scene_create(&scene, 72, &report));

    /* As long as it is, and longer than there are columns. */
    watch_tone(scene, 1000.0, 300);
    check_scene(scene, 1000.0);
    se_scene_reset(scene);
    watch_tone(scene, 6000.0, 2 * SE_TRACK_COLUMNS + 100);
    check_scene(scene, 6000.0);

    /* Nothing, and less than the enhancer's delay, can be drawn, too. */
    for (int n = 0; n < 5; n++) {
        se_scene_reset(scene);
        watch_tone(scene, 500.0, n);
        cairo_surface_destroy(draw_scene(scene));
    }
    se_scene_destroy(scene);
    se_scene_destroy(NULL);
}

/* ---- tables -------------------------------------------------------------- */

static void read_table(struct se_table *table, const char *name,
                       const char *text)
{
    write_bytes(in_scratch(name), text, strlen(text));
    expect_ok(se_table_read(table, in_scratch(name), &report));
}

TEST(tables)
{
    struct se_table table;

    read_table(&table, "a.jsonl",
               "{\"epoch\":1,\"valid_loss\":0.5,\"best\":true,\"x\":null}\n"
               "\n"
               "{\"epoch\":2,\"note\":\"text\",\"best\":false,\"late\":7}");
    expect_equal(table.n_rows, 2);
    expect_near(se_table_find(&table, "epoch")[1], 2.0, 0);
    expect_near(se_table_find(&table, "best")[0], 1.0, 0);
    expect(isnan(se_table_find(&table, "valid_loss")[1]));
    expect(isnan(se_table_find(&table, "late")[0]));
    expect_near(se_table_find(&table, "late")[1], 7.0, 0);
    expect(!se_table_find(&table, "note"));
    expect_ok(se_curves_check(&table, "a", &report));
    se_table_free(&table);

    read_table(&table, "b.csv",
               "loss,stoi,\"si, sdr\"\r\n\"a \"\"b\"\", c\",0.5,\n"
               "mse,-1e-3,nothing\n");
    expect_equal(table.n_rows, 2);
    expect_text(table.label[0], "a \"b\", c");
    expect_text(table.label[1], "mse nothing");
    expect_text(table.name[1], "si, sdr");
    expect_near(se_table_find(&table, "stoi")[1], -1e-3, 0);
    expect(isnan(table.column[1][0]) && isnan(table.column[1][1]));
    expect_ok(se_dots_check(&table, "b", &report));
    se_table_free(&table);

    /* Intervals have no panel of their own. */
    read_table(&table, "c.csv", "loss,stoi\nmse,0.5\n");
    double height = se_dots_height(&table);
    se_table_free(&table);
    read_table(&table, "d.csv",
               "loss,stoi,stoi_ci95,a,b,c\nmse,0.5,0.1,1,2,3\n");
    expect_near(se_dots_height(&table), height, 0);
    se_table_free(&table);

    read_table(&table, "empty.jsonl", "");
    expect_equal(table.n_rows, 0);
    expect_status(se_curves_check(&table, "a", &report), SE_ERR_FORMAT);
    se_table_free(&table);
    read_table(&table, "words.csv", "a,b\nx,y\n");
    expect_status(se_dots_check(&table, "a", &report), SE_ERR_FORMAT);
    se_table_free(&table);
}

static void refuse_table(const char *name, const char *text, const char *reason)
{
    struct se_table table;

    write_bytes(in_scratch(name), text, strlen(text));
    expect_status(se_table_read(&table, in_scratch(name), &report),
                  SE_ERR_FORMAT);
    if (!strstr(report.text, reason))
        fail_test("%s", report.text);
    expect_equal(table.n_rows, 0);
}

TEST(bad_tables)
{
    char wide[512] = "name";

    refuse_table("a.jsonl", "{\"epoch\":1}\n{\"epoch\":", "a.jsonl:2: found");
    refuse_table("a.jsonl", "[1]\n", "expected a JSON object");
    refuse_table("a.csv", "a,b,c\nx,1,2\ny,1\n",
                 "a.csv:3: found 2 fields, expected 3");
    refuse_table("a.csv", "a,b\nx,1,2\n", "a.csv:2: found 3 fields");
    refuse_table("a.csv", "a,b,b\n", "two columns named 'b'");
    refuse_table("a.csv", "a,b\n\"x,1\n", "a.csv:2: a quote has no end");
    for (int i = 0; i <= SE_TABLE_COLUMNS; i++)
        sprintf(wide + strlen(wide), ",c%d", i);
    refuse_table("a.csv", wide, "more than 32 columns");
}
