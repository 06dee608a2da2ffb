/* reverb.c - a store of room responses, and speech and noise put into them. */
#include "data/reverb.h"

#include "audio/sound.h"
#include "data/level.h"
#include "dsp/convolve.h"
#include "dsp/room.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE_HZ = 16000,
    EARLY = RATE_HZ / 20,  /* samples that the level goes by */
    LEAD = RATE_HZ / 400,  /* samples kept before a measured direct sound */
    LONGEST = 4 * RATE_HZ, /* samples of a measured response */
    TARGET_FADE = RATE_HZ / 250 /* samples, after the early part */
};

struct response {
    float *taps;   /* [n]; NULL: none */
    int n, direct; /* the sample on which the direct sound falls */
};

/* What one mixture is in. */
struct place {
    struct response speech, noise; /* noise may be none: speech's is taken */
};

/* Working memory, lent to one thread at a time. */
struct desk {
    struct se_convolver *convolver;
    float *weighted; /* [max_taps] of the target */
};

struct desks {
    pthread_mutex_t mutex;
    pthread_cond_t returned;
    struct desk *desks; /* [n] the first n_free of them are free */
    int n, n_free;
};

struct se_reverb {
    struct se_reverb_config config;
    struct place *measured, *simulated;
    int n_measured, n_simulated, n_skipped, max_taps;
    struct se_report skipped;
    struct desks *desks;
};

void se_reverb_config_default(struct se_reverb_config *config)
{
    *config = (struct se_reverb_config){
        .chance = -1,
        .noise_chance = 0.5f,
        .target = SE_TARGET_EARLY,
        .early_ms = 50,
        .measured_share = 0.5f,
        .distance_min = 0.5f,
        .distance_max = 3,
        .n_responses = 500,
    };
}

void se_reverb_config_complete(struct se_reverb_config *config)
{
    int given = config->measured || config->rt60_max > 0;

    if (config->chance < 0)
        config->chance = given ? 0.2f : 0;
    if (config->chance > 0 && !given) {
        config->rt60_min = 0.2f;
        config->rt60_max = 1;
    }
}

/* Scales so that the squares of the first 50 ms add up to 1. */
static void scale_to_early(struct response *response)
{
    int early = response->direct + EARLY;
    int n = early < response->n ? early : response->n;
    double energy = se_level_power(response->taps, n) * n;
    float gain = energy > 0 ? (float)(1 / sqrt(energy)) : 0;

    for (int i = 0; i < response->n; i++)
        response->taps[i] *= gain;
}

/* ---- simulated rooms ----------------------------------------------------- */

/* A point at least `margin` metres from the walls. */
static void draw_point(double point[3], const struct se_room *room,
                       double margin, struct se_rng *rng)
{
    for (int i = 0; i < 3; i++)
        point[i] = se_rng_uniform(rng, margin, room->size_m[i] - margin);
}

static int is_inside(const struct se_room *room, const double point[3],
                     double margin)
{
    for (int i = 0; i < 3; i++)
        if (point[i] < margin || point[i] > room->size_m[i] - margin)
            return 0;
    return 1;
}

/* A talker at a distance that is a whole number of samples, so that the direct
 * sound is one tap: the dry target is then exact. */
static void draw_talker(struct se_room *room, double distance_m,
                        struct se_rng *rng)
{
    double step = SE_SOUND_SPEED / RATE_HZ;
    double r = fmax(1, rint(distance_m / step)) * step;
    double up = fmin(0.9 * r, 0.5) * se_rng_uniform(rng, -1, 1);
    double flat = sqrt(r * r - up * up);
    double turn = se_rng_uniform(rng, 0, 2 * M_PI);

    room->source_m[0] = room->microphone_m[0] + flat * cos(turn);
    room->source_m[1] = room->microphone_m[1] + flat * sin(turn);
    room->source_m[2] = room->microphone_m[2] + up;
}

static void draw_walls(struct se_room *room, struct se_rng *rng)
{
    const double *size = room->size_m;
    double mean = se_room_absorption(size, room->rt60_s);
    double sum = 0, area = 0;

    for (int i = 0; i < 3; i++) {
        double wall = size[(i + 1) % 3] * size[(i + 2) % 3];

        for (int j = 0; j < 2; j++) {
            room->absorption[i][j] = se_rng_uniform(rng, 0.5, 1.5);
            sum += wall * room->absorption[i][j];
            area += wall;
        }
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++)
            room->absorption[i][j] =
                fmin(0.99, room->absorption[i][j] * mean * area / sum);
}

