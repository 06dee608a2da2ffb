/* datasets_table.c - the built-in rows; datasets.h says what a row is.
 *
 * Bytes and digests are certain where software that many people use to fetch
 * the set has them; a value that was found in a single place, or that the
 * server may change (GitHub packs anew when it likes), has a ~. "unpacked" is
 * hours x rate x bytes of a sample, or near the packed size for FLAC. */
#include "fetch/datasets.h"

#define OPENSLR   "https://www.openslr.org/resources/"
#define ZENODO    "https://zenodo.org/record/4060432/files/"
#define DATASHARE "https://datashare.ed.ac.uk/bitstream/handle/10283/2791/"
#define S3        ".s3.amazonaws.com/"

#define LIBRISPEECH                                                            \
    "licence   CC BY 4.0\n"                                                    \
    "citation  Panayotov et al., Librispeech, ICASSP 2015, 5206-5210\n"

const char *const se_datasets_table[] = {
    "set       librispeech-360\n"
    "about     364 h of English, read by 921 people: speech to train with\n"
    "kind      speech\n" LIBRISPEECH "default   yes\n"
    "unpacked  24000000000\n"
    "hours     364\n"
    "folder    LibriSpeech/train-clean-360\n"
    "archive   " OPENSLR "12/train-clean-360.tar.gz 23049477885 sha256:"
    "146a56496217e96c14334a160df97fffedd6e0a04e66b9c5af0d40be3c792ecf\n",

    "set       librispeech-100\n"
    "about     101 h of English, read by 251 people: a smaller start\n"
    "kind      speech\n" LIBRISPEECH "default   no\n"
    "unpacked  6700000000\n"
    "hours     101\n"
    "folder    LibriSpeech/train-clean-100\n"
    "archive   " OPENSLR "12/train-clean-100.tar.gz 6387309499 sha256:"
    "d4ddd1d5a6ab303066f14971d768ee43278a5f2a0aa43dc716b0e64ecbbbf6e2\n",

    "set       librispeech-dev\n"
    "about     5.4 h of English by 40 people of neither: speech to test with\n"
    "kind      speech\n" LIBRISPEECH "default   no\n"
    "unpacked  360000000\n"
    "hours     5.4\n"
    "folder    LibriSpeech/dev-clean\n"
    "archive   " OPENSLR "12/dev-clean.tar.gz 337926286 sha256:"
    "76f87d090650617fca0cac8f88b9416e0ebf80350acb97b343a85fa903728ab3\n",

    "set       thchs30\n"
    "about     30 h of Mandarin: speech to train with, and to test (D*)\n"
    "kind      speech\n"
    "licence   Apache 2.0\n"
    "citation  Wang, Zhang, Zhang, THCHS-30, arXiv:1512.01882\n"
    "default   yes\n"
    "unpacked  11000000000\n"
    "hours     30\n"
    "folder    data_thchs30/data\n"
    "archive   " OPENSLR "18/data_thchs30.tgz 6453425169 "
    "md5:2d2252bde5c8429929e1841d4cb95e90\n",

    "set       musan\n"
    "about     42 h of music, 6 h of noises, 60 h of speech\n"
    "kind      noise\n"
    "licence   public domain and Creative Commons, file by file\n"
    "citation  Snyder, Chen, Povey, MUSAN, arXiv:1510.08484\n"
    "default   yes\n"
    "unpacked  12600000000\n"
    "folder    musan/noise\n"
    "folder    musan/music\n"
    "archive   " OPENSLR "17/musan.tar.gz ~11086114085 "
    "md5:0c472d4fc0c5141eca47ad1ffeb2a7df\n",

    "set       wham\n"
    "about     80 h of cafes, restaurants and bars, recorded in stereo\n"
    "kind      noise\n"
    "licence   CC BY-NC 4.0 (no commercial use)\n"
    "citation  Wichern et al., WHAM!, Interspeech 2019, 1368-1372\n"
    "default   yes\n"
    "unpacked  24000000000\n"
    "folder    wham_noise\n"
    "archive   https://my-bucket-a8b4b49c25c811ee9a7e8bba05fa24c7" S3
    "wham_noise.zip ~17700000000\n",

    "set       esc50\n"
    "about     2000 clips of 5 s, fifty kinds of sound\n"
    "kind      noise\n"
    "licence   CC BY-NC 3.0 (no commercial use)\n"
    "citation  Piczak, ESC, ACM Multimedia 2015, 1015-1018\n"
    "default   yes\n"
    "unpacked  900000000\n"
    "folder    ESC-50-master/audio\n"
    "archive   https://github.com/karolpiczak/ESC-50/archive/master.zip "
    "~600000000 ~md5:7771e4b9d86d0945acce719c7a59305a ESC-50-master.zip\n",

    "set       fsd50k\n"
    "about     80 h, 40966 clips of 200 kinds of sound, some of them voices\n"
    "kind      noise\n"
    "licence   CC0, CC BY, CC BY-NC or Sampling+, clip by clip\n"
    "citation  Fonseca et al., FSD50K, arXiv:2010.00475\n"
    "default   yes\n"
    "unpacked  26000000000\n"
    "folder    FSD50K.dev_audio\n"
    "folder    FSD50K.ground_truth\n"
    "folder    FSD50K.metadata\n"
    "voices    FSD50K.ground_truth/dev.csv Human_voice\n"
    "archive   " ZENODO "FSD50K.dev_audio.z01?download=1 "
    "~3221225472 md5:faa7cf4cc076fc34a44a479a5ed862a3\n"
    "archive   " ZENODO "FSD50K.dev_audio.z02?download=1 "
    "~3221225472 md5:8f9b66153e68571164fb1315d00bc7bc\n"
    "archive   " ZENODO "FSD50K.dev_audio.z03?download=1 "
    "~3221225472 md5:1196ef47d267a993d30fa98af54b7159\n"
    "archive   " ZENODO "FSD50K.dev_audio.z04?download=1 "
    "~3221225472 md5:d088ac4e11ba53daf9f7574c11cccac9\n"
    "archive   " ZENODO "FSD50K.dev_audio.z05?download=1 "
    "~3221225472 md5:81356521aa159accd3c35de22da28c7f\n"
    "archive   " ZENODO "FSD50K.dev_audio.zip?download=1 "
    "~2306663327 md5:c480d119b8f7a7e32fdb58f3ea4d6c5a\n"
    "archive   " ZENODO "FSD50K.ground_truth.zip?download=1 "
    "~334701 md5:ca27382c195e37d2269c4c866dd73485\n"
    "archive   " ZENODO "FSD50K.metadata.zip?download=1 "
    "~6700838 md5:b9ea0c829a411c1d42adb9da539ed237\n",

    "set       rirs\n"
    "about     60000 simulated and 325 real room responses, 843 noises\n"
    "kind      rooms\n"
    "licence   Apache 2.0\n"
    "citation  Ko et al., reverberant speech, ICASSP 2017, 5220-5224\n"
    "default   yes\n"
    "unpacked  7000000000\n"
    "folder    RIRS_NOISES/simulated_rirs\n"
    "folder    RIRS_NOISES/real_rirs_isotropic_noises\n"
    "archive   " OPENSLR "28/rirs_noises.zip ~1311166223 "
    "md5:e6f48e257286e05de56413b4779d8ffb\n",

    "set       voicebank\n"
    "about     11572 noisy and clean pairs to train with, 824 to test with\n"
    "kind      pairs\n"
    "licence   CC BY 4.0\n"
    "citation  Valentini-Botinhao, Noisy speech database, 2017, "
    "doi:10.7488/ds/2117\n"
    "default   no\n"
    "unpacked  7000000000\n"
    "folder    clean_trainset_28spk_wav\n"
    "folder    noisy_trainset_28spk_wav\n"
    "folder    clean_testset_wav\n"
    "folder    noisy_testset_wav\n"
    "archive   " DATASHARE
    "clean_trainset_28spk_wav.zip?sequence=2&isAllowed=y "
    "~2486057279 ~md5:d2d5a45ec32f8fcbf201bde0447e20ba\n"
    "archive   " DATASHARE
    "noisy_trainset_28spk_wav.zip?sequence=6&isAllowed=y "
    "~2830205201 ~md5:1fca9e8bafb8cd069f6653c6d92f9e9c\n"
    "archive   " DATASHARE "clean_testset_wav.zip?sequence=1&isAllowed=y "
    "~154300000 ~md5:34eb1c0ba7ef667e9b966866c542fc16\n"
    "archive   " DATASHARE "noisy_testset_wav.zip?sequence=5&isAllowed=y "
    "~170600000 ~md5:fb1b86caa31e8ba5b506c0c64da9aab5\n",

    NULL,
};
