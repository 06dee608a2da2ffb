/* scores.h - the scores of se-eval, in the order of its columns. */
#ifndef CMD_EVAL_SCORES_H
#define CMD_EVAL_SCORES_H

#include "metrics/pesq.h"

struct se_scores;

enum { EVAL_SCORES = 7 };

struct eval_score {
    const char *key;   /* "stoi", in CSV and JSON */
    const char *title; /* "STOI", over a table */
    int digits;        /* in a table; */
    int file_digits;   /* of single files in CSV and JSON */
    int is_compared;   /* has a column where systems are side by side */
    int is_intelligibility;
};

/* PESQ by the short cut has a name of its own, so that nobody takes it for the
 * Recommendation's. */
const struct eval_score *eval_score(int kind, enum se_pesq_method pesq);

double eval_score_get(const struct se_scores *scores, int kind);

/* Adds value to the score. */
void eval_score_add(struct se_scores *scores, int kind, double value);

/* Bits of the scores that a loss (loss/loss.h) is made of; 0 if there are none,
 * or if it cannot be read. */
unsigned eval_scores_of_loss(const char *loss);

#endif
