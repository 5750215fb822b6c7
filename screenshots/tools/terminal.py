"""The program in a terminal of its own: a tmux server with a private socket."""
import os
import re
import subprocess
import time

LIMIT_IN_SECONDS = 30
SGR = re.compile(r"\x1b\[[0-9;:]*m|\x0e|\x0f")

# The words of --keys, and tmux's for the same keys.
NAMES = {
    "Enter": "Enter", "Tab": "Tab", "Esc": "Escape", "Space": "Space", "BS": "BSpace",
    "Up": "Up", "Down": "Down", "Left": "Left", "Right": "Right",
    "PgUp": "PPage", "PgDn": "NPage", "Home": "Home", "End": "End", "lt": "<",
}


def plain(text):
    """The text without looks and without the blanks at the ends of rows."""
    rows = [SGR.sub("", row).rstrip() for row in text.split("\n")]
    return "\n".join(rows).rstrip("\n")


def split(keys):
    """The keys of a key script, one by one."""
    return re.findall(r"<[^>]+>|[^<]", keys)


class Screen:
    """A command on a screen of its own."""

    def __init__(self, folder, command, width, height):
        self.size = (width, height)
        self.socket = f"migscope-pictures-{os.getpid()}"
        # Nothing of the user's environment: it must not change the pictures.
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder),
            "LANG": "C.UTF-8", "TERM": "xterm-256color",
        }
        self.tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(folder),
            f"exec env -i TERM=$TERM LANG=C.UTF-8 HOME='{folder}' {command}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], check=False, stderr=subprocess.DEVNULL)

    def tmux(self, *arguments):
        command = ["tmux", "-u", "-L", self.socket, *arguments]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def press(self, key):
        if key.startswith("<"):
            name = key[1:-1]
            self.tmux("send-keys", NAMES.get(name, name))
        else:
            self.tmux("send-keys", "-l", key)

    def cursor(self):
        """(column, row), or None while it is hidden."""
        state = self.tmux("display-message", "-p", "#{cursor_flag} #{cursor_x} #{cursor_y}").split()
        return (int(state[1]), int(state[2])) if state[0] == "1" else None

    def capture(self):
        """The screen with its SGR sequences."""
        return self.tmux("capture-pane", "-p", "-e")

    def await_screen(self, is_wanted, what):
        """The screen as soon as its plain text is what is wanted."""
        end = time.monotonic() + LIMIT_IN_SECONDS
        while True:
            screen = self.capture()
            if is_wanted(plain(screen)):
                return screen
            if time.monotonic() > end:
                raise SystemExit(f"{what} did not come; the screen is:\n{plain(screen)}")
            time.sleep(0.02)


class Terminal(Screen):
    """The browser of a stream."""

    def __init__(self, program, stream, width, height):
        self.program, self.stream = program, stream
        # Each picture begins anew.
        super().__init__(stream.parent, f"'{program}' --no-session '{stream}'", width, height)

    def show(self, keys):
        """Types the keys and returns the screen with its SGR sequences."""
        self.wait("")
        for key in split(keys):
            self.press(key)
        return self.wait(keys)

    def wait(self, keys):
        """Waits until the terminal shows what the headless mode says it must."""
        width, height = self.size
        command = [self.program, self.stream, "--dump-screen", f"{width}x{height}", "--color", "--keys", keys]
        environment = {**self.environment, "TERM": "tmux-256color"}
        wanted = plain(subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True).stdout)
        return self.await_screen(lambda text: text == wanted, f"the screen after {keys!r}")


class Shell(Screen):
    """A shell with a bare prompt, which finds the program by its name."""

    PROMPT = "$"

    def __init__(self, program, folder, width, height):
        super().__init__(
            folder, f"PS1='{self.PROMPT} ' PATH='{program.parent}:/usr/bin:/bin' bash --noprofile --norc",
            width, height)

    def prompt(self):
        """The screen when the shell waits for a command."""
        return self.await_screen(lambda text: text.split("\n")[-1] == self.PROMPT, "the prompt")

    def clear(self):
        self.press("<C-l>")
        self.await_screen(lambda text: text == self.PROMPT, "an empty screen")

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        return self.await_screen(lambda screen: text in screen.replace("\n", ""), f"what was typed, {text!r},")
