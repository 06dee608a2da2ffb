/* arch_parse.c - the grammar of nn_arch files (nn_arch/README.md), read
 * strictly. */
#include "nn/arch.h"

#include "base/edits.h"
#include "encoding/decimal.h"
#include "files/find.h"
#include "files/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum key {
    KEY_INPUT_NEURONS,
    KEY_LAYER_TYPE,
    KEY_LAYER_NEURONS,
    KEY_NUM_FILTERS,
    KEY_KERNEL_SIZE,
    KEY_STRIDES,
    KEY_ACTIVATION,
    KEY_DROPPROB,
    KEY_SCALAR_OUTPUT,
    KEY_LEN_FILTER,
    KEY_LEN_LOOKAHEAD,
    N_KEYS
};

enum kind { KIND_WHOLE, KIND_REAL, KIND_TYPE, KIND_ACTIVATION };

/* Where a key may stand, as bits: under a layer of which type, above the
 * first layer, or anywhere, once. */
enum {
    UNDER_FC = 1 << SE_LAYER_FC,
    UNDER_LSTM = 1 << SE_LAYER_LSTM,
    UNDER_CONV1D = 1 << SE_LAYER_CONV1D,
    UNDER_ANY = UNDER_FC | UNDER_LSTM | UNDER_CONV1D,
    ABOVE = 1 << 3,
    ANYWHERE = 1 << 4
};

static const struct {
    const char *name;
    int where;
    enum kind kind;
    double lo, hi; /* of numbers, both included */
} keys[N_KEYS] = {
    {"input_neurons", ABOVE | UNDER_ANY, KIND_WHOLE, 1, SE_MAX_WIDTH},
    {"layer_type", ANYWHERE, KIND_TYPE, 0, 0},
    {"layer_neurons", UNDER_FC | UNDER_LSTM, KIND_WHOLE, 1, SE_MAX_WIDTH},
    {"num_filters", UNDER_CONV1D, KIND_WHOLE, 1, SE_MAX_WIDTH},
    {"kernel_size", UNDER_CONV1D, KIND_WHOLE, 1, 64},
    {"strides", UNDER_CONV1D, KIND_WHOLE, 1, 16},
    {"activation", UNDER_ANY, KIND_ACTIVATION, 0, 0},
    {"dropprob", ABOVE | UNDER_ANY, KIND_REAL, 0, 0.99},
    {"scalar_output", ANYWHERE, KIND_REAL, 0.001, 1000},
    {"len_filter", ANYWHERE, KIND_WHOLE, 1, 16},
    {"len_lookahead", ANYWHERE, KIND_WHOLE, 0, 15},
};

enum { WORD_SIZE = 48 };

struct parser {
    struct se_arch *arch;
    struct se_report *report;
    const char *name;
    int line;
    int above[N_KEYS]; /* lines of keys above the layers, or of anywhere */
    int under[N_KEYS]; /* lines of keys under the present layer */
    int layer_needs;   /* input_neurons under the present layer; or 0 */
};

#define FAIL_AT(parser, line, format, ...)                                     \
    se_fail((parser)->report, SE_ERR_FORMAT, "%s:%d: " format, (parser)->name, \
            line, __VA_ARGS__)

static struct se_layer_arch *present_layer(const struct parser *parser)
{
    int n = parser->arch->n_layers;

    return n > 0 ? &parser->arch->layer[n - 1] : NULL;
}

static int fail_unknown_key(struct parser *parser, const char *word)
{
    enum { LIKE_EDITS = 4 };
    size_t least = LIKE_EDITS + 1;
    const char *nearest = NULL;
    char all[256] = "";

    for (int i = 0; i < N_KEYS; i++) {
        size_t edits = se_edits(word, strlen(word), keys[i].name);

        if (edits < least) {
            least = edits;
            nearest = keys[i].name;
        }
        strcat(strcat(all, i ? ", " : ""), keys[i].name);
    }
    if (nearest)
        return FAIL_AT(parser, parser->line,
                       "unknown key '%s', did you mean %s?", word, nearest);
    return FAIL_AT(parser, parser->line, "unknown key '%s', expected one of %s",
                   word, all);
}

