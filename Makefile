# nnse-c - speech enhancement from the microphone to the microcontroller.

# ---- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O3 -g
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
DESTDIR  ?=
BUILD    ?= build
SHARE    := $(PREFIX)/share/nnse

# Files and folders of rules, where a space ends a name.
SPACES   = $(if $(word 2,$($(1))),$(error $(1)=$($(1)): expected a path without \
            spaces; it may be relative to this folder))
$(call SPACES,BUILD)$(call SPACES,MODEL)

VERSION  := 0.1.0
PROGRAMS := $(patsubst cmd/%/main.c,%,$(wildcard cmd/se-*/main.c))

WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wdouble-promotion -Wvla
# No errno and no traps let gcc vectorise loops with expf-like arithmetic;
# nothing that reorders sums or changes a result (no -ffast-math).
MATH     := -fno-math-errno -fno-trapping-math -ffp-contract=off
ifdef SAN
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer
endif
# The same bytes wherever the tree is: compilers name it as the shell's $PWD does.
ANYWHERE := -ffile-prefix-map="$$PWD=."
# What the build needs; CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS are the user's and
# come after it.
NEEDED   := -Ilib -Icmd -D_GNU_SOURCE -DSE_VERSION='"$(VERSION)"'
ALL_CPPFLAGS = $(NEEDED) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -fPIC $(WARN) $(MATH) $(if $(WERROR),-Werror) \
            $(ANYWHERE) $(CFLAGS) $(SANITIZE) -MMD -MP
ALL_LDFLAGS = $(LDFLAGS) $(SANITIZE)

# The FFT of the programs: FFTW where it is installed, or kissfft, which the
# library always has (README.md, licences).
FFT      ?= $(if $(shell pkg-config --modversion fftw3f 2>/dev/null),fftw,kiss)
FFT_LIB_fftw := -lfftw3f
FFT_LIB_kiss := -lkissfft-float
FFT_LIB  := $(or $(FFT_LIB_$(FFT:kissfft=kiss)),\
            $(error FFT=$(FFT): expected fftw or kissfft))
FFT_C    := lib/dsp/fft_$(FFT:kissfft=kiss).c

# A program is linked to those that it uses.
LIBS     := -Wl,--as-needed -lsndfile -lsoxr -lspeexdsp -lportaudio $(FFT_LIB) \
            -lcjson -lz -lcurl -larchive -lnettle -lcairo -lfontconfig -lpthread -lm

# Training on many machines, where an MPI is installed; MPI= goes without.
MPI      ?= $(firstword $(foreach m,ompi-c mpich,$(if \
            $(shell pkg-config --modversion $(m) 2>/dev/null),$(m))))
MPI_FOUND := $(MPI)
ifneq ($(MPI_FOUND),)
NEEDED   += -DSE_MPI $(patsubst -I%,-isystem %,\
            $(shell pkg-config --cflags-only-I $(MPI_FOUND)))
LIBS     += $(shell pkg-config --libs $(MPI_FOUND))
endif

LIBS     += $(LDLIBS)

