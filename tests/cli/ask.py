"""ask.py ANSWER COMMAND... - runs a command on a terminal of its own, answers
its first question, prints what it said, and ends as it did."""
import os
import pty
import sys

answer, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
text = b''
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        piece = b''
    if not piece:
        break
    text += piece
    if b'[y/N] ' in text and answer:
        os.write(terminal, answer.encode() + b'\n')
        answer = ''
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
