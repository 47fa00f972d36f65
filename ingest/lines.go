package ingest

import (
	"bytes"
	"io"
)

// blockSize is how much of a file one worker takes at a time. It is larger than
// the largest event, so that a block without a line end is a line too long.
const blockSize = 1 << 20

// block is a stretch of whole lines.
type block struct {
	data []byte
	line int  // number of its first line, from 1
	long bool // the line at line is longer than a block; data is empty
}

// splitter cuts a reader into blocks.
type splitter struct {
	r    io.Reader
	rest []byte // the beginning of a line, read already
	line int    // of rest
	done bool
	skip bool // inside a line that is too long
}

// next returns the next block, which does not share memory with other blocks.
// ok is false at the end.
func (s *splitter) next() (b block, ok bool, err error) {
	for !s.done {
		buf := make([]byte, blockSize)
		n := copy(buf, s.rest)
		s.rest = nil
		m, err := io.ReadFull(s.r, buf[n:])
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			s.done = true
		case err != nil:
			return block{}, false, err
		}
		if b, ok := s.cut(buf[:n+m]); ok {
			return b, true, nil
		}
	}
	return block{}, false, nil
}

// cut makes a block of what was read. ok is false if there is nothing in it.
func (s *splitter) cut(buf []byte) (b block, ok bool) {
	if s.skip {
		end := bytes.IndexByte(buf, '\n')
		if end < 0 {
			return block{}, false
		}
		s.skip, buf = false, buf[end+1:]
		s.line++
	}
	end := bytes.LastIndexByte(buf, '\n') + 1
	switch {
	case s.done:
		end = len(buf)
	case end == 0 && len(buf) == blockSize:
		s.skip = true
		return block{line: s.line, long: true}, true
	}
	b = block{data: buf[:end:end], line: s.line}
	s.rest = bytes.Clone(buf[end:])
	s.line += bytes.Count(b.data, []byte{'\n'})
	return b, len(b.data) > 0
}
