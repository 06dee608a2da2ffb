/* canvas.c - Cairo surfaces on files, and text. */
#include "picture/canvas.h"

#include "base/utf8.h"
#include "files/atomic.h"
#include "picture/font.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct se_theme se_theme_light = {
    .paper = {1.0, 1.0, 1.0},
    .ink = {0.13, 0.13, 0.13},
    .faint = {0.85, 0.85, 0.85},
};

enum format { FORMAT_PDF, FORMAT_PNG, FORMAT_SVG, N_FORMATS };

static const char *const endings[N_FORMATS] = {".pdf", ".png", ".svg"};

struct se_canvas_file {
    enum format format;
    struct se_atomic_file atomic; /* not of an image in memory */
    FILE *stream;
    const char *path;
    int is_lacking; /* memory was not to be had */
};

/* N_FORMATS if it is none of them. */
static enum format format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    int i = 0;

    while (i < N_FORMATS && !(dot && strcasecmp(dot, endings[i]) == 0))
        i++;
    return (enum format)i;
}

int se_canvas_check_name(const char *path, struct se_report *report)
{
    if (format_of(path) == N_FORMATS)
        return se_fail(report, SE_ERR_ARG,
                       "%s: a picture's name must end in .pdf, .png or .svg",
                       path);
    return SE_OK;
}

/* ---- surfaces ------------------------------------------------------------ */

static cairo_status_t write_bytes(void *context, const unsigned char *bytes,
                                  unsigned int n)
{
    FILE *stream = context;

    return fwrite(bytes, 1, n, stream) == n ? CAIRO_STATUS_SUCCESS
                                            : CAIRO_STATUS_WRITE_ERROR;
}

struct sheet {
    double width, height; /* points */
    double pixels;        /* a point, of a PNG */
};

static cairo_surface_t *create_surface(enum format format, FILE *stream,
                                       const struct sheet *sheet)
{
    double width = sheet->width, height = sheet->height;
    cairo_surface_t *surface;

    if (format == FORMAT_PNG) {
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                             (int)(width * sheet->pixels),
                                             (int)(height * sheet->pixels));
        cairo_surface_set_device_scale(surface, sheet->pixels, sheet->pixels);
    } else if (format == FORMAT_PDF) {
        surface = cairo_pdf_surface_create_for_stream(write_bytes, stream,
                                                      width, height);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                       "2000-01-01T00:00:00Z");
    } else {
        surface = cairo_svg_surface_create_for_stream(write_bytes, stream,
                                                      width, height);
    }
    return surface;
}

/* Takes the file over, also when it fails. */
static int create(struct se_canvas **out, struct se_canvas_file *file,
                  const struct sheet *sheet, struct se_report *report)
{
    struct se_canvas *canvas = malloc(sizeof *canvas);

    *out = NULL;
    if (!canvas) {
        se_atomic_discard(&file->atomic);
        free(file);
        return se_fail_memory(report, "a picture");
    }

    cairo_surface_t *surface =
        create_surface(file->format, file->stream, sheet);

    *canvas = (struct se_canvas){.cairo = cairo_create(surface),
                                 .width = sheet->width,
                                 .height = sheet->height,
                                 .theme = &se_theme_light,
                                 .file = file};
    cairo_surface_destroy(surface);
    se_canvas_colour(canvas, canvas->theme->paper, 1.0);
    cairo_paint(canvas->cairo);
    *out = canvas;
    return SE_OK;
}

int se_canvas_open(struct se_canvas **canvas, const char *path, double width,
                   double height, struct se_report *report)
{
    const struct sheet sheet = {width, height, SE_PIXELS_PER_POINT};
    int status = se_canvas_check_name(path, report);

    *canvas = NULL;
    if (status == SE_OK)
        status = se_cairo_load(report);
    if (status != SE_OK)
        return status;

    struct se_canvas_file *file = calloc(1, sizeof *file);

    if (!file)
        return se_fail_memory(report, path);
    status = se_atomic_open(&file->atomic, path, report);
    if (status != SE_OK) {
        free(file);
        return status;
    }
    file->format = format_of(path);
    file->stream = file->atomic.stream;
    file->path = file->atomic.path;
    return create(canvas, file, &sheet, report);
}

int se_canvas_open_image(struct se_canvas **canvas, double width, double height,
                         double pixels, struct se_report *report)
{
    const struct sheet sheet = {width, height, pixels};
    int status = se_cairo_load(report);

    *canvas = NULL;
    if (status != SE_OK)
        return status;

    struct se_canvas_file *file = calloc(1, sizeof *file);

    if (!file)
        return se_fail_memory(report, "a picture");
    file->format = FORMAT_PNG;
    file->path = "a picture";
    return create(canvas, file, &sheet, report);
}

cairo_surface_t *se_canvas_image(struct se_canvas *canvas)
{
    return cairo_get_target(canvas->cairo);
}

void se_canvas_lack(struct se_canvas *canvas)
{
    canvas->file->is_lacking = 1;
}

int se_canvas_check(const struct se_canvas *canvas, struct se_report *report)
{
    const struct se_canvas_file *file = canvas->file;
    cairo_status_t trouble = cairo_status(canvas->cairo);

    if (file->is_lacking)
        return se_fail_memory(report, file->path);
    if (trouble != CAIRO_STATUS_SUCCESS)
        return se_fail(report, SE_ERR_IO, "%s: cannot draw: %s", file->path,
                       cairo_status_to_string(trouble));
    return SE_OK;
}

