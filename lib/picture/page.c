/* page.c - the web page of enhanced files. */
#include "picture/page.h"

#include "audio/excerpt.h"
#include "files/atomic.h"
#include "files/memory.h"
#include "files/path.h"
#include "picture/html.h"
#include "picture/png.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct se_page {
    struct se_atomic_file file;
};

/* What the sections need of before and after. */
struct pair {
    struct se_excerpt before, after;
};

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'; img-src data:; media-src data:\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<title>Speech enhancement</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; --paper: #fff; --ink: #222; "
    "--faint: #d9d9d9; --soft: #595959; }\n"
    "@media (prefers-color-scheme: dark) { :root { --paper: #1c1c1f; "
    "--ink: #e0e0e0; --faint: #4a4a4d; --soft: #a8a8a8; } }\n"
    "body { background: var(--paper); color: var(--ink); margin: 2rem auto; "
    "max-width: 62rem; padding: 0 1rem; font: 1rem/1.5 system-ui, "
    "sans-serif; }\n"
    "h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; overflow-wrap: "
    "anywhere; }\n"
    "section { border-top: 1px solid var(--faint); margin-top: 2.5rem; }\n"
    ".sounds { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }\n"
    "figure { margin: 0; flex: 1 1 20rem; overflow-wrap: anywhere; } audio { "
    "width: 100%; }\n"
    "table { border-collapse: collapse; margin: 1rem 0; }\n"
    "th, td { padding: .2rem 1.2rem .2rem 0; text-align: right; "
    "font-variant-numeric: tabular-nums; border-bottom: 1px solid "
    "var(--faint); }\n"
    "th:first-child { text-align: left; font-weight: normal; }\n"
    "td.word { text-align: left; overflow-wrap: anywhere; }\n"
    "img { width: 100%; height: auto; background: #fff; border-radius: "
    ".5rem; }\n"
    "@media (prefers-color-scheme: dark) { img { filter: "
    "brightness(.85); } }\n"
    ".note { color: var(--soft); }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Speech enhancement</h1>\n";

int se_page_open(struct se_page **out, const char *path,
                 const struct se_page_setting *settings, int n_settings,
                 struct se_report *report)
{
    struct se_page *page = calloc(1, sizeof *page);

    *out = NULL;
    if (!page)
        return se_fail_memory(report, path);

    int status = se_atomic_open(&page->file, path, report);
    FILE *stream = page->file.stream;

    if (status != SE_OK) {
        free(page);
        return status;
    }
    fputs(head, stream);
    fputs("<table>\n", stream);
    for (int i = 0; i < n_settings; i++) {
        fputs("<tr><th>", stream);
        se_html_text(stream, settings[i].name);
        fputs("</th><td class=\"word\">", stream);
        se_html_text(stream, settings[i].value);
        fputs("</td></tr>\n", stream);
    }
    fputs("</table>\n", stream);
    *out = page;
    return SE_OK;
}

static void begin_section(FILE *stream, const char *input)
{
    fputs("<section>\n<h2>", stream);
    se_html_text(stream, se_path_base(input));
    fputs("</h2>\n", stream);
}

/* ---- sounds -------------------------------------------------------------- */

static void write_player(FILE *stream, const char *caption, const char *path,
                         const struct se_excerpt *excerpt)
{
    fprintf(stream, "<figure><figcaption>%s: ", caption);
    se_html_text(stream, path);
    fputs("</figcaption>\n<audio controls preload=\"metadata\" "
          "src=\"data:audio/flac;base64,",
          stream);
    se_html_base64(stream, excerpt->flac, excerpt->n_bytes);
    fputs("\"></audio></figure>\n", stream);
}

static void write_sounds(FILE *stream, const struct se_page_entry *entry,
                         const struct pair *pair)
{
    const struct se_excerpt *before = &pair->before;

    fputs("<div class=\"sounds\">\n", stream);
    write_player(stream, "Before", entry->input, before);
    write_player(stream, "After", entry->output, &pair->after);
    fputs("</div>\n", stream);
    if (before->seconds < before->levels.seconds)
        fprintf(stream,
                "<p class=\"note\">The first %g of %.1f seconds can be heard "
                "here; picture and numbers are of all.</p>\n",
                before->seconds, before->levels.seconds);
    if (before->format.channels > 2)
        fprintf(stream,
                "<p class=\"note\">Of %d channels, their mean can be heard "
                "here.</p>\n",
                before->format.channels);
}

/* ---- numbers ------------------------------------------------------------- */

/* A level or score; infinity where there is nothing to measure. */
static void write_number(FILE *stream, double value, const char *format)
{
    char text[32];

    if (isfinite(value))
        snprintf(text, sizeof text, format, value);
    else
        snprintf(text, sizeof text, "%s",
                 isnan(value) ? "\u2013"
                 : value < 0  ? "\u2212\u221e"
                              : "\u221e");
    fprintf(stream, "<td>%s%s</td>", text[0] == '-' ? "\u2212" : "",
            text + (text[0] == '-'));
}

static void write_row(FILE *stream, const char *name, double before,
                      double after, const char *format)
{
    fprintf(stream, "<tr><th>%s</th>", name);
    write_number(stream, before, format);
    write_number(stream, after, format);
    write_number(stream, after - before, format);
    fputs("</tr>\n", stream);
}

