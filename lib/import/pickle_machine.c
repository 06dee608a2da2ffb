/* pickle_machine.c - the stack and the objects of the machine that reads
 * pickles. */
#include "import/pickle_private.h"

#include <string.h>

int se_pickle_refuse(const struct se_pickle_machine *m, const char *what)
{
    return se_fail(m->report, SE_ERR_FORMAT, "%s: byte %lld: opcode 0x%02x: %s",
                   m->name, (long long)(m->opcode - m->start), *m->opcode,
                   what);
}

int se_pickle_push(struct se_pickle_machine *m, int object)
{
    if (m->n_stack == SE_PICKLE_MAX_STACK)
        return se_pickle_refuse(m, "too deep");
    m->stack[m->n_stack++] = object;
    return SE_OK;
}

int se_pickle_push_new(struct se_pickle_machine *m,
                       struct se_pickle_object object)
{
    if (m->n_objects == SE_PICKLE_MAX_OBJECTS)
        return se_pickle_refuse(m, "too many objects");
    m->object[m->n_objects] = object;
    return se_pickle_push(m, m->n_objects++);
}

int se_pickle_push_kind(struct se_pickle_machine *m, enum se_object_kind kind,
                        int number)
{
    return se_pickle_push_new(
        m, (struct se_pickle_object){.kind = kind, .number = number});
}

struct se_pickle_object *se_pickle_peek(struct se_pickle_machine *m, int depth)
{
    return &m->object[m->stack[m->n_stack - 1 - depth]];
}

int se_pickle_tops_are(struct se_pickle_machine *m,
                       const enum se_object_kind *kinds, int n)
{
    if (m->n_stack < n)
        return 0;
    for (int i = 0; i < n; i++)
        if (se_pickle_peek(m, n - 1 - i)->kind != kinds[i])
            return 0;
    return 1;
}

int se_pickle_is_text(const struct se_pickle_object *object, const char *text)
{
    return object->kind == SE_OBJECT_TEXT && object->n_bytes == strlen(text) &&
           memcmp(object->bytes, text, object->n_bytes) == 0;
}