static void draw_room(struct se_room *room,
                      const struct se_reverb_config *config, struct se_rng *rng)
{
    const double smallest[3] = {3, 3, 2.3}, largest[3] = {8, 10, 4};
    double distance = se_rng_uniform(rng, (double)config->distance_min,
                                     (double)config->distance_max);

    room->rt60_s =
        se_rng_uniform(rng, (double)config->rt60_min, (double)config->rt60_max);
    room->treble = se_rng_uniform(rng, 0.5, 1);
    /* Larger distances than a room has are made to fit in the end. */
    do {
        for (int i = 0; i < 3; i++)
            room->size_m[i] = se_rng_uniform(rng, smallest[i], largest[i]);
        draw_point(room->microphone_m, room, 0.5, rng);
        draw_talker(room, distance, rng);
        distance *= 0.998;
    } while (!is_inside(room, room->source_m, 0.3));
    draw_walls(room, rng);
}

static int simulate(struct response *response, const struct se_room *room,
                    struct se_rng *rng)
{
    response->n = se_room_samples(room, RATE_HZ);
    response->direct = se_room_direct(room, RATE_HZ);
    response->taps = malloc((size_t)response->n * sizeof(float));
    if (!response->taps)
        return SE_ERR_MEMORY;
    se_room_response(response->taps, response->n, room, RATE_HZ, rng);
    scale_to_early(response);
    return SE_OK;
}

struct simulating {
    const struct se_reverb_config *config;
    struct place *places;
    uint64_t seed;
};

static void simulate_one(void *context, int index, int worker)
{
    struct simulating *simulating = context;
    struct place *place = &simulating->places[index];
    struct se_room room;
    struct se_rng rng;

    (void)worker;
    se_rng_seed(&rng, simulating->seed, (uint64_t)index);
    draw_room(&room, simulating->config, &rng);
    if (simulate(&place->speech, &room, &rng) != SE_OK)
        return;

    /* A source of noise does not sit on the microphone. */
    do
        draw_point(room.source_m, &room, 0.2, &rng);
    while (se_room_direct(&room, RATE_HZ) < RATE_HZ / SE_SOUND_SPEED);
    simulate(&place->noise, &room, &rng);
}

static int simulate_all(struct se_reverb *reverb, uint64_t seed,
                        struct se_pool *pool, struct se_report *report)
{
    int n = reverb->config.rt60_max > 0 ? reverb->config.n_responses : 0;
    struct simulating simulating = {&reverb->config, NULL, seed};

    reverb->simulated = calloc((size_t)n + 1, sizeof *reverb->simulated);
    if (!reverb->simulated)
        return se_fail_memory(report, "the rooms");
    reverb->n_simulated = n;
    simulating.places = reverb->simulated;
    se_pool_run(pool, n, simulate_one, &simulating);
    for (int i = 0; i < n; i++)
        if (!reverb->simulated[i].speech.taps ||
            !reverb->simulated[i].noise.taps)
            return se_fail_memory(report, "the rooms");
    return SE_OK;
}

/* ---- measured responses -------------------------------------------------- */

/* In RIRS_NOISES, whose folder holds both. */
static int is_noise(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strstr(path, "pointsource_noises/") != NULL ||
           strstr(slash ? slash : path, "_noise_") != NULL;
}

/* Samples until what follows is 60 dB below all. */
static int64_t end_of_decay(const float *taps, int64_t n)
{
    double all = se_level_power(taps, n) * (double)n, rest = 0;

    for (; n > 1; n--) {
        rest += (double)taps[n - 1] * (double)taps[n - 1];
        if (rest > 1e-6 * all)
            break;
    }
    return n;
}

static int read_response(struct response *response, const char *path,
                         struct se_report *report)
{
    float *taps, peak = 0;
    int64_t n, direct = 0;
    int status = se_sound_load_first(&taps, &n, path, RATE_HZ, report);

    if (status != SE_OK)
        return status;
    for (int64_t i = 0; i < n; i++) {
        if (fabsf(taps[i]) > peak) {
            peak = fabsf(taps[i]);
            direct = i;
        }
    }
    if (!(peak > 0)) {
        free(taps);
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: silent, expected a room response", path);
    }

    /* What lies before is the way of the sound, and noise. */
    int64_t skip = direct > LEAD ? direct - LEAD : 0;

    n = n - skip < LONGEST ? n - skip : LONGEST;
    memmove(taps, taps + skip, (size_t)n * sizeof *taps);
    *response = (struct response){taps, (int)end_of_decay(taps, n),
                                  (int)(direct - skip)};
    if (response->n <= response->direct)
        response->n = response->direct + 1;
    scale_to_early(response);
    return SE_OK;
}

struct reading {
    const char *const *paths;
    struct place *places;
    pthread_mutex_t mutex; /* guards what follows */
    int first_failed;
    struct se_report first;
};

