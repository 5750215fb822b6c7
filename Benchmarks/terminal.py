"""Types into the browser in a terminal of its own and measures until it has painted."""

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import termios
import time

# Silence that ends a paint, in seconds: much longer than a write takes, and not part of the result.
QUIET = 0.05
# What the terminal is asked when it starts.
SIZE = (40, 120)


class Browser:
    """A browser in a pseudo-terminal. Times are from the key's write to the last byte of what it painted."""

    def __init__(self, program, path, *options):
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", NO_COLOR="")
            os.execv(program, [program, "--no-session", os.fspath(path), *options])
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.output = b""
        self.collect(timeout=30)

    def collect(self, start=None, timeout=10, until=None):
        """Reads until the program is quiet, or `until` is on the screen; seconds until its last byte since `start`,
        and how many came."""
        start = last = start or time.perf_counter()
        count = 0
        while select.select([self.descriptor], [], [], QUIET if count and not until else timeout)[0]:
            try:
                data = os.read(self.descriptor, 1 << 16)
            except OSError:
                break
            last = time.perf_counter()
            count += len(data)
            self.output += data
            # A bar that moves is never quiet.
            if last - start > timeout or until and until in self.text():
                break
        return last - start, count

    def press(self, keys, until=None):
        """Milliseconds from the keys to the end of the paint, and bytes painted."""
        self.output = b""
        start = time.perf_counter()
        os.write(self.descriptor, keys.encode())
        seconds, count = self.collect(start, until=until)
        return 1000 * seconds, count

    def text(self):
        """What was painted since the last keys, without escape sequences."""
        return re.sub(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>])", b"", self.output).decode(errors="replace")

    def close(self):
        """Quits the program."""
        try:
            os.write(self.descriptor, b"\x1bQ")
        except OSError:
            pass
        self.collect(timeout=1)
        os.close(self.descriptor)
        os.waitpid(self.child, 0)


def pressed(browser, keys, back, count=9):
    """Median milliseconds and bytes of `keys`; `back` undoes them, unmeasured."""
    results = []
    for _ in range(count):
        results.append(browser.press(keys))
        if back:
            browser.press(back)
    return statistics.median(r[0] for r in results), statistics.median(r[1] for r in results)
