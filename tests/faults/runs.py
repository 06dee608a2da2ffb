"""runs.py - the runs that faults and kills are tried on.

Each writes below ./out of an empty folder and reads what make_inputs put into
../in. Nothing of it depends on chance, and what depends on the time is left
out of comparisons.
"""
import glob
import json
import os
import re
import struct
import subprocess


class Run:
    """One command, and what is to be known of it.

    before    files that are there before, and that it replaces
    again     the commands that go on where it was cut off (default: itself);
              one of them must lead to the bytes of an undisturbed run
    parts     a pattern: files that may stay, whole or not, after an error,
              because `again` goes on with them
    keeps     what was captured is kept after an error
    prepare   a folder of the inputs that ./out is a copy of
    remarks   so many lines on what is odd may precede that of an error
    memory    at so many points or more malloc fails in short sweeps, too: a
              library keeps silent about it
    """

    def __init__(self, name, command, before=(), again=(), parts='',
                 keeps=False, prepare='', remarks=0, memory=0):
        self.name, self.command, self.before = name, command, before
        self.again = list(again) or [command]
        self.parts, self.keeps, self.prepare = parts, keeps, prepare
        self.remarks, self.memory = remarks, memory

    def program(self):
        return self.command.split()[0]


TRAIN = ('se-train -q --nn_arch ../in/def_tiny.txt --models_dir out '
         '--batchsize 4 --timesteps 25 --num_epoch 2 --threads 1 ')
MIX = ('--speech ../in/speech --noise ../in/noise --babble 0 '
       '--seconds 0.5 --seed 3 ')
RECORDS = '--train_list ../in/set --test_list ../in/valid'
FRESH = MIX + ('--epoch_hours 0.001 --test_speech ../in/valid_speech '
               '--test_noise ../in/valid_noise')
FEATURES = 'se-features -q -j 1 ' + MIX
LOAD = ('se-features -q --download 1 --dataset_table ../in/table '
        '--datasets toy --data_dir out --accept_licences --wait 0.01 --tries 2 --stall 5')
MODEL = '--model ../in/net.safetensors '


def resumed(command):
    """Going on with the state, or anew where there is none yet."""
    return [command + more
            for more in (' --epoch_loaded latest', '', ' --overwrite')]


TRAINED = (r'tiny/(\.lock|epoch_\d+\.safetensors|history\.jsonl|'
           r'state\.safetensors)')

