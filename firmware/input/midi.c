/* midi.c - the source: an epoll over the ports, over an inotify that sees them come, and over a timer
 * that misses those which have promised to be heard (active sensing).
 *
 * A port that is gone, or has broken its promise for 300 ms, lets go of what is held on it: pedals
 * and keys, as messages of its own, so another keyboard's notes sound on.
 * A file that cannot be opened yet (udev gives it to the group later) is tried again when its
 * attributes change, and at each look of the timer. */
#include "input/midi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <dirent.h>

#include "base/clock.h"
#include "base/log.h"
#include "input/midi_port.h"

enum {
	MAX_PORTS = MIDI_PAGE_PORTS,
	LOOK_MS = 100,
	SENSING_MS = 300,
	FOLDER_BYTES = SETTINGS_PATH_BYTES
};

struct midi {
	struct input_source source; /* first */
	const struct settings *settings;
	int poll_fd, notify_fd, timer_fd;
	char device_folder[FOLDER_BYTES], card_folder[FOLDER_BYTES];
	bool is_full;   /* more ports than there is room for: told once */
	bool must_scan; /* one could not be opened, or is gone and may be back under its name */
	char told[MIDI_PORT_NAME_BYTES]; /* the latest such one */
	struct midi_port ports[MAX_PORTS];
	struct midi_page *page; /* NULL: nobody can look */
	char page_path[512];
};

/* ---- names */

/* The first line of a file; "" where there is none. */
static void read_line(const char *path, char *line, size_t n_bytes)
{
	FILE *file = fopen(path, "re");

	line[0] = '\0';
	if (file && !fgets(line, (int)n_bytes, file))
		line[0] = '\0';
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
}

/* The card's id (one word) and the port's own name. */
static void find_names(const struct midi *midi, const char *file, char id[MIDI_PORT_NAME_BYTES],
	char name[MIDI_PORT_NAME_BYTES])
{
	char path[FOLDER_BYTES + 64];
	int card = 0, device = 0;

	id[0] = name[0] = '\0';
	if (sscanf(file, "midiC%dD%d", &card, &device) != 2)
		return;
	snprintf(path, sizeof(path), "%s/card%d/id", midi->card_folder, card);
	read_line(path, id, MIDI_PORT_NAME_BYTES);
	snprintf(path, sizeof(path), "%s/card%d/midi%d", midi->card_folder, card, device);
	read_line(path, name, MIDI_PORT_NAME_BYTES);
}

/* One of the words of [midi] ports: all, the card's id or the file */
static bool is_wanted(const struct midi *midi, const char *file, const char *id)
{
	const char *word = midi->settings->midi.ports;
	for (word += strspn(word, " "); *word; word += strspn(word, " ")) {
		size_t n = strcspn(word, " ");

		if ((n == 3 && strncmp(word, "all", n) == 0) ||
			(strlen(id) == n && strncmp(word, id, n) == 0) ||
			(strlen(file) == n && strncmp(word, file, n) == 0))
			return true;
		word += n;
	}
	return false;
}

/* ---- ports come and go */

static struct midi_port *find_port(struct midi *midi, const char *file)
{
	for (int i = 0; i < MAX_PORTS; i++)
		if (midi->ports[i].fd >= 0 && strcmp(midi->ports[i].file, file) == 0)
			return &midi->ports[i];
	return NULL;
}

/* One that is closed and holds nothing more. */
static struct midi_port *free_port(struct midi *midi)
{
	for (int i = 0; i < MAX_PORTS; i++)
		if (midi->ports[i].fd < 0 && !midi->ports[i].is_letting_go)
			return &midi->ports[i];
	if (!midi->is_full)
		log_line(LOG_LEVEL_WARNING,
			"MIDI: at most %d ports at a time; the others are not read", MAX_PORTS);
	midi->is_full = true;
	return NULL;
}

/* Another program may have it, or udev has not given it to the group yet: once, if that stays. */
static void tell_closed(struct midi *midi, const char *file, int err)
{
	bool is_told = strcmp(midi->told, file) == 0;

	midi->must_scan = true;
	if (!is_told)
		log_line(LOG_LEVEL_INFO, "MIDI: %s/%s cannot be opened (%s): tried again",
			midi->device_folder, file,
			err == -EBUSY || err == -EAGAIN ? "another program has it"
							: strerror(-err));
	snprintf(midi->told, sizeof(midi->told), "%s", file);
}

