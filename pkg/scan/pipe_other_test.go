//go:build !unix

package scan_test

import "errors"

func makePipe(string) error { return errors.New("no named pipes here") }
