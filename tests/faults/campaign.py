"""campaign.py - lets calls of whole runs fail, or kills the runs there.

    campaign.py faults|kills [--only RUN,...] [--calls CALL,...] [--kinds N]
                [--points N] [--seed N]

Exit status 0 means that all that was asked is there, whole: the bytes of an
undisturbed run. Anything else is 1 and one line that says why; files are what
they were before or what they would have become, nothing half done is left but
what the next run goes on with, and that next run ends in the bytes of an
undisturbed one. What could not be removed may stay until that next run, whatever
the status.

faults  for each run and each kind of call the N-th call fails, for N from 1 on
        up to the last, or --points of them, evenly spaced; with --kinds, N
        kinds of call a run, which differ from run to run
kills   --points runs in all are killed (SIGKILL) at a call drawn by --seed of
        those that change files

BIN and SRC are the folders of the programs and of the source; the current
folder is for scratch.
"""
import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import runs

CALLS = ('open', 'read', 'write', 'fsync', 'close', 'rename', 'short-read',
         'short-write', 'remove', 'malloc', 'own-malloc')
SECONDS = 300  # after which a run hangs, whatever else the machine does

# Libraries whose own calls of malloc do not fail. fontconfig uses what malloc
# returns as it is and crashes. Cairo, with what it draws by, leaves out a line for
# which it lacks memory, without a word; so does LAME with sound, or it crashes.
SPARED = 'libfontconfig libfreetype libcairo libmp3lame'

# Libraries, and a function of the C library, that crash where others of their
# calls of malloc fail: their own fault, which is counted apart. The loader, which
# brings libraries as they are needed, ends the program with a status of its own;
# JACK takes the lack of its data base as one that is there.
CRASHING = ('libsndfile', 'libasound', 'libpixman-1', 'libstdc++', 'libjack',
            'ld-linux-x86-64', 'ld-linux-aarch64')
CRASHING_CALL = 'fts64_open'
LOADER_FAILED = 127  # how the loader ends a program; memory of threads is its task

TEMPORARY = re.compile(r'(^|/)\.nnse-[0-9a-f]{16}\.tmp$')


class Wrong(Exception):
    """The rule is broken."""


class Theirs(Exception):
    """A library crashes."""


class Stage:
    """Where runs take place."""

    def __init__(self, bin_folder, source):
        self.root = os.path.realpath('.')
        self.bin, self.source = bin_folder, source
        # LD_PRELOAD takes names without spaces.
        self.shim = os.path.join(self.root, 'faults.so')
        os.symlink(os.path.join(os.path.dirname(bin_folder),
                                'tests/faults.so'), self.shim)
        self.folder = os.path.join(self.root, 'try')
        self.inputs = os.path.join(self.root, 'in')
        self.whole = {}  # of each run: its files and standard output
        runs.make_inputs(self.inputs, bin_folder)
        runs.make_device(os.path.join(self.root, 'device'))
        self.serve()

    def serve(self):
        for name in ('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'):
            os.environ.pop(name, None)
        port = os.path.join(self.root, 'port')
        self.server = subprocess.Popen(
            [sys.executable, os.path.join(self.source,
                                          'tests/cli/http_server.py'),
             os.path.join(self.inputs, 'served'),
             os.path.join(self.root, 'requests'), port])
        while not os.path.exists(port):
            time.sleep(0.02)
        with open(port) as file:
            runs.write_table(self.inputs,
                             'http://127.0.0.1:' + file.read().strip())

    def close(self):
        self.server.kill()
        self.server.wait()

    def reset(self, run):
        """The folder as it is before the run."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if run.prepare:
            shutil.copytree(os.path.join(self.inputs, run.prepare),
                            os.path.join(self.folder, 'out'))
        else:
            os.makedirs(os.path.join(self.folder, 'out'))
        for name in run.before:
            with open(os.path.join(self.folder, 'out', name), 'w') as file:
                file.write('old\n')

    def files(self):
        return runs.snapshot(os.path.join(self.folder, 'out'))

    def execute(self, command, **fault):
        """(status, standard output, standard error)"""
        words = command.split()
        env = dict(os.environ, LC_ALL='C',
                   ALSA_CONFIG_PATH=os.path.join(self.root,
                                                 'device/alsa.conf'),
                   JACK_NO_START_SERVER='1', JACK_DEFAULT_SERVER='none')
        if fault:
            env.update(LD_PRELOAD=self.shim, FAULT_SPARED=SPARED,
                       FAULT_ROOTS=self.folder + ':' + self.inputs,
                       **{'FAULT_' + key.upper(): str(value)
                          for key, value in fault.items()})
        with open(os.path.join(self.inputs, 'in.wav'), 'rb') as sound:
            process = subprocess.Popen(
                [os.path.join(self.bin, words[0])] + words[1:],
                cwd=self.folder, env=env, stdin=sound,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise Wrong('hangs')
        return (process.returncode, runs.comparable('', out),
                err.decode('utf-8', 'replace'))

    def perform(self, run):
        """The run, undisturbed, as the measure of all others."""
        if run.name not in self.whole:
            self.reset(run)
            status, out, err = self.execute(run.command)
            if status != 0:
                raise Wrong('undisturbed: status %d: %s' % (status, err))
            self.whole[run.name] = self.files(), out
        return self.whole[run.name]

    def count(self, run, call):
        """How many such calls an undisturbed run makes."""
        counter = os.path.join(self.root, 'count')
        self.reset(run)
        status, _, err = self.execute(run.command, call=call, at=0,
                                      count=counter)
        if status == 77:
            sys.exit(77)
        if status != 0:
            raise Wrong('counting: status %d: %s' % (status, err))
        with open(counter) as file:
            return int(file.read())


def difference(want, got):
    for name in sorted(want.keys() | got.keys()):
        if name not in got:
            return name + ' is missing'
        if name not in want:
            return name + ' is left behind'
        if want[name] != got[name]:
            return name + ' has other bytes'
    return ''


def expect_whole(stage, run, out, what, may_be_more=False):
    """All that was asked; and, if that may be, what could not be removed."""
    files, want_out = stage.whole[run.name]
    got = stage.files()
    wrong = difference(files, {name: data for name, data in got.items()
                               if name in files or not may_be_more})
    if wrong:
        raise Wrong('%s: %s' % (what, wrong))
    if out is not None and out != want_out:
        raise Wrong('%s: other standard output' % what)


def expect_line(run, err):
    """One line with the program's name and a reason."""
    lines = err.splitlines()
    if (not 1 <= len(lines) <= 1 + run.remarks or
            not re.match(run.program() + r': \S.*\S', lines[-1])):
        raise Wrong('%d lines: %s' % (len(lines), err))


