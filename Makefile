# Everything that a fresh Debian 12 with Go needs is installed by `make setup`, which all targets call.

SHELL := /bin/bash
export LANG ?= en_GB.UTF-8
export GOFLAGS ?= -buildvcs=false

BUILD_PACKAGES := gcc pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev libxkbcommon-x11-dev \
	libx11-xcb-dev libxtst-dev libpng-dev libturbojpeg0-dev libvpx-dev curl ca-certificates
WINDOW_PACKAGES := xvfb openbox xdotool xterm x11-xkb-utils x11-utils libgl1-mesa-dri fonts-dejavu-core dbus chromium \
	iproute2 nftables
CROSS_PACKAGES := gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 cmake nasm make dpkg-dev
PROTO_PACKAGES := protobuf-compiler libprotobuf-dev
WINE_PACKAGES := gcc-mingw-w64-x86-64 wine64 xvfb openbox
TRACE_PACKAGES := libreoffice-writer libreoffice-calc mtpaint

GOFUMPT := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
VULNDB ?= https://vuln.go.dev

# A first call that needs nothing stays silent and takes no time.
define install
	@missing=(); for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || missing+=($$p); done; \
	if [ $${#missing[@]} -gt 0 ]; then \
		echo "installing: $${missing[*]}"; sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $${missing[@]} >/dev/null; \
	fi
endef

.PHONY: run build test test-windows lint fuzz bench bench-glass traces proto codecs-windows setup setup-build setup-windows clean

run: setup build ## build, start the relay and the rep console, open the portal; without a display play the main job
	go run ./apps/e2e/demo -bin build/bin -dir build/demo

build: setup-build ## the three programs, into build/bin
	@mkdir -p build/bin
	go build -o build/bin/deskhand-relay ./relay/cmd/relay
	go build -tags migrated_fynedo -o build/bin/deskhand-rep ./apps/rep
	go build -tags migrated_fynedo -o build/bin/deskhand-customer ./apps/customer

test: setup ## every test, with the race detector; the ones with windows start their own displays
	go test -race -timeout 20m ./...
	@$(MAKE) --no-print-directory test-windows

# What is different on Windows and needs no cgo.
WINDOWS_TESTS = ./apps/internal/capture ./apps/internal/surface ./apps/internal/inject ./apps/internal/watch ./apps/internal/photo \
	./apps/internal/control

test-windows: ## the tests of what is different on Windows, built for it and run under Wine
	$(call install,$(WINE_PACKAGES))
	.ci/test-windows build/wine $(WINDOWS_TESTS)

lint: setup-build ## format, vet for all systems, static analysis, known vulnerabilities
	@bad=$$(go run $(GOFUMPT) -l $$(git ls-files '*.go' | grep -v '\.pb\.go$$')); \
		[ -z "$$bad" ] || { echo "not formatted by gofumpt:"; echo "$$bad"; exit 1; }
	go vet ./...
	GOOS=windows CGO_ENABLED=0 go vet $(PORTABLE)
	GOOS=darwin CGO_ENABLED=0 go vet $(PORTABLE)
	go run $(STATICCHECK) ./...
	@if curl -fsS -m 20 -o /dev/null $(VULNDB)/index/db.json 2>/dev/null || [ "$(VULNDB:file://%=file)" = file ]; then \
		go run $(GOVULNCHECK) -db $(VULNDB) ./...; \
	else echo "lint: no vulnerability database at $(VULNDB) from here, so govulncheck did not run (set VULNDB to a mirror)"; fi

# What needs no cgo and so can be checked for the systems that are not here.
PORTABLE = ./protocol/... ./relay/... ./apps/internal/... ./apps/rep/internal/desk/... ./apps/customer/internal/join/... \
	./ui/lang/... ./icons/...

fuzz: setup-build ## each fuzz target for FUZZTIME (20 s)
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p 2>/dev/null | grep ^Fuzz); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-20s} $$p || exit 1; done; done

bench: setup ## benchmarks of the hot paths
	go test -run '^$$' -bench . -benchmem ./protocol/... ./apps/internal/... ./apps/rep/... ./relay/...

# The outside benchmark (see README, "How fast it is") and the peers to measure beside Deskhand.
GLASSBENCH ?= ../shared/bench
PEERS ?= tigervnc
GLASS_SECONDS ?= 6
GLASS_PACKAGES := xvfb openbox iproute2 tigervnc-scraping-server tigervnc-viewer

bench-glass: build ## what a person at the Viewer sees, how late and how well, beside the peers; results in build/glass
	$(call install,$(GLASS_PACKAGES))
	@test -d $(GLASSBENCH)/cmd/run || { echo "bench-glass: no glassbench in $(GLASSBENCH): set GLASSBENCH to its folder"; exit 1; }
	cd $(GLASSBENCH) && go build -o $(CURDIR)/build/glass/bin/ ./cmd/...
	rm -f build/glass/results.jsonl
	build/glass/bin/run -adapters $(GLASSBENCH)/adapters -peers apps/e2e/glass/deskhand.json,$(PEERS) -seconds $(GLASS_SECONDS) \
		$(GLASS_OPTIONS) -out build/glass/results.jsonl -table build/glass/results.md
	cat build/glass/results.md

traces: setup ## record the desktops anew that tests and benchmarks replay; takes two minutes
	$(call install,$(TRACE_PACKAGES))
	go run ./apps/internal/capture/trace/cmd/record -dir apps/internal/capture/trace/testdata

proto: ## regenerate the messages from their .proto files
	$(call install,$(PROTO_PACKAGES))
	GOBIN=$(CURDIR)/build/tools go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
	GOBIN=$(CURDIR)/build/tools go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
	cd protocol/pb && PATH=$(CURDIR)/build/tools:$$PATH protoc -I. -I/usr/include --go_out=. --go_opt=paths=source_relative \
		--go-grpc_out=. --go-grpc_opt=paths=source_relative *.proto
	PATH=$(CURDIR)/build/tools:$$PATH go generate ./relay/internal/desk/notice

# What a build for Windows is called with: `env $(CROSS) go build …`. Without the codecs' libraries add `-tags nocodecs`.
CROSS = CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++ \
	CGO_CFLAGS="-O2 -g -I$(CURDIR)/build/windows/include" CGO_LDFLAGS="-O2 -g -L$(CURDIR)/build/windows/lib"

codecs-windows: ## the picture codecs as static libraries for Windows, into build/windows, with their tests
	$(call install,$(CROSS_PACKAGES))
	.ci/codecs-windows build/windows
	for p in photo video; do $(CROSS) go test -c -o build/windows/$$p.test.exe ./apps/internal/$$p || exit 1; done

setup: setup-build setup-windows

setup-build:
	$(call install,$(BUILD_PACKAGES))

setup-windows:
	$(call install,$(WINDOW_PACKAGES))

clean:
	rm -rf build
