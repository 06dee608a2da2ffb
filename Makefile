# nnse-c - speech enhancement from the microphone to the microcontroller.

# ---- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O3 -g
PREFIX   ?= /usr/local
DESTDIR  ?=
BUILD    ?= build
SHARE    := $(PREFIX)/share/nnse

VERSION  := 0.1.0
PROGRAMS := $(patsubst cmd/%/main.c,%,$(wildcard cmd/se-*/main.c))

WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wdouble-promotion -Wvla
# No errno and no traps let gcc vectorise loops with expf-like arithmetic;
# nothing that reorders sums or changes a result (no -ffast-math).
MATH     := -fno-math-errno -fno-trapping-math -ffp-contract=off
CPPFLAGS += -Ilib -Icmd -D_GNU_SOURCE -DSE_VERSION='"$(VERSION)"'
ALL_CFLAGS = -std=c11 $(WARN) $(MATH) $(CFLAGS) -MMD -MP
# Each program links those of them that it uses.
LIBS     := -Wl,--as-needed -lsndfile -lsoxr -lportaudio -lfftw3f -lcjson -lz \
            -lcurl -larchive -lnettle -lcairo -lpthread -lm

# Training on many machines, where an MPI is installed; MPI= goes without.
MPI      ?= $(firstword $(foreach m,ompi-c mpich,$(if \
            $(shell pkg-config --modversion $(m) 2>/dev/null),$(m))))
MPI_FOUND := $(MPI)
ifneq ($(MPI_FOUND),)
CPPFLAGS += -DSE_MPI $(patsubst -I%,-isystem %,\
            $(shell pkg-config --cflags-only-I $(MPI_FOUND)))
LIBS     += $(shell pkg-config --libs $(MPI_FOUND))
endif

