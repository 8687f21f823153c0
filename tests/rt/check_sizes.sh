#!/bin/sh
# Files, functions and structs stay small: a file has at most 400 lines, a function 60, a struct 20 fields (a field that is a struct
# counts once).
# usage: check_sizes.sh [TREE]    (exit 1 and a line for each that is larger)
set -eu
export LC_ALL=C

# Larger ones, until they are in parts. Who makes one smaller takes it out.
known='
struct fake_pcm
'

cd "${1:-.}"
found=$(find firmware board tests -name '*.[ch]' | sort | xargs awk '
	FNR == 1 { end_file(); file = FILENAME; head = body = in_struct = in_comment = 0 }
	{ n_lines = FNR; line = $0; text = code(line) }

	# ---- functions: from the first line of the head to the brace at the very left
	!in_struct && /^{/ && head { body = head; head = 0; next }
	body { if (/^}/) { end_function(); body = 0 }; next }
	!in_struct && text ~ /^[a-z].*\(/ && text !~ /;/ { head = FNR; next }
	head && text !~ /^[\t ]/ { head = 0 }

	# ---- structs
	!in_struct && text ~ /^([a-z]+ )*(struct|union)( [a-z_0-9]+)? *{ *$/ {
		in_struct = FNR
		name = match(text, /(struct|union) [a-z_0-9]+/) ? substr(text, RSTART, RLENGTH) : "struct"
		depth = 1; n_fields = 0; pending = ""
		next
	}
	in_struct {
		while (sub(/{[^{}]*}/, "", text)) ;    # enum { ... } on one line
		opens = gsub(/{/, "{", text)
		closes = gsub(/}/, "}", text)
		if (depth == 1 && !opens && !closes) {
			pending = pending text
			if (text ~ /;/) { gsub(/\([^;]*\)/, "", pending); n_fields += gsub(/[,;]/, "", pending); pending = "" }
		}
		depth += opens - closes
		if (depth == 1 && closes) n_fields++
		if (depth <= 0) {
			if (n_fields > 20) print name ": " file ":" in_struct ": " n_fields " fields, at most 20"
			in_struct = 0
		}
	}

	function end_function() {
		if (FNR - body + 1 > 60) print "function: " file ":" body ": " FNR - body + 1 " lines, at most 60"
	}
	function end_file() { if (n_lines > 400) print "file: " file ": " n_lines " lines, at most 400" }
	# the line without comments and strings
	function code(line,    from, out) {
		gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
		out = ""
		for (;;) {
			if (in_comment) {
				from = index(line, "*/")
				if (!from) return out
				line = substr(line, from + 2)
				in_comment = 0
			}
			from = index(line, "/*")
			if (!from) { sub(/\/\/.*/, "", line); return out line }
			out = out substr(line, 1, from - 1)
			line = substr(line, from + 2)
			in_comment = 1
		}
	}
	END { end_file() }
')
bad=$(printf '%s\n' "$found" | while IFS= read -r row; do
	[ -z "$row" ] || printf '%s' "$known" | grep -qxF "${row%%:*}" || echo "check-sizes: $row"
done
printf '%s' "$known" | while read -r name; do
	[ -z "$name" ] || printf '%s\n' "$found" | grep -q "^$name: " ||
		echo "check-sizes: $name has at most 20 fields now, take it out of the list at the top of tests/rt/check_sizes.sh"
done)
[ -z "$bad" ] && echo "check-sizes: ok" && exit 0
printf '%s\n' "$bad"
exit 1
