# tests.mk - what make test, make fuzz and make bench build and run.

# Gradients are compared in double precision: gemm, nn and loss once more, and what
# they stand on, as double (but for nn/infer, which is float alone and trains
# nothing).
DOUBLE_O := $(patsubst %.c,$(BUILD)/double/%.o,$(filter-out lib/nn/infer%,\
            $(wildcard $(patsubst %,lib/%/*.c,base gemm files encoding nn loss))))
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c)) \
            $(patsubst tests/unit/double/%.c,$(BUILD)/tests/%_double,\
            $(wildcard tests/unit/double/test_*.c)) \
            $(BUILD)/tests/test_stft_kiss
ifeq ($(LADSPA),)
UNIT     := $(filter-out %/test_plugins,$(UNIT))
endif
BENCH    := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

EMULATOR := $(addprefix $(BUILD)/emulator/,apollo4 desk reference)

# ---- rules ------------------------------------------------------------------
$(BUILD)/double/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -DSE_DOUBLE $(ALL_CFLAGS) -c -o $@ $<

# What the tests are written in (tests/check.h).
CHECK    := $(BUILD)/tests/check.o
$(BUILD)/tests/unit/%.o $(BUILD)/double/tests/%.o: NEEDED += -Itests

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(CHECK) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LIBS) -lcmocka

# The library's FFT, whichever the programs have.
$(BUILD)/tests/test_stft_kiss: $(BUILD)/tests/unit/test_stft.o \
    $(CHECK) $(BUILD)/lib/dsp/fft_kiss.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(FFT_LIB_kiss) -lcmocka

# The public library, with all that programs do not see of it.
$(BUILD)/tests/test_nnse $(BUILD)/tests/test_nnse_realtime: $(BUILD)/tests/%: \
    $(BUILD)/tests/unit/%.o $(CHECK) $(NNSE_O) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(FFT_LIB_kiss) -lcmocka

$(BUILD)/tests/test_plugins: $(BUILD)/tests/unit/test_plugins.o $(CHECK) \
    $(BUILD)/cmd/plugins/ladspa.o $(PLUGIN_O) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(FFT_LIB_kiss) -lcmocka

# With another large net than the one that is shipped.
$(BUILD)/tests/test_plugins_ahead: $(BUILD)/tests/unit/test_plugins_ahead.o \
    $(CHECK) $(PLUGIN_O) $(LIB)
	$(CC) $(ALL_LDFLAGS) -Wl,--wrap=nnse_net_memory -o $@ $^ $(LIBS) \
	    $(FFT_LIB_kiss) -lcmocka

$(BUILD)/tests/%_double: $(BUILD)/double/tests/unit/double/%.o $(CHECK) \
    $(DOUBLE_O)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# A Cortex-M4 that counts (tests/m4), and what runs in it.
M4_O     := $(patsubst %,$(BUILD)/tests/m4/%.o,machine cost matrices)
M4       := $(BUILD)/m4/count $(BUILD)/m4/kernels $(BUILD)/m4/kernels.elf \
            $(BUILD)/m4/kernels-intrinsics.elf

$(BUILD)/m4/count $(BUILD)/m4/kernels: \
    $(BUILD)/m4/%: $(BUILD)/tests/m4/%.o $(M4_O) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lunicorn

$(BUILD)/m4/kernels.elf: $(BUILD)/arm/tests/m4/kernels_image.o $(NNSP_ARM)
	@mkdir -p $(@D)
	tests/m4/link $@ $^

# Its kernel by intrinsics in place of assembler.
$(BUILD)/arm/dot_intrinsics.o: lib/nnsp/dot_m4.c
	@mkdir -p $(@D)
	$(ARM_CC) $(ARM_CFLAGS) -std=c99 $(WARN) -DNNSP_INTRINSICS -Ilib -MMD -MP \
	    -c -o $@ $<
$(BUILD)/m4/kernels-intrinsics.elf: $(BUILD)/arm/tests/m4/kernels_image.o \
    $(BUILD)/arm/dot_intrinsics.o $(NNSP_ARM)
	@mkdir -p $(@D)
	tests/m4/link $@ $^

# The same kernel on the desk, by imitated intrinsics.
$(BUILD)/m4/dot_m4.o: lib/nnsp/dot_m4.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) -Itests/m4 $(ALL_CPPFLAGS) $(ALL_CFLAGS) -D__ARM_FEATURE_DSP=1 \
	    -Dnnsp_dot=nnsp_dot_m4 -c -o $@ $<
$(BUILD)/tests/test_nnsp_m4: $(BUILD)/m4/dot_m4.o $(BUILD)/tests/m4/matrices.o

$(BUILD)/fuzz_frame: $(BUILD)/cmd/firmware/frame.o
$(BUILD)/fuzz_board: $(BUILD)/cmd/se-record/board_stream.o $(BUILD)/cmd/firmware/frame.o
$(BUILD)/fuzz_nnse: $(NNSE_O)
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(LIB) $(LIBS) \
	    $(FFT_LIB_kiss)

$(BUILD)/emulator/apollo4: $(patsubst %.c,$(BUILD)/%.o,\
    $(wildcard tests/emulator/apollo4/*.c))
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lunicorn -lsndfile

$(BUILD)/emulator/desk: $(BUILD)/tests/emulator/desk.o \
    $(BUILD)/cmd/firmware/frame.o
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^

$(BUILD)/emulator/reference: $(BUILD)/tests/emulator/reference.o \
    $(BUILD)/cmd/firmware/frame.o $(BUILD)/firmware/def_nn3_se.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^

$(BUILD)/tests/test_frame: $(BUILD)/cmd/firmware/frame.o
CLI_O    := $(patsubst %,$(BUILD)/cmd/common/%.o,\
    cli cli_folder cli_names cli_output cli_remarks cli_signals)
$(BUILD)/tests/test_cli: $(CLI_O)
$(BUILD)/tests/test_options: $(CLI_O) $(patsubst %,$(BUILD)/cmd/common/%.o,\
    options options_complete options_text options_value)

$(BUILD)/tests/emulator/reference.o: NEEDED += -I$(BUILD)/firmware
$(BUILD)/tests/emulator/reference.o: | $(TABLES).h
$(BUILD)/firmware/def_nn3_se.o: $(TABLES).c $(FLAGS)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# Plug-ins with ten instances in threads, under ThreadSanitizer: what they are made
# of once more.
TSAN_O   := $(patsubst %.c,$(BUILD)/tsan/%.o,tests/check.c tests/unit/test_plugins.c \
            cmd/plugins/plugin.c cmd/plugins/ladspa.c lib/nnse.c lib/dsp/fft_kiss.c \
            $(filter-out $(addprefix lib/dsp/,fft_fftw.c fft_kiss.c resample_soxr.c),\
            $(wildcard $(patsubst %,lib/%/*.c,base gemm dsp files encoding nn nnsp))) \
            $(filter-out %/shipped.c %/folder.c,$(wildcard lib/model/*.c)) \
            $(filter-out %/file.c,$(wildcard lib/enhance/*.c)) \
            $(addprefix lib/quant/,features.c probe.c quantise.c row.c))
$(BUILD)/tsan/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -Itests $(ALL_CFLAGS) -O1 -fsanitize=thread -c -o $@ $<
$(BUILD)/tsan/plugins: $(TSAN_O) $(BUILD)/cmd/plugins/large.o $(BUILD)/lib/nnse_builtin.o
	$(CC) $(LDFLAGS) -fsanitize=thread -o $@ $^ -Wl,--as-needed -lspeexdsp \
	    $(FFT_LIB_kiss) -lcjson -lcmocka -lpthread -lm

# ---- targets ----------------------------------------------------------------
RUN      := BIN="$$(realpath $(BUILD))/bin" SRC="$$PWD"

.PHONY: test unit m4 emulation faults kills fuzz fuzzers fuzz-coverage reached bench
## test: build and run all tests, JOBS=2 at once (ONLY='nn* web' some, EXCEPT= not)
test:
	@scripts/setup.sh test
	@$(MAKE) check-rules all unit m4 emulation
	@$(RUN) tests/run $(UNIT) $(filter-out %/lib.sh,$(wildcard tests/cli/*.sh))

# A sound device without hardware.
ALSA     := $(BUILD)/alsa/clock.so
$(ALSA): tests/alsa/clock.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) -O2 -shared -fPIC -DPIC -o $@ $< -lasound -lm

# Lets calls of programs fail.
FAULTS_SO := $(BUILD)/tests/faults.so
$(FAULTS_SO): tests/faults/faults.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O2 -shared -fPIC -o $@ $<

# What tests/run keeps each test on.
LEASH    := $(BUILD)/tests/leash
$(LEASH): $(BUILD)/tests/leash.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^

unit: $(UNIT) $(ALSA) $(FAULTS_SO) $(LEASH) $(HERE)
m4: $(M4) $(NNSP_ARM) $(BUILD)/bench/enhance

# The emulators, and the images that they run.
emulation: $(EMULATOR) $(addprefix firmware-,apollo4 mps2-an386 mps3-an547)
firmware-%: $(TABLES).c
	@$(MAKE) firmware BOARD=$*

# $(call campaign,NAME,OPTIONS): tests/faults/campaign.py in a folder of its own
campaign = @scratch=$$(mktemp -d) && cd "$$scratch" && \
    $(RUN_ABSOLUTE) python3 "$(CURDIR)/tests/faults/campaign.py" $(1) $(2); \
    status=$$?; rm -rf "$$scratch"; exit $$status
RUN_ABSOLUTE = BIN="$(abspath $(BUILD))/bin" SRC="$(CURDIR)"
## faults: let every N-th call of whole runs fail, FAULTS='--points 1000 --only RUN'
FAULTS   ?= --points 1000
faults: all unit
	$(call campaign,faults,$(FAULTS))
## kills: kill runs at random calls, KILLS='--points 1000 --seed 1'
KILLS    ?= --points 1000
kills: all unit
	$(call campaign,kills,$(KILLS))

## fuzz: throw bytes at every reader, each FUZZ_SECONDS=60 or FUZZ_RUNS=1000
FUZZERS  := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
FUZZ_SECONDS ?= 60
# Comparisons of numbers are no branches that bytes could be found for.
$(BUILD)/lib/nnsp/%.o $(BUILD)/lib/dsp/%.o $(BUILD)/lib/nn/infer.o: ALL_CFLAGS += $(NUMBERS)
fuzz:
	@scripts/setup.sh fuzz
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang SAN=1 \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
	    NUMBERS='-O2 -fno-sanitize-coverage=trace-cmp' fuzzers
fuzzers: $(FUZZERS)
	@scripts/fuzz.sh $(if $(FUZZ_RUNS),runs $(FUZZ_RUNS),seconds $(FUZZ_SECONDS)) $^

## fuzz-coverage: how much of each reader the fuzzers' inputs reach
fuzz-coverage:
	@scripts/setup.sh fuzz
	@$(MAKE) BUILD=$(BUILD)/coverage CC=clang CFLAGS='-O0 -fprofile-instr-generate \
	    -fcoverage-mapping -fsanitize=fuzzer-no-link' \
	    LDFLAGS=-fprofile-instr-generate CORPORA='$(BUILD)/fuzz' reached
reached: $(FUZZERS)
	@scripts/fuzz-coverage.sh '$(CORPORA)' $^

## bench: speed and memory, against other software where it is installed
bench: all m4 $(BENCH) $(ALSA)
	@$(RUN) BENCH="$$(realpath $(BUILD))/bench" \
	    scripts/bench.sh $(wildcard tests/bench/*.sh)
