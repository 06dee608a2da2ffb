/* session.c - saves the values of a plug-in's limit and net as an LV2 host
 * saves a session, reads the session, and prints what it restores.
 *
 *     session URI LIMIT NET */
#include <lilv/lilv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_URI "http://lv2plug.in/ns/ext/atom#Float"

enum { MAX_URIS = 1000 };

static const char *uris[MAX_URIS]; /* by their number */

static LV2_URID map(LV2_URID_Map_Handle handle, const char *uri)
{
    LV2_URID i = 1;

    (void)handle;
    while (i < MAX_URIS - 1 && uris[i] && strcmp(uris[i], uri) != 0)
        i++;
    if (!uris[i])
        uris[i] = strdup(uri);
    return i;
}

static const char *unmap(LV2_URID_Unmap_Handle handle, LV2_URID i)
{
    (void)handle;
    return i < MAX_URIS ? uris[i] : NULL;
}

struct values {
    float limit_db, net;
};

static float *find(struct values *values, const char *symbol)
{
    if (strcmp(symbol, "limit") == 0)
        return &values->limit_db;
    return strcmp(symbol, "net") == 0 ? &values->net : NULL;
}

static const void *get(const char *symbol, void *values, uint32_t *size,
                       uint32_t *type)
{
    *size = sizeof(float);
    *type = map(NULL, FLOAT_URI);
    return find(values, symbol);
}

static void set(const char *symbol, void *values, const void *value,
                uint32_t size, uint32_t type)
{
    float *to = find(values, symbol);

    if (to && size == sizeof *to && type == map(NULL, FLOAT_URI))
        memcpy(to, value, size);
}

int main(int argc, char **argv)
{
    LV2_URID_Map maps = {NULL, map};
    LV2_URID_Unmap unmaps = {NULL, unmap};
    struct values saved = {0}, restored = {-1.0f, -1.0f};

    if (argc != 4)
        return 2;
    saved.limit_db = strtof(argv[2], NULL);
    saved.net = strtof(argv[3], NULL);

    LilvWorld *world = lilv_world_new();
    LilvNode *uri = lilv_new_uri(world, argv[1]);

    lilv_world_load_all(world);

    const LilvPlugin *plugin =
        lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
    LilvInstance *instance =
        plugin ? lilv_plugin_instantiate(plugin, 48000.0, NULL) : NULL;

    if (!instance)
        return 1;

    LilvState *state = lilv_state_new_from_instance(
        plugin, instance, &maps, NULL, NULL, NULL, NULL, get, &saved, 0, NULL);
    char *text = lilv_state_to_string(world, &maps, &unmaps, state,
                                      "urn:nnse:saved", NULL);

    lilv_state_free(state);
    state = lilv_state_new_from_string(world, &maps, text);
    lilv_state_restore(state, instance, set, &restored, 0, NULL);
    printf("limit %g net %g\n", (double)restored.limit_db,
           (double)restored.net);

    free(text);
    lilv_state_free(state);
    lilv_instance_free(instance);
    lilv_node_free(uri);
    lilv_world_free(world);
    return 0;
}