static void add_port(struct midi *midi, const char *file)
{
	char path[FOLDER_BYTES + MIDI_PORT_NAME_BYTES], id[MIDI_PORT_NAME_BYTES],
		name[MIDI_PORT_NAME_BYTES];
	struct epoll_event wanted = {.events = EPOLLIN};
	struct midi_port *port;
	int err;

	find_names(midi, file, id, name);
	if (strlen(file) >= MIDI_PORT_NAME_BYTES || find_port(midi, file) ||
		!is_wanted(midi, file, id))
		return;
	port = free_port(midi);
	snprintf(path, sizeof(path), "%s/%s", midi->device_folder, file);
	if (!port)
		return;
	err = midi_port_open(port, path);
	if (err < 0) {
		tell_closed(midi, file, err);
		return;
	}
	wanted.data.u32 = (uint32_t)(port - midi->ports);
	if (epoll_ctl(midi->poll_fd, EPOLL_CTL_ADD, port->fd, &wanted) < 0) {
		midi_port_close(port);
		return;
	}
	snprintf(port->file, sizeof(port->file), "%s", file);
	snprintf(port->name, sizeof(port->name), "%s", *name ? name : *id ? id : file);
	midi_port_show(port);
	log_line(LOG_LEVEL_INFO, "MIDI: %s (%s%s%s) plays", port->name, file, *id ? ", " : "", id);
}

static void scan(struct midi *midi)
{
	DIR *folder = opendir(midi->device_folder);

	midi->must_scan = false;
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		if (strncmp(entry->d_name, "midiC", 5) == 0)
			add_port(midi, entry->d_name);
	if (folder)
		closedir(folder);
}

/* Watches the folder, and the one above for it to come. Twice is no harm. */
static void watch(struct midi *midi)
{
	char above[FOLDER_BYTES];
	char *slash;

	snprintf(above, sizeof(above), "%s", midi->device_folder);
	slash = strrchr(above, '/');
	if (slash && slash != above)
		*slash = '\0';
	(void)inotify_add_watch(midi->notify_fd, above, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	(void)inotify_add_watch(midi->notify_fd, midi->device_folder,
		IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR);
}

static void look_again(struct midi *midi)
{
	char events[1024] __attribute__((aligned(8)));

	while (read(midi->notify_fd, events, sizeof(events)) > 0)
		;
	watch(midi);
	scan(midi);
}

static void lose(struct midi *midi, struct midi_port *port)
{
	midi->must_scan = true;
	log_line(LOG_LEVEL_INFO, "MIDI: %s (%s) is gone; its notes are let go of", port->name,
		port->file);
	midi_port_close(port);
	midi_port_show(port);
	port->is_letting_go = true;
}

/* Keyboards that have said nothing for too long */
static void miss(struct midi *midi, int64_t now_ns)
{
	for (int i = 0; i < MAX_PORTS; i++) {
		struct midi_port *port = &midi->ports[i];

		if (port->fd >= 0 && port->is_sensing &&
			now_ns - port->last_ns > SENSING_MS * NS_PER_MS) {
			port->is_sensing = false;
			port->is_letting_go = true;
		}
	}
}

/* ---- the source */

static int midi_fd(const struct input_source *source)
{
	return ((const struct midi *)source)->poll_fd;
}

static void take_time(struct midi *midi, int64_t now_ns)
{
	uint64_t n;

	if (read(midi->timer_fd, &n, sizeof(n)) != sizeof(n))
		return;
	miss(midi, now_ns);
	if (midi->must_scan)
		scan(midi);
}

static int read_port(struct midi *midi, int i, int64_t now_ns, struct input_event *events, int max)
{
	struct midi_port *port = &midi->ports[i];
	int n = max > 0 && port->fd >= 0
			? midi_port_read(port, midi->settings->midi.channel, now_ns, events, max)
			: 0;

	if (n < 0)
		lose(midi, port);
	return int_max(n, 0);
}

/* The timer brings the rest of those that hold more than fits. */
static int let_go(struct midi *midi, int64_t now_ns, struct input_event *events, int max)
{
	int n = 0;

	for (int i = 0; i < MAX_PORTS; i++) {
		struct midi_port *port = &midi->ports[i];

		if (!port->is_letting_go)
			continue;
		n += midi_port_let_go(port, now_ns, events + n, max - n);
		port->is_letting_go = midi_port_holds(port);
	}
	return n;
}

static int midi_read(struct input_source *source, struct input_event *events, int max)
{
	struct midi *midi = (struct midi *)source;
	struct epoll_event ready[MAX_PORTS + 2];
	int64_t now_ns = clock_now_ns();
	int n_ready = epoll_wait(midi->poll_fd, ready, ARRAY_LEN(ready), 0), n = 0;

	for (int i = 0; i < n_ready; i++) {
		uint32_t at = ready[i].data.u32;

		if (at == MAX_PORTS)
			look_again(midi);
		else if (at == MAX_PORTS + 1)
			take_time(midi, now_ns);
		else
			n += read_port(midi, (int)at, now_ns, events + n, max - n);
	}
	n += let_go(midi, now_ns, events + n, max - n);
	midi_port_sort(events, n);
	return n;
}

static uint64_t midi_faults(const struct input_source *source)
{
	const struct midi *midi = (const struct midi *)source;
	uint64_t n = 0;

	for (int i = 0; i < MAX_PORTS; i++)
		n += midi_port_n_faults(&midi->ports[i]);
	return n;
}

static int midi_publish(struct input_source *source, const char *path, struct diag *diag)
{
	struct midi *midi = (struct midi *)source;
	int err = midi_page_open(&midi->page, path, diag);

	if (err < 0)
		return err;
	snprintf(midi->page_path, sizeof(midi->page_path), "%s", path);
	for (int i = 0; i < MAX_PORTS; i++) {
		midi->ports[i].page = midi->page;
		midi->ports[i].at = i;
		midi_port_show(&midi->ports[i]);
	}
	return 0;
}

static void midi_close(struct input_source *source)
{
	struct midi *midi = (struct midi *)source;

	midi_page_close(midi->page, midi->page_path);
	for (int i = 0; i < MAX_PORTS; i++)
		midi_port_close(&midi->ports[i]);
	if (midi->timer_fd >= 0)
		close(midi->timer_fd);
	if (midi->notify_fd >= 0)
		close(midi->notify_fd);
	if (midi->poll_fd >= 0)
		close(midi->poll_fd);
	free(midi);
}

static int add_fd(struct midi *midi, int fd, uint32_t at)
{
	struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = at};

	return fd < 0 || epoll_ctl(midi->poll_fd, EPOLL_CTL_ADD, fd, &wanted) < 0 ? -errno : 0;
}

