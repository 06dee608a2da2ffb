"""http_server.py - a web server on 127.0.0.1 that fails as asked.

    python3 http_server.py FOLDER LOG PORT_FILE

Serves FOLDER under http://127.0.0.1:PORT/HOW/FILE. HOW is "plain" or faults,
joined by "+":

    norange      answers every range with the whole file
    shifted      answers a range with another one
    grown        says in answers to a range that the file has become longer
    changed      the file has another ETag each time
    weak         has a weak ETag and a date
    unmarked     has neither ETag nor date
    nolength     does not say how long the file is
    empty        answers 204
    cut-N        ends each answer after N bytes
    busy-N       answers 503 the first N times
    stall-N      the first answer stops after N bytes and hangs
    slow         sends 8 kB a tenth of a second
    redirect, redirect-file, redirect-loop   lead elsewhere

Every request is a line of LOG: method, path, Range, If-Range and User-Agent.
"""
import itertools
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, log_name, port_name = sys.argv[1:]
requests = {}  # path: how many there were
serial = itertools.count()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def note(self):
        with open(log_name, 'a') as log:
            print(self.command, self.path, self.headers.get('Range', '-'),
                  self.headers.get('If-Range', '-'),
                  self.headers.get('User-Agent', '-'), file=log)

    def fault(self, name):
        """The number behind the fault, 0 without one; None: not asked for."""
        for word in self.faults:
            key, _, number = word.partition('-')
            if key == name and (number.isdigit() or not number):
                return int(number or 0)
        return None

    def has(self, name):
        return self.fault(name) is not None

    def do_GET(self):
        self.note()
        self.close_connection = True
        _, how, name = self.path.split('?')[0].split('/', 2)
        self.faults = how.split('+')
        self.count = requests[self.path] = requests.get(self.path, 0) + 1
        path = os.path.join(folder, os.path.basename(name))
        targets = {'redirect': '/plain/' + name,
                   'redirect-file': 'file://' + os.path.abspath(path),
                   'redirect-loop': self.path}
        if how in targets:
            self.start(302, {'Location': targets[how], 'Content-Length': 0})
        elif self.count <= (self.fault('busy') or 0):
            self.start(503, {'Content-Length': 0})
        elif self.has('empty'):
            self.start(204, {})
        elif not os.path.isfile(path):
            self.start(404, {'Content-Length': 0})
        else:
            with open(path, 'rb') as file:
                self.answer(file.read())

    def start(self, code, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.send_header('Connection', 'close')
        self.end_headers()

    def marks(self, data):
        etag = '"%x-%d"' % (hash(data) & 0xffffffff,
                            next(serial) if self.has('changed') else 0)
        date = 'Mon, 02 Jan 2023 03:04:05 GMT'
        if self.has('unmarked'):
            return {}
        if self.has('weak'):
            return {'ETag': 'W/' + etag, 'Last-Modified': date}
        return {'ETag': etag, 'Last-Modified': date}

    def first_byte(self, marks):
        """Where the answer begins, None: at the start, and it is the whole."""
        found = re.fullmatch(r'bytes=(\d+)-', self.headers.get('Range', ''))
        mark = self.headers.get('If-Range')
        if not found or self.has('norange'):
            return None
        if mark and mark not in marks.values():
            return None
        return int(found[1])

    def answer(self, data):
        headers = self.marks(data)
        first = self.first_byte(headers)
        total = len(data)
        if first is not None and first >= total:
            self.start(416, {'Content-Range': 'bytes */%d' % total,
                             'Content-Length': 0})
            return
        if first is not None:
            claimed = first + 1 if self.has('shifted') else first
            length = total + 1 if self.has('grown') else total
            headers['Content-Range'] = 'bytes %d-%d/%d' % (claimed, total - 1,
                                                           length)
        body = data[first or 0:]
        if not self.has('nolength'):
            headers['Content-Length'] = len(body)
        self.start(200 if first is None else 206, headers)
        self.send(body)

    def send(self, body):
        cut = self.fault('cut')
        stall = self.fault('stall') if self.count == 1 else None
        if cut is not None:
            body = body[:cut]
        if stall is not None:
            self.wfile.write(body[:stall])
            self.wfile.flush()
            time.sleep(30)
            return
        step = 8192 if self.has('slow') else len(body) + 1
        for at in range(0, len(body), step):
            self.wfile.write(body[at:at + step])
            if self.has('slow'):
                self.wfile.flush()
                time.sleep(0.1)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the other side went away


server = Server(('127.0.0.1', 0), Handler)
with open(port_name + '.new', 'w') as file:
    print(server.server_port, file=file)
os.rename(port_name + '.new', port_name)
server.serve_forever()
