/* keys_chairs.c - chairs: a sounding note sits on one.
 *
 * Each voice is a chair (poly), or all voices together are the only one (mono: the first voice sounds,
 * unison: all do). A note that finds all chairs taken takes one: of a key that is only on hold if
 * there is one, and of these the oldest, or the quietest by `level`. When a chair is free again the
 * latest key that is down without one sits down again: with one chair, last-note priority.
 * A chair that may still sound goes to its new pitch and velocity in 5 ms; one that is silent jumps. */
#include "modules/keys.h"

#include "base/rt_poison.h"

#define SILENT 1e-4f /* of level: -80 dB */
#define SOFT   0.6f

struct keys_chair *keys_chair_of(struct keys *keys, int note)
{
	for (int c = 0; c < keys->n_chairs; c++) {
		if (keys->chairs[c].is_taken && keys->chairs[c].note == note)
			return &keys->chairs[c];
	}
	return NULL;
}

/* Whom a new note would rather follow: itself, a free chair, a key that is up, any other. */
static int rank_of(const struct keys *keys, const struct keys_chair *chair, int note)
{
	if (chair->is_taken && chair->note == note)
		return 0;
	if (!chair->is_taken && !chair->opens)
		return chair->note == note && chair->since ? 1 : 2;
	if (!chair->is_taken)
		return 3;
	return note_row_has(&keys->down, chair->note) ? 5 : 4;
}

static int chair_for(const struct keys *keys, const struct keys_manner *manner, int note)
{
	const float *level = keys->level[manner->level];
	int best = 0, best_rank = 6;

	for (int c = 0; c < keys->n_chairs; c++) {
		int rank = rank_of(keys, &keys->chairs[c], note);
		bool is_older = keys->chairs[c].since < keys->chairs[best].since;

		if (manner->is_quietest && level[c] != level[best])
			is_older = level[c] < level[best];
		if (rank < best_rank || (rank == best_rank && is_older)) {
			best = c;
			best_rank = rank;
		}
	}
	return best;
}

/* `level` is as old as two looks: so long a closed gate may still sound. */
static bool may_sound(const struct keys *keys, const struct keys_manner *manner, int c)
{
	const struct keys_chair *chair = &keys->chairs[c];

	if (!chair->was_played)
		return false;
	if (!manner->has_level || chair->closed_frames < 2 * BLOCK_MAX_FRAMES)
		return chair->is_on || chair->closed_frames < keys->times.sounding_frames;
	return chair->is_on || keys->level[manner->level][c] > SILENT;
}

static void sit_down(struct keys *keys, const struct keys_manner *manner, int note)
{
	int c = chair_for(keys, manner, note);
	struct keys_chair *chair = &keys->chairs[c];
	bool goes_on = manner->is_legato && chair->is_on;
	int n_fade = may_sound(keys, manner, c) ? keys->times.fade_frames : 0;
	float velocity = keys->velocity[note] * (keys->pedals.soft ? SOFT : 1.0f);

	keys_glide_to(&chair->pitch, keys_glide_at(&chair->pitch, 0), (float)note,
		chair->was_played ? int_max(n_fade, manner->glide_frames) : 0);
	if (!goes_on)
		keys_glide_to(
			&chair->velocity, keys_glide_at(&chair->velocity, 0), velocity, n_fade);
	if (!goes_on || chair->note != note)
		chair->pressure = 0.0f;
	chair->note = note;
	chair->closes = chair->is_on && !goes_on;
	chair->opens = 1;
	chair->is_taken = 1;
	chair->was_played = 1;
	chair->since = ++keys->n_changes;
}

static void stand_up(struct keys *keys, struct keys_chair *chair)
{
	if (!chair->is_taken)
		return;
	chair->is_taken = 0;
	chair->since = ++keys->n_changes;
}

void keys_press(
	struct keys *keys, const struct keys_manner *manner, int note, float velocity, int by)
{
	keys->velocity[note] = velocity;
	keys->by[note] = (uint8_t)by;
	note_row_append(&keys->down, note);
	if (keys->n_chairs)
		sit_down(keys, manner, note);
}

static bool is_kept(const struct keys *keys, const struct keys_manner *manner, int note)
{
	return manner->is_hold || keys->pedals.sustain || keys->is_caught[note];
}

void keys_let_go(struct keys *keys, const struct keys_manner *manner, int note, float release)
{
	struct keys_chair *chair = keys_chair_of(keys, note);

	note_row_remove(&keys->down, note);
	if (!chair)
		return;
	keys_glide_to(&chair->release, keys_glide_at(&chair->release, 0), release,
		keys->times.fade_frames);
	if (!is_kept(keys, manner, note))
		stand_up(keys, chair);
}

void keys_let_go_all(struct keys *keys, int by, bool is_silenced)
{
	for (int c = 0; c < MAX_CHAIRS; c++) {
		struct keys_chair *chair = &keys->chairs[c];

		if (!chair->was_played || keys->by[chair->note] != by)
			continue;
		stand_up(keys, chair);
		if (is_silenced)
			keys_glide_to(&chair->velocity, keys_glide_at(&chair->velocity, 0), 0.0f,
				keys->times.fade_frames);
	}
	for (int note = 0; note < N_NOTES; note++) {
		if (keys->by[note] == by) {
			note_row_remove(&keys->down, note);
			keys->is_caught[note] = 0;
		}
	}
}

void keys_settle(struct keys *keys, const struct keys_manner *manner)
{
	int n_free = 0;

	for (int c = 0; c < keys->n_chairs; c++) {
		struct keys_chair *chair = &keys->chairs[c];

		if (chair->is_taken && !is_kept(keys, manner, chair->note) &&
			!note_row_has(&keys->down, chair->note))
			stand_up(keys, chair);
		n_free += !chair->is_taken;
	}
	for (uint32_t i = keys->down.n; i-- > 0 && n_free > 0;) {
		if (keys_chair_of(keys, keys->down.at[i]))
			continue;
		sit_down(keys, manner, keys->down.at[i]);
		n_free--;
	}
}

void keys_count_chairs(struct keys *keys, const struct keys_manner *manner)
{
	const struct note_row *down = &keys->down;

	for (int c = manner->n_chairs; c < MAX_CHAIRS; c++)
		stand_up(keys, &keys->chairs[c]);
	keys->n_chairs = manner->n_chairs;
	keys->mode = (int32_t)manner->mode;
	if (keys->n_chairs == 1 && down->n && !keys_chair_of(keys, down->at[down->n - 1]))
		sit_down(keys, manner, down->at[down->n - 1]);
}

bool keys_move_gates(struct keys *keys)
{
	bool is_passing = false;

	for (int c = 0; c < MAX_CHAIRS; c++) {
		struct keys_chair *chair = &keys->chairs[c];

		if (chair->closes) {
			chair->is_on = 0;
			chair->closes = 0;
			is_passing = true;
		} else {
			chair->is_on = chair->is_taken | chair->opens;
			is_passing |= chair->opens;
			chair->opens = 0;
		}
	}
	return is_passing;
}