static int open_fds(struct midi *midi)
{
	const struct itimerspec looks = {{0, LOOK_MS * NS_PER_MS}, {0, LOOK_MS * NS_PER_MS}};
	int err;

	midi->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	midi->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	midi->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (midi->poll_fd < 0)
		return -errno;
	err = add_fd(midi, midi->notify_fd, MAX_PORTS);
	if (!err)
		err = add_fd(midi, midi->timer_fd, MAX_PORTS + 1);
	if (!err && timerfd_settime(midi->timer_fd, 0, &looks, NULL) < 0)
		err = -errno;
	return err;
}

int input_midi_open_in(struct input_source **source, const struct settings *settings,
	const char *device_folder, const char *card_folder, struct diag *diag)
{
	struct midi *midi = calloc(1, sizeof(*midi));
	int err;

	if (!midi)
		return diag_set(diag, -ENOMEM, "out of memory");
	midi->source = (struct input_source){.fd = midi_fd,
		.read = midi_read,
		.close = midi_close,
		.faults = midi_faults,
		.publish = midi_publish};
	midi->settings = settings;
	midi->poll_fd = midi->notify_fd = midi->timer_fd = -1;
	for (int i = 0; i < MAX_PORTS; i++)
		midi->ports[i].fd = -1;
	snprintf(midi->device_folder, sizeof(midi->device_folder), "%s", device_folder);
	snprintf(midi->card_folder, sizeof(midi->card_folder), "%s", card_folder);
	err = open_fds(midi);
	if (err < 0) {
		midi_close(&midi->source);
		return diag_set(diag, err, "cannot watch %s: %s", device_folder, strerror(-err));
	}
	watch(midi);
	scan(midi);
	*source = &midi->source;
	return 0;
}

int input_midi_open(
	struct input_source **source, const struct settings *settings, struct diag *diag)
{
	return input_midi_open_in(source, settings, settings->midi.folder, "/proc/asound", diag);
}
