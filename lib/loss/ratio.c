/* ratio.c - losses that are ratios and correlations of sums over spans of
 * frames.
 *
 * All of them are functions of a handful of sums, so that a ratio says only its
 * value and its derivatives by these. */
#include "loss/loss_private.h"

#include <math.h>

static const double DB = 4.342944819032518; /* 10 / ln 10 */

/* Rounding may leave an error energy at or below 0; without a floor it would
 * be divided by. */
static double at_least(double energy, double signal)
{
    return fmax(energy, 1e-12 * signal + 1e-30);
}

/* -10 log10((signal + f) / (error + f)), error = |gX - S|^2 */
double se_loss_sdr(struct se_loss_slopes *slopes,
                   const struct se_loss_sums *sums, double floor)
{
    double error = at_least(sums->masked - 2 * sums->real + sums->clean + floor,
                            sums->clean);

    slopes->masked = DB / error;
    slopes->real = -2 * DB / error;
    return DB * log(error / (sums->clean + floor + 1e-30));
}

/* The same of magnitudes: error = (gA - a)^2. */
double se_loss_magsdr(struct se_loss_slopes *slopes,
                      const struct se_loss_sums *sums, double floor)
{
    double error = at_least(
        sums->masked - 2 * sums->product + sums->clean + floor, sums->clean);

    slopes->masked = DB / error;
    slopes->product = -2 * DB / error;
    return DB * log(error / (sums->clean + floor + 1e-30));
}

/* -10 log10((target + f) / (masked - target + f)), target the part of the
 * masked signal along the clean one. A span without speech has no target to
 * keep: `speech`, nearly 1 elsewhere, takes it out. */
double se_loss_sisdr(struct se_loss_slopes *slopes,
                     const struct se_loss_sums *sums, double floor)
{
    double clean = sums->clean + floor + 1e-30;
    double speech = sums->clean / clean;
    double target = sums->real * sums->real / clean;
    double error = at_least(sums->masked - target + floor, sums->masked);
    double along = at_least(target + floor, sums->masked);

    slopes->masked = speech * DB / error;
    slopes->real =
        -speech * DB * (1 / along + 1 / error) * 2 * sums->real / clean;
    return speech * DB * log(error / along);
}

/* Two signals: their product summed up, and their energies. */
struct pair {
    double cross, masked, clean;
};

/* -cross / sqrt((masked + f) (clean + f)); *by_cross and *by_masked become its
 * derivatives. */
static double correlation(double *by_cross, double *by_masked,
                          const struct pair *pair, double floor)
{
    double energy = pair->masked + floor + 1e-30;
    double norm = sqrt(energy * (pair->clean + floor + 1e-30));

    *by_cross = -1 / norm;
    *by_masked = 0.5 * pair->cross / (norm * energy);
    return -pair->cross / norm;
}

double se_loss_corr(struct se_loss_slopes *slopes,
                    const struct se_loss_sums *sums, double floor)
{
    const struct pair pair = {sums->real, sums->masked, sums->clean};

    return correlation(&slopes->real, &slopes->masked, &pair, floor);
}

double se_loss_magcorr(struct se_loss_slopes *slopes,
                       const struct se_loss_sums *sums, double floor)
{
    const struct pair pair = {sums->product, sums->masked, sums->clean};

    return correlation(&slopes->product, &slopes->masked, &pair, floor);
}

/* -|sum of gX conj S|^2 / ((masked + f) (clean + f)) */
double se_loss_coherence(struct se_loss_slopes *slopes,
                         const struct se_loss_sums *sums, double floor)
{
    double masked = sums->masked + floor + 1e-30;
    double norm = masked * (sums->clean + floor + 1e-30);
    double square = sums->real * sums->real + sums->imaginary * sums->imaginary;

    slopes->real = -2 * sums->real / norm;
    slopes->imaginary = -2 * sums->imaginary / norm;
    slopes->masked = square / (norm * masked);
    return -square / norm;
}

/* Correlations of the masked signal with the clean one and of what is removed
 * with the noise N = X - S, weighted by their energies. */
double se_loss_wsdr(struct se_loss_slopes *slopes,
                    const struct se_loss_sums *sums, double floor)
{
    double noise = fmax(sums->noisy + sums->clean - 2 * sums->noisy_real, 0);
    double taken = fmax(sums->noisy - 2 * sums->linear + sums->masked, 0);
    double cross = sums->noisy - sums->noisy_real - sums->linear + sums->real;
    const struct pair of_speech = {sums->real, sums->masked, sums->clean};
    const struct pair of_noise = {cross, taken, noise};
    double weight = sums->clean / (sums->clean + noise + floor + 1e-30);
    double by_real, by_masked, by_cross, by_taken, value;

    value = weight * correlation(&by_real, &by_masked, &of_speech, floor);
    value += (1 - weight) * correlation(&by_cross, &by_taken, &of_noise, floor);
    slopes->real = weight * by_real + (1 - weight) * by_cross;
    slopes->masked = weight * by_masked + (1 - weight) * by_taken;
    slopes->linear = -(1 - weight) * (by_cross + 2 * by_taken);
    return value;
}
