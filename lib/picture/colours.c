/* colours.c - tables of colours. */
#include "picture/colours.h"

#include <stdint.h>

enum { N_STOPS = 11 };

static const uint32_t stops[][N_STOPS] = {
    [SE_MAP_MAGMA] = {0x000004, 0x150e37, 0x3b0f70, 0x641a80, 0x8c2981,
                      0xb63679, 0xde4968, 0xf76f5c, 0xfe9f6d, 0xfece91,
                      0xfcfdbf},
    [SE_MAP_VIRIDIS] = {0x440154, 0x482576, 0x414487, 0x35608d, 0x2a788e,
                        0x21908c, 0x22a884, 0x43bf71, 0x7ad151, 0xbbdf27,
                        0xfde725},
};

static const uint32_t lines[SE_N_COLOURS] = {0x0072b2, 0xd55e00, 0x009e73,
                                             0xcc79a7, 0xe69f00, 0x56b4e9};

static struct se_colour from_hex(uint32_t hex)
{
    return (struct se_colour){(hex >> 16) / 255.0, (hex >> 8 & 0xff) / 255.0,
                              (hex & 0xff) / 255.0};
}

struct se_colour se_colour_blend(struct se_colour a, struct se_colour b,
                                 double t)
{
    return (struct se_colour){a.red + t * (b.red - a.red),
                              a.green + t * (b.green - a.green),
                              a.blue + t * (b.blue - a.blue)};
}

struct se_colour se_map_colour(enum se_map map, double value)
{
    double place = value > 0.0 ? value * (N_STOPS - 1) : 0.0;

    if (place >= N_STOPS - 1)
        return from_hex(stops[map][N_STOPS - 1]);

    int i = (int)place;

    return se_colour_blend(from_hex(stops[map][i]), from_hex(stops[map][i + 1]),
                           place - i);
}

struct se_colour se_line_colour(int i)
{
    return from_hex(lines[i % SE_N_COLOURS]);
}
