/* doctor_devices.c - sound cards, their interrupts, GPIO chips. See doctor.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "appliance/irq.h"
#include "base/sys_file.h"
#include "cli/doctor.h"

enum { MAX_CARDS = 32, MAX_CHIPS = 16 };

struct cards {
	int n;
	struct {
		int number;
		char id[32];
	} at[MAX_CARDS];
	char names[160]; /* "vc4hdmi, Device" */
};

/* " 0 [Device         ]: USB-Audio - ..." */
static void cards_read(const char *root, struct cards *cards)
{
	char text[2048];
	char *rest = text, *row;

	memset(cards, 0, sizeof(*cards));
	sys_read(text, sizeof(text), root, "/proc/asound/cards");
	while ((row = strsep(&rest, "\n")) && cards->n < MAX_CARDS) {
		int number;
		char id[32];

		if (sscanf(row, " %d [%31[^] ]", &number, id) != 2)
			continue;
		cards->at[cards->n].number = number;
		memcpy(cards->at[cards->n].id, id, sizeof(id));
		snprintf(cards->names + strlen(cards->names),
			sizeof(cards->names) - strlen(cards->names), "%s%s", cards->n ? ", " : "",
			id);
		cards->n++;
	}
}

/* The index of the card that a PCM's name means; -1: it is not there; -2: the name does not say
 * (default, null, a name of asound.conf). */
static int card_of(const struct cards *cards, const char *pcm)
{
	const char *id = strstr(pcm, "CARD="), *colon = strchr(pcm, ':');
	size_t n;

	if (strcmp(pcm, "auto") == 0)
		return cards->n ? 0 : -1;
	if (!id && !colon)
		return -2;
	id = id ? id + 5 : colon + 1;
	n = strcspn(id, ",");
	for (int i = 0; i < cards->n; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%d", cards->at[i].number);
		if ((strlen(cards->at[i].id) == n && memcmp(cards->at[i].id, id, n) == 0) ||
			(strlen(number) == n && memcmp(number, id, n) == 0))
			return i;
	}
	return -1;
}

/* The card that will be played to, as far as the names tell: an index, -1 or -2. */
static int check_sound(struct doctor *doctor, const struct cards *cards)
{
	const char *device = doctor->settings->audio.device;
	char names[SETTINGS_PATH_BYTES];
	char *rest = names, *name;
	struct doctor_line *line;
	int card = -1;

	if (strcmp(device, "simulated") == 0) {
		doctor_say(doctor, DOCTOR_OK, "sound", "simulated, as the settings ask");
		return -1;
	}
	snprintf(names, sizeof(names), "%s", device);
	while (card == -1 && (name = strsep(&rest, " ")))
		card = card_of(cards, name);
	if (card >= 0) {
		doctor_say(
			doctor, DOCTOR_OK, "sound", "%s is there (cards: %s)", name, cards->names);
		return card;
	}
	if (card == -2) {
		doctor_say(doctor, DOCTOR_OK, "sound", "%s names no card; not looked at", name);
		return card;
	}
	line = doctor_say(doctor, DOCTOR_FAIL, "sound",
		"no card of `device = %.120s` (cards: %.80s)", device,
		cards->n ? cards->names : "none");
	line->why = "nothing is heard: chronus simulates a card and writes a WAV file";
	line->remedy =
		cards->n ? "set [audio] device to one of these cards (hw:CARD=NAME), or to auto"
			 : "plug in a USB card, or enable the I2S one by its overlay in "
			   "config.txt (dtoverlay=hifiberry-dac, say)";
	return card;
}

static void check_irq(struct doctor *doctor, const struct cards *cards, int card)
{
	int cpu = doctor->settings->rt.irq_cpu, n;
	struct irq_line found[IRQ_MAX_LINES];
	struct doctor_line *line;
	char path[512];

	if (cpu == SETTINGS_NO_CPU || card < 0) {
		if (cpu != SETTINGS_NO_CPU)
			doctor_say(doctor, DOCTOR_OK, "interrupt", "no card whose could be moved");
		return;
	}
	n = irq_find(doctor->root, cards->at[card].number, found);
	if (n <= 0) {
		line = doctor_say(doctor, DOCTOR_WARN, "interrupt",
			"no line of /proc/interrupts belongs to %s", cards->at[card].id);
		line->why = "irq_cpu in [rt] has no effect";
		line->remedy = "set irq_cpu = none, or move it by hand: "
			       "/proc/irq/N/smp_affinity_list";
		return;
	}
	snprintf(path, sizeof(path), "%s/proc/irq/%d/smp_affinity_list", doctor->root,
		found[0].number);
	if (access(path, W_OK) == 0) {
		doctor_say(doctor, DOCTOR_OK, "interrupt", "%d of %s (%s), to core %d",
			found[0].number, cards->at[card].id, found[0].name, cpu);
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "interrupt", "%d of %s cannot be moved: %s",
		found[0].number, cards->at[card].id, strerror(errno));
	line->why = "it is served by whatever core the kernel chose, maybe the producer's";
	line->remedy = "run as root, or set irq_cpu = none";
}

static bool has_pins(const struct settings *settings)
{
	bool has = false;

	for (int i = 0; i < settings->n_knobs; i++)
		has = has || settings->knobs[i].pin_a != SETTINGS_NO_PIN;
	for (int i = 0; i < settings->n_buttons; i++)
		has = has || settings->buttons[i].pin != SETTINGS_NO_PIN;
	return has;
}

static void check_gpio(struct doctor *doctor)
{
	int n_chips = 0, n_open = 0;
	struct doctor_line *line;

	if (!has_pins(doctor->settings)) {
		doctor_say(doctor, DOCTOR_OK, "gpio", "the settings name no pins");
		return;
	}
	for (int i = 0; i < MAX_CHIPS; i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/dev/gpiochip%d", doctor->root, i);
		n_chips += access(path, F_OK) == 0;
		n_open += access(path, R_OK | W_OK) == 0;
	}
	if (n_open) {
		doctor_say(
			doctor, DOCTOR_OK, "gpio", "%d chip%s", n_chips, n_chips == 1 ? "" : "s");
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "gpio", "%s",
		n_chips ? "/dev/gpiochip*: this user may not open them" : "no /dev/gpiochip*");
	line->why = "the knobs and buttons that are wired to pins do nothing";
	line->remedy =
		n_chips ? "run as root, or add this user to the group gpio and log in again"
			: "load the kernel's driver; on other machines play by the keyboard, or "
			  "chronus send";
}

void doctor_check_devices(struct doctor *doctor)
{
	struct cards cards;
	int card;

	cards_read(doctor->root, &cards);
	card = check_sound(doctor, &cards);
	check_irq(doctor, &cards, card);
	check_gpio(doctor);
}
