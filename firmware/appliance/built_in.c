/* Tested by: e2e/test_emptied */
#include "appliance/built_in.h"

#include <string.h>
#include <unistd.h>

/* A quiet chord that breathes: it sounds without a hand, a knob or a gate, and is told apart from
 * any instrument. */
const char built_in_patch[] = "[patch]\n"
			      "name = Built in\n"
			      "[osc1]\n"
			      "type = osc\n"
			      "shape = triangle\n"
			      "freq_hz = 220\n"
			      "level = 0.3\n"
			      "[osc2]\n"
			      "type = osc\n"
			      "shape = triangle\n"
			      "freq_hz = 330\n"
			      "level = 0.2\n"
			      "[lfo1]\n"
			      "type = lfo\n"
			      "rate_hz = 0.5\n"
			      "[filter1]\n"
			      "type = svf\n"
			      "in = osc1 + osc2\n"
			      "cutoff_hz = 700\n"
			      "cutoff_hz.mod = lfo1 * 450\n"
			      "[out]\n"
			      "in = filter1 * 0.5\n";

bool built_in_is(const char *path)
{
	size_t n = strlen(path), n_name = strlen(BUILT_IN_PATH);

	if (n < n_name || strcmp(path + n - n_name, BUILT_IN_PATH) != 0)
		return false;
	return (n == n_name || path[n - n_name - 1] == '/') && access(path, F_OK) < 0;
}