# ---- sources ----------------------------------------------------------------
LIB      := $(BUILD)/libse.a
LIB_O    := $(patsubst %.c,$(BUILD)/%.o,$(FFT_C) \
            $(filter-out lib/dsp/fft_fftw.c lib/dsp/fft_kiss.c,$(wildcard lib/*/*.c)))

# The public library: one interface, one net within it, and of lib/ what that
# needs, with kissfft.
SOVERSION := 1
NNSE     := $(BUILD)/libnnse.so.$(SOVERSION)
NNSE_A   := $(BUILD)/libnnse.a
# The checkpoints of the nets that are shipped, whatever has been trained in this
# tree besides; and of these the one in the library.
SHIPPED  := $(addprefix models/,$(shell sed 's/.*  //' models/shipped.txt))
BUILTIN  := $(filter models/se_nn_arch72_mel/%,$(SHIPPED))
NNSE_O   := $(addprefix $(BUILD)/lib/,nnse.o nnse_analyse.o nnse_file.o nnse_builtin.o dsp/fft_kiss.o)
NNSE_LIBS := -lsndfile -lsoxr -lspeexdsp -lkissfft-float -lcjson -lpthread -lm
EXAMPLES := $(patsubst cmd/examples/%.c,$(BUILD)/examples/%,\
            $(filter-out %/board.c,$(wildcard cmd/examples/*.c)))
# What several programs share, and the parts of each.
CMD      := $(BUILD)/libcmd.a
CMD_O    := $(patsubst %.c,$(BUILD)/%.o,cmd/firmware/frame.c \
            $(wildcard cmd/common/*.c))
parts     = $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1)/*.c))
BIN      := $(PROGRAMS:%=$(BUILD)/bin/%)
# Where the programs look for nets (lib/files/find.h): a link to this tree, in
# the place of the folder SHARE beside installed ones.
HERE     := $(BUILD)/share/nnse

.PHONY: all
## all: the programs, in build/bin, and the library (the default)
all: $(BIN) $(NNSE) $(NNSE_A) $(HERE) $(EXAMPLES) plugins

# ---- rules ------------------------------------------------------------------
# What else objects depend on: the compiler and its flags.
export SE_FLAGS = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS)
FLAGS    := $(BUILD)/flags
$(FLAGS): force
	@mkdir -p $(@D)
	@echo "$$SE_FLAGS" | cmp -s - $@ || echo "$$SE_FLAGS" >$@
.PHONY: force

$(BUILD)/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_O)
	@rm -f $@
	$(AR) rcs $@ $^

$(CMD): $(CMD_O)
	@rm -f $@
	$(AR) rcs $@ $^

# embed CHECKPOINT,SYMBOL: the bytes of a shipped net as an object file.
define embed
	@mkdir -p $(@D)
	@cd models && grep -F '  $(patsubst models/%,%,$(1))' shipped.txt | sha256sum -c --quiet
	$(CC) -DNET_FILE='"$(1)"' -DNET=$(2) -DNET_END=$(2)_end -c -o $@ lib/nnse_builtin.S
endef
$(BUILD)/lib/nnse_builtin.o: lib/nnse_builtin.S $(BUILTIN) models/shipped.txt $(FLAGS)
	$(call embed,$(BUILTIN),nnse_builtin)

$(NNSE): $(NNSE_O) $(LIB) lib/nnse.map
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) $(if $(SAN),,-Wl,--no-undefined) \
	    -Wl,--version-script=lib/nnse.map -Wl,--as-needed -o $@ $(NNSE_O) $(LIB) \
	    $(NNSE_LIBS)
	ln -sf $(@F) $(@:.$(SOVERSION)=)

# As a stranger would build them: one header, one library.
$(BUILD)/include/nnse.h: lib/nnse.h
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/examples/%: cmd/examples/%.c $(BUILD)/include/nnse.h $(NNSE)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) $(ANYWHERE) $(CFLAGS) -I$(BUILD)/include \
	    $(ALL_LDFLAGS) -o $@ $< \
	    -L$(BUILD) -lnnse -Wl,-rpath,'$$ORIGIN/..'

# One object, in which only what nnse.h declares has a name.
$(NNSE_A): $(NNSE_O) $(LIB)
	$(LD) -r -o $(BUILD)/libnnse.o $(NNSE_O) $(LIB)
	objcopy --wildcard --keep-global-symbol='nnse_*' \
	    --localize-symbol=nnse_builtin --localize-symbol=nnse_builtin_end $(BUILD)/libnnse.o
	@rm -f $@
	$(AR) rcs $@ $(BUILD)/libnnse.o

$(HERE):
	@mkdir -p $(@D)
	@ln -srfn . $@

.SECONDEXPANSION:
$(BIN): $(BUILD)/bin/%: $$(call parts,%) $(CMD) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# Their parts of the build, beside what they build.
include $(sort $(wildcard cmd/*/*.mk)) tests/tests.mk

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:

.PHONY: demo
## demo: enhance noisy clips with the shipped net, with scores
demo:
	@scripts/setup.sh build
	@$(MAKE) all
	@$(RUN) scripts/demo.sh $(BUILD)/demo

# ---- install ----------------------------------------------------------------
# Files under SHARE, by their names in the source tree.
SHARED   := $(wildcard nn_arch/* models/*.*) test_wavs/speech.wav $(SHIPPED) \
            $(wildcard $(foreach d,$(dir $(SHIPPED)),$(d)README.md $(d)history.jsonl))
MAN      := $(foreach p,$(PROGRAMS),$(wildcard cmd/$(p)/$(p).1))
TO       := $(DESTDIR)$(PREFIX)
LIB_TO   := $(DESTDIR)$(LIBDIR)

# Completion of bash, a file for each program, and of zsh.
BASH_TO  := $(TO)/share/bash-completion/completions
ZSH_TO   := $(TO)/share/zsh/site-functions

# PREFIX and LIBDIR stand in files for pkg-config, CMake, PipeWire and systemd.
ODD       = $(word 2,$($(1)))$(filter-out /%,$($(1)))$(foreach c,% | & \ ' ", \
            $(findstring $c,$($(1))))
PLAIN     = $(if $(strip $(ODD)),$(error $(1)=$($(1)): expected an absolute path \
            without spaces and without % | & \ ' "))
ifneq ($(filter install uninstall,$(MAKECMDGOALS)),)
$(call PLAIN,PREFIX)$(call PLAIN,LIBDIR)
$(if $(filter $(PREFIX)/%,$(LIBDIR)),,$(error LIBDIR=$(LIBDIR): expected a folder below \
    PREFIX=$(PREFIX)))
endif

# How others find the library: pkg-config and CMake, from the folder's place below
# PREFIX.
BELOW    := $(patsubst $(PREFIX)/%,%,$(LIBDIR))
UP       := $(subst $(empty) ,/,$(patsubst %,..,$(subst /, ,$(BELOW))))
PACKAGE  := pkgconfig/nnse.pc cmake/nnse/nnseConfig.cmake \
            cmake/nnse/nnseConfigVersion.cmake
PLACES   := -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' \
            -e 's|@LIB@|$(BELOW)|; s|@UP@|$(UP)|' \
            -e 's|@LIBS@|$(NNSE_LIBS)|; s|@SOVERSION@|$(SOVERSION)|'

.PHONY: install uninstall
## install: programs, library, plug-ins, man pages, nets, to DESTDIR and PREFIX
install: all install-plugins
	install -d '$(TO)/bin' '$(TO)/share/man/man1'
	install -m 755 $(BIN) '$(TO)/bin'
	install -m 644 $(MAN) '$(TO)/share/man/man1'
	for file in $(SHARED); do \
	    install -D -m 644 $$file '$(DESTDIR)$(SHARE)'/$$file || exit 1; done
	for file in nn_arch/*; do \
	    [ ! -L $$file ] || cp -Pf $$file '$(DESTDIR)$(SHARE)'/nn_arch || exit 1; done
	install -D -m 644 lib/nnse.h '$(TO)/include/nnse.h'
	install -D -m 755 $(NNSE) '$(LIB_TO)/$(notdir $(NNSE))'
	ln -sf $(notdir $(NNSE)) '$(LIB_TO)/libnnse.so'
	install -m 644 $(NNSE_A) '$(LIB_TO)/libnnse.a'
	for file in $(PACKAGE); do \
	    install -D -m 644 lib/$${file##*/}.in '$(LIB_TO)'/$$file && \
	    sed -i $(PLACES) '$(LIB_TO)'/$$file || exit 1; done
	install -d '$(BASH_TO)' '$(ZSH_TO)'
	for program in $(PROGRAMS); do install -m 644 \
	    cmd/common/completion.bash '$(BASH_TO)'/$$program || exit 1; done
	install -m 644 cmd/common/completion.zsh '$(ZSH_TO)/_nnse'

## uninstall: remove what install put there
uninstall: uninstall-plugins
	rm -f $(PROGRAMS:%='$(TO)/bin/%') $(PROGRAMS:%='$(BASH_TO)/%') '$(ZSH_TO)/_nnse'
	rm -f $(patsubst %,'$(TO)/share/man/man1/%',$(notdir $(MAN)))
	rm -f $(SHARED:%='$(DESTDIR)$(SHARE)/%') '$(TO)/include/nnse.h'
	rm -f $(patsubst %,'$(LIB_TO)/%',libnnse.a libnnse.so $(notdir $(NNSE)) $(PACKAGE))
	for folder in '$(DESTDIR)$(SHARE)' '$(LIB_TO)/cmake'; do [ ! -d "$$folder" ] || \
	    find "$$folder" -depth -type d -empty -delete || exit 1; done

# ---- releases ---------------------------------------------------------------
DIST     := $(BUILD)/dist/nnse-c-$(VERSION).tar.gz

.PHONY: dist deb test-deb
## dist: the sources as a tarball with its SHA-256, in build/dist
dist:
	@scripts/dist.sh '$(DIST)'
	@cat '$(DIST).sha256'

## deb: Debian packages of that tarball, in build/deb
deb: dist
	@scripts/setup.sh deb
	@scripts/deb.sh '$(DIST)' '$(BUILD)/deb'

## test-deb: the same, then installed and tried on a bare Debian (as root)
test-deb: deb
	@FRESH_DEBS='$(BUILD)/deb' scripts/fresh.sh packages

# ---- house ------------------------------------------------------------------
FORMATTED = $(or $(sort $(shell find lib cmd tests -name '*.[ch]')),\
            $(error no C sources here))

.PHONY: check-rules format check-format man clean help
## check-rules: prove that the folders of lib/ know only those above them
check-rules:
	@scripts/check-rules.sh

## format: lay out all C sources with clang-format
format:
	@clang-format -i $(FORMATTED)

## check-format: fail if format would change something
check-format:
	@clang-format --dry-run -Werror $(FORMATTED)

## man: put the options that the programs have into their man pages
man: all
	for p in $(PROGRAMS); do \
	    scripts/man-options.sh $(BUILD)/bin/$$p cmd/$$p/$$p.1 >$(BUILD)/$$p.1 && \
	    cp $(BUILD)/$$p.1 cmd/$$p/$$p.1 || exit 1; done

## clean: remove everything that was built
clean:
	rm -rf $(BUILD)

## help: this list
help:
	@sed -n 's/^## \([^:]*\): \(.*\)/\1\t\2/p' Makefile tests/tests.mk cmd/*/*.mk | \
	    awk -F '\t' '{ printf "  make %-15s%s\n", $$1, $$2 }'
	@echo 'Settings: BUILD=build CC=cc CPPFLAGS CFLAGS LDFLAGS LDLIBS SAN=1 WERROR=1'
	@echo '          PREFIX=/usr/local LIBDIR DESTDIR FFT=kissfft MPI= (without one)'
	@echo '  boards: BOARD=apollo4 MODEL=FILE.safetensors FORCE=1 CROSS=arm-none-eabi-'
	@echo '          BOARD_FLAGS PROBE JLINK JLINK_DEVICE JLINK_SPEED JLINK_SERIAL PORT BAUD'
