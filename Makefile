# Everything a change has to pass, and everything worth measuring. `make` alone lists the targets.

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT   ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
FUZZTIME ?= 10s
ROUNDS   ?= 50

# SQLite here is generated code that one goroutine at a time runs in memory of its own, and argon2 fills memory of its own:
# watching each of their loads and stores for races finds nothing, and makes every test with a database ten times as slow. Of a
# package that shares generic code with others the others' share would not be watched either: name none such here.
# To follow what is in use through memory that is watched takes long too, and memory is there: so it is done less often. And a
# program that is watched sleeps for a second before it ends, each time a script runs a verb: what tests began has ended by then.
RACE := CGO_ENABLED=1 GOGC=400 GORACE=atexit_sleep_ms=0 $(GO) test -race '-gcflags=github.com/ncruces/go-sqlite3-wasm/...=-race=false' '-gcflags=golang.org/x/crypto/argon2=-race=false'

# All but the race detector is built as what ships is, without C and without the names of folders, so that every package is compiled
# once for all of it, and not anew in the copy of the tree in which the commands of README.md are run.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)

# A proxy that leads out of here is not asked for what listens here.
export NO_PROXY := $(NO_PROXY),localhost,127.0.0.1,::1
export no_proxy := $(NO_PROXY)

# Nobody runs a debugger on what is tested, and without its tables each program is linked in two thirds of the time. go vet has been
# through everything before.
QUICK := -count=1 -vet=off -ldflags=-w

.DEFAULT_GOAL := help
.PHONY: help build test bench soak lint fuzz generate screenshots requirements

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/hub: static, stripped, with its version
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)" -o bin/hub ./cmd/hub

# A test that needs PostgreSQL, nginx or Caddy fails without it, it does not skip: so they are installed first.
requirements:
	@.ci/install

# What takes longest begins first, lest all wait for it at the end.
LONGEST_ROOMS := ./internal/web ./internal/store/storetest ./cmd/hub ./internal/provider ./internal/signin
LONGEST_TESTS := ./test/browser ./test/clients ./test/fault ./test/readme ./test/e2e

# The rooms are tested with the race detector. The tests in test/ drive the program that ships from outside: there the detector
# would watch the driver only, at a third of all the time. The program is built once for all of them.
test: requirements ## go vet and every test, those of the rooms with the race detector
	$(GO) vet ./...
	$(RACE) $(QUICK) -timeout 30m $$($(GO) list $(LONGEST_ROOMS) ./... | grep -v /test/)
	$(GO) build -ldflags=-w -o bin/tested/hub ./cmd/hub
	HUB_TEST_PROGRAM="$(CURDIR)/bin/tested/hub" $(GO) test $(QUICK) -timeout 30m $(LONGEST_TESTS) ./test/...

bench: ## speed, memory and size of hub as ratios to a bare program
	$(GO) run ./test/bench $(BENCH)

soak: requirements ## the long rounds of the fault and cluster tests
	HUB_TEST_ROUNDS=200 $(GO) test -count=1 -timeout 1h -run Fifty ./internal/provider ./internal/signin
	HUB_TEST_ROUNDS=$(ROUNDS) $(GO) test -count=1 -timeout 3h -v -p 1 ./test/fault ./test/cluster

lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	"$$($(GO) -C tools tool -n staticcheck)" ./...

fuzz: ## each fuzz target for FUZZTIME
	@git grep -lE '^func Fuzz' -- '*_test.go' | while read -r file; do \
		sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' "$$file" | while read -r target; do \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" </dev/null || exit 1; \
		done || exit 1; \
	done

generate: ## the map in docs/ARCHITECTURE.md, docs/linked.txt, api/openapi.json.gz and what internal/web/locale/said packs
	$(GO) test ./internal -count=1 -run 'TestArchitectureMap|TestLinkedModules' -update
	$(GO) test ./internal/rest -count=1 -run TestBothFormsOfTheDocumentAreOne -update
	$(GO) test ./internal/web -count=1 -run TestWhatIsSaidIsPackedAsItIsWritten -update

screenshots: requirements ## a picture of every page, in both themes, wide and narrow, in test/browser/screenshots
	@mkdir -p test/browser/screenshots
	HUB_SHOTS=screenshots $(GO) test -count=1 -timeout 30m -run 'OpenToEverybody|Together|Once' ./test/browser