static void read_one(void *context, int index, int worker)
{
    struct reading *reading = context;
    struct se_report report;
    int status = read_response(&reading->places[index].speech,
                               reading->paths[index], &report);

    (void)worker;
    pthread_mutex_lock(&reading->mutex);
    if (status != SE_OK && index < reading->first_failed) {
        reading->first_failed = index;
        reading->first = report;
    }
    pthread_mutex_unlock(&reading->mutex);
}

/* The files to read: at most `most` of those that are no noise, in the order
 * of the list. */
static int choose(const char **paths, const struct se_list *list, int most,
                  uint64_t seed)
{
    struct se_rng rng;
    int n = 0, taken = 0;

    for (int i = 0; i < list->n; i++)
        if (!is_noise(list->paths[i]))
            paths[n++] = list->paths[i];
    se_rng_seed(&rng, seed, UINT64_MAX);
    /* D. E. Knuth, "The art of computer programming", vol. 2, algorithm S. */
    for (int i = 0; i < n; i++)
        if (n <= most || se_rng_uniform(&rng, 0, n - i) < most - taken)
            paths[taken++] = paths[i];
    return taken;
}

static int read_all(struct se_reverb *reverb, const struct se_list *list,
                    uint64_t seed, struct se_pool *pool,
                    struct se_report *report)
{
    const char **paths = calloc((size_t)list->n + 1, sizeof *paths);
    struct reading reading = {
        .paths = paths,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .first_failed = list->n,
    };
    int n, status = SE_OK;

    if (!paths)
        return se_fail_memory(report, "the responses");
    n = choose(paths, list, reverb->config.n_responses, seed);
    reading.places = calloc((size_t)n + 1, sizeof *reading.places);
    reverb->measured = reading.places;
    if (reading.places) {
        se_pool_run(pool, n, read_one, &reading);
        for (int i = 0; i < n; i++)
            if (reading.places[i].speech.taps)
                reverb->measured[reverb->n_measured++] = reading.places[i];
        reverb->n_skipped = n - reverb->n_measured;
        reverb->skipped = reading.first;
        if (n == 0)
            status = se_fail(report, SE_ERR_FORMAT,
                             "%s: noise, as all %d files, by its name: "
                             "expected room responses",
                             list->paths[0], list->n);
        else if (reverb->n_measured == 0)
            status = se_fail(report, SE_ERR_FORMAT,
                             "none of %d room responses can be used; the "
                             "first: %.400s",
                             n, reading.first.text);
    } else {
        status = se_fail_memory(report, "the responses");
    }
    free(paths);
    return status;
}

/* ---- the store ----------------------------------------------------------- */

static void free_places(struct place *places, int n)
{
    for (int i = 0; i < n; i++) {
        free(places[i].speech.taps);
        free(places[i].noise.taps);
    }
    free(places);
}

static void free_desks(struct desks *desks)
{
    if (!desks)
        return;
    for (int i = 0; desks->desks && i < desks->n; i++) {
        se_convolver_destroy(desks->desks[i].convolver);
        free(desks->desks[i].weighted);
    }
    free(desks->desks);
    pthread_mutex_destroy(&desks->mutex);
    pthread_cond_destroy(&desks->returned);
    free(desks);
}

void se_reverb_destroy(struct se_reverb *reverb)
{
    if (!reverb)
        return;
    free_places(reverb->measured, reverb->n_measured);
    free_places(reverb->simulated, reverb->n_simulated);
    free_desks(reverb->desks);
    free(reverb);
}

static int longest(const struct place *places, int n)
{
    int most = 1;

    for (int i = 0; i < n; i++) {
        most = places[i].speech.n > most ? places[i].speech.n : most;
        most = places[i].noise.n > most ? places[i].noise.n : most;
    }
    return most;
}

static int make_desks(struct se_reverb *reverb, int n, struct se_report *report)
{
    int measured = longest(reverb->measured, reverb->n_measured);
    int simulated = longest(reverb->simulated, reverb->n_simulated);
    int max_taps = measured > simulated ? measured : simulated;
    struct desks *desks = reverb->desks = calloc(1, sizeof *desks);
    int status = SE_OK;

    if (!desks)
        return se_fail_memory(report, "the responses");
    pthread_mutex_init(&desks->mutex, NULL);
    pthread_cond_init(&desks->returned, NULL);
    desks->n = desks->n_free = n;
    desks->desks = calloc((size_t)n, sizeof *desks->desks);
    if (!desks->desks)
        return se_fail_memory(report, "the responses");
    for (int i = 0; i < n && status == SE_OK; i++) {
        struct desk *desk = &desks->desks[i];

        status = se_convolver_create(&desk->convolver, 2, max_taps, report);
        desk->weighted = malloc((size_t)max_taps * sizeof(float));
        if (status == SE_OK && !desk->weighted)
            status = se_fail_memory(report, "the responses");
    }
    return status;
}

