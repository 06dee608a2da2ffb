/* fuzz_tf_bundle.c - libFuzzer: any bytes are an error or tensors that lie in
 * the data; once as a whole index file and once as the block of entries of a
 * right one (whose checksum would keep the fuzzer out). */
#include "import/tf_bundle.h"

#include "../unit/tf_writer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const uint8_t data[256];

static void read_index(const void *index, size_t n)
{
    struct se_tf_bundle *bundle;
    struct se_report report = {""};
    int status =
        se_tf_bundle_parse(&bundle, se_span_of(index, n),
                           se_span_of(data, sizeof data), "bytes", &report);

    if ((status == SE_OK) != (report.text[0] == '\0') ||
        strchr(report.text, '\n') || (status != SE_OK && bundle))
        abort();
    if (status != SE_OK)
        return;
    for (int i = 0; i < se_tf_bundle_count(bundle); i++) {
        const struct se_tf_tensor *tensor = se_tf_bundle_tensor(bundle, i);

        if (tensor->bytes < data ||
            tensor->bytes + tensor->n_bytes > data + sizeof data ||
            se_tf_bundle_find(bundle, tensor->key) != tensor)
            abort();
    }
    se_tf_bundle_free(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tf_bytes index;

    read_index(bytes, n);
    if (n <= TF_BYTES / 2) {
        tf_wrap_block(&index, bytes, n);
        read_index(index.at, index.n);
    }
    return 0;
}
