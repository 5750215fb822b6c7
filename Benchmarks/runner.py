"""Runs commands that come as lines of JSON; answers milliseconds, peak of the resident set in MB, and status."""

import json
import os
import sys
import time

NULL = os.open("/dev/null", os.O_RDWR)
ACTIONS = [(os.POSIX_SPAWN_DUP2, NULL, number) for number in (0, 1, 2)]

for line in sys.stdin:
    command = json.loads(line)
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=ACTIONS)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    print(json.dumps([1000 * seconds, usage.ru_maxrss / 1000, os.waitstatus_to_exitcode(status)]), flush=True)
