# The commands of the project; `make help` lists them. GNU make, a C compiler and Rust are enough
# for `make build` and `make install`; what the tests need besides, scripts/setup installs.

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:

CARGO      ?= cargo
RUSTC      ?= rustc
CARGOFLAGS ?= --locked
CFLAGS     ?= -O2 -g -Wall -Wextra

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DESTDIR    ?=
LISTEN     ?= ws://127.0.0.1:9001

# Where cargo builds. The rest of the build goes to build/.
CARGO_TARGET_DIR ?= target
export CARGO CARGO_TARGET_DIR RUSTC
# Cargo and rustc would look for the job server of a make that does not lend it to them.
unexport MAKEFLAGS MFLAGS
ARTIFACTS    := $(CARGO_TARGET_DIR)/$(if $(CARGO_BUILD_TARGET),$(CARGO_BUILD_TARGET)/)release
RUSTC_TARGET := $(if $(CARGO_BUILD_TARGET),--target $(CARGO_BUILD_TARGET))
comma        := ,

VERSION      := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' Cargo.toml | head -n 1)
DESCRIPTION  := $(shell sed -n 's/^description = "\(.*\)"$$/\1/p' Cargo.toml)
SONAME       := liboxws.so.$(firstword $(subst ., ,$(VERSION)))
SHARED       := build/lib/liboxws.so.$(VERSION)
STATIC       := build/lib/liboxws.a
SOURCES      := $(shell find src -type f) $(wildcard Cargo.toml Cargo.lock build.rs cbindgen.toml)
HEADERS      := $(wildcard include/*.h include/*.hpp)
EXAMPLES     := $(patsubst c-examples/%.c,build/examples/%,$(wildcard c-examples/*.c))
LIBRARIES    := $(SHARED) $(STATIC) build/lib/native-flags
STEPS        := format lints rust faults header abi c cpp package docs names reference examples interop autobahn

.PHONY: build
build: $(LIBRARIES) $(EXAMPLES) ## Build the libraries and the examples (build/lib, build/examples)

# Cargo builds both libraries at once; the shared one stands for the pair.
$(SHARED): $(SOURCES)
	$(CARGO) build --release --lib --target-dir "$(CARGO_TARGET_DIR)" $(CARGOFLAGS)
	@mkdir -p build/lib
	@cp "$(ARTIFACTS)/liboxws.a" $(STATIC)
	@ln -sf $(notdir $@) build/lib/$(SONAME)
	@ln -sf $(SONAME) build/lib/liboxws.so
	@cp "$(ARTIFACTS)/liboxws.so" $@

$(STATIC): $(SHARED) ;

# The system libraries that a program needs which links the static one: rustc is the one who knows.
# Without libc and libgcc_s, which every compiler driver adds by itself, and in the form (shared,
# static) that fits: -lgcc_s would break a link with -static.
build/lib/native-flags: $(SHARED)
	@note=$$(: | $(RUSTC) $(RUSTC_TARGET) --crate-type staticlib --crate-name native \
		--print native-static-libs -o build/lib/native.tmp - 2>&1) || { echo "$$note" >&2; exit 1; }; \
	rm -f build/lib/native.tmp; \
	set -- $$(printf '%s\n' "$$note" | sed -n 's/.*native-static-libs: //p' | tr ' ' '\n' | \
		grep -vx -e -lgcc_s -e -lc | awk '!seen[$$0]++'); echo "$$*" >$@
	@$(RUSTC) $(RUSTC_TARGET) --print cfg | sed -n 's/target_pointer_width="\(.*\)"/\1/p' \
		>build/lib/pointer-bits

build/examples/%: c-examples/%.c $(wildcard c-examples/*.h) $(HEADERS) $(SHARED)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Iinclude $(CFLAGS) -pthread -o $@ $< \
		-Lbuild/lib -loxws -Wl,-rpath,'$$ORIGIN/../lib' $(LDFLAGS)

.PHONY: demo
demo: build ## Build, then run the echo server: a page to open and a WebSocket (LISTEN=ws://...)
	@echo "Open $(patsubst ws://%,http://%,$(LISTEN))/ in a browser. Ctrl-C ends the server."
	@build/examples/echo_server --listen $(LISTEN)

.PHONY: test
test: setup-test build ## Install what the tests need, build, run every test
	@scripts/test $(STEPS)

.PHONY: $(STEPS:%=test-%)
$(STEPS:%=test-%): test-%: build ## One step of the tests alone: make test-header, make test-c ...
	@scripts/test $*

.PHONY: autobahn
autobahn: build ## Run every case of Autobahn|Testsuite (installs it; reports in build/autobahn)
	@scripts/setup autobahn
	@tests/autobahn/run all

.PHONY: autobahn-tls
autobahn-tls: build ## As autobahn over TLS, without the cases of speed and compression
	@scripts/setup autobahn
	@tests/autobahn/run core secure

.PHONY: setup-test
setup-test:
	@scripts/setup build test

.PHONY: bench
bench: build ## Compare with other servers (installs, builds them; 45 minutes): bench/RESULTS.md, docs/images
	@scripts/setup bench
	@bench/build-peers
	@bench/run --anew $(BENCH); status=$$?; \
	$(CARGO) run --quiet --locked --manifest-path bench/plots/Cargo.toml --target-dir build/bench/plots \
		-- build/bench/results.json docs/images && exit $$status

.PHONY: bench-quick
bench-quick: build ## As bench in five minutes, with few cells and short runs; writes no files
	@scripts/setup bench
	@bench/build-peers
	@bench/run --quick $(BENCH)

.PHONY: bench-peers
bench-peers: ## Build and try the servers that the benchmarks compare with (installs what they need; minutes)
	@scripts/setup bench
	@bench/build-peers
	@bench/peers/check

.PHONY: bench-instructions
bench-instructions: build ## Count the instructions for an echo and a handshake, and compare with the committed counts
	@scripts/setup bench
	@bench/instructions

.PHONY: bench-codec
bench-codec: ## Measure the codec beside those of other crates (minutes)
	@bench/codec/run

.PHONY: bench-deflate
bench-deflate: build ## Compare echo servers under compressed messages (installs them; minutes)
	@scripts/setup bench
	@bench/deflate

.PHONY: bench-tls
bench-tls: build ## Compare servers over TLS: echoes, handshakes, memory (installs them; five minutes)
	@scripts/setup bench
	@bench/build-peers
	@bench/run --modes tls,tls-handshakes,tls-idle $(BENCH)

.PHONY: header
header: ## Write include/oxws.h anew from the sources
	OXWS_BLESS=1 $(CARGO) test $(CARGOFLAGS) --target-dir "$(CARGO_TARGET_DIR)" --test header

.PHONY: docs
docs: ## Make HTML of the reference and the guides (build/docs; installs Doxygen)
	@scripts/setup docs
	@scripts/docs

.PHONY: deny
deny: ## Check licences, bans and sources of the dependencies (installs cargo-deny: minutes)
	@scripts/setup deny
	build/tools/cargo/bin/cargo-deny $(if $(findstring --offline,$(CARGOFLAGS)),--offline) \
		check licenses bans sources

# Every path in an installed file is relative to that file, so the tree can be moved.
relative = $(shell realpath -m -s --relative-to='$(1)' '$(2)')
fill = sed \
	-e 's,@OXWS_VERSION@,$(VERSION),g' \
	-e 's,@OXWS_DESCRIPTION@,$(subst $(comma),\$(comma),$(DESCRIPTION)),g' \
	-e 's,@OXWS_SONAME@,$(SONAME),g' \
	-e 's,@OXWS_SHARED_NAME@,$(notdir $(SHARED)),g' \
	-e "s,@OXWS_POINTER_BITS@,$$(cat build/lib/pointer-bits),g" \
	-e "s,@OXWS_NATIVE_FLAGS@,$$(cat build/lib/native-flags),g" \
	-e 's,@OXWS_PREFIX_FROM_LIB@,$(call relative,$(LIBDIR),$(PREFIX)),g' \
	-e 's,@OXWS_LIB_FROM_PREFIX@,$(call relative,$(PREFIX),$(LIBDIR)),g' \
	-e 's,@OXWS_INCLUDE_FROM_PREFIX@,$(call relative,$(PREFIX),$(INCLUDEDIR)),g'

.PHONY: install
install: $(LIBRARIES) ## Install under PREFIX (/usr/local), below DESTDIR
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(LIBDIR)/cmake/oxws" \
		"$(DESTDIR)$(INCLUDEDIR)/oxws/detail"
	install -m 644 $(SHARED) $(STATIC) "$(DESTDIR)$(LIBDIR)"
	ln -sf $(notdir $(SHARED)) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/liboxws.so"
	install -m 644 $(HEADERS) "$(DESTDIR)$(INCLUDEDIR)"
	install -m 644 include/oxws/*.hpp "$(DESTDIR)$(INCLUDEDIR)/oxws"
	install -m 644 include/oxws/detail/*.hpp "$(DESTDIR)$(INCLUDEDIR)/oxws/detail"
	@$(fill) cmake/oxws.pc.in >"$(DESTDIR)$(LIBDIR)/pkgconfig/oxws.pc"
	@for file in oxws-config.cmake oxws-config-version.cmake; do \
		$(fill) cmake/$$file.in >"$(DESTDIR)$(LIBDIR)/cmake/oxws/$$file" || exit 1; \
	done

.PHONY: clean
clean: ## Remove everything that was built, the test tools too
	rm -rf build
	$(CARGO) clean --target-dir "$(CARGO_TARGET_DIR)"

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22
	@echo "  make test-STEP      one step of the tests alone: $(STEPS)"
