# Go, make and git are all that this needs. A Postgres is found or fetched; see README.md.
SHELL := bash
.DEFAULT_GOAL := help

# A checkout that belongs to somebody else makes git refuse to name the commit, and the build fail for it.
export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -buildvcs=false)

# What `make run` runs, and further arguments for ginkgo or go test: make run ARGS='-p', make test ARGS='-run TestShow'
SUITE ?= ./suites/shopify
ARGS ?=
# The tests that `make test` runs, and how long one package may take.
PACKAGES ?= ./...
TIMEOUT ?= 20m

.PHONY: help
help: ## what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: tools postgres ## verify the bundled reference against the recording, e.g. make run ARGS='-p'
	@.bin/ginkgo $(ARGS) $(SUITE)

.PHONY: conformance
conformance: tools postgres ## all suites, each against its recording and against its sandbox, e.g. make conformance ARGS='-p'
	@scripts/conformance $(ARGS)

.PHONY: targets
targets: tools postgres ## the example targets, each by its profile: Python services and a batch that know nothing of syncspec
	@scripts/targets $(ARGS)

.PHONY: kill-matrix
kill-matrix: tools postgres ## seed every defect, in every source, and print which check kills it; ARGS='-all' says who else notices
	@go build -o .bin/killmatrix ./scripts/killmatrix
	@.bin/killmatrix $(ARGS)

.PHONY: test
test: tools postgres ## all tests, the suites among them; names what this machine cannot run
	@.bin/gotest -timeout $(TIMEOUT) $(ARGS) $(PACKAGES)
	@$(HAVE_CC) || echo 'NOT RUN on this machine: the race detector (make race), for want of a C compiler'

.PHONY: race
race: tools postgres ## all tests under the race detector; needs a C compiler
	@$(HAVE_CC) || { echo "make race: the race detector needs a C compiler, and there is no $$(go env CC); install it" >&2; exit 1; }
	@CGO_ENABLED=1 .bin/gotest -race -timeout 25m $(ARGS) $(PACKAGES)

.PHONY: cover
cover: tools postgres ## all tests, and how much of the code they reach; the profile is .bin/cover.out
	@.bin/gotest -timeout 20m -coverpkg=./... -coverprofile=.bin/cover.out $(ARGS) $(PACKAGES)
	@go tool cover -func=.bin/cover.out | tail -1

.PHONY: lint
lint: tools ## formatting, vet, staticcheck, go.mod, workflows, manifests; changes nothing
	@scripts/lint

.PHONY: fmt
fmt: ## format the Go code
	@gofmt -l -w .

.PHONY: generate
generate: ## write what is made from the code: the schemas, and docs/checks.md, kills.md, manifest.md, profile.md
	@go generate ./...

.PHONY: clean
clean: ## remove what builds and runs leave behind; the fetched Postgres in your cache stays
	@rm -rf .bin reports

# Not listed: what the others need.

# go build knows best what is stale. `go tool ginkgo` would do without a binary, but it exits 0 when it is killed.
.PHONY: tools
tools:
	@command -v go >/dev/null || { echo 'make: Go is not there; see https://go.dev/doc/install' >&2; exit 1; }
	@mkdir -p .bin
	@go build -o .bin/ginkgo github.com/onsi/ginkgo/v2/ginkgo
	@go build -o .bin/syncspec ./cmd/syncspec
	@go build -o .bin/gotest ./scripts/gotest

.PHONY: postgres
postgres: tools
	@scripts/ensure-postgres

HAVE_CC = command -v "$$(go env CC)" >/dev/null
