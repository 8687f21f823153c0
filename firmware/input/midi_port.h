/* midi_port.h - one raw MIDI port: a file of /dev/snd whose bytes become messages, and what is held
 * on it, so that it can be let go of when the port vanishes.
 *
 * The file is read as it is (midi_bytes.h): the kernel's rawmidi device wakes a reader at once, and a
 * pipe behaves the same.
 * Threads: [desk]
 * Errors:  a negative errno. */
#ifndef INPUT_MIDI_PORT_H
#define INPUT_MIDI_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/midi.h"
#include "input/event.h"
#include "input/midi_page.h"

struct midi_port {
	int fd;                          /* -1: closed */
	char file[MIDI_PORT_NAME_BYTES]; /* midiC1D0 */
	char name[MIDI_PORT_NAME_BYTES]; /* of its maker, or the card's; else as file */
	struct midi_decoder *decoder;
	uint64_t held[MIDI_CHANNELS][2]; /* keys, a bit each */
	uint16_t pedals[3];              /* sustain, sostenuto, soft: a bit a channel */
	bool is_framed;                  /* its bytes come with the kernel's times */
	bool is_sensing;                 /* it has promised a byte every 300 ms */
	bool is_letting_go;
	int64_t last_ns;                   /* of its latest byte */
	uint64_t n_faults;                 /* of decoders before this one */
	uint64_t n_bytes, n_faults_before; /* of this port; of those before it in its place */
	struct midi_page *page;            /* that shows it; NULL: none */
	int at;                            /* its number there */
};

/* Opens the path without waiting. */
int midi_port_open(struct midi_port *port, const char *path);
/* Lets go of the file; what is held stays known. */
void midi_port_close(struct midi_port *port);
/* Up to max messages of a channel; channel 1..16: of that one only, 0: of all. -ENODEV: it is gone. */
int midi_port_read(
	struct midi_port *port, int channel, int64_t now_ns, struct input_event *events, int max);
/* Up to max messages that let go of what is held; less than max: nothing is held any more. */
int midi_port_let_go(struct midi_port *port, int64_t now_ns, struct input_event *events, int max);
/* By their times: what came by two ports stands in the order in which it was played. */
void midi_port_sort(struct input_event *events, int n);
bool midi_port_holds(const struct midi_port *port);
uint64_t midi_port_n_faults(const struct midi_port *port);
/* Its row of the page as it is now */
void midi_port_show(const struct midi_port *port);

#endif
