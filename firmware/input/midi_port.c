/* Tested by: unit/input/test_midi */
#include "input/midi_port.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "control/midi_decoder.h"
#include "dsp/module.h"
#include "input/midi_bytes.h"

static const uint8_t pedal_numbers[] = {MIDI_CC_SUSTAIN, MIDI_CC_SOSTENUTO, MIDI_CC_SOFT};

int midi_port_open(struct midi_port *port, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (midi_decoder_open(&port->decoder) < 0) {
		close(fd);
		return -ENOMEM;
	}
	port->fd = fd;
	port->is_framed = midi_bytes_ask_for_times(fd);
	port->is_sensing = port->is_letting_go = false;
	port->n_bytes = 0;
	port->n_faults_before = port->n_faults;
	return 0;
}

void midi_port_close(struct midi_port *port)
{
	if (port->fd < 0)
		return;
	close(port->fd);
	port->n_faults = midi_port_n_faults(port);
	midi_decoder_close(port->decoder);
	port->decoder = NULL;
	port->fd = -1;
}

static void note_held(struct midi_port *port, const uint8_t bytes[3])
{
	int channel = midi_channel(bytes[0]), kind = midi_kind(bytes[0]);
	uint64_t *held = &port->held[channel][bytes[1] / 64], bit = UINT64_C(1) << (bytes[1] % 64);

	if (kind == MIDI_NOTE_ON && bytes[2])
		*held |= bit;
	else if (kind == MIDI_NOTE_ON || kind == MIDI_NOTE_OFF)
		*held &= ~bit;
	for (size_t p = 0; p < ARRAY_LEN(pedal_numbers) && kind == MIDI_CONTROLLER; p++)
		if (bytes[1] == pedal_numbers[p])
			port->pedals[p] =
				(uint16_t)(bytes[2] >= 64 ? port->pedals[p] | 1u << channel
							  : port->pedals[p] & ~(1u << channel));
}

static struct input_event event_of(const uint8_t *bytes, int n, int64_t time_ns)
{
	struct input_event event = {.kind = INPUT_MESSAGE,
		.control = INPUT_MIDI,
		.time_ns = time_ns,
		.n_bytes = (uint8_t)n};

	memcpy(event.bytes, bytes, (size_t)n);
	return event;
}

/* true: it is a message for the desk. */
static bool take(struct midi_port *port, const struct midi_message *message, int channel)
{
	uint8_t status = message->bytes[0];

	if (status == MIDI_SENSING)
		port->is_sensing = true;
	if (status >= MIDI_SYSTEM || (channel && channel != midi_channel(status) + 1))
		return false;
	note_held(port, message->bytes);
	return true;
}

int midi_port_read(
	struct midi_port *port, int channel, int64_t now_ns, struct input_event *events, int max)
{
	struct midi_bytes bytes;
	struct midi_message message;
	int err = midi_bytes_read(&bytes, port->fd, port->is_framed, now_ns, max), n = 0;

	if (err < 0)
		return err;
	if (bytes.n)
		port->last_ns = now_ns;
	port->n_bytes += (uint64_t)bytes.n;
	for (int i = 0; i < bytes.n; i++) {
		int64_t time_ns = bytes.time_ns[i];
		bool is_heard;

		if (!midi_decoder_put(port->decoder, bytes.at[i], &message))
			continue;
		is_heard = take(port, &message, channel);
		midi_page_put(port->page,
			&(struct midi_page_message){time_ns, port->at, is_heard, message});
		if (is_heard)
			events[n++] = event_of(message.bytes, message.n, time_ns);
	}
	midi_port_show(port);
	return n;
}

bool midi_port_holds(const struct midi_port *port)
{
	uint64_t any = port->pedals[0] | port->pedals[1] | port->pedals[2];

	for (int c = 0; c < MIDI_CHANNELS; c++)
		any |= port->held[c][0] | port->held[c][1];
	return any != 0;
}

int midi_port_let_go(struct midi_port *port, int64_t now_ns, struct input_event *events, int max)
{
	int n = 0;

	for (int c = 0; c < MIDI_CHANNELS; c++) {
		for (size_t p = 0; p < ARRAY_LEN(pedal_numbers) && n < max; p++) {
			if (!(port->pedals[p] >> c & 1))
				continue;
			port->pedals[p] &= (uint16_t)~(1u << c);
			events[n++] = event_of(
				(uint8_t[]){(uint8_t)(MIDI_CONTROLLER | c), pedal_numbers[p], 0}, 3,
				now_ns);
		}
		for (int note = 0; note < N_NOTES && n < max; note++) {
			if (!(port->held[c][note / 64] >> (note % 64) & 1))
				continue;
			port->held[c][note / 64] &= ~(UINT64_C(1) << (note % 64));
			events[n++] = event_of(
				(uint8_t[]){(uint8_t)(MIDI_NOTE_OFF | c), (uint8_t)note, 64}, 3,
				now_ns);
		}
	}
	return n;
}

void midi_port_sort(struct input_event *events, int n)
{
	for (int i = 1; i < n; i++) {
		struct input_event event = events[i];
		int at = i;

		for (; at > 0 && events[at - 1].time_ns > event.time_ns; at--)
			events[at] = events[at - 1];
		events[at] = event;
	}
}

uint64_t midi_port_n_faults(const struct midi_port *port)
{
	return port->n_faults + (port->decoder ? midi_decoder_n_faults(port->decoder) : 0);
}

void midi_port_show(const struct midi_port *port)
{
	struct midi_page_port *row = port->page ? &port->page->ports[port->at] : NULL;

	if (!row)
		return;
	memcpy(row->file, port->file, sizeof(row->file));
	memcpy(row->name, port->name, sizeof(row->name));
	row->is_open = port->fd >= 0;
	row->n_bytes = port->n_bytes;
	row->n_faults = midi_port_n_faults(port) - port->n_faults_before;
}
