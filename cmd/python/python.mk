# python.mk - the Python package.
PYTHON   ?= /usr/bin/python3
PYTHON_SO := $(BUILD)/python/libnnse_python.so

$(PYTHON_SO): $(BUILD)/cmd/python/records.o $(NNSE_O) $(LIB) lib/nnse.map
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared $(if $(SAN),,-Wl,--no-undefined) \
	    -Wl,--version-script=lib/nnse.map -Wl,--as-needed -o $@ $(filter %.o,$^) \
	    $(LIB) $(NNSE_LIBS) -lz

.PHONY: wheel
## wheel: the Python package as a wheel, in build/python (pip install . builds one)
wheel: $(PYTHON_SO)
	BUILD='$(BUILD)' $(PYTHON) cmd/python/backend.py $(BUILD)/python
