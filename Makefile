# nnse-c - speech enhancement from the microphone to the microcontroller.

# ---- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O3 -g
PREFIX   ?= /usr/local
DESTDIR  ?=
BUILD    ?= build
SHARE    := $(PREFIX)/share/nnse

VERSION  := 0.1.0
PROGRAMS := $(patsubst cmd/%.c,%,$(wildcard cmd/se-*.c))

WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wdouble-promotion -Wvla
# No errno and no traps let gcc vectorise loops with expf-like arithmetic;
# nothing that reorders sums or changes a result (no -ffast-math).
MATH     := -fno-math-errno -fno-trapping-math -ffp-contract=off
CPPFLAGS += -Ilib -Icmd -D_GNU_SOURCE -DSE_SHARE_DIR='"$(SHARE)"' \
            -DSE_SOURCE_DIR='"$(CURDIR)"' -DSE_VERSION='"$(VERSION)"'
ALL_CFLAGS = -std=c11 $(WARN) $(MATH) $(CFLAGS) -MMD -MP
LIBS     := -Wl,--as-needed -lsndfile -lsoxr -lfftw3f -lcjson -lz -lopenblas \
            -lpthread -lm

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
# What several programs share, beside them.
CMD      := $(BUILD)/libcmd.a
CMD_O    := $(patsubst %.c,$(BUILD)/%.o,$(filter-out cmd/se-%,$(wildcard cmd/*.c)))
BIN      := $(PROGRAMS:%=$(BUILD)/bin/%)

# Gradients are compared in double precision: base and nn once more, as double.
DOUBLE_O := $(patsubst %.c,$(BUILD)/double/%.o,$(wildcard lib/base/*.c lib/nn/*.c))
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c)) \
            $(patsubst tests/unit/double/%.c,$(BUILD)/tests/%_double,\
            $(wildcard tests/unit/double/test_*.c))

.PHONY: all
## all: the programs, in build/bin (the default)
all: $(BIN)

# ---- rules ------------------------------------------------------------------
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/double/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DSE_NN_DOUBLE $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_O)
	@rm -f $@
	$(AR) rcs $@ $^

$(CMD): $(CMD_O)
	@rm -f $@
	$(AR) rcs $@ $^

$(BIN): $(BUILD)/bin/%: $(BUILD)/cmd/%.o $(CMD) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/tests/%_double: $(BUILD)/double/tests/unit/double/%.o $(DOUBLE_O)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:

.PHONY: unit
unit: $(UNIT)

.PHONY: clean help
## clean: remove everything that was built
clean:
	rm -rf $(BUILD)

## help: this list
help:
	@sed -n 's/^## //p' Makefile