int se_canvas_commit(struct se_canvas *canvas, struct se_report *report)
{
    struct se_canvas_file *file = canvas->file;
    cairo_surface_t *surface = cairo_get_target(canvas->cairo);
    cairo_status_t trouble = cairo_status(canvas->cairo);
    int status = SE_OK;

    if (trouble == CAIRO_STATUS_SUCCESS && file->format == FORMAT_PNG)
        trouble = cairo_surface_write_to_png_stream(surface, write_bytes,
                                                    file->stream);
    cairo_surface_finish(surface);
    if (trouble == CAIRO_STATUS_SUCCESS)
        trouble = cairo_surface_status(surface);

    /* What the stream could not take, the atomic file reports better. */
    if (file->is_lacking)
        status = se_fail_memory(report, file->path);
    else if (trouble != CAIRO_STATUS_SUCCESS &&
             trouble != CAIRO_STATUS_WRITE_ERROR)
        status = se_fail(report, SE_ERR_IO, "%s: cannot draw: %s", file->path,
                         cairo_status_to_string(trouble));
    else
        status = se_atomic_commit(&file->atomic, report);
    se_canvas_discard(canvas);
    return status;
}

void se_canvas_discard(struct se_canvas *canvas)
{
    if (!canvas)
        return;
    cairo_destroy(canvas->cairo);
    se_atomic_discard(&canvas->file->atomic);
    free(canvas->file);
    free(canvas);
}

/* ---- colour and text ----------------------------------------------------- */

void se_canvas_colour(struct se_canvas *canvas, struct se_colour colour,
                      double opacity)
{
    cairo_set_source_rgba(canvas->cairo, colour.red, colour.green, colour.blue,
                          opacity);
}

/* Cairo stops drawing at bytes that are not UTF-8. */
static void clean(char *clean_text, size_t size, const char *text)
{
    size_t left = strlen(text), used = 0;

    while (left > 0 && used + 5 < size) {
        int n = se_utf8_length(text, left);

        if (n > 1 || (n == 1 && (unsigned char)*text >= ' ' && *text != 0x7f)) {
            memcpy(clean_text + used, text, (size_t)n);
        } else {
            n = 1;
            clean_text[used] = '?';
        }
        used += (size_t)n;
        text += n;
        left -= (size_t)n;
    }
    clean_text[used] = '\0';
}

enum { MAX_TEXT = 1024, MAX_SHOWN = MAX_TEXT + 8 };

/* The next run of the text, in its font: its bytes are taken from *text. */
static void next_run(struct se_canvas *canvas, struct se_text how,
                     char run_text[MAX_SHOWN], const char **text)
{
    struct se_font_run run;
    size_t n = se_font_run(&run, *text);

    if (!canvas->missing)
        canvas->missing = run.missing;
    snprintf(run_text, MAX_SHOWN, "%.*s", (int)n, *text);
    *text += n;
    cairo_select_font_face(canvas->cairo, run.family, CAIRO_FONT_SLANT_NORMAL,
                           how.style & SE_BOLD ? CAIRO_FONT_WEIGHT_BOLD
                                               : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas->cairo, how.size);
}

static double advance(struct se_canvas *canvas, struct se_text how,
                      const char *text)
{
    cairo_text_extents_t extents;
    char run[MAX_SHOWN];
    double width = 0.0;

    while (*text) {
        next_run(canvas, how, run, &text);
        cairo_text_extents(canvas->cairo, run, &extents);
        width += extents.x_advance;
    }
    return width;
}

double se_canvas_text_width(struct se_canvas *canvas, struct se_text how,
                            const char *text)
{
    char shown[MAX_TEXT];

    clean(shown, sizeof shown, text);
    return advance(canvas, how, shown);
}

/* Bytes before `at`, a place in clean text, that begin no character there. */
static size_t character_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* Leaves out as much of the middle as text[MAX_SHOWN] is wider than how.width.
 */
static void shorten(struct se_canvas *canvas, struct se_text how, char *text)
{
    static const char dots[] = "\u2026";
    const size_t n_dots = sizeof dots - 1;
    char whole[MAX_SHOWN - 2 * sizeof dots]; /* and a whole character */

    snprintf(whole, sizeof whole, "%.*s", (int)sizeof whole - 1, text);
    for (size_t n = strlen(whole) / 2;
         n > 0 && advance(canvas, how, text) > how.width; n--) {
        size_t head = character_start(whole, n);
        size_t tail = character_start(whole, strlen(whole) - n);

        memcpy(text, whole, head);
        memcpy(text + head, dots, n_dots);
        strcpy(text + head + n_dots, whole + tail);
    }
}

void se_canvas_text(struct se_canvas *canvas, double x, double y,
                    struct se_text how, const char *text)
{
    cairo_t *cairo = canvas->cairo;
    char shown[MAX_SHOWN];

    clean(shown, MAX_TEXT, text);
    cairo_save(cairo);
    if (how.width > 0.0)
        shorten(canvas, how, shown);
    cairo_translate(cairo, x, y);
    if (how.style & SE_UPRIGHT)
        cairo_rotate(cairo, -1.5707963267948966);
    se_canvas_colour(canvas, canvas->theme->ink, 1.0);
    cairo_move_to(cairo, -how.align * advance(canvas, how, shown), 0.0);
    for (const char *left = shown; *left;) {
        char run[MAX_SHOWN];

        next_run(canvas, how, run, &left);
        cairo_show_text(cairo, run);
    }
    cairo_restore(cairo);
}
