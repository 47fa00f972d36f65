# The two that matter on a fresh machine: make run, make test.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -X main.version=$(VERSION)
# A count, not a duration: with a duration, Go before 1.27 sometimes reports its own
# deadline as a failure of the target (golang/go#75804).
FUZZTIME ?= 20000x
TOOL := go tool -modfile=tools.mod

.PHONY: build run test check lint vet fuzz bench golden clean

build: ## the binary, bin/foedus
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/foedus ./cmd/foedus

run: build ## the server on 127.0.0.1:8080 with the history that ships with it
	./bin/foedus serve

test: ## every test, with the race detector
	go test -race -timeout 20m ./...

check: lint vet test fuzz ## what has to pass before anything lands

lint: ## the linters of .golangci.yml, built from tools.mod
	$(TOOL) golangci-lint run ./...

vet:
	go vet ./...

fuzz: ## every fuzz target, FUZZTIME inputs (20000x) or as long (1m) each
	@set -e; for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "fuzz $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$p; \
		done; done

bench: ## the measurements of BENCHMARKS.md; writes bench.out for benchstat
	FOEDUS_BENCH_EVENTS=1000000 go test -p 1 -run '^$$' -bench . -benchmem -timeout 60m ./... | tee bench.out

golden: ## rewrite the golden files and the references of vocabulary and metrics; read the diff
	go test ./ledger ./cmd/internal/export ./cmd/internal/metrics -update

clean:
	rm -rf bin bench.out
