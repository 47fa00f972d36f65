package jetstream

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"foedus/ledger"
)

// The server writes a record as the little-endian length of all of it, whose
// highest bit says that there are headers, sequence, time, length of the subject, subject,
// the rest (filestore.go, writeMsgRecordLocked).
const (
	recordHead    = 4 + 8 + 8 + 2 // bytes before the subject
	recordHeaders = 1 << 31       // the bit
	recordMost    = 32 << 20      // bytes of one that the server still reads
)

// tornTail returns how many bytes at the end of a store are the beginning of a
// record and nothing else: what is left when a process is killed while it
// writes. Such a record was never acknowledged, because that comes after the whole of
// it is on the disk. The server cuts it off when it starts and says that it lost as many
// bytes, which is what it also says of records that went bad.
//
// It is to be asked before the server starts. It returns 0 whenever the end is anything
// but that, or cannot be read: then a loss stays a loss.
func tornTail(dir string) int64 {
	b := lastBlock(filepath.Join(dir, "jetstream", server.DEFAULT_GLOBAL_ACCOUNT, "streams", streamName, "msgs"))
	for next := uint64(0); len(b) > 0; {
		if len(b) < recordHead {
			return int64(len(b))
		}
		size := int64(binary.LittleEndian.Uint32(b) &^ recordHeaders)
		seq := binary.LittleEndian.Uint64(b[4:])
		if size < recordHead || size > recordMost || next != 0 && seq != next {
			return 0
		}
		if size > int64(len(b)) {
			rest := b[recordHead:]
			if n := min(len(rest), len(ledger.SubjectPrefix)); string(rest[:n]) != ledger.SubjectPrefix[:n] {
				return 0
			}
			return int64(len(b))
		}
		b, next = b[size:], seq+1
	}
	return 0
}

// lastBlock reads the last file of records that is not empty; nil if there is
// none.
func lastBlock(dir string) []byte {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	last, path := -1, ""
	for _, f := range files {
		number, ok := strings.CutSuffix(f.Name(), ".blk")
		n, err := strconv.Atoi(number)
		if info, failed := f.Info(); ok && err == nil && failed == nil && info.Size() > 0 && n > last {
			last, path = n, filepath.Join(dir, f.Name())
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return b
}