int se_reverb_create(struct se_reverb **out,
                     const struct se_reverb_config *config,
                     const struct se_list *measured, uint64_t seed,
                     struct se_pool *pool, struct se_report *report)
{
    struct se_reverb *reverb = calloc(1, sizeof *reverb);
    int status = SE_OK;

    *out = NULL;
    if (!reverb)
        return se_fail_memory(report, "the responses");
    reverb->config = *config;
    if (measured)
        status = read_all(reverb, measured, seed, pool, report);
    if (status == SE_OK)
        status = simulate_all(reverb, seed, pool, report);
    if (status == SE_OK && reverb->n_measured + reverb->n_simulated == 0)
        status = se_fail(report, SE_ERR_ARG, "no room responses are given");
    if (status == SE_OK)
        status = make_desks(reverb, se_pool_workers(pool), report);
    if (status != SE_OK)
        se_reverb_destroy(reverb);
    else
        *out = reverb;
    return status;
}

int se_reverb_responses(const struct se_reverb *reverb)
{
    return reverb->n_measured + reverb->n_simulated;
}

int se_reverb_skipped(const struct se_reverb *reverb, struct se_report *skipped)
{
    *skipped = reverb->skipped;
    return reverb->n_skipped;
}

/* ---- use ----------------------------------------------------------------- */

static struct desk take_desk(struct desks *desks)
{
    pthread_mutex_lock(&desks->mutex);
    while (desks->n_free == 0)
        pthread_cond_wait(&desks->returned, &desks->mutex);

    struct desk desk = desks->desks[--desks->n_free];

    pthread_mutex_unlock(&desks->mutex);
    return desk;
}

static void return_desk(struct desks *desks, struct desk desk)
{
    pthread_mutex_lock(&desks->mutex);
    desks->desks[desks->n_free++] = desk;
    pthread_cond_signal(&desks->returned);
    pthread_mutex_unlock(&desks->mutex);
}

static const struct place *draw_place(const struct se_reverb *reverb,
                                      struct se_rng *rng)
{
    double kind = se_rng_uniform(rng, 0, 1);
    uint32_t n_measured = (uint32_t)reverb->n_measured;
    uint32_t n_simulated = (uint32_t)reverb->n_simulated;

    if (n_measured &&
        (!n_simulated || kind < (double)reverb->config.measured_share))
        return &reverb->measured[se_rng_below(rng, n_measured)];
    return &reverb->simulated[se_rng_below(rng, n_simulated)];
}

/* How much of the response at `late` samples after the early part belongs to
 * the target. */
static double target_weight(enum se_target target, int late)
{
    if (late < 0)
        return 1;
    if (target == SE_TARGET_DECAY)
        return pow(10, -3.0 * late / RATE_HZ);
    return 0.5 + 0.5 * cos(M_PI * (late + 0.5) / TARGET_FADE);
}

/* Returns the number of taps. */
static int weigh_target(float *weighted, const struct se_reverb_config *config,
                        const struct response *response)
{
    int early =
        response->direct + 1 + (int)lrintf(config->early_ms * (RATE_HZ / 1000));
    int n = response->n;

    if (config->target == SE_TARGET_DRY) {
        memset(weighted, 0, (size_t)n * sizeof *weighted);
        weighted[response->direct] = response->taps[response->direct];
        return response->direct + 1;
    }
    if (config->target == SE_TARGET_EARLY && n > early + TARGET_FADE)
        n = early + TARGET_FADE;
    for (int i = 0; i < n; i++)
        weighted[i] =
            response->taps[i] * (float)target_weight(config->target, i - early);
    return n;
}

void se_reverb_apply(const struct se_reverb *reverb, float *reverberant,
                     float *clean, float *noise, int64_t n, struct se_rng *rng)
{
    const struct place *place = draw_place(reverb, rng);
    const struct response *speech = &place->speech;
    const struct response *other = place->noise.taps ? &place->noise : speech;
    int noise_too =
        se_rng_uniform(rng, 0, 1) < (double)reverb->config.noise_chance;
    struct desk desk = take_desk(reverb->desks);

    se_convolver_set(desk.convolver, 0, speech->taps, speech->n);
    if (reverb->config.target == SE_TARGET_REVERBERANT) {
        se_convolve(desk.convolver, &reverberant, 1, clean, n);
        memcpy(clean, reverberant, (size_t)n * sizeof *clean);
    } else {
        int n_target = weigh_target(desk.weighted, &reverb->config, speech);

        se_convolver_set(desk.convolver, 1, desk.weighted, n_target);
        se_convolve(desk.convolver, (float *[]){reverberant, clean}, 2, clean,
                    n);
    }
    if (noise_too) {
        se_convolver_set(desk.convolver, 0, other->taps, other->n);
        se_convolve(desk.convolver, &noise, 1, noise, n);
    }
    return_desk(reverb->desks, desk);
}
