/* losses.h - every loss, for the tests of all of them. */
#ifndef SE_TESTS_LOSSES_H
#define SE_TESTS_LOSSES_H

#include "check.h"
#include "loss/loss.h"

/* As the tests of all of them take it. */
static const char *const losses[] = {
    "mse",       "magmse",  "magmae",       "cmse",
    "cmae",      "rimae",   "psa",          "psa:clip=0",
    "sdw",       "magcomp", "ccomp",        "blend",
    "asym",      "logmse",  "lsd",          "is",
    "kl",        "binsdr",  "xent",         "sdr",
    "magsdr",    "sisdr",   "corr",         "magcorr",
    "coherence", "wsdr",    "tsdr",         "tsisdr",
    "stoi",      "estoi",   "pmsqe:clip=0", "pmsqe:clip=0,form=f"};

enum { N_LOSSES = sizeof losses / sizeof *losses };

static inline void parse_loss(struct se_loss *loss, const char *text)
{
    expect_ok(se_loss_parse(loss, text, &report));
}

#endif
