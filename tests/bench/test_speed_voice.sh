#!/bin/sh
# test_speed_voice.sh - the same for an empty patch, a sine and one voice: the quick part, for planted faults.
exec sh "$(dirname "$0")/test_speed.sh" voice