/* What the value of `key` may be, in words. */
static const char *expected_value(char text[80], enum key key)
{
    switch (keys[key].kind) {
    case KIND_TYPE:
        return "fc, lstm or conv1d";
    case KIND_ACTIVATION:
        return "relu6, tanh, sigmoid or linear";
    case KIND_WHOLE:
        snprintf(text, 80, "a whole number %g..%g", keys[key].lo, keys[key].hi);
        break;
    case KIND_REAL:
        snprintf(text, 80, "a number %g..%g", keys[key].lo, keys[key].hi);
        break;
    }
    return text;
}

static int find_name(const char *word, const char *(*name)(int), int n_names)
{
    for (int i = 0; i < n_names; i++) {
        if (strcmp(word, name(i)) == 0)
            return i;
    }
    return -1;
}

static const char *type_name(int type)
{
    return se_layer_type_name((enum se_layer_type)type);
}

static const char *activation_name(int activation)
{
    return se_activation_name((enum se_activation)activation);
}

static int read_value(struct parser *parser, double *value, enum key key,
                      const char *word)
{
    char text[80];
    int good;

    switch (keys[key].kind) {
    case KIND_TYPE:
        *value = find_name(word, type_name, SE_LAYER_CONV1D + 1);
        good = *value >= 0;
        break;
    case KIND_ACTIVATION:
        *value = find_name(word, activation_name, SE_ACTIVATION_LINEAR + 1);
        good = *value >= 0;
        break;
    default:
        good = se_decimal_read(value, word) && *value >= keys[key].lo &&
               *value <= keys[key].hi &&
               (keys[key].kind == KIND_REAL || *value == floor(*value));
    }
    if (good)
        return SE_OK;
    return FAIL_AT(parser, parser->line, "%s is '%s', expected %s",
                   keys[key].name, word, expected_value(text, key));
}

/* Checks that the layer that ends here is whole and fits the one before. */
static int finish_layer(struct parser *parser)
{
    struct se_arch *arch = parser->arch;
    struct se_layer_arch *layer = present_layer(parser);

    if (!layer)
        return SE_OK;

    char text[80];
    const int line = arch->layer_line[arch->n_layers - 1];
    const char *type = se_layer_type_name(layer->type);
    const int is_conv1d = layer->type == SE_LAYER_CONV1D;
    /* KEY_LAYER_TYPE is always there: it fills a place with no need. */
    const int needed[] = {is_conv1d ? KEY_NUM_FILTERS : KEY_LAYER_NEURONS,
                          is_conv1d ? KEY_KERNEL_SIZE : KEY_LAYER_TYPE,
                          layer->type == SE_LAYER_LSTM ? KEY_LAYER_TYPE
                                                       : KEY_ACTIVATION};

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!parser->under[needed[i]])
            return FAIL_AT(parser, line, "this %s layer has no %s, expected %s",
                           type, keys[needed[i]].name,
                           expected_value(text, (enum key)needed[i]));
    }
    if (layer->type == SE_LAYER_LSTM && layer->activation != SE_ACTIVATION_TANH)
        return FAIL_AT(parser, parser->under[KEY_ACTIVATION],
                       "activation of an lstm is '%s', expected tanh",
                       se_activation_name(layer->activation));
    if (parser->layer_needs && parser->layer_needs != layer->n_in)
        return FAIL_AT(
            parser, parser->under[KEY_INPUT_NEURONS],
            "%s needs %d inputs, %s gives %d", type, parser->layer_needs,
            arch->n_layers > 1 ? "the layer before" : "input_neurons above",
            layer->n_in);
    return SE_OK;
}