static void write_levels(FILE *stream, const struct pair *pair)
{
    const struct se_levels *before = &pair->before.levels;
    const struct se_levels *after = &pair->after.levels;

    write_row(stream, "Peak, dB full scale", before->peak_db, after->peak_db,
              "%.1f");
    write_row(stream, "Mean level (RMS), dB", before->rms_db, after->rms_db,
              "%.1f");
    write_row(stream, "Loud parts (95 % of 10 ms frames are below), dB",
              before->loud_db, after->loud_db, "%.1f");
    write_row(stream, "Quiet parts (10 % are below), dB", before->quiet_db,
              after->quiet_db, "%.1f");
    write_row(stream, "Samples at full scale", (double)before->n_full_scale,
              (double)after->n_full_scale, "%.0f");
}

static void write_scores(FILE *stream, const struct se_scores *before,
                         const struct se_scores *after)
{
    write_row(stream, "SI-SDR, dB", before->si_sdr_db, after->si_sdr_db,
              "%.2f");
    write_row(stream, "Segmental SNR, dB", before->seg_snr_db,
              after->seg_snr_db, "%.2f");
    write_row(stream, "STOI", before->stoi, after->stoi, "%.3f");
    write_row(stream, "ESTOI", before->estoi, after->estoi, "%.3f");
    write_row(stream, "PESQ, wide-band (P.862.2)", before->pesq_wb,
              after->pesq_wb, "%.3f");
    write_row(stream, "PESQ, narrow-band (P.862.1)", before->pesq_nb,
              after->pesq_nb, "%.3f");
    write_row(stream, "Log-spectral distance, dB", before->lsd_db,
              after->lsd_db, "%.2f");
}

static void write_numbers(FILE *stream, const struct se_page_entry *entry,
                          const struct pair *pair)
{
    fputs("<table>\n<tr><th></th><th>before</th><th>after</th>"
          "<th>change</th></tr>\n",
          stream);
    if (entry->scores)
        write_scores(stream, &entry->scores->before, &entry->scores->after);
    write_levels(stream, pair);
    fputs("</table>\n", stream);
    if (entry->no_scores) {
        fputs("<p class=\"note\">No scores: ", stream);
        se_html_text(stream, entry->no_scores);
        fputs("</p>\n", stream);
    }
    fprintf(stream,
            "<p class=\"note\">%.2f seconds, %d Hz, %d channel%s.</p>\n",
            pair->before.levels.seconds, pair->before.format.rate_hz,
            pair->before.format.channels,
            pair->before.format.channels > 1 ? "s" : "");
}

/* ---- pictures ------------------------------------------------------------ */

/* Sharp enough on most screens, and half as large as two. */
#define PIXELS_PER_POINT 1.5

static int draw_scene(FILE *stream, struct se_scene *scene,
                      struct se_report *report)
{
    struct se_canvas *canvas;
    int status = se_canvas_open_image(&canvas, SE_SCENE_WIDTH,
                                      SE_SCENE_HEIGHT - SE_SCENE_HEAD,
                                      PIXELS_PER_POINT, report);

    if (status != SE_OK)
        return status;
    se_scene_draw(scene, canvas, NULL, NULL);
    status = se_canvas_check(canvas, report);
    if (status == SE_OK)
        status = se_png_write(stream, se_canvas_image(canvas), report);
    se_canvas_discard(canvas);
    return status;
}

/* The scene as a PNG in base64. */
static int write_picture(FILE *stream, struct se_scene *scene,
                         struct se_report *report)
{
    struct se_memory memory;
    int status = se_memory_open(&memory, "a picture", report);

    if (status != SE_OK)
        return status;
    status = draw_scene(memory.stream, scene, report);

    int closed =
        se_memory_close(&memory, "a picture", status == SE_OK ? report : NULL);

    if (status == SE_OK)
        status = closed;
    if (status == SE_OK) {
        fputs("<img alt=\"Wave, spectrograms before and after, features and "
              "mask over time\" src=\"data:image/png;base64,",
              stream);
        se_html_base64(stream, memory.bytes, memory.n);
        fputs("\">\n", stream);
    }
    free(memory.bytes);
    return status;
}

/* ---- sections ------------------------------------------------------------ */

int se_page_add(struct se_page *page, const struct se_page_entry *entry,
                struct se_report *report)
{
    FILE *stream = page->file.stream;
    struct pair pair = {0};
    int status = se_excerpt_read(&pair.before, entry->input, entry->raw_input,
                                 SE_PAGE_SECONDS, report);

    if (status == SE_OK)
        status = se_excerpt_read(&pair.after, entry->output, entry->raw_output,
                                 SE_PAGE_SECONDS, report);
    if (status == SE_OK) {
        begin_section(stream, entry->input);
        write_sounds(stream, entry, &pair);
        write_numbers(stream, entry, &pair);
        status = write_picture(stream, entry->scene, report);
        fputs("</section>\n", stream);
    }
    se_excerpt_free(&pair.before);
    se_excerpt_free(&pair.after);
    return status;
}

void se_page_add_failure(struct se_page *page, const char *input,
                         const char *reason)
{
    FILE *stream = page->file.stream;

    begin_section(stream, input);
    fputs("<p>Not enhanced: ", stream);
    se_html_text(stream, reason);
    fputs("</p>\n</section>\n", stream);
}

int se_page_commit(struct se_page *page, struct se_report *report)
{
    fputs("</body>\n</html>\n", page->file.stream);

    int status = se_atomic_commit(&page->file, report);

    free(page);
    return status;
}

void se_page_discard(struct se_page *page)
{
    if (!page)
        return;
    se_atomic_discard(&page->file);
    free(page);
}
