# plugins.mk - the plug-ins for hosts of LADSPA and LV2, where their headers are.

has_header = $(shell echo '\#include <$(1)>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo $(2))
LADSPA   := $(call has_header,ladspa.h,$(BUILD)/plugins/ladspa/nnse.so)
LV2      := $(call has_header,lv2/core/lv2.h,$(BUILD)/plugins/lv2/nnse.lv2)

# The second net that they carry, and of the library what streams need.
LARGE    := $(filter models/se_nn_arch256_mel/%,$(SHIPPED))
PLUGIN_O := $(addprefix $(BUILD)/,cmd/plugins/plugin.o cmd/plugins/large.o \
            lib/nnse.o lib/nnse_builtin.o lib/dsp/fft_kiss.o)

$(BUILD)/cmd/plugins/large.o: lib/nnse_builtin.S $(LARGE) models/shipped.txt $(FLAGS)
	$(call embed,$(LARGE),plugin_large)

# One object for both, which LADSPA's hosts find by a link: the nets are most of
# it. A host may take it out of memory and back at any time; the nets, which all
# instances share, stay (nodelete).
PLUGIN   := $(firstword $(if $(LV2),$(LV2)/nnse.so) $(LADSPA))
PLUGIN_API := $(if $(LADSPA),$(BUILD)/cmd/plugins/ladspa.o) \
            $(if $(LV2),$(BUILD)/cmd/plugins/lv2.o)

ifneq ($(PLUGIN),)
$(PLUGIN): $(PLUGIN_API) $(PLUGIN_O) $(LIB) cmd/plugins/plugin.map
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-z,nodelete $(if $(SAN),,-Wl,--no-undefined) \
	    -Wl,--version-script=$(filter %.map,$^) -Wl,--as-needed -o $@ \
	    $(filter %.o %.a,$^) -lspeexdsp -lkissfft-float -lcjson -lpthread -lm
endif

ifneq ($(LV2),)
$(LV2)/manifest.ttl: $(wildcard cmd/plugins/nnse.lv2/*)
	@mkdir -p $(@D)
	cp $^ $(@D)
ifneq ($(LADSPA),)
$(LADSPA): $(PLUGIN)
	@mkdir -p $(@D)
	ln -sfr $< $@
endif
endif

.PHONY: plugins install-plugins uninstall-plugins
## plugins: for LADSPA and LV2, where the headers of ladspa-sdk and lv2-dev are
plugins: $(PLUGIN) $(LADSPA) $(if $(LV2),$(LV2)/manifest.ttl)

install-plugins: plugins
ifneq ($(LADSPA),)
	install -d '$(TO)/lib/ladspa' '$(DESTDIR)$(SHARE)' '$(TO)/share/systemd/user'
	$(if $(LV2),ln -sf ../lv2/nnse.lv2/nnse.so,install -m 755 $(LADSPA)) \
	    '$(TO)/lib/ladspa/nnse.so'
	for file in '$(DESTDIR)$(SHARE)/nnse-microphone.conf' \
	    '$(TO)/share/systemd/user/nnse-microphone.service'; do \
	    install -m 644 cmd/plugins/"$${file##*/}".in "$$file" && \
	    sed -i 's|@LADSPA@|$(PREFIX)/lib/ladspa/nnse.so|; s|@SHARE@|$(SHARE)|' "$$file" || \
	    exit 1; done
endif
ifneq ($(LV2),)
	install -D -m 755 $(PLUGIN) '$(TO)/lib/lv2/nnse.lv2/nnse.so'
	install -m 644 cmd/plugins/nnse.lv2/*.ttl '$(TO)/lib/lv2/nnse.lv2'
endif

uninstall-plugins:
	rm -f '$(DESTDIR)$(SHARE)/nnse-microphone.conf' \
	    '$(TO)/share/systemd/user/nnse-microphone.service'
	rm -f '$(TO)/lib/ladspa/nnse.so' '$(TO)'/lib/lv2/nnse.lv2/*
	[ ! -d '$(TO)/lib/lv2/nnse.lv2' ] || rmdir '$(TO)/lib/lv2/nnse.lv2'