RUNS = [
    *(Run('enhance-' + ending,
          'se-enhance -q %s../in/in.wav out/x.%s' % (MODEL, ending),
          ['x.' + ending]) for ending in ('wav', 'flac', 'mp3', 'aiff')),
    Run('enhance-tags', 'se-enhance -q %s../in/tags.wav out/x.flac' % MODEL,
        ['x.flac'], remarks=1, memory=40),
    Run('enhance-pipe', 'se-enhance -q %s- -' % MODEL),
    Run('enhance-fixed', 'se-enhance -q %s--engine fixed --residual out/r.wav '
        '../in/in.wav out/x.wav' % MODEL, ['x.wav', 'r.wav']),
    Run('enhance-all', 'se-enhance -q %s--plot out/x.svg --report out/x.html '
        '../in/in.wav out/x.wav' % MODEL, ['x.wav', 'x.svg', 'x.html']),
    Run('features', FEATURES + '--num 4 -o out/set --list out/list',
        ['list'], parts=r'set/(mix\d+\.tfrecord|manifest\.json|'
        r'statistics\.json|pairs\.csv|\.lock)'),
    Run('features-pcm', FEATURES + '--num 2 --format pcm --gzip 0 -o out/set',
        parts=r'set/.*'),
    Run('features-merge', 'se-features -q --merge -o out/set',
        parts=r'set/.*', prepare='parts'),
    Run('features-scan', 'se-features -q --scan ../in/speech --split 50:50 '
        '-o out/x.csv', ['x.csv']),
    Run('features-speaker', 'se-features -q -j 1 --scan ../in/speech --speaker '
        '([0-9])[.]wav$ -o out/x.csv', ['x.csv'], memory=20),
    Run('features-list', FEATURES.replace('in/speech', 'in/clips.csv') +
        '--num 1 -o out/set', parts=r'set/.*'),
    Run('features-plot', FEATURES + '--num 2 --plot out/x.svg', ['x.svg']),
    Run('features-sounds', FEATURES + '--num 2 --sounds out/sounds',
        parts=r'sounds/.*'),
    Run('features-inspect', 'se-features --inspect '
        '../in/set/mix000000.tfrecord'),
    Run('download', LOAD, parts=r'toy(\.archives|\.unpacking)?(/.*)?|\.lock'),
    Run('convert', 'se-convert -q %s--folder_c out --wav ../in/in.wav '
        '--golden ../in/in.wav' % MODEL,
        ['def_nn3_se.h', 'def_nn3_se.c', 'golden_nn3_se.h']),
    Run('convert-plot', 'se-convert %s--folder_c out --plot out/x.svg' % MODEL,
        ['def_nn3_se.h', 'def_nn3_se.c', 'x.svg']),
    Run('eval', 'se-eval -q -j 1 --csv -c ../in/clean -e ../in/noisy'),
    Run('eval-nets', 'se-eval -q -j 1 --json -c ../in/clean -n ../in/noisy '
        + MODEL),
    Run('record', 'se-record -q -D fast -r 44100 -d 1 out/x.wav', ['x.wav'],
        keeps=True),
    *(Run('plot-' + ending,
          'se-plot -q --names toy -o out/x.%s ../in/history.jsonl' % ending,
          ['x.' + ending]) for ending in ('svg', 'pdf', 'png')),
    Run('plot-table', 'se-plot -q -o out/x.svg ../in/results.csv', ['x.svg']),
    Run('train', TRAIN + RECORDS, again=resumed(TRAIN + RECORDS),
        parts=TRAINED),
    Run('train-moved', TRAIN + '--train_list ../in/moved/list '
        '--test_list ../in/valid', parts=TRAINED,
        again=resumed(TRAIN + '--train_list ../in/moved/list '
                      '--test_list ../in/valid')),
    Run('train-mix', TRAIN + FRESH, again=resumed(TRAIN + FRESH),
        parts=TRAINED),
]

ARCH = '''input_neurons 8
layer_type conv1d
num_filters 6
kernel_size 3
activation tanh
layer_type lstm
layer_neurons 5
layer_type fc
layer_neurons 257
activation sigmoid
'''


def call(command, **more):
    subprocess.run(command, shell=True, check=True, stdin=subprocess.DEVNULL,
                   **more)


def make_inputs(folder, bin_folder):
    """Sound, features, a net, what a web server serves."""
    path = bin_folder + ':' + os.environ['PATH']
    env = dict(os.environ, PATH=path)
    os.makedirs(folder)
    for kind in ('speech', 'noise', 'valid_speech', 'valid_noise', 'clean',
                 'noisy', 'served', 'toy/wav'):
        os.makedirs(os.path.join(folder, kind))

    def sh(command):
        call(command, cwd=folder, env=env)

    sh('sox -R -n -r 16000 -c 1 -b 16 in.wav synth 0.5 pinknoise')
    for n in (1, 2, 3):
        sh('sox -R -n -r 16000 -c 1 -b 16 speech/%d.wav synth 1 sawtooth %d '
           'tremolo %d 100 gain -6' % (n, 90 * n, 2 + n))
        sh('sox -R -n -r 16000 -c 1 -b 16 noise/%d.wav synth 1 pinknoise '
           'gain -6' % n)
    sh('mv speech/3.wav valid_speech; mv noise/3.wav valid_noise')
    sh('cp speech/1.wav clean/a.wav; sox -m speech/1.wav noise/1.wav '
       'noisy/a.wav; cp speech/1.wav noise/2.wav toy/wav')
    sh('tar -czf served/toy.tar.gz toy; rm -r toy')
    with open(os.path.join(folder, 'def_tiny.txt'), 'w') as file:
        file.write(ARCH)
    with open(os.path.join(folder, 'history.jsonl'), 'w') as file:
        for epoch in range(1, 5):
            print(json.dumps({'epoch': epoch, 'train_loss': 1 / epoch,
                              'valid_loss': 1.1 / epoch}), file=file)
    with open(os.path.join(folder, 'results.csv'), 'w') as file:
        file.write('name,stoi,pesq\na,0.8,2.5\nb,0.7,2.25\n')
    sh(FEATURES.replace('../in/', '') + '--num 4 -o set')
    with open(os.path.join(folder, 'clips.csv'), 'w') as file:
        file.write('path,kind\nspeech/1.wav,speech\nspeech/2.wav,speech\n')
    make_tagged(folder)
    sh(FEATURES.replace('../in/', 'valid_') + '--num 2 -o valid')
    sh('mkdir moved; cp -r set moved')
    with open(os.path.join(folder, 'moved/list'), 'w') as file:
        for n in range(4):
            print('/elsewhere/set/mix%06d.tfrecord' % n, file=file)
    for part in (1, 2):
        sh(FEATURES.replace('../in/', '') +
           '--num 4 -o parts/set --shard %d/2' % part)
    sh(TRAIN.replace('../in/', '').replace('models_dir out', 'models_dir net')
       + '--train_list set --test_list valid --num_epoch 1')
    sh('cp net/tiny/epoch_0001.safetensors net.safetensors; rm -r net')


