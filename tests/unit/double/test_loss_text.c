/* test_loss_text.c - losses as users write them: what is refused, what is
 * listed, and what each asks of a block. */
#include "losses.h"

#include <string.h>

static void check_error(const char *text, const char *expected)
{
    struct se_loss loss;

    expect_status(se_loss_parse(&loss, text, &report), SE_ERR_ARG);
    expect_text(report.text, expected);
}

#define KNOWN                                                                  \
    "mse, magmse, magmae, cmse, cmae, rimae, psa, sdw, magcomp, ccomp, "       \
    "blend, asym, logmse, lsd, is, kl, binsdr, xent, sdr, magsdr, sisdr, "     \
    "corr, magcorr, coherence, wsdr, tsdr, tsisdr, stoi, estoi, pmsqe"

TEST(errors)
{
    check_error("mae", "loss 'mae' is not known; known are " KNOWN);
    check_error("", "loss '' is not known; known are " KNOWN);
    check_error("blend:beta=1",
                "loss blend: no parameter 'beta'; the first is c");
    check_error("cmse:c=1", "loss cmse: no parameter 'c'");
    check_error("blend:c=x", "loss blend: c=x: expected a number from 0");
    check_error("sdr:floor=-1", "loss sdr: floor=-1: expected a number from 0");
    check_error("sdr:floor=nan",
                "loss sdr: floor=nan: expected a number from 0");
    check_error("pmsqe:form=x", "loss pmsqe: form=x: expected s or f");
    check_error("blend:c", "loss blend: 'c': expected parameter=value");
    check_error("x*mse", "loss 'x*mse': expected a number before '*'");
    check_error("mse+mse+mse+mse+mse+mse+mse+mse+mse",
                "loss 'mse+mse+mse+mse+mse+mse+mse+mse+mse': more than 8 "
                "terms");
}

/* Whether the term is of that kind, whatever its parameters. */
static int is_kind(const char *term, const char *name)
{
    return strcspn(term, ":") == strlen(name) &&
           strncmp(term, name, strlen(name)) == 0;
}

/* The list for --help has every name, and every loss is among those tested. */
TEST(all_are_listed)
{
    for (int i = 0; se_loss_name(i); i++) {
        int tested = 0;

        if (!strstr(se_loss_list(), se_loss_name(i)))
            fail_test("%s is not in the list", se_loss_name(i));
        for (int j = 0; j < N_LOSSES; j++)
            tested |= is_kind(losses[j], se_loss_name(i));
        if (!tested)
            fail_test("%s is not tested", se_loss_name(i));
    }
    expect(!se_loss_name(-1));
    expect(!se_loss_name(10000));
}

TEST(what_a_loss_needs)
{
    struct se_loss loss;

    parse_loss(&loss, "mse+0.1*magsdr+lsd");
    expect_equal(loss.n_terms, 3);
    expect(!loss.needs_phase && !loss.needs_spectra);
    parse_loss(&loss, "mse+0.1*sdr");
    expect(loss.needs_phase && !loss.needs_spectra);
    parse_loss(&loss, "coherence+mse");
    expect(loss.needs_phase && loss.needs_spectra);
    expect(!loss.needs_synthesis);
    parse_loss(&loss, "tsdr");
    expect(loss.needs_phase && loss.needs_spectra && loss.needs_synthesis);
}
