# plugins.mk - the plug-ins for hosts of LADSPA and LV2, where their headers are.

has_header = $(shell echo '\#include <$(1)>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo $(2))
LADSPA   := $(call has_header,ladspa.h,$(BUILD)/plugins/ladspa/nnse.so)
LV2      := $(call has_header,lv2/core/lv2.h,$(BUILD)/plugins/lv2/nnse.lv2/nnse.so)

# The second net that they carry, and of the library what streams need.
LARGE    := $(filter models/se_nn_arch256_pspec_mse/%,$(SHIPPED))
PLUGIN_O := $(addprefix $(BUILD)/,cmd/plugins/plugin.o cmd/plugins/large.o \
            lib/nnse.o lib/nnse_builtin.o lib/dsp/fft_kiss.o)

$(BUILD)/cmd/plugins/large.o: lib/nnse_builtin.S $(LARGE) models/shipped.txt $(FLAGS)
	$(call embed,$(LARGE),plugin_large)

# A host may take it out of memory and back at any time; the nets, which all
# instances share, stay (nodelete).
plugin    = $(CC) $(ALL_LDFLAGS) -shared -Wl,-z,nodelete $(if $(SAN),,-Wl,--no-undefined) \
            -Wl,--version-script=$(filter %.map,$^) -Wl,--as-needed -o $@ \
            $(filter %.o %.a,$^) -lspeexdsp -lkissfft-float -lcjson -lpthread -lm

$(BUILD)/plugins/ladspa/nnse.so: $(BUILD)/cmd/plugins/ladspa.o $(PLUGIN_O) $(LIB) \
    cmd/plugins/ladspa.map
	@mkdir -p $(@D)
	$(plugin)

$(BUILD)/plugins/lv2/nnse.lv2/nnse.so: $(BUILD)/cmd/plugins/lv2.o $(PLUGIN_O) $(LIB) \
    cmd/plugins/lv2.map $(wildcard cmd/plugins/nnse.lv2/*)
	@mkdir -p $(@D)
	@cp cmd/plugins/nnse.lv2/*.ttl $(@D)
	$(plugin)

.PHONY: plugins install-plugins uninstall-plugins
## plugins: for LADSPA and LV2, where the headers of ladspa-sdk and lv2-dev are
plugins: $(LADSPA) $(LV2)

install-plugins: plugins
ifneq ($(LADSPA),)
	install -D -m 755 $(LADSPA) '$(TO)/lib/ladspa/nnse.so'
	install -d '$(DESTDIR)$(SHARE)' '$(TO)/share/systemd/user'
	sed 's|@LADSPA@|$(PREFIX)/lib/ladspa/nnse.so|' cmd/plugins/nnse-microphone.conf.in \
	    >'$(DESTDIR)$(SHARE)/nnse-microphone.conf'
	sed 's|@SHARE@|$(SHARE)|' cmd/plugins/nnse-microphone.service.in \
	    >'$(TO)/share/systemd/user/nnse-microphone.service'
endif
ifneq ($(LV2),)
	install -D -m 755 $(LV2) '$(TO)/lib/lv2/nnse.lv2/nnse.so'
	install -m 644 cmd/plugins/nnse.lv2/*.ttl '$(TO)/lib/lv2/nnse.lv2'
endif

uninstall-plugins:
	rm -f '$(DESTDIR)$(SHARE)/nnse-microphone.conf' \
	    '$(TO)/share/systemd/user/nnse-microphone.service'
	rm -f '$(TO)/lib/ladspa/nnse.so' '$(TO)'/lib/lv2/nnse.lv2/*
	[ ! -d '$(TO)/lib/lv2/nnse.lv2' ] || rmdir '$(TO)/lib/lv2/nnse.lv2'
