/* remark.h - remarks: oddities that did not keep a function from its result,
 * but that a user may want to know of. The library prints nothing; a program
 * listens. */
#ifndef SE_BASE_REMARK_H
#define SE_BASE_REMARK_H

enum se_remark_kind {
    SE_REMARK_WARNING, /* the input is not what it says it is */
    SE_REMARK_ADVICE   /* the result is complete, but hardly what was meant */
};

/* Sets the function that gets remarks, one line each, from any thread; NULL, as
 * at first: they are dropped. To be called before other threads start. */
void se_remark_listen(void (*listener)(enum se_remark_kind kind,
                                       const char *text));

/* A warning; advice. */
void se_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void se_advise(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Decoders of other libraries print what they find wrong. A program that
 * catches such a print counts it here; whoever was reading in the same thread
 * takes the count. */
void se_remark_damage(void);
int se_remark_take_damage(void);

#endif