# The board, the checkpoint for it (the shipped net if not set), its compiler.
BOARD    ?= apollo4
BOARDS   := $(notdir $(wildcard cmd/firmware/boards/*))
MODEL    ?=
CROSS    ?= arm-none-eabi-
FW_CFLAGS ?= -Os -g
NNSP_CFLAGS ?= -O3 -g
BOARD_FLAGS ?=
ALL_FW_CFLAGS = -std=gnu11 -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 \
            -mfloat-abi=hard -ffunction-sections -fdata-sections $(WARN) \
            -Werror $(FW_CFLAGS) -Ilib -Icmd/firmware -I$(BUILD)/firmware \
            -DSE_VERSION='"$(VERSION)"' -DMODEL_NAME='"$(MODEL_NAME)"' \
            $(BOARD_FLAGS)
FW_LDFLAGS = -nostartfiles -nostdlib -Wl,--gc-sections -lc -lgcc
MODEL_NAME = $(basename $(notdir $(or $(MODEL),se_nn_arch72_mel)))
CONVERT  = $(if $(MODEL),--model '$(MODEL)',--nn_arch def_$(MODEL_NAME).txt)

# J-Link Commander, and the console's line.
JLINK    ?= JLinkExe
JLINK_DEVICE ?= AMAP42KK-KBR
JLINK_SPEED ?= 4000
JLINK_SERIAL ?=
PORT     ?= /dev/ttyACM0
BAUD     ?= 921600

ifdef WERROR
ALL_CFLAGS += -Werror
endif
ifdef SAN
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all \
              -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=address,undefined
endif

# ---- sources ----------------------------------------------------------------
LIB      := $(BUILD)/libse.a
LIB_O    := $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*/*.c))
# What several programs share, and the parts of each.
CMD      := $(BUILD)/libcmd.a
CMD_O    := $(patsubst %.c,$(BUILD)/%.o,cmd/firmware/frame.c \
            $(wildcard cmd/common/*.c))
parts     = $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1)/*.c))
BIN      := $(PROGRAMS:%=$(BUILD)/bin/%)

# Gradients are compared in double precision: base and nn once more, as double
# (but for nn/step, which is float alone and trains nothing).
DOUBLE_O := $(patsubst %.c,$(BUILD)/double/%.o,$(wildcard lib/base/*.c) \
            $(filter-out lib/nn/step%,$(wildcard lib/nn/*.c)))
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c)) \
            $(patsubst tests/unit/double/%.c,$(BUILD)/tests/%_double,\
            $(wildcard tests/unit/double/test_*.c))
BENCH    := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

# The net of the firmware, and what a board's image is made of.
TABLES   := $(BUILD)/firmware/def_nn3_se
FW       := $(BUILD)/firmware/$(BOARD)
NNSP_O   := $(patsubst %.c,$(FW)/%.o,$(wildcard lib/nnsp/*.c))
FW_O     := $(patsubst %.c,$(FW)/%.o,$(wildcard cmd/firmware/*.c) \
            $(wildcard cmd/firmware/boards/$(BOARD)/*.c)) $(FW)/def_nn3_se.o
EMULATOR := $(addprefix $(BUILD)/emulator/,apollo4 desk reference)

.PHONY: all
## all: the programs, in build/bin (the default)
all: $(BIN)

# ---- rules ------------------------------------------------------------------
# Objects are made again when the compiler or its flags change, too.
export SE_FLAGS = $(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS)
FLAGS    := $(BUILD)/flags
$(FLAGS): force
	@mkdir -p $(@D)
	@echo "$$SE_FLAGS" | cmp -s - $@ || echo "$$SE_FLAGS" >$@
.PHONY: force

$(BUILD)/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/double/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DSE_NN_DOUBLE $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_O)
	@rm -f $@
	$(AR) rcs $@ $^

$(CMD): $(CMD_O)
	@rm -f $@
	$(AR) rcs $@ $^

# Where files are looked up beside the working directory: here, or installed.
$(BUILD)/lib/base/file.o $(BUILD)/double/lib/base/file.o: CPPFLAGS += -DSE_SOURCE_DIR='"$(CURDIR)"' \
    -DSE_SHARE_DIR='"$(SHARE)"'

.SECONDEXPANSION:
$(BIN): $(BUILD)/bin/%: $$(call parts,%) $(CMD) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/tests/%_double: $(BUILD)/double/tests/unit/double/%.o $(DOUBLE_O)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# The runtime for Cortex-M4, to be linked into any firmware.
ARM_CC   ?= $(CROSS)gcc
ARM_AR   ?= $(CROSS)ar
ARM_CFLAGS ?= -mcpu=cortex-m4 -mthumb -O3
NNSP_ARM := $(BUILD)/arm/ns-nnsp.a

$(BUILD)/arm/%.o: %.c
	@mkdir -p $(@D)
	$(ARM_CC) $(ARM_CFLAGS) -std=c99 $(WARN) -ffunction-sections \
	    -fdata-sections -Ilib -Itests/m4 -MMD -MP -c -o $@ $<

# At -O3 the FFT's copies of itself cost 4 KB of flash and save 6 % of a frame.
$(BUILD)/arm/lib/nnsp/fft.o: ARM_CFLAGS += -O2

$(NNSP_ARM): $(patsubst %.c,$(BUILD)/arm/%.o,$(wildcard lib/nnsp/*.c))
	@rm -f $@
	$(ARM_AR) rcs $@ $^

# A Cortex-M4 that counts (tests/m4), and what runs in it.
M4_O     := $(patsubst %,$(BUILD)/tests/m4/%.o,machine cost matrices)
M4       := $(BUILD)/m4/count $(BUILD)/m4/kernels $(BUILD)/m4/kernels.elf \
            $(BUILD)/m4/kernels-intrinsics.elf

$(BUILD)/m4/count $(BUILD)/m4/kernels: \
    $(BUILD)/m4/%: $(BUILD)/tests/m4/%.o $(M4_O) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lunicorn

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
	$(CC) -Itests/m4 $(CPPFLAGS) $(ALL_CFLAGS) -D__ARM_FEATURE_DSP=1 \
	    -Dnnsp_dot4=nnsp_dot4_m4 -c -o $@ $<
$(BUILD)/tests/test_nnsp_m4: $(BUILD)/m4/dot_m4.o $(BUILD)/tests/m4/matrices.o

$(BUILD)/fuzz_frame: $(BUILD)/cmd/firmware/frame.o
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# The firmware's objects likewise, also when the checkpoint is another.
export SE_FW_FLAGS = $(CROSS)gcc $(NNSP_CFLAGS) $(ALL_FW_CFLAGS) $(FW_LDFLAGS)
export SE_CONVERT = $(CONVERT)
$(FW)/flags: force
	@mkdir -p $(@D)
	@echo "$$SE_FW_FLAGS" | cmp -s - $@ || echo "$$SE_FW_FLAGS" >$@
$(BUILD)/firmware/net: force
	@mkdir -p $(@D)
	@echo "$$SE_CONVERT" | cmp -s - $@ || echo "$$SE_CONVERT" >$@

$(TABLES).c $(TABLES).h &: $(BUILD)/bin/se-convert $(BUILD)/firmware/net \
    $(or $(MODEL),$(wildcard models/$(MODEL_NAME)/*.safetensors))
	$(BUILD)/bin/se-convert $(CONVERT) --net_id 3 --net_name se \
	    --folder_c $(BUILD)/firmware --quiet

$(FW)/%.o: %.c $(FW)/flags | $(TABLES).h
	@mkdir -p $(@D)
	$(CROSS)gcc $(ALL_FW_CFLAGS) -MMD -MP -c -o $@ $<

$(FW)/def_nn3_se.o: $(TABLES).c $(TABLES).h $(FW)/flags
	$(CROSS)gcc $(ALL_FW_CFLAGS) -c -o $@ $<

$(NNSP_O): FW_CFLAGS := $(NNSP_CFLAGS)
$(FW)/lib/nnsp/fft.o: FW_CFLAGS := $(NNSP_CFLAGS) -O2
$(FW)/ns-nnsp.a: $(NNSP_O)
	@rm -f $@
	$(CROSS)ar rcs $@ $^

$(FW)/nnse.elf: $(FW_O) $(FW)/ns-nnsp.a cmd/firmware/sections.ld \
    cmd/firmware/boards/$(BOARD)/memory.ld
	$(CROSS)gcc $(ALL_FW_CFLAGS) -Wl,-Map=$(@:.elf=.map) \
	    -T cmd/firmware/boards/$(BOARD)/memory.ld -T cmd/firmware/sections.ld \
	    -o $@ $(FW_O) $(FW)/ns-nnsp.a $(FW_LDFLAGS)

$(FW)/nnse.bin: $(FW)/nnse.elf
	$(CROSS)objcopy -O binary $< $@
$(FW)/nnse.hex: $(FW)/nnse.elf
	$(CROSS)objcopy -O ihex $< $@

$(BUILD)/emulator/apollo4: $(patsubst %.c,$(BUILD)/%.o,\
    $(wildcard tests/emulator/apollo4/*.c))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lunicorn -lsndfile

$(BUILD)/emulator/desk: $(BUILD)/tests/emulator/desk.o \
    $(BUILD)/cmd/firmware/frame.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/emulator/reference: $(BUILD)/tests/emulator/reference.o \
    $(BUILD)/cmd/firmware/frame.o $(BUILD)/firmware/def_nn3_se.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/tests/test_frame: $(BUILD)/cmd/firmware/frame.o

$(BUILD)/tests/emulator/reference.o: CPPFLAGS += -I$(BUILD)/firmware
$(BUILD)/tests/emulator/reference.o: | $(TABLES).h
$(BUILD)/firmware/def_nn3_se.o: $(TABLES).c $(FLAGS)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:

# ---- tests ------------------------------------------------------------------
RUN      := BIN=$(abspath $(BUILD))/bin SRC='$(CURDIR)'

.PHONY: test unit m4 emulation check-rules check-format fuzz fuzzers bench demo
## test: build and run all tests (ONLY='nn*' picks some by name)
test:
	@scripts/setup.sh test
	@$(MAKE) check-rules all unit m4 $(if $(NET),emulation)
	@$(RUN) tests/run $(UNIT) $(filter-out %/lib.sh,$(wildcard tests/cli/*.sh))

# A sound device without hardware.
ALSA     := $(BUILD)/alsa/clock.so
$(ALSA): tests/alsa/clock.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) -O2 -shared -fPIC -DPIC -o $@ $< -lasound -lm

unit: $(UNIT) $(ALSA)
m4: $(M4) $(NNSP_ARM) $(BUILD)/bench/enhance

# Without a net there is nothing that a board could run; its tests say so.
NET      := $(MODEL)$(wildcard models/$(MODEL_NAME)/*.safetensors)
emulation: $(EMULATOR) $(BOARDS:%=firmware-%)
firmware-%: $(TABLES).c
	@$(MAKE) firmware BOARD=$*

## check-rules: prove that the folders of lib/ know only those above them
check-rules:
	@scripts/check-rules.sh

## fuzz: throw bytes at every reader, FUZZ_SECONDS=60 each
FUZZERS  := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
FUZZ_SECONDS ?= 60
fuzz:
	@scripts/setup.sh fuzz
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang SAN=1 \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzzers
fuzzers: $(FUZZERS)
	@scripts/fuzz.sh $(FUZZ_SECONDS) $^

## bench: speed and memory, against other software where it is installed
bench: all m4 $(BENCH) $(ALSA)
	@$(RUN) BENCH=$(abspath $(BUILD))/bench \
	    scripts/bench.sh $(wildcard tests/bench/*.sh)

## demo: enhance a noisy clip with the trained net, with scores
demo:
	@scripts/setup.sh build
	@$(MAKE) all
	@$(RUN) scripts/demo.sh $(BUILD)/demo

# ---- firmware ---------------------------------------------------------------
.PHONY: firmware flash-apollo4 view-apollo4
## firmware: the image for BOARD=apollo4 or mps2-an386, in build/firmware
firmware:
	$(if $(filter $(BOARD),$(BOARDS)),,\
	    $(error BOARD=$(BOARD): expected one of $(BOARDS)))
	@scripts/setup.sh firmware
	@$(MAKE) --no-print-directory $(FW)/nnse.bin $(FW)/nnse.hex
	@$(CROSS)size $(FW)/nnse.elf | awk 'NR == 2 { \
	    printf "$(BOARD): flash %d bytes, ram %d bytes beside the stack\n", \
	    $$1 + $$2, $$2 + $$3 }'

## flash-apollo4: the image, and onto an Apollo4 Plus with J-Link
flash-apollo4:
	@scripts/setup.sh firmware
	@$(MAKE) firmware BOARD=apollo4
	@JLINK='$(JLINK)' JLINK_DEVICE='$(JLINK_DEVICE)' \
	    JLINK_SPEED='$(JLINK_SPEED)' JLINK_SERIAL='$(JLINK_SERIAL)' \
	    scripts/flash-apollo4.sh $(BUILD)/firmware/apollo4/nnse.bin

## view-apollo4: the board's console (PORT=/dev/ttyACM0)
view-apollo4:
	@scripts/view-serial.sh '$(PORT)' '$(BAUD)'

# ---- install ----------------------------------------------------------------
# Files under SHARE, by their names in the source tree.
SHARED   := $(wildcard nn_arch/*) \
            $(shell find models -type f ! -name '.*' ! -name state.safetensors 2>/dev/null)
MAN      := $(foreach p,$(PROGRAMS),$(wildcard cmd/$(p)/$(p).1))
TO       := $(DESTDIR)$(PREFIX)

# Completion of bash and zsh, made from what the programs say.
BASH_FILES := $(PROGRAMS:%=$(BUILD)/completion/bash/%)
ZSH_FILES := $(PROGRAMS:%=$(BUILD)/completion/zsh/_%)
BASH_TO  := $(TO)/share/bash-completion/completions
ZSH_TO   := $(TO)/share/zsh/site-functions

$(BASH_FILES): $(BUILD)/completion/bash/%: $(BUILD)/bin/% scripts/completion.sh
	@mkdir -p $(@D)
	SE_SHARE='$(SHARE)' scripts/completion.sh bash $< >$@
$(ZSH_FILES): $(BUILD)/completion/zsh/_%: $(BUILD)/bin/% scripts/completion.sh
	@mkdir -p $(@D)
	SE_SHARE='$(SHARE)' scripts/completion.sh zsh $< >$@

# What a program that includes nnse.h needs.
HEADERS  = $(sort $(patsubst lib/%,%,$(filter lib/%,\
            $(shell $(CC) -Ilib -MM lib/nnse.h))))
$(BUILD)/nnse.pc: lib/nnse.pc.in force
	@sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' $< >$@

.PHONY: install uninstall
## install: programs, library, man pages, nets and models, to DESTDIR and PREFIX
install: all $(BASH_FILES) $(ZSH_FILES) $(BUILD)/nnse.pc
	install -d '$(TO)/bin' '$(TO)/share/man/man1'
	install -m 755 $(BIN) '$(TO)/bin'
	install -m 644 $(MAN) '$(TO)/share/man/man1'
	for file in $(SHARED); do \
	    install -D -m 644 $$file '$(DESTDIR)$(SHARE)'/$$file || exit 1; done
	for file in $(HEADERS); do install -D -m 644 lib/$$file \
	    '$(TO)/include/nnse'/$$file || exit 1; done
	install -D -m 644 $(LIB) '$(TO)/lib/libnnse.a'
	install -D -m 644 $(BUILD)/nnse.pc '$(TO)/lib/pkgconfig/nnse.pc'
	install -d '$(BASH_TO)' '$(ZSH_TO)'
	install -m 644 $(BASH_FILES) '$(BASH_TO)'
	install -m 644 $(ZSH_FILES) '$(ZSH_TO)'

## uninstall: remove what install put there
uninstall:
	cd '$(TO)/bin' && rm -f $(PROGRAMS)
	cd '$(TO)/share/man/man1' && rm -f $(notdir $(MAN))
	cd '$(DESTDIR)$(SHARE)' && rm -f $(SHARED)
	cd '$(TO)/lib' && rm -f libnnse.a pkgconfig/nnse.pc
	cd '$(TO)/include/nnse' && rm -f $(HEADERS)
	cd '$(BASH_TO)' && rm -f $(PROGRAMS)
	cd '$(ZSH_TO)' && rm -f $(PROGRAMS:%=_%)
	find '$(DESTDIR)$(SHARE)' '$(TO)/include/nnse' -depth -type d -empty -delete

# ---- house ------------------------------------------------------------------
FORMATTED = $(shell git ls-files '*.c' '*.h')

.PHONY: format clean help
## format: lay out all C sources with clang-format
format:
	clang-format -i $(FORMATTED)

## check-format: fail if format would change something
check-format:
	@clang-format --dry-run -Werror $(FORMATTED)

## clean: remove everything that was built
clean:
	rm -rf $(BUILD)

## help: this list
help:
	@sed -n 's/^## //p' Makefile
	@echo 'Settings: BUILD=build CC=cc CFLAGS PREFIX=/usr/local DESTDIR SAN=1 WERROR=1'
	@echo '          BOARD=apollo4 MODEL=FILE.safetensors CROSS=arm-none-eabi- BOARD_FLAGS'
	@echo '          JLINK JLINK_DEVICE JLINK_SPEED JLINK_SERIAL PORT BAUD'
