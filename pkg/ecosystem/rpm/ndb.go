package rpm

import (
	"encoding/binary"
	"iter"
)

// RPM's own format has slots at the beginning of the file, in pages of 4096 bytes, each of which says where a blob lies,
// counted in blocks of 16 bytes. The head of the file takes the place of two slots.
const (
	ndbPage  = 4096
	ndbBlock = 16
	ndbSlot  = 0x746f6c53 // "Slot"
	ndbBlob  = 0x53626c42 // "BlbS"
)

// ndbBlobs yields the blobs of a file of RPM's own format.
func ndbBlobs(data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if len(data) < ndbPage {
			yield(nil, errCut)
			return
		}
		end := uint64(binary.LittleEndian.Uint32(data[12:])) * ndbPage
		for at := uint64(2 * ndbBlock); at+ndbBlock <= min(end, uint64(len(data))); at += ndbBlock {
			slot := data[at:]
			number, block := binary.LittleEndian.Uint32(slot[4:]), uint64(binary.LittleEndian.Uint32(slot[8:]))
			if binary.LittleEndian.Uint32(slot) != ndbSlot || block == 0 { // a free one
				continue
			}
			if !yield(ndbRead(data, block*ndbBlock, number)) {
				return
			}
		}
	}
}

func ndbRead(data []byte, at uint64, number uint32) ([]byte, error) {
	if at+ndbBlock > uint64(len(data)) {
		return nil, errCut
	}
	head := data[at:]
	size := uint64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint32(head) != ndbBlob || binary.LittleEndian.Uint32(head[4:]) != number || ndbBlock+size > uint64(len(head)) {
		return nil, errCut
	}
	return head[ndbBlock:][:size], nil
}
