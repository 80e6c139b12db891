package archive

import (
	"fmt"
	"io/fs"

	"github.com/licet/licet/pkg/source"
)

// Tree is what is in the archive, or in its only folder, to be scanned; what of it was not read comes as errors of the walk.
func (a *FS) Tree() (source.Tree, error) {
	files := fs.FS(a)
	if dir := a.Folder(); dir != "" {
		var err error
		if files, err = fs.Sub(a, dir); err != nil {
			return nil, err
		}
	}
	return source.Damaged(files, a.losses()), nil
}

// losses are what was lost, as errors.
func (a *FS) losses() []error {
	var lost []error
	for _, l := range a.lost {
		if l.Path == "" {
			lost = append(lost, l.Err)
		} else {
			lost = append(lost, fmt.Errorf("the entry %q: %w", l.Path, l.Err))
		}
	}
	return lost
}