def make_tagged(folder):
    """A WAV file with a title, in 24 bits of 4 bytes."""
    samples = struct.pack('<4000i', *((n % 97 - 48) << 20 for n in range(4000)))
    form = struct.pack('<HHIIHHHHI16s', 0xfffe, 1, 16000, 64000, 4, 24, 22, 24,
                       4, bytes.fromhex('0100000000001000800000aa00389b71'))
    title = b'INFOINAM' + struct.pack('<I', 8) + b'a title\0'
    chunks = b''.join(
        name + struct.pack('<I', len(data)) + data for name, data in
        ((b'fmt ', form), (b'LIST', title), (b'data', samples)))
    with open(os.path.join(folder, 'tags.wav'), 'wb') as file:
        file.write(b'RIFF' + struct.pack('<I', 4 + len(chunks)) + b'WAVE' +
                   chunks)


def make_device(folder):
    """A microphone without hardware, whose sound is all there at once."""
    os.makedirs(folder)
    call('sox -R -n -r 44100 -c 1 -b 32 -e float -t raw fast.f32 '
         'synth 4 pinknoise gain -6', cwd=folder)
    with open(os.path.join(folder, 'alsa.conf'), 'w') as file:
        file.write('''pcm.silent { type null }
pcm.!default { type null }
pcm.fast { type file format raw slave.pcm silent file /dev/null
           infile "%s/fast.f32" }
''' % folder)


def write_table(folder, url):
    name = os.path.join(folder, 'served/toy.tar.gz')
    size = os.path.getsize(name)
    digest = subprocess.check_output(['sha256sum', name], text=True).split()[0]
    with open(os.path.join(folder, 'table'), 'w') as file:
        file.write('''set toy
about nothing
kind noise
licence CC0
citation Somebody, somewhere
unpacked 100000
folder toy/wav
archive %s/plain/toy.tar.gz %d sha256:%s
''' % (url, size, digest))


def comparable(name, data):
    """The bytes of a file, without how long it took to make it, and by which
    command."""
    if name.endswith('.jsonl') or not name:
        return re.sub(rb'"(seconds|real_time_factor)": ?[^,}]*', b'', data)
    if name.endswith('.safetensors'):
        try:
            return comparable_tensors(data)
        except (struct.error, ValueError, LookupError, AttributeError,
                TypeError):
            return data  # mutilated: differs from any whole one
    return data


def comparable_tensors(data):
    n = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8:8 + n])
    for key in ('seconds', 'command', 'words'):
        header['__metadata__'].pop(key, None)
    return json.dumps(header, sort_keys=True).encode() + data[8 + n:]


def snapshot(folder):
    """{name: comparable bytes} of all files below a folder; folders end in /
    and have none."""
    found = {}
    for at, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(at, name), folder) + '/'] = None
        for name in files:
            path = os.path.join(at, name)
            if os.path.islink(path):
                continue
            with open(path, 'rb') as file:
                relative = os.path.relpath(path, folder)
                found[relative] = comparable(relative, file.read())
    return found
