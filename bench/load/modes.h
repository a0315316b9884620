/* The modes of the load: each reads its words, runs, and prints one line. */
#ifndef MODES_H
#define MODES_H

void mode_echo(int port);
void mode_latency(int port);
void mode_handshakes(int port);
void mode_broadcast(int port);
void mode_idle(int port);
void mode_rounds(int port);

#endif
