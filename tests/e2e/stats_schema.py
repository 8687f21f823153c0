"""stats_schema.py SCHEMA STATS.json: the statistics are what the schema says, and it refuses them with any key missing, one
key more in any object, or a value of another type. The states of slots are those of firmware/engine/queries.c."""
import copy
import json
import re
import sys

import jsonschema


def places(value, path=()):
    """Paths of all that is inside."""
    for key in value if isinstance(value, dict) else ():
        yield path + (key,)
        yield from places(value[key], path + (key,))


def changed(value, path, change):
    copied = copy.deepcopy(value)
    inside = copied
    for key in path[:-1]:
        inside = inside[key]
    change(inside, path[-1])
    return copied


def add_key(inside, key):
    if isinstance(inside[key], dict):
        inside[key]["planted"] = 1
    else:
        inside["planted"] = 1


def retype(inside, key):
    inside[key] = {"planted": inside[key]}


def remove(inside, key):
    del inside[key]


schema, stats = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
wrong = [f"{'.'.join(map(str, fault.path))}: {fault.message}" for fault in judge.iter_errors(stats)]
for path in places(stats):
    for change in (add_key, retype, remove):
        if judge.is_valid(changed(stats, path, change)):
            wrong.append(f"{'.'.join(path)}: {change.__name__} is not refused")
names = re.findall(r'\[SLOT_\w+\] = "(\w+)"', open("firmware/engine/queries.c", encoding="utf-8").read())
if names != schema["definitions"]["slot"]["properties"]["state"]["enum"]:
    wrong.append(f"states of slots: {names}")
if wrong:
    print("\n".join(wrong))
sys.exit(1 if wrong else 0)