static int start_layer(struct parser *parser, enum se_layer_type type)
{
    struct se_arch *arch = parser->arch;
    int status = finish_layer(parser);

    if (status != SE_OK)
        return status;
    if (!parser->above[KEY_INPUT_NEURONS])
        return FAIL_AT(parser, parser->line, "%s before %s, expected it first",
                       keys[KEY_LAYER_TYPE].name, keys[KEY_INPUT_NEURONS].name);
    if (arch->n_layers == SE_MAX_LAYERS)
        return FAIL_AT(parser, parser->line,
                       "one layer more than the %d expected at most",
                       SE_MAX_LAYERS);

    const struct se_layer_arch *before = present_layer(parser);

    arch->layer[arch->n_layers] = (struct se_layer_arch){
        .type = type,
        .activation = SE_ACTIVATION_TANH,
        .n_in = before ? before->n_out : arch->n_in,
        .kernel_size = 1,
        .stride = 1,
    };
    arch->layer_line[arch->n_layers++] = parser->line;
    memset(parser->under, 0, sizeof parser->under);
    parser->layer_needs = 0;
    return SE_OK;
}

static void set_above(struct parser *parser, enum key key, double value)
{
    struct se_arch *arch = parser->arch;

    if (key == KEY_INPUT_NEURONS) {
        arch->n_in = (int)value;
        arch->input_line = parser->line;
    } else if (key == KEY_DROPPROB) {
        arch->input_dropout_rate = (float)value;
    } else if (key == KEY_SCALAR_OUTPUT) {
        arch->scalar_output = (float)value;
    } else if (key == KEY_LEN_FILTER) {
        arch->len_filter = (int)value;
    } else if (key == KEY_LEN_LOOKAHEAD) {
        arch->len_lookahead = (int)value;
    }
}

static void set_under(struct parser *parser, enum key key, double value)
{
    struct se_layer_arch *layer = present_layer(parser);

    if (key == KEY_INPUT_NEURONS)
        parser->layer_needs = (int)value;
    else if (key == KEY_LAYER_NEURONS || key == KEY_NUM_FILTERS)
        layer->n_out = (int)value;
    else if (key == KEY_KERNEL_SIZE)
        layer->kernel_size = (int)value;
    else if (key == KEY_STRIDES)
        layer->stride = (int)value;
    else if (key == KEY_ACTIVATION)
        layer->activation = (enum se_activation)value;
    else if (key == KEY_DROPPROB)
        layer->dropout_rate = (float)value;
}

/* Whether `key` may stand on this line. */
static int check_place(struct parser *parser, enum key key)
{
    const struct se_layer_arch *layer = present_layer(parser);
    const int where = keys[key].where;

    if (where & ANYWHERE)
        return SE_OK;
    if (!layer && !(where & ABOVE))
        return FAIL_AT(parser, parser->line,
                       "%s above the first layer, expected under a layer_type",
                       keys[key].name);
    if (layer && !(where & (1 << layer->type)))
        return FAIL_AT(parser, parser->line,
                       "%s under %s, expected under %s alone", keys[key].name,
                       se_layer_type_name(layer->type),
                       where & UNDER_CONV1D ? "conv1d" : "fc and lstm");
    return SE_OK;
}

static int set_key(struct parser *parser, enum key key, const char *word)
{
    double value = 0;
    int status = check_place(parser, key);

    if (status == SE_OK)
        status = read_value(parser, &value, key, word);
    if (status != SE_OK)
        return status;
    if (key == KEY_LAYER_TYPE) {
        status = start_layer(parser, (enum se_layer_type)value);
        parser->under[key] = parser->line;
        return status;
    }

    const int is_above =
        keys[key].where & ANYWHERE || parser->arch->n_layers == 0;
    int *seen = is_above ? &parser->above[key] : &parser->under[key];

    if (*seen)
        return FAIL_AT(parser, parser->line,
                       "%s a second time, first in line %d", keys[key].name,
                       *seen);
    *seen = parser->line;
    if (is_above)
        set_above(parser, key, value);
    else
        set_under(parser, key, value);
    return SE_OK;
}

/* Copies the next word of a line and returns what follows it. A word too long
 * for any key or number ends in "..."; what can not be shown becomes '?'. */
static const char *next_word(char word[WORD_SIZE], const char *text,
                             const char *end)
{
    int n = 0;

    while (text < end && isspace((unsigned char)*text))
        text++;
    for (; text < end && !isspace((unsigned char)*text); text++) {
        if (n < WORD_SIZE - 1)
            word[n++] = *text >= ' ' && *text <= '~' ? *text : '?';
        else
            memset(word + WORD_SIZE - 4, '.', 3);
    }
    word[n] = '\0';
    return text;
}

