/* message_private.h - writes messages of protocol buffers, field by field: what
 * an ONNX file is made of. encoding/protobuf.h reads them. */
#ifndef SE_EXPORT_MESSAGE_PRIVATE_H
#define SE_EXPORT_MESSAGE_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. */
struct se_message {
    uint8_t *bytes;
    size_t n, size;
    int is_broken; /* memory ran out */
};

void se_message_free(struct se_message *message);

void se_message_integer(struct se_message *message, int field, int64_t value);
void se_message_text(struct se_message *message, int field, const char *text);
void se_message_bytes(struct se_message *message, int field, const void *bytes,
                      size_t n);

/* A message as a field; the inner one is empty afterwards. */
void se_message_add(struct se_message *message, int field,
                    struct se_message *inner);

/* Moves the fields of the other message to the end of this one. */
void se_message_append(struct se_message *message, struct se_message *other);

#endif
