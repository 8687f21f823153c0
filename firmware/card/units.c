/* units.c - systemctl. See units.h.
 * Tested by: e2e/test_card */
#include "card/units.h"

#include "card/child.h"

int units_tell(const struct paths *paths, const char *verb, const char *unit, struct diag *diag)
{
	const char *const argv[] = {paths->systemctl, "--no-block", verb, unit, NULL};

	return child_run(argv, NULL, 0, diag);
}
