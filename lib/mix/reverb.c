/* reverb.c - a store of room responses, and speech and noise put into them. */
#include "mix/reverb.h"

#include "audio/extensions.h"
#include "corpus/list.h"
#include "dsp/convolve.h"
#include "dsp/stft.h"
#include "files/path.h"
#include "mix/response.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    TARGET_FADE = SE_RATE_HZ / 250 /* samples, after the early part */
};

/* What one mixture is in. */
struct place {
    struct se_response speech, noise; /* noise may be none: speech's is taken */
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

/* ---- simulated rooms ----------------------------------------------------- */

struct simulating {
    const struct se_reverb_config *config;
    struct place *places;
    uint64_t seed;
};

static void simulate_one(void *context, int index, int worker)
{
    struct simulating *simulating = context;
    struct place *place = &simulating->places[index];
    const struct se_reverb_config *config = simulating->config;
    const struct se_room_ranges ranges = {
        .rt60_min_s = (double)config->rt60_min,
        .rt60_max_s = (double)config->rt60_max,
        .distance_min_m = (double)config->distance_min,
        .distance_max_m = (double)config->distance_max,
    };
    struct se_rng rng;

    (void)worker;
    se_rng_seed(&rng, simulating->seed, (uint64_t)index);
    /* Without memory, taps are missing: simulate_all sees to it. */
    se_response_simulate(&place->speech, &place->noise, &ranges, &rng);
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
    return strstr(path, "pointsource_noises/") != NULL ||
           strstr(se_path_base(path), "_noise_") != NULL;
}

struct reading {
    const char *const *paths;
    struct place *places;
    pthread_mutex_t mutex; /* guards what follows */
    int first_failed;
    struct se_report first;
    int fatal; /* a failure of the machine, not of a file */
    struct se_report fatal_report;
};

static void read_one(void *context, int index, int worker)
{
    struct reading *reading = context;
    struct se_report report;
    int status = se_response_read(&reading->places[index].speech,
                                  reading->paths[index], &report);

    (void)worker;
    pthread_mutex_lock(&reading->mutex);
    if (status != SE_OK && index < reading->first_failed) {
        reading->first_failed = index;
        reading->first = report;
    }
    if (se_is_machines(status) && reading->fatal == SE_OK) {
        reading->fatal = status;
        reading->fatal_report = report;
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

/* Moves those of n places that could be read to the front. */
static void collect(struct se_reverb *reverb, const struct reading *reading,
                    int n)
{
    reverb->measured = reading->places;
    for (int i = 0; i < n; i++)
        if (reading->places[i].speech.taps)
            reverb->measured[reverb->n_measured++] = reading->places[i];
    reverb->n_skipped = n - reverb->n_measured;
    reverb->skipped = reading->first;
}

/* SE_OK if there is a response, and nothing but files is at fault. */
static int check_read(const struct se_reverb *reverb,
                      const struct reading *reading, const struct se_list *list,
                      struct se_report *report)
{
    if (reading->fatal != SE_OK)
        return se_fail(report, reading->fatal, "%s",
                       reading->fatal_report.text);
    if (reverb->n_measured > 0)
        return SE_OK;
    if (reverb->n_skipped > 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: none of %d room responses can be used; the first: "
                       "%.400s",
                       list->name, reverb->n_skipped, reading->first.text);
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: noise, as all %d files in %s, by its name: expected "
                   "room responses",
                   list->paths[0], list->n, list->name);
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
    int n, status;

    if (!paths)
        return se_fail_memory(report, "the responses");
    n = choose(paths, list, reverb->config.n_responses, seed);
    reading.places = calloc((size_t)n + 1, sizeof *reading.places);
    if (reading.places) {
        se_pool_run(pool, n, read_one, &reading);
        collect(reverb, &reading, n);
        status = check_read(reverb, &reading, list, report);
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

static int read_measured(struct se_reverb *reverb, uint64_t seed,
                         struct se_pool *pool, struct se_report *report)
{
    struct se_list list = {0};
    int status = SE_OK;

    if (!reverb->config.measured)
        return SE_OK;
    status = se_list_read(&list, reverb->config.measured, se_sound_extensions,
                          report);
    if (status == SE_OK)
        status = read_all(reverb, &list, seed, pool, report);
    se_list_free(&list);
    return status;
}

int se_reverb_open(struct se_reverb **out, struct se_reverb_config *config,
                   uint64_t seed, struct se_pool *pool,
                   struct se_report *report)
{
    struct se_reverb *reverb;
    int status;

    *out = NULL;
    se_reverb_config_complete(config);
    if (config->chance <= 0)
        return SE_OK;
    reverb = calloc(1, sizeof *reverb);
    if (!reverb)
        return se_fail_memory(report, "the responses");
    reverb->config = *config;
    status = read_measured(reverb, seed, pool, report);
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
        return pow(10, -3.0 * late / SE_RATE_HZ);
    return 0.5 + 0.5 * cos(M_PI * (late + 0.5) / TARGET_FADE);
}

/* Returns the number of taps. */
static int weigh_target(float *weighted, const struct se_reverb_config *config,
                        const struct se_response *response)
{
    int early = response->direct + 1 +
                (int)lrintf(config->early_ms * (SE_RATE_HZ / 1000));
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

void se_reverb_apply(const struct se_reverb *reverb,
                     const struct se_reverb_signals *signals,
                     struct se_rng *rng)
{
    const int64_t n = signals->n;
    float *reverberant = signals->reverberant, *clean = signals->clean;
    float *noise = signals->noise;
    const struct place *place = draw_place(reverb, rng);
    const struct se_response *speech = &place->speech;
    const struct se_response *other =
        place->noise.taps ? &place->noise : speech;
    int noise_too = se_rng_happens(rng, reverb->config.noise_chance);
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
