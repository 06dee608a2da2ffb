/* message_private.h - writes messages of protocol buffers, field by field: what
 * an ONNX file is made of. encoding/protobuf.h reads them. */
#ifndef SE_EXPORT_MESSAGE_PRIVATE_H
#define SE_EXPORT_MESSAGE_PRIVATE_H

#include "export/bytes_private.h"

void se_message_integer(struct se_bytes *message, int field, int64_t value);
void se_message_text(struct se_bytes *message, int field, const char *text);
void se_message_bytes(struct se_bytes *message, int field, const void *bytes,
                      size_t n);

/* A message as a field; the inner one is empty afterwards. */
void se_message_add(struct se_bytes *message, int field,
                    struct se_bytes *inner);

#endif