def expect_unharmed(stage, run, before, is_dead):
    """After an error or a kill: old files or new ones."""
    whole = stage.whole[run.name][0]
    for name, data in stage.files().items():
        if TEMPORARY.search(name) and is_dead:
            continue
        if run.parts and re.fullmatch(run.parts + '/?', name):
            continue
        if data is None and (name in whole or name in before):
            continue
        if data is not None and data in (before.get(name), whole.get(name)):
            continue
        if run.keeps and name in whole and is_kept(whole[name], data):
            continue
        raise Wrong('%s is neither old nor new' % name)
    for name in before:
        if name not in stage.files() and name in whole:
            raise Wrong('%s is gone' % name)


def is_kept(whole, data):
    """Whether these are a WAV file's first samples."""
    return (len(data) <= len(whole) and data[:4] == b'RIFF' and
            data[44:] == whole[44:len(data)])


def expect_mended(stage, run):
    """The next run ends in the bytes of an undisturbed one."""
    said = []
    for command in run.again:
        status, _, err = stage.execute(command)
        said.append(err.strip())
        if status == 0:
            expect_whole(stage, run, None, 'the next run')
            return
    raise Wrong('no next run succeeds: ' + ' | '.join(said))


def is_theirs(stage):
    """Whether the call that failed was made by a library that crashes."""
    with open(os.path.join(stage.root, 'trace')) as file:
        for line in file:
            name = os.path.basename(line)
            if name.startswith('se-'):
                break
            if (re.split('[.(]', name)[0] in CRASHING or
                    CRASHING_CALL in name):
                return True
    return False


def try_fault(stage, run, call, at):
    """Whether the run came through in spite of it."""
    stage.reset(run)
    before = stage.files()
    status, out, err = stage.execute(run.command, call=call, at=at,
                                     trace=os.path.join(stage.root, 'trace'))
    if status == 0:
        expect_whole(stage, run, out, 'status 0', call == 'remove')
        if call == 'remove':
            expect_mended(stage, run)
        return True
    if ((status < 0 or status == LOADER_FAILED) and 'malloc' in call and
            is_theirs(stage)):
        expect_unharmed(stage, run, before, True)
        expect_mended(stage, run)
        raise Theirs
    if status != 1:
        raise Wrong('status %d: %s' % (status, err))
    if call.startswith('short'):
        raise Wrong('is no error, but: ' + err)
    expect_line(run, err)
    expect_unharmed(stage, run, before, False)
    expect_mended(stage, run)
    return False


