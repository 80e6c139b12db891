package scan

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// parallel calls do for 0 <= i < n, from several goroutines, until all are done or the context ends.
func parallel(ctx context.Context, workers, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}

// Parallel is that for who prepares a scan, with as many goroutines as one has.
func Parallel(n int, do func(i int)) {
	parallel(context.Background(), min(runtime.GOMAXPROCS(0), maxWorkers), n, do)
}

// guard runs one unit of work and turns a panic into a gap: a bug in one reader must not cost the rest
// of the scan, nor pass as a clean answer.
func guard(reader string, at source.Span, lost func(sbom.Gap), work func()) {
	defer func() {
		if r := recover(); r != nil {
			lost(sbom.Gap{
				Kind: sbom.Lost, Span: at, Reader: reader, Material: true,
				Why:  fmt.Sprintf("licet itself failed here: %v", r),
				Next: "report this as a bug, with the file if you may share it",
			})
		}
	}()
	work()
}
