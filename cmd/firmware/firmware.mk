# firmware.mk - the images for boards, and how they get there.

# The board; its net, a checkpoint or the name of a shipped one (the small one, if
# not set); FORCE=1 takes one that the board cannot keep up with, too; compilers.
BOARD    ?= apollo4
BOARDS   := $(basename $(notdir $(wildcard cmd/firmware/boards/*.h)))
MODEL    ?=
FORCE    ?=
CROSS    ?= arm-none-eabi-
FW_CFLAGS ?= -Os -g
NNSP_CFLAGS ?= -O3 -g
BOARD_FLAGS ?=
# What make has to know of the board's numbers: number NAME.
number   = $(shell sed -n 's/^\#define $(1) *"\([^"]*\)".*/\1/p' \
            cmd/firmware/boards/$(BOARD).h 2>/dev/null)
CODE     := cmd/firmware/boards/$(call number,BOARD_CODE)
ALL_FW_CFLAGS = -std=gnu11 $(call number,BOARD_CPU) -mthumb \
            -mfloat-abi=hard -ffunction-sections -fdata-sections $(WARN) \
            -Werror $(ANYWHERE) $(FW_CFLAGS) -Ilib -Icmd/firmware -I$(BUILD)/firmware \
            -DSE_VERSION='"$(VERSION)"' -DMODEL_NAME='"$(MODEL_NAME)"' \
            -DBOARD_FILE='"../$(BOARD).h"' $(BOARD_FLAGS)
FW_LDFLAGS = -nostartfiles -nostdlib -Wl,--gc-sections -lc -lgcc
SHIPPED_small    := se_nn_arch72_mel
SHIPPED_middle   := se_nn_arch128_mel
SHIPPED_large    := se_nn_arch256_mel
SHIPPED_ahead    := se_nn_arch256_mel_ahead
SHIPPED_dereverb := se_nn_arch256_mel_reverb
MODEL_NAME = $(or $(SHIPPED_$(or $(MODEL),small)),$(basename $(notdir $(MODEL))))
CHECKPOINT = $(or $(filter %.safetensors,$(MODEL)),\
            $(filter models/$(MODEL_NAME)/%,$(SHIPPED)))
CONVERT  = --model '$(CHECKPOINT)' \
            --clock_mhz $(if $(filter -DBOARD_FAST=1,$(BOARD_FLAGS)),192,96) \
            $(if $(FORCE),--force)

# What flashes (scripts/flash-apollo4.sh says what each is), and the console's
# line.
PROBE    ?= jlink
JLINK    ?= JLinkExe
JLINK_DEVICE ?= $(call number,BOARD_JLINK_DEVICE)
JLINK_SPEED ?= 4000
JLINK_SERIAL ?=
PORT     ?= /dev/ttyACM0
BAUD     ?= 115200

# The net of the firmware, and what a board's image is made of.
TABLES   := $(BUILD)/firmware/def_nn3_se
FW       := $(BUILD)/firmware/$(BOARD)
NNSP_O   := $(patsubst %.c,$(FW)/%.o,$(wildcard lib/nnsp/*.c))
FW_O     := $(patsubst %.c,$(FW)/%.o,$(wildcard cmd/firmware/*.c) \
            $(wildcard $(CODE)/*.c)) $(FW)/def_nn3_se.o

# ---- rules ------------------------------------------------------------------
# The runtime for Cortex-M4, to be linked into any firmware.
ARM_CC   ?= $(CROSS)gcc
ARM_AR   ?= $(CROSS)ar
ARM_CFLAGS ?= -mcpu=cortex-m4 -mthumb -O3
NNSP_ARM := $(BUILD)/arm/ns-nnsp.a

$(BUILD)/arm/%.o: %.c
	@mkdir -p $(@D)
	$(ARM_CC) $(ARM_CFLAGS) -std=c99 $(WARN) -ffunction-sections \
	    -fdata-sections -Ilib -Itests/m4 -MMD -MP -c -o $@ $<

# What runs once, or for few nets, need not be unrolled.
SMALLER  := fft fft_split nnsp speech taps
$(SMALLER:%=$(BUILD)/arm/lib/nnsp/%.o): ARM_CFLAGS += -O2

$(NNSP_ARM): $(patsubst %.c,$(BUILD)/arm/%.o,$(wildcard lib/nnsp/*.c))
	@rm -f $@
	$(ARM_AR) rcs $@ $^

# What else the firmware's objects depend on, as in Makefile; the tables' net.
export SE_FW_FLAGS = $(CROSS)gcc $(NNSP_CFLAGS) $(ALL_FW_CFLAGS) $(FW_LDFLAGS)
export SE_CONVERT = $(CONVERT)
$(FW)/flags: force
	@mkdir -p $(@D)
	@echo "$$SE_FW_FLAGS" | cmp -s - $@ || echo "$$SE_FW_FLAGS" >$@
$(BUILD)/firmware/net: force
	@mkdir -p $(@D)
	@echo "$$SE_CONVERT" | cmp -s - $@ || echo "$$SE_CONVERT" >$@

$(TABLES).c $(TABLES).h $(TABLES).json &: $(BUILD)/bin/se-convert $(BUILD)/firmware/net \
    $(CHECKPOINT)
	$(BUILD)/bin/se-convert $(CONVERT) --net_id 3 --net_name se \
	    --folder_c $(BUILD)/firmware --quiet --json >$(TABLES).json || \
	    { echo "make firmware: BOARD_FLAGS=-DBOARD_FAST=1 means 192 MHz," \
	    "MODEL= another net, FORCE=1 --force" >&2; exit 1; }

$(FW)/%.o: %.c $(FW)/flags | $(TABLES).h
	@mkdir -p $(@D)
	$(CROSS)gcc $(ALL_FW_CFLAGS) -MMD -MP -c -o $@ $<

$(FW)/def_nn3_se.o: $(TABLES).c $(TABLES).h $(FW)/flags
	$(CROSS)gcc $(ALL_FW_CFLAGS) -c -o $@ $<

$(NNSP_O): FW_CFLAGS := $(NNSP_CFLAGS)
$(SMALLER:%=$(FW)/lib/nnsp/%.o): FW_CFLAGS := $(NNSP_CFLAGS) -O2
$(FW)/ns-nnsp.a: $(NNSP_O)
	@rm -f $@
	$(CROSS)ar rcs $@ $^

$(FW)/nnse.elf: $(FW_O) $(FW)/ns-nnsp.a cmd/firmware/sections.ld \
    $(CODE)/memory.ld
	$(CROSS)gcc $(ALL_FW_CFLAGS) -Wl,-Map=$(@:.elf=.map) \
	    -T $(CODE)/memory.ld -T cmd/firmware/sections.ld \
	    -o $@ $(FW_O) $(FW)/ns-nnsp.a $(FW_LDFLAGS)

$(FW)/nnse.bin: $(FW)/nnse.elf
	$(CROSS)objcopy -O binary $< $@
$(FW)/nnse.hex: $(FW)/nnse.elf
	$(CROSS)objcopy -O ihex $< $@

# ---- firmware ---------------------------------------------------------------
.PHONY: firmware nnsp-packages flash-apollo4 view-apollo4
## firmware: the image for BOARD=apollo4 or another, in build/firmware
firmware:
	$(if $(filter $(BOARD),$(BOARDS)),,\
	    $(error BOARD=$(BOARD): expected one of $(BOARDS)))
	$(if $(CHECKPOINT),,$(error MODEL=$(MODEL): expected small, middle, large, ahead, \
	    dereverb or a .safetensors file))
	@scripts/setup.sh firmware
	@$(MAKE) --no-print-directory $(FW)/nnse.bin $(FW)/nnse.hex
	@echo '$(BOARD): net $(CHECKPOINT)'
	@$(CROSS)size $(FW)/nnse.elf | awk 'NR == 2 { \
	    printf "$(BOARD): flash %d bytes, ram %d bytes beside the stack\n", \
	    $$1 + $$2, $$2 + $$3 }'
	@sed -n 's/^ *"share_\([0-9]*\)_mhz": \([0-9.]*\).*/\1 \2/p' $(TABLES).json | \
	    awk '{ s = s (s ? ", " : "") sprintf("%.0f %% at %d MHz", 100 * $$2, $$1) } \
	    END { print "$(BOARD): of the 10 ms of a frame, by counted cycles and waits for MRAM" \
	    "$(if $(findstring cortex-m4,$(call number,BOARD_CPU)),, of a Cortex-M4): " s }'

PACKAGES_PYTHON ?= python3
# Where whoever publishes the packages has them.
PACKAGES_URL ?= https://example.com/
## nnsp-packages: runtime and net for CMake, Zephyr, Arduino, ... (PACKAGES_URL=)
nnsp-packages: $(TABLES).c
	$(PACKAGES_PYTHON) scripts/nnsp-packages.py '$(VERSION)' '$(PACKAGES_URL)' \
	    lib '$(TABLES)' '$(BUILD)/packages'

## flash-apollo4: the image onto an Apollo4 (BOARD=), PROBE=jlink, pyocd or openocd
flash-apollo4:
	$(if $(call number,BOARD_CHIP),,\
	    $(error BOARD=$(BOARD): expected one with an Apollo4))
	@scripts/setup.sh firmware
	@$(MAKE) firmware
	@CHIP='$(call number,BOARD_CHIP)' PROBE='$(PROBE)' JLINK='$(JLINK)' JLINK_DEVICE='$(JLINK_DEVICE)' \
	    JLINK_SPEED='$(JLINK_SPEED)' JLINK_SERIAL='$(JLINK_SERIAL)' \
	    scripts/flash-apollo4.sh '$(FW)/nnse.bin'

## view-apollo4: the board's console (PORT=/dev/ttyACM0)
view-apollo4:
	@scripts/view-serial.sh '$(PORT)' '$(BAUD)'
