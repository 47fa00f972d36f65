package jetstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"foedus/ledger"
)

// lockName is the file in a store directory whose lock makes its holder the
// only one to open the store. Its text is the holder's process id.
const lockName = "lock"

// lock takes the lock of a store directory, which it creates if need be. It
// fails with [ledger.ErrLocked] and names the holder. Two servers on one
// directory would destroy it, and JetStream itself does not notice.
func lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, err
	}
	ok, err := tryLock(f)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %s is held by process %s", ledger.ErrLocked, dir, holder(dir))
	}
	if err == nil {
		err = writePID(f)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func holder(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, lockName))
	pid := strings.TrimSpace(string(b))
	if err != nil || pid == "" {
		return "(unknown)"
	}
	return pid
}

// LockHolder returns the id of the process that has the store in dir open, 0
// if none has. It is a statement about the moment at which it was called.
func LockHolder(dir string) (pid int, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read lock: %w", err)
	}
	defer func() { _ = f.Close() }() // gives the lock back, if it was free
	ok, err := tryLock(f)
	if err != nil {
		return 0, fmt.Errorf("read lock: %w", err)
	}
	if ok {
		return 0, nil
	}
	if pid, err = strconv.Atoi(holder(dir)); err != nil {
		return 0, errors.New("read lock: the holder did not write its process id")
	}
	return pid, nil
}
