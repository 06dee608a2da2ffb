# nnse-c - speech enhancement from the microphone to the microcontroller.

# ---- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O3 -g
PREFIX   ?= /usr/local
DESTDIR  ?=
BUILD    ?= build
SHARE    := $(PREFIX)/share/nnse

PROGRAMS := se-features se-train se-enhance se-eval

WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wdouble-promotion -Wvla
# No errno and no traps let gcc vectorise loops with expf-like arithmetic;
# nothing that reorders sums or changes a result (no -ffast-math).
MATH     := -fno-math-errno -fno-trapping-math -ffp-contract=off
CPPFLAGS += -Ilib -Icmd -D_GNU_SOURCE -DSE_SHARE_DIR='"$(SHARE)"' \
            -DSE_SOURCE_DIR='"$(CURDIR)"'
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
LIB_C    := $(wildcard lib/*/*.c)
LIB_O    := $(LIB_C:%.c=$(BUILD)/%.o)
LIB      := $(BUILD)/libse.a
BIN      := $(PROGRAMS:%=$(BUILD)/bin/%)

.PHONY: all
## all: the programs, in build/bin (the default)
all: $(BIN)

# ---- rules ------------------------------------------------------------------
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_O)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/cmd/%.o $(BUILD)/cmd/cli.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.DELETE_ON_ERROR:
.SECONDARY:

.PHONY: clean help
## clean: remove everything that was built
clean:
	rm -rf $(BUILD)

## help: this list
help:
	@sed -n 's/^## //p' Makefile
