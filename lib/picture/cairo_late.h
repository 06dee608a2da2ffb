/* cairo_late.h - Cairo, loaded when something is drawn (base/late.h). */
#ifndef SE_PICTURE_CAIRO_LATE_H
#define SE_PICTURE_CAIRO_LATE_H

#include "base/late.h"

#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>
#include <cairo/cairo.h>

#define SE_PICTURE_CAIRO_LATE_CALLS(X)                                         \
    X(cairo_arc)                                                               \
    X(cairo_clip)                                                              \
    X(cairo_close_path)                                                        \
    X(cairo_create)                                                            \
    X(cairo_destroy)                                                           \
    X(cairo_fill)                                                              \
    X(cairo_fill_preserve)                                                     \
    X(cairo_get_source)                                                        \
    X(cairo_get_target)                                                        \
    X(cairo_image_surface_create)                                              \
    X(cairo_image_surface_create_from_png)                                     \
    X(cairo_image_surface_get_data)                                            \
    X(cairo_image_surface_get_height)                                          \
    X(cairo_image_surface_get_stride)                                          \
    X(cairo_image_surface_get_width)                                           \
    X(cairo_line_to)                                                           \
    X(cairo_move_to)                                                           \
    X(cairo_new_path)                                                          \
    X(cairo_paint)                                                             \
    X(cairo_pattern_set_filter)                                                \
    X(cairo_pdf_surface_create_for_stream)                                     \
    X(cairo_pdf_surface_set_metadata)                                          \
    X(cairo_rectangle)                                                         \
    X(cairo_rel_line_to)                                                       \
    X(cairo_restore)                                                           \
    X(cairo_rotate)                                                            \
    X(cairo_save)                                                              \
    X(cairo_scale)                                                             \
    X(cairo_select_font_face)                                                  \
    X(cairo_set_dash)                                                          \
    X(cairo_set_font_size)                                                     \
    X(cairo_set_line_join)                                                     \
    X(cairo_set_line_width)                                                    \
    X(cairo_set_source_rgba)                                                   \
    X(cairo_set_source_surface)                                                \
    X(cairo_show_text)                                                         \
    X(cairo_status)                                                            \
    X(cairo_status_to_string)                                                  \
    X(cairo_stroke)                                                            \
    X(cairo_surface_destroy)                                                   \
    X(cairo_surface_finish)                                                    \
    X(cairo_surface_flush)                                                     \
    X(cairo_surface_mark_dirty)                                                \
    X(cairo_surface_set_device_scale)                                          \
    X(cairo_surface_status)                                                    \
    X(cairo_surface_write_to_png_stream)                                       \
    X(cairo_svg_surface_create_for_stream)                                     \
    X(cairo_text_extents)                                                      \
    X(cairo_translate)

struct se_cairo_calls {
    SE_PICTURE_CAIRO_LATE_CALLS(SE_LATE_POINTER)
};

extern struct se_cairo_calls se_cairo;

/* Before the first call. SE_ERR_IO: the library is not installed. */
int se_cairo_load(struct se_report *report);

#ifndef SE_PICTURE_CAIRO_LATE_NAMES
#define cairo_arc                  se_cairo.cairo_arc
#define cairo_clip                 se_cairo.cairo_clip
#define cairo_close_path           se_cairo.cairo_close_path
#define cairo_create               se_cairo.cairo_create
#define cairo_destroy              se_cairo.cairo_destroy
#define cairo_fill                 se_cairo.cairo_fill
#define cairo_fill_preserve        se_cairo.cairo_fill_preserve
#define cairo_get_source           se_cairo.cairo_get_source
#define cairo_get_target           se_cairo.cairo_get_target
#define cairo_image_surface_create se_cairo.cairo_image_surface_create
#define cairo_image_surface_create_from_png                                    \
    se_cairo.cairo_image_surface_create_from_png
#define cairo_image_surface_get_data   se_cairo.cairo_image_surface_get_data
#define cairo_image_surface_get_height se_cairo.cairo_image_surface_get_height
#define cairo_image_surface_get_stride se_cairo.cairo_image_surface_get_stride
#define cairo_image_surface_get_width  se_cairo.cairo_image_surface_get_width
#define cairo_line_to                  se_cairo.cairo_line_to
#define cairo_move_to                  se_cairo.cairo_move_to
#define cairo_new_path                 se_cairo.cairo_new_path
#define cairo_paint                    se_cairo.cairo_paint
#define cairo_pattern_set_filter       se_cairo.cairo_pattern_set_filter
#define cairo_pdf_surface_create_for_stream                                    \
    se_cairo.cairo_pdf_surface_create_for_stream
#define cairo_pdf_surface_set_metadata se_cairo.cairo_pdf_surface_set_metadata
#define cairo_rectangle                se_cairo.cairo_rectangle
#define cairo_rel_line_to              se_cairo.cairo_rel_line_to
#define cairo_restore                  se_cairo.cairo_restore
#define cairo_rotate                   se_cairo.cairo_rotate
#define cairo_save                     se_cairo.cairo_save
#define cairo_scale                    se_cairo.cairo_scale
#define cairo_select_font_face         se_cairo.cairo_select_font_face
#define cairo_set_dash                 se_cairo.cairo_set_dash
#define cairo_set_font_size            se_cairo.cairo_set_font_size
#define cairo_set_line_join            se_cairo.cairo_set_line_join
#define cairo_set_line_width           se_cairo.cairo_set_line_width
#define cairo_set_source_rgba          se_cairo.cairo_set_source_rgba
#define cairo_set_source_surface       se_cairo.cairo_set_source_surface
#define cairo_show_text                se_cairo.cairo_show_text
#define cairo_status                   se_cairo.cairo_status
#define cairo_status_to_string         se_cairo.cairo_status_to_string
#define cairo_stroke                   se_cairo.cairo_stroke
#define cairo_surface_destroy          se_cairo.cairo_surface_destroy
#define cairo_surface_finish           se_cairo.cairo_surface_finish
#define cairo_surface_flush            se_cairo.cairo_surface_flush
#define cairo_surface_mark_dirty       se_cairo.cairo_surface_mark_dirty
#define cairo_surface_set_device_scale se_cairo.cairo_surface_set_device_scale
#define cairo_surface_status           se_cairo.cairo_surface_status
#define cairo_surface_write_to_png_stream                                      \
    se_cairo.cairo_surface_write_to_png_stream
#define cairo_svg_surface_create_for_stream                                    \
    se_cairo.cairo_svg_surface_create_for_stream
#define cairo_text_extents se_cairo.cairo_text_extents
#define cairo_translate    se_cairo.cairo_translate
#endif

#endif
