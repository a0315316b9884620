/* Connections that stay: each has had one message echoed. */
#include <stdio.h>

#include "batch.h"
#include "link.h"
#include "modes.h"
#include "program.h"

void mode_idle(int port) {
    int connections = (int)words_number("connections", 1000), i;
    batch_t batch = batch_make(1, (size_t)words_number("payload", 16), 0);
    links_t links;
    words_end();
    links = links_open(port, connections, &batch, 1);
    for (i = 0; i < connections; i++) {
        link_send(&links, &links.all[i]);
        do links_turn(&links, SILENCE_MS);
        while (links.done_count == 0);
    }
    printf("mode=idle connections=%d\n", connections);
    stay_idle();
}
