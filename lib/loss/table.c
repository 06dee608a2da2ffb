/* table.c - the losses by name. */
#include "loss/loss_private.h"

#include <stddef.h>

#define RATIO                                                                  \
    {                                                                          \
        {"span", 0}, {"floor", 1e-3},                                          \
    }

#define ENVELOPES                                                              \
    {                                                                          \
        {"span", 0}, {"floor", 1e-3}, {"bands", 18}, {"harm", 1},              \
    }

static const struct se_loss_kind kinds[] = {
    {"mse", SE_LOSS_MAGNITUDES, .bins = se_loss_mse,
     .parameters = {{"exponent", 0.6}, {"eps", 1e-6}}},
    {"magmse", SE_LOSS_MAGNITUDES, .bins = se_loss_magmse},
    {"magmae", SE_LOSS_MAGNITUDES, .bins = se_loss_magmae},
    {"cmse", SE_LOSS_PHASE, .bins = se_loss_cmse},
    {"cmae", SE_LOSS_PHASE, .bins = se_loss_cmae,
     .parameters = {{"eps", 1e-4}}},
    {"rimae", SE_LOSS_SPECTRA, .bins = se_loss_rimae},
    {"psa", SE_LOSS_PHASE, .bins = se_loss_psa, .parameters = {{"clip", 1}}},
    {"sdw", SE_LOSS_PHASE, .bins = se_loss_sdw,
     .parameters = {{"alpha", 0.35}}},
    {"magcomp", SE_LOSS_MAGNITUDES, .bins = se_loss_magcomp,
     .parameters = {{"c", 0.3}, {"floor", 1e-8}}},
    {"ccomp", SE_LOSS_PHASE, .bins = se_loss_ccomp,
     .parameters = {{"c", 0.3}, {"floor", 1e-8}}},
    {"blend", SE_LOSS_PHASE, .bins = se_loss_blend,
     .parameters = {{"c", 0.3}, {"alpha", 0.3}, {"floor", 1e-8}}},
    {"asym", SE_LOSS_MAGNITUDES, .bins = se_loss_asym,
     .parameters = {{"c", 0.3}, {"floor", 1e-8}}},
    {"logmse", SE_LOSS_MAGNITUDES, .bins = se_loss_logmse,
     .parameters = {{"eps", 1e-2}}},
    {"lsd", SE_LOSS_MAGNITUDES, .bins = se_loss_lsd,
     .parameters = {{"floor", 1e-4}}},
    {"is", SE_LOSS_MAGNITUDES, .bins = se_loss_is,
     .parameters = {{"floor", 1e-2}}},
    {"kl", SE_LOSS_MAGNITUDES, .bins = se_loss_kl,
     .parameters = {{"eps", 1e-2}}},
    {"binsdr", SE_LOSS_MAGNITUDES, .bins = se_loss_binsdr,
     .parameters = {{"eps", 3.0517578125e-5}}},
    {"xent", SE_LOSS_MAGNITUDES, .bins = se_loss_xent,
     .parameters = {{"eps", 3.0517578125e-5}}},
    {"sdr", SE_LOSS_PHASE, .ratio = se_loss_sdr, .span = se_loss_of_spectra,
     .parameters = RATIO},
    {"magsdr", SE_LOSS_MAGNITUDES, .ratio = se_loss_magsdr,
     .span = se_loss_of_spectra, .parameters = RATIO},
    {"sisdr", SE_LOSS_PHASE, .ratio = se_loss_sisdr, .span = se_loss_of_spectra,
     .parameters = RATIO},
    {"corr", SE_LOSS_PHASE, .ratio = se_loss_corr, .span = se_loss_of_spectra,
     .parameters = RATIO},
    {"magcorr", SE_LOSS_MAGNITUDES, .ratio = se_loss_magcorr,
     .span = se_loss_of_spectra, .parameters = RATIO},
    {"coherence", SE_LOSS_SPECTRA, .ratio = se_loss_coherence,
     .span = se_loss_of_spectra, .parameters = RATIO},
    {"wsdr", SE_LOSS_PHASE, .ratio = se_loss_wsdr, .span = se_loss_of_spectra,
     .parameters = RATIO},
    {"tsdr", SE_LOSS_SYNTHESIS, .ratio = se_loss_sdr,
     .span = se_loss_of_samples, .parameters = RATIO},
    {"tsisdr", SE_LOSS_SYNTHESIS, .ratio = se_loss_sisdr,
     .span = se_loss_of_samples, .parameters = RATIO},
    {"stoi", SE_LOSS_MAGNITUDES, .span = se_loss_stoi,
     .max_frames = SE_LOSS_ESTOI_FRAMES, .parameters = ENVELOPES},
    {"estoi", SE_LOSS_MAGNITUDES, .span = se_loss_estoi,
     .max_frames = SE_LOSS_ESTOI_FRAMES, .parameters = ENVELOPES},
    {"pmsqe", SE_LOSS_MAGNITUDES, .span = se_loss_pmsqe,
     .max_frames = SE_LOSS_PMSQE_FRAMES,
     .parameters = {{"span", 0}, {"form", 0}, {"clip", 1}, {"level", 100}}},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const struct se_loss_kind *se_loss_kind_at(int index)
{
    return index >= 0 && index < N_KINDS ? &kinds[index] : NULL;
}

const char *se_loss_name(int index)
{
    return index >= 0 && index < N_KINDS ? kinds[index].name : NULL;
}

const char *se_loss_term_name(const struct se_loss_term *term)
{
    return term->kind->name;
}

const char *se_loss_list(void)
{
    return "    mse:exponent=0.6,eps=1e-6        "
           "compressed magnitude error (original)\n"
           "    magmse, cmse                     "
           "squared error: magnitude, complex\n"
           "    magmae, cmae:eps=1e-4, rimae     "
           "absolute: magnitude, complex, re and im\n"
           "    psa:clip=1                       "
           "phase-sensitive; clip: target in reach\n"
           "    sdw:alpha=0.35                   "
           "speech lost against noise left\n"
           "    magcomp:c=0.3,floor=1e-8         compressed magnitudes\n"
           "    ccomp:c=0.3,floor=1e-8           compressed complex numbers\n"
           "    blend:c=0.3,alpha=0.3,floor=1e-8 "
           "1-alpha of magcomp, alpha of ccomp\n"
           "    asym:c=0.3,floor=1e-8            "
           "speech removed, compressed\n"
           "    logmse:eps=1e-2, lsd:floor=1e-4  "
           "logarithms; a frame's distance in dB\n"
           "    is:floor=1e-2, kl:eps=1e-2       "
           "Itakura-Saito, Kullback-Leibler\n"
           "    binsdr:eps=3.05e-5               "
           "log ratio of error, a bin (original)\n"
           "    xent:eps=3.05e-5                 cross entropy (original)\n"
           "  over spans of frames (span=0: a block), with floor=1e-3:\n"
           "    sdr, magsdr, tsdr                "
           "-SDR in dB: complex, magnitude, samples\n"
           "    sisdr, tsisdr                    "
           "-SI-SDR in dB: spectra, samples\n"
           "    corr, magcorr, coherence, wsdr   correlations, weighted SDR\n"
           "    stoi, estoi:bands=18,harm=1      "
           "-correlation of bands, at most 64 frames\n"
           "    pmsqe:form=s,clip=1,level=100    "
           "PESQ's disturbances, 64 frames; form=f: all\n";
}
