/* png.c - pixels, palette, chunks. */
#include "picture/png.h"

#include "picture/colours.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    N_MAP = 28,  /* colours of a map */
    N_GREY = 24, /* from ink to paper */
    N_SHADE = 6, /* of a line's colour, up to paper */
    MAX_COLOURS = 256,
    N_REDUCED = 1 << 15, /* colours of 5 bits a channel */
    UNKNOWN = 0xffff
};

struct palette {
    int n;
    uint8_t colours[MAX_COLOURS][3];
    uint16_t nearest[N_REDUCED]; /* index of a reduced colour, or UNKNOWN */
};

static void add(struct palette *palette, struct se_colour colour)
{
    uint8_t *to = palette->colours[palette->n++];

    to[0] = (uint8_t)(colour.red * 255.0 + 0.5);
    to[1] = (uint8_t)(colour.green * 255.0 + 0.5);
    to[2] = (uint8_t)(colour.blue * 255.0 + 0.5);
}

static void fill(struct palette *palette)
{
    const struct se_theme *theme = &se_theme_light;

    palette->n = 0;
    for (int i = 0; i < N_MAP; i++) {
        add(palette, se_map_colour(SE_MAP_MAGMA, i / (N_MAP - 1.0)));
        add(palette, se_map_colour(SE_MAP_VIRIDIS, i / (N_MAP - 1.0)));
    }
    for (int i = 0; i < N_GREY; i++)
        add(palette,
            se_colour_blend(theme->ink, theme->paper, i / (N_GREY - 1.0)));
    for (int line = 0; line < SE_N_COLOURS; line++)
        for (int i = 0; i < N_SHADE; i++)
            add(palette, se_colour_blend(se_line_colour(line), theme->paper,
                                         (double)i / N_SHADE));
    memset(palette->nearest, 0xff, sizeof palette->nearest);
}

/* The index of the nearest colour to 0xRRGGBB. */
static uint8_t find(struct palette *palette, uint32_t pixel)
{
    int red = pixel >> 16 & 0xff, green = pixel >> 8 & 0xff,
        blue = pixel & 0xff;
    int reduced = red >> 3 << 10 | green >> 3 << 5 | blue >> 3;
    int best = 3 * 256 * 256;

    if (palette->nearest[reduced] != UNKNOWN)
        return (uint8_t)palette->nearest[reduced];
    for (int i = 0; i < palette->n; i++) {
        const uint8_t *c = palette->colours[i];
        int r = c[0] - red, g = c[1] - green, b = c[2] - blue;
        int distance = r * r + g * g + b * b;

        if (distance < best) {
            best = distance;
            palette->nearest[reduced] = (uint16_t)i;
        }
    }
    return (uint8_t)palette->nearest[reduced];
}

/* ---- chunks -------------------------------------------------------------- */

static void put_u32(FILE *stream, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        putc((int)(value >> shift & 0xff), stream);
}

static void write_chunk(FILE *stream, const char name[4], const void *bytes,
                        size_t n)
{
    uLong crc = crc32(0, (const Bytef *)name, 4);

    put_u32(stream, (uint32_t)n);
    fwrite(name, 1, 4, stream);
    if (n > 0) {
        fwrite(bytes, 1, n, stream);
        crc = crc32_z(crc, bytes, n);
    }
    put_u32(stream, (uint32_t)crc);
}

static void write_header(FILE *stream, int width, int height)
{
    const uint8_t header[13] = {
        (uint8_t)(width >> 24),
        (uint8_t)(width >> 16),
        (uint8_t)(width >> 8),
        (uint8_t)width,
        (uint8_t)(height >> 24),
        (uint8_t)(height >> 16),
        (uint8_t)(height >> 8),
        (uint8_t)height,
        8, /* bits an index */
        3, /* indices into a palette */
    };

    fwrite("\x89PNG\r\n\x1a\n", 1, 8, stream);
    write_chunk(stream, "IHDR", header, sizeof header);
}

/* Rows of indices, each behind a 0: not filtered. malloc, or NULL. */
static uint8_t *to_rows(cairo_surface_t *surface, struct palette *palette,
                        size_t *n)
{
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *pixels = cairo_image_surface_get_data(surface);
    uint8_t *rows, *to;

    *n = (size_t)height * ((size_t)width + 1);
    to = rows = malloc(*n);
    for (int y = 0; y < height && rows; y++, pixels += stride) {
        *to++ = 0;
        for (int x = 0; x < width; x++) {
            uint32_t pixel;

            memcpy(&pixel, pixels + 4 * x, sizeof pixel);
            *to++ = find(palette, pixel);
        }
    }
    return rows;
}

static int write_all(FILE *stream, cairo_surface_t *surface,
                     struct palette *palette, struct se_report *report)
{
    size_t n;
    uint8_t *rows = to_rows(surface, palette, &n);
    uLongf n_packed = compressBound((uLong)n);
    uint8_t *packed = malloc(n_packed);
    int status = rows && packed &&
                         compress2(packed, &n_packed, rows, (uLong)n,
                                   Z_BEST_COMPRESSION) == Z_OK
                     ? SE_OK
                     : se_fail_memory(report, "a picture");

    if (status == SE_OK) {
        write_header(stream, cairo_image_surface_get_width(surface),
                     cairo_image_surface_get_height(surface));
        write_chunk(stream, "PLTE", palette->colours, 3 * (size_t)palette->n);
        write_chunk(stream, "IDAT", packed, n_packed);
        write_chunk(stream, "IEND", NULL, 0);
    }
    free(rows);
    free(packed);
    return status;
}

int se_png_write(FILE *stream, cairo_surface_t *surface,
                 struct se_report *report)
{
    struct palette *palette = malloc(sizeof *palette);
    int status;

    if (!palette)
        return se_fail_memory(report, "a picture");
    cairo_surface_flush(surface);
    fill(palette);
    status = write_all(stream, surface, palette, report);
    free(palette);
    return status;
}
