"""keys.py COMMAND...: runs se-enhance --live in a terminal and presses keys:
each must do what it should, and the terminal must be as before afterwards."""
import os
import pty
import signal
import subprocess
import sys
import termios
import time

keyboard, terminal = pty.openpty()
before = termios.tcgetattr(terminal)
os.set_blocking(keyboard, False)
screen = b""


def start():
    return subprocess.Popen(sys.argv[1:], stdin=terminal, stdout=terminal,
                            stderr=terminal, start_new_session=True,
                            preexec_fn=lambda: os.close(os.open(
                                os.ttyname(0), os.O_RDWR)))


def look():
    """What has come to the screen since the last look."""
    try:
        return os.read(keyboard, 4096)
    except BlockingIOError:
        return b""


def wait_for(text):
    """What comes to the screen until the text stands there."""
    global screen
    end = time.time() + 20
    while text not in screen:
        if time.time() > end:
            sys.exit(f"no {text!r} on the screen: {screen[-500:]!r}")
        time.sleep(0.02)
        screen += look()
    screen = screen[screen.index(text) + len(text):]


def check_end(process, status):
    """Its end, and an empty screen for the next one."""
    global screen
    if process.wait(20) != status:
        sys.exit(f"status {process.returncode}, expected {status}")
    while look():
        pass
    screen = b""
    if termios.tcgetattr(terminal) != before:
        sys.exit("the terminal is not as before")


live = start()
wait_for(b"q ends")
wait_for(b"no limit")
for key, text in ((b"-", b"40 dB"), (b"-", b"30 dB"), (b"+", b"40 dB"),
                  (b"b", b"bypass"), (b" ", b"40 dB"), (b"+", b"no limit")):
    os.write(keyboard, key)
    wait_for(text)
if termios.tcgetattr(terminal) == before:
    sys.exit("the keys would need Return")
os.write(keyboard, b"q")
wait_for(b"dropped:")
check_end(live, 0)
live = start()
wait_for(b"no limit")
live.send_signal(signal.SIGTERM)
check_end(live, 0)
live = start()
wait_for(b"no limit")
os.write(keyboard, b"\x03")
check_end(live, 0)
