/* capture.c - a ring of samples, and their rate. */

#include "capture.h"

#include "../../board.h"
#include "../../ring.h"

#include "chip.h"

enum {
    HOP = 160,
    SAMPLE_RATE = 16000,
    FIRST_WINDOW = 640, /* 40 ms, to 0.1 % */
    N_SAMPLES = 256,    /* one hop, and 6 ms of the next */
};

static int16_t samples[N_SAMPLES];
static struct ring ring;
static volatile uint32_t n_settling, n_lost;

/* 0 before there is a figure. */
static volatile uint32_t rate;
static uint32_t n_measured, measured_since;

void capture_begin(uint32_t n)
{
    ring.head = ring.tail = 0;
    n_lost = 0;
    n_settling = n;
    n_measured = 0;
    rate = 0;
}

void capture_take(int16_t sample)
{
    if (n_settling) {
        n_settling--;
    } else if (ring_fill(&ring) == N_SAMPLES) {
        n_lost++;
    } else {
        samples[ring.head % N_SAMPLES] = sample;
        ring.head++;
    }
}

void capture_lose(uint32_t n)
{
    n_lost += n;
    n_measured = 0;
}

/* By the 32 kHz crystal: first over the settling, then anew over each second.
 */
void capture_count(uint32_t n)
{
    const uint32_t n_window = rate ? SAMPLE_RATE : FIRST_WINDOW;
    uint32_t time = chip_time();

    if (!n_measured) {
        n_measured = 1; /* counts from here on */
        measured_since = time;
        return;
    }
    n_measured += n;
    if (n_measured <= n_window)
        return;
    if (time != measured_since)
        rate = (n_measured - 1) * 32768u / (time - measured_since);
    n_measured = 1;
    measured_since = time;
}

int capture_has_hop(void)
{
    return ring_fill(&ring) >= HOP;
}

int board_microphone_read(int16_t hop[HOP])
{
    uint32_t tail = ring.tail;

    if (!capture_has_hop())
        return 0;
    for (int i = 0; i < HOP; i++)
        hop[i] = samples[tail++ % N_SAMPLES];
    ring.tail = tail;
    return 1;
}

uint32_t board_samples_lost(void)
{
    return n_lost;
}

uint32_t board_sample_rate(void)
{
    return rate;
}