def try_kill(stage, run, at):
    """Whether it was killed, and not done before."""
    stage.reset(run)
    before = stage.files()
    status, out, err = stage.execute(run.command, call='change', at=at, kill=1)
    if status == 0:
        expect_whole(stage, run, out, 'status 0')
        return False
    if status != -signal.SIGKILL:
        raise Wrong('status %d: %s' % (status, err))
    expect_unharmed(stage, run, before, True)
    expect_mended(stage, run)
    return True


def points(n, most):
    """1..n, or `most` of them."""
    if n <= most:
        return list(range(1, n + 1))
    if most == 1:
        return [n]
    return sorted({1 + round(i * (n - 1) / (most - 1)) for i in range(most)})


def complain(stage, run, what, reason):
    print('%s: %s: %s' % (run.name, what, reason), file=sys.stderr)
    trace = os.path.join(stage.root, 'trace')
    if os.path.exists(trace):
        with open(trace) as file:
            print(re.sub('(?m)^', '    ', file.read()), file=sys.stderr)
        os.remove(trace)


def sweep(stage, run, call, most):
    """Lets the calls of one kind fail; how often the rule was broken."""
    n = stage.count(run, call)
    counts = {True: 0, False: 0, None: 0, 'theirs': 0}
    for at in points(n, most):
        try:
            counts[try_fault(stage, run, call, at)] += 1
        except Theirs:
            counts['theirs'] += 1
        except Wrong as wrong:
            counts[None] += 1
            complain(stage, run, '%s %d of %d' % (call, at, n), wrong)
    print('%-16s %-11s %7d %6d %6d %6d %6d %6d' % (
        run.name, call, n, sum(counts.values()), counts[True], counts[False],
        counts['theirs'], counts[None]), flush=True)
    return counts[None]


def campaign_faults(stage, chosen, options):
    calls = options.calls.split(',')
    n_wrong = 0
    print('%-16s %-11s %7s %6s %6s %6s %6s %6s' % (
        'run', 'call', 'calls', 'tried', 'fine', 'errors', 'theirs', 'wrong'))
    for i, run in enumerate(chosen):
        some = [calls[(i * options.kinds + k) % len(calls)]
                for k in range(options.kinds)]
        try:
            stage.perform(run)
            if some and run.memory and 'malloc' not in some:
                some.append('malloc')
            for call in some or calls:
                least = run.memory if call == 'malloc' else 0
                n_wrong += sweep(stage, run, call,
                                 max(options.points, least))
        except Wrong as wrong:
            complain(stage, run, 'not disturbed', wrong)
            n_wrong += 1
    return n_wrong


KILLED = ('train', 'train-mix', 'features', 'features-merge', 'download',
          'convert', 'enhance-wav', 'enhance-all', 'record')


def campaign_kills(stage, chosen, options):
    draw = random.Random(options.seed)
    counts = {run.name: [0, 0, 0] for run in chosen}
    numbers = {}
    for run in chosen:
        stage.perform(run)
        numbers[run.name] = stage.count(run, 'change')
    for i in range(options.points):
        run = chosen[i % len(chosen)]
        at = draw.randint(1, numbers[run.name])
        count = counts[run.name]
        try:
            count[0] += 1
            count[1] += try_kill(stage, run, at)
        except Wrong as wrong:
            count[2] += 1
            complain(stage, run, 'killed at %d of %d' %
                     (at, numbers[run.name]), wrong)
    print('%-16s %7s %6s %6s %6s' % ('run', 'changes', 'runs', 'killed',
                                     'wrong'))
    for run in chosen:
        print('%-16s %7d %6d %6d %6d' % (run.name, numbers[run.name],
                                         *counts[run.name]))
    return sum(count[2] for count in counts.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('campaign', choices=('faults', 'kills'))
    parser.add_argument('--only', default='')
    parser.add_argument('--calls', default=','.join(CALLS))
    parser.add_argument('--kinds', type=int, default=0)
    parser.add_argument('--points', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    names = options.only.split(',') if options.only else (
        KILLED if options.campaign == 'kills' else
        [run.name for run in runs.RUNS])
    chosen = [run for run in runs.RUNS if run.name in names]
    if not chosen:
        parser.error('there is no such run')
    stage = Stage(os.environ['BIN'], os.environ['SRC'])
    try:
        n_wrong = (campaign_kills if options.campaign == 'kills' else
                   campaign_faults)(stage, chosen, options)
    finally:
        stage.close()
    if n_wrong:
        sys.exit('%d times the rule was broken' % n_wrong)


if __name__ == '__main__':
    main()
