package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/licet/licet/rules"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of licet, its license list and its rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.out, "licet %s (%s, %s/%s)\nlicense list %s, rules %.12s\n",
				tool().Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, rules.ListVersion(), rules.Digest())
			return err
		},
	}
}
