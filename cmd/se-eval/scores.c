/* scores.c - what the scores are called, and which losses train for them. */
#include "scores.h"

#include "loss/loss.h"
#include "metrics/metrics.h"

#include <stddef.h>
#include <string.h>

/* [EVAL_SCORES], in this order. */
enum { STOI, ESTOI, SI_SDR, SEG_SNR, LSD, PESQ_WB, PESQ_NB };

static const struct eval_score names[EVAL_SCORES] = {
    [STOI] = {"stoi", "STOI", 3, 6, 1, 1},
    [ESTOI] = {"estoi", "ESTOI", 3, 6, 1, 1},
    [SI_SDR] = {"si_sdr_db", "SI-SDR dB", 2, 4, 1, 0},
    [SEG_SNR] = {"seg_snr_db", "seg SNR dB", 2, 4, 1, 0},
    [LSD] = {"lsd_db", "LSD dB", 2, 4, 1, 0},
    [PESQ_WB] = {"pesq_wb", "PESQ-WB", 3, 4, 1, 0},
    [PESQ_NB] = {"pesq_nb", "PESQ-NB", 3, 4, 0, 0},
};
static const struct eval_score aligned[EVAL_SCORES] = {
    [PESQ_WB] = {"pesq_wb_aligned", "aligned WB", 3, 4, 1, 0},
    [PESQ_NB] = {"pesq_nb_aligned", "aligned NB", 3, 4, 0, 0},
};

static const size_t places[EVAL_SCORES] = {
    [STOI] = offsetof(struct se_scores, stoi),
    [ESTOI] = offsetof(struct se_scores, estoi),
    [SI_SDR] = offsetof(struct se_scores, si_sdr_db),
    [SEG_SNR] = offsetof(struct se_scores, seg_snr_db),
    [LSD] = offsetof(struct se_scores, lsd_db),
    [PESQ_WB] = offsetof(struct se_scores, pesq_wb),
    [PESQ_NB] = offsetof(struct se_scores, pesq_nb),
};

static const struct {
    const char *loss;
    int score;
} trained[] = {
    {"estoi", ESTOI},  {"sisdr", SI_SDR}, {"tsisdr", SI_SDR}, {"sdr", SEG_SNR},
    {"tsdr", SEG_SNR}, {"lsd", LSD},      {"pmsqe", PESQ_WB},
};

const struct eval_score *eval_score(int kind, enum se_pesq_method pesq)
{
    return pesq == SE_PESQ_ALIGNED && aligned[kind].key ? &aligned[kind]
                                                        : &names[kind];
}

double eval_score_get(const struct se_scores *scores, int kind)
{
    return *(const double *)((const char *)scores + places[kind]);
}

void eval_score_add(struct se_scores *scores, int kind, double value)
{
    *(double *)((char *)scores + places[kind]) += value;
}

unsigned eval_scores_of_loss(const char *loss)
{
    struct se_loss parsed;
    unsigned bits = 0;

    if (se_loss_parse(&parsed, loss, NULL) != SE_OK)
        return 0;
    for (int i = 0; i < parsed.n_terms; i++) {
        const char *name = se_loss_term_name(&parsed.term[i]);

        for (size_t k = 0; k < sizeof trained / sizeof *trained; k++) {
            if (strcmp(name, trained[k].loss) == 0)
                bits |= 1u << trained[k].score;
        }
    }
    return bits;
}
