# web.mk - the integer runtime in the browser.
WASM_CC  ?= clang
WASM_CFLAGS ?= -O2
WEB      := $(BUILD)/web
WEB_JS   := $(addprefix cmd/web/,stream.js processor.js nnse.js)

$(WEB)/nnse.wasm: cmd/web/net.c $(TABLES).c $(wildcard lib/nnsp/*.[ch])
	@mkdir -p $(@D)
	$(WASM_CC) --target=wasm32 -std=c11 -ffreestanding -nostdlib -mbulk-memory \
	    $(WARN) -Wno-missing-prototypes $(WASM_CFLAGS) -Ilib -I$(BUILD)/firmware -Wl,--no-entry \
	    -Wl,--gc-sections -Wl,--strip-all -Wl,-z,stack-size=16384 -o $@ \
	    $(filter %.c,$^)

$(WEB)/npm/nnse.js: $(WEB)/nnse.wasm $(WEB_JS) cmd/web/bundle.sh
	@mkdir -p $(@D)
	cmd/web/bundle.sh $< >$@

$(WEB)/nnse.html: cmd/web/page.html cmd/web/page.js $(WEB)/npm/nnse.js
	sed -e '/^\/\* nnse.js \*\/$$/{r $(WEB)/npm/nnse.js' -e 'd}' \
	    -e '/^\/\* page.js \*\/$$/{r cmd/web/page.js' -e 'd}' $< >$@

# What npm pack would make of the folder.
NPM      := $(WEB)/nnse-$(VERSION).tgz
$(NPM): $(WEB)/npm/nnse.js cmd/web/nnse.d.ts cmd/web/package.json.in \
    cmd/web/README.md LICENSE
	cp $(WEB)/nnse.wasm cmd/web/nnse.d.ts cmd/web/README.md LICENSE $(WEB)/npm
	sed 's/@VERSION@/$(VERSION)/' cmd/web/package.json.in >$(WEB)/npm/package.json
	tar -c --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
	    --mode=u+rw,go=u-w,a-x+X --transform='s,^\./,package/,' -C $(WEB)/npm \
	    ./LICENSE ./README.md ./nnse.d.ts ./nnse.js ./nnse.wasm ./package.json | \
	    gzip -9n >$@

.PHONY: web
## web: a page that cleans sound, and an npm package, in build/web
web: $(WEB)/nnse.html $(NPM)
