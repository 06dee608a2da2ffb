# sets.sh - the default data sets in miniature, as they are laid out, on a
# web server of the test's own.
. "$SRC/tests/cli/lib.sh"

need zip sox

# speak FILE VOICE SECOND: a second of a clean clip
speak()
{
    mkdir -p "$(dirname "$1")"
    sox "$SRC/test_wavs/clean/$2"_*.wav "$1" trim "$3" 1
}

# sound FILE RATE CHANNELS KIND: a second of noise
sound()
{
    mkdir -p "$(dirname "$1")"
    sox -R -n -r "$2" -c "$3" -b 16 "$1" synth 1 "$4" vol 0.3
}

make_sets()
{
    for voice in awb espeak rms slt; do
        n=$((${n:-100} + 3))
        for i in 0 1; do
            speak "LibriSpeech/train-clean-360/$n/7/$n-7-000$i.flac" $voice $i
        done
        echo "$n-7-0000 A SENTENCE" >"LibriSpeech/train-clean-360/$n/7/$n-7.trans.txt"
    done
    mkdir -p data_thchs30/train data_thchs30/test
    for speaker in A11 B7 C13 D4; do
        speak "data_thchs30/data/${speaker}_0.wav" slt 0
        echo ../data/x >"data_thchs30/data/${speaker}_0.wav.trn"
        ln -s "../data/${speaker}_0.wav" data_thchs30/train
    done
    for i in 0 1 2 3; do
        sound musan/noise/free-sound/noise-free-sound-000$i.wav 16000 1 pinknoise
        sound musan/music/fma/music-fma-000$i.wav 16000 1 pluck
        sound musan/speech/librivox/speech-librivox-000$i.wav 16000 1 sine
        sound wham_noise/tr/01to0$i.wav 16000 2 brownnoise
        sound wham_noise/cv/01do0$i.wav 16000 2 brownnoise
        sound ESC-50-master/audio/1-10003$i-A-0.wav 44100 1 whitenoise
        sound FSD50K.dev_audio/6467$i.wav 44100 1 tpdfnoise
    done
    mkdir -p wham_noise/metadata FSD50K.ground_truth FSD50K.metadata
    echo x,y >wham_noise/metadata/noise_meta_tr.csv
    printf 'fname,labels,mids,split\n64670,"Rain,Water",m,train\n' \
        >FSD50K.ground_truth/dev.csv
    printf '64671,"Singing,Human_voice",m,val\n64672,Human_voices,m,train\n' \
        >>FSD50K.ground_truth/dev.csv
    echo '{}' >FSD50K.metadata/dev_clips_info_FSD50K.json
    sound RIRS_NOISES/simulated_rirs/smallroom/Room001/Room001-00001.wav 16000 1 exp
    sound RIRS_NOISES/real_rirs_isotropic_noises/air_type1.wav 16000 1 exp
}

pack_sets()
{
    mkdir served
    tar -czf served/train-clean-360.tar.gz LibriSpeech
    tar -czf served/data_thchs30.tgz data_thchs30
    tar -czf served/musan.tar.gz musan
    zip -q -r served/wham_noise.zip wham_noise
    zip -q -r served/ESC-50-master.zip ESC-50-master
    zip -q -r -s 64k served/FSD50K.dev_audio.zip FSD50K.dev_audio
    zip -q -r served/FSD50K.ground_truth.zip FSD50K.ground_truth
    zip -q -r served/FSD50K.metadata.zip FSD50K.metadata
    zip -q -r served/rirs_noises.zip RIRS_NOISES
    rm -r LibriSpeech data_thchs30 musan wham_noise ESC-50-master FSD50K.* \
        RIRS_NOISES
}

# set_row NAME KIND FOLDERS ARCHIVE...
set_row()
{
    printf 'set %s\nkind %s\nlicence none\ndefault yes\nunpacked 5000000\n' \
        "$1" "$2"
    printf 'folder %s\n' $3
    [ "$1" != fsd50k ] ||
        echo voices FSD50K.ground_truth/dev.csv Human_voice
    shift 3
    printf "archive $url/plain/%s\n" "$@"
}

# The default sets, served, with the table of them in SE_DATASET_TABLE.
serve_sets()
{
    make_sets
    pack_sets
    serve served
    {
        set_row librispeech-360 speech LibriSpeech/train-clean-360 \
            train-clean-360.tar.gz
        set_row thchs30 speech data_thchs30/data data_thchs30.tgz
        set_row musan noise 'musan/noise musan/music' musan.tar.gz
        set_row wham noise wham_noise wham_noise.zip
        set_row esc50 noise ESC-50-master/audio ESC-50-master.zip
        set_row fsd50k noise \
            'FSD50K.dev_audio FSD50K.ground_truth FSD50K.metadata' \
            $(cd served && ls FSD50K.dev_audio.z[0-9]* FSD50K.dev_audio.zip) \
            FSD50K.ground_truth.zip FSD50K.metadata.zip
        set_row rirs rooms \
            'RIRS_NOISES/simulated_rirs RIRS_NOISES/real_rirs_isotropic_noises' \
            rirs_noises.zip
    } >sets.txt
    export SE_DATASET_TABLE=$PWD/sets.txt
}
