/* message.h - puts messages of protocol buffers together, field by field; what
 * base/protobuf.h takes apart. */
#ifndef SE_BASE_MESSAGE_H
#define SE_BASE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. */
struct se_message {
    uint8_t *bytes;
    size_t n, size;
    int is_broken; /* there was no memory */
};

void se_message_free(struct se_message *message);

void se_message_integer(struct se_message *message, int field, int64_t value);
void se_message_text(struct se_message *message, int field, const char *text);
void se_message_bytes(struct se_message *message, int field, const void *bytes,
                      size_t n);

/* A message as a field; the inner one is empty then. */
void se_message_add(struct se_message *message, int field,
                    struct se_message *inner);

/* The fields of the other message, without a field around them; that is empty
 * then. */
void se_message_append(struct se_message *message, struct se_message *other);

#endif
