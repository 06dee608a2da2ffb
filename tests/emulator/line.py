"""line.py LINK COMMAND...: a pseudo-terminal, called LINK, with the command at
its other end: the board of a serial line. Ends with the command."""
import os
import pty
import subprocess
import sys
import tty

board, line = pty.openpty()
tty.setraw(line)
os.symlink(os.ttyname(line), sys.argv[1])
command = subprocess.Popen(sys.argv[2:], stdin=board, stdout=board)
os.close(board)
status = command.wait()
os.unlink(sys.argv[1])
os.close(line)
sys.exit(status)
