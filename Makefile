# What a change must pass is .ci/run; here are its parts, and what one needs now and then.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GORELEASER = github.com/goreleaser/goreleaser/v2@v2.15.0
FUZZTIME = 10s

.PHONY: build test race fuzz bench accuracy cover lint generate self release
build:
	CGO_ENABLED=0 go build -trimpath -o licet ./cmd/licet
test:
	go test ./...
race: # the tests of a reader start no goroutine: all readers run side by side in pkg/ecosystem/all; vet is lint's
	go test -race -vet=off $$(go list ./... | grep -Ev 'pkg/ecosystem/[a-z]+$$') ./pkg/ecosystem/all
fuzz: # every fuzz target for FUZZTIME
	.ci/fuzz $(FUZZTIME)
bench: build # start-up, and ratios to reading every byte once
	.ci/bench
accuracy: build # TRUTH=DIR: a folder of labelled files, see .ci/accuracy
	.ci/accuracy $(TRUTH)
cover:
	go test -coverpkg=./... -coverprofile=cover.out ./...
	go tool cover -func=cover.out | tail -1
lint:
	@files=$$(gofmt -l cmd pkg rules) && test -z "$$files" || { echo "run gofmt -w on:" $$files; exit 1; }
	go vet ./...
	cd rules/gen && go vet .
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	go run $(STATICCHECK) ./...
generate:
	go generate ./...
self: # licet judges itself by its own policy
	go mod download
	go run ./cmd/licet check
release: # into dist/, publishing nothing
	go run $(GORELEASER) release --snapshot --clean
