#include "texts.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

char texts[DISTINCT][ROOM];
size_t text_lens[DISTINCT];

static uint32_t dice(uint32_t sides) {
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % sides;
}

static void put(int at, const char *format, ...) {
    va_list values;
    va_start(values, format);
    text_lens[at] +=
        (size_t)vsnprintf(texts[at] + text_lens[at], ROOM - text_lens[at], format, values);
    va_end(values);
}

/* A list of orders: words from a small stock, numbers that do not repeat. */
static void make_text(int at) {
    static const char *const names[] = {"Anna", "Boris", "Chiara", "Dmitri", "Emeka", "Farida", "Gudrun",
                                        "Hiroshi", "Ines", "Jamal", "Katrin", "Luis", "Mei", "Noor"};
    static const char *const towns[] = {"Antwerp", "Bergen", "Cordoba", "Dakar", "Esbjerg", "Fukuoka",
                                        "Ghent", "Haifa", "Izmir", "Jaipur", "Krakow", "Lagos"};
    static const char *const goods[] = {"kettle", "lamp", "notebook", "rope", "saddle", "teapot",
                                        "umbrella", "violin string", "wool blanket", "yarn"};
    static const char *const states[] = {"new", "paid", "packed", "sent", "delivered", "returned"};
    put(at, "{\"type\":\"orders\",\"page\":%d,\"orders\":[", at);
    while (text_lens[at] + 150 < TARGET) {
        put(at, "{\"id\":%u%05u,\"state\":\"%s\",\"time\":\"2025-%02u-%02uT%02u:%02u:%02u.%03uZ\",",
            1 + dice(9), dice(100000), states[dice(6)], 1 + dice(12), 1 + dice(28), dice(24), dice(60),
            dice(60), dice(1000));
        put(at, "\"customer\":{\"name\":\"%s\",\"town\":\"%s\",\"vip\":%s},", names[dice(14)],
            towns[dice(12)], dice(4) == 0 ? "true" : "false");
        put(at, "\"item\":\"%s\",\"count\":%u,\"price\":%u.%02u,\"discount\":%s}%s", goods[dice(10)],
            1 + dice(12), 1 + dice(300), dice(100), dice(3) == 0 ? "0.05" : "null",
            text_lens[at] + 240 < TARGET ? "," : "");
        if (text_lens[at] + 170 >= TARGET) break;
    }
    put(at, "],\"checksum\":\"%08x%08x\"}", dice(UINT32_MAX), dice(UINT32_MAX));
}

void make_texts(void) {
    int i;
    for (i = 0; i < DISTINCT; i++) make_text(i);
}