static int parse_line(struct parser *parser, const char *text, const char *end)
{
    char word[3][WORD_SIZE], values[80];
    const char *comment = memchr(text, '#', (size_t)(end - text));

    if (comment)
        end = comment;
    for (int i = 0; i < 3; i++)
        text = next_word(word[i], text, end);
    if (!word[0][0])
        return SE_OK;

    int key = 0;

    while (key < N_KEYS && strcmp(word[0], keys[key].name) != 0)
        key++;
    if (key == N_KEYS)
        return fail_unknown_key(parser, word[0]);
    if (!word[1][0])
        return FAIL_AT(parser, parser->line, "%s has no value, expected %s",
                       word[0], expected_value(values, (enum key)key));
    if (word[2][0])
        return FAIL_AT(parser, parser->line,
                       "'%s' after '%s %s', expected one value a line", word[2],
                       word[0], word[1]);
    return set_key(parser, (enum key)key, word[1]);
}

/* Checks that need the whole net. */
static int finish(struct parser *parser)
{
    const struct se_arch *arch = parser->arch;
    int status = finish_layer(parser);

    if (status != SE_OK)
        return status;
    if (arch->n_layers == 0)
        return FAIL_AT(parser, parser->line,
                       "the text ends without a %s, expected a layer or more",
                       keys[KEY_LAYER_TYPE].name);
    if (arch->layer[arch->n_layers - 1].dropout_rate > 0)
        return FAIL_AT(parser, parser->under[KEY_DROPPROB],
                       "dropprob under the last layer is %g, expected none: "
                       "its output is the mask",
                       (double)arch->layer[arch->n_layers - 1].dropout_rate);
    if (se_arch_outputs(arch) % arch->len_filter)
        return FAIL_AT(parser, arch->layer_line[arch->n_layers - 1],
                       "the last layer gives %d values, expected a multiple of "
                       "len_filter %d",
                       se_arch_outputs(arch), arch->len_filter);
    if (arch->len_filter > 1 && arch->len_lookahead >= arch->len_filter)
        return FAIL_AT(parser, parser->above[KEY_LEN_LOOKAHEAD],
                       "len_lookahead is %d, expected less than len_filter %d",
                       arch->len_lookahead, arch->len_filter);
    if (se_arch_parameters(arch) > SE_MAX_PARAMETERS)
        return FAIL_AT(parser, arch->layer_line[arch->n_layers - 1],
                       "the net has %lld weights, expected %d at most",
                       (long long)se_arch_parameters(arch), SE_MAX_PARAMETERS);
    return SE_OK;
}

int se_arch_parse(struct se_arch *arch, const char *text, const char *name,
                  struct se_report *report)
{
    struct parser parser = {.arch = arch, .report = report, .name = name};

    *arch = (struct se_arch){.scalar_output = 1, .len_filter = 1};
    for (;;) {
        const char *end = text + strcspn(text, "\n");

        parser.line++;

        int status = parse_line(&parser, text, end);

        if (status != SE_OK)
            return status;
        if (!*end)
            return finish(&parser);
        text = end + 1;
    }
}

int se_arch_find(char *path, size_t size, const char *name,
                 struct se_report *report)
{
    char longer[4096];
    int status = se_find(path, size, name, "nn_arch", report);

    if (status == SE_OK)
        return SE_OK;
    snprintf(longer, sizeof longer, "%s.txt", name);
    return se_find(path, size, longer, "nn_arch", NULL) == SE_OK ? SE_OK
                                                                 : status;
}

int se_arch_read(struct se_arch *arch, const char *path,
                 struct se_report *report)
{
    enum { LIMIT_BYTES = 1 << 16 };
    char *text;
    size_t n_bytes;
    int status = se_read_text(&text, &n_bytes, path, LIMIT_BYTES, report);

    if (status != SE_OK)
        return status;
    if (strlen(text) != n_bytes)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: not a text file (a zero byte at %zu), "
                         "expected an nn_arch description",
                         path, strlen(text));
    else
        status = se_arch_parse(arch, text, path, report);
    free(text);
    return status;
}
