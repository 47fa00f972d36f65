package ingest

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"foedus/ledger"
)

// ReadEvents reads CloudEvents JSON Lines: one event in each line, as package
// ledger encodes it or as any other program writes the same document. Blank
// lines, a byte order mark and carriage returns before line ends are allowed.
// name is what messages call the input.
//
// The events are in their canonical form and in the order of the lines. A line
// that stood in canonical form is kept as it was read, so that the result needs
// little more memory than the input.
//
// It fails with [*Problems], which lists what is wrong with all lines, or with
// the error of r, and then returns no events. Several goroutines decode; they
// end before it returns. O(input).
func ReadEvents(r io.Reader, name string) ([]ledger.Encoded, error) {
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan *job, workers)
	queue := make(chan *job, 4*workers) // in input order, bounds what is read ahead
	readErr := make(chan error, 1)
	go func() {
		readErr <- feed(r, jobs, queue)
	}()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() { decodeBlocks(jobs, name) })
	}
	c := collector{name: name, lineOf: make(map[ledger.EventID]place)}
	for j := range queue {
		<-j.ready
		c.take(j)
	}
	group.Wait()
	if err := <-readErr; err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if err := c.bad.Err(); err != nil {
		return nil, err
	}
	return c.events, nil
}

// job is a block and what a worker made of it.
type job struct {
	block
	first  bool // of the input
	ready  chan struct{}
	events []ledger.Encoded
	lines  []int // of the events
	bad    Problems
}

// feed cuts r into jobs, each of which goes to the workers and, in order, to
// the collector.
func feed(r io.Reader, jobs, queue chan<- *job) error {
	defer close(queue)
	defer close(jobs)
	s := splitter{r: r, line: 1}
	for first := true; ; first = false {
		b, ok, err := s.next()
		if !ok {
			return err
		}
		j := &job{block: b, first: first, ready: make(chan struct{})}
		queue <- j
		jobs <- j
	}
}

func decodeBlocks(jobs <-chan *job, name string) {
	var d ledger.Decoder
	for j := range jobs {
		j.decode(&d, name)
		close(j.ready)
	}
}

// The byte order marks of UTF-8 and of UTF-16.
const (
	markUTF8      = "\xef\xbb\xbf"
	markUTF16High = "\xfe\xff"
	markUTF16Low  = "\xff\xfe"
)

func (j *job) decode(d *ledger.Decoder, name string) {
	if j.long {
		j.bad.Add(Problem{Where: at(name, j.line), Why: fmt.Sprintf(
			"the line has more than %d bytes, an event has at most %d; write one event in each line", blockSize, ledger.MaxEvent)})
		return
	}
	data := j.data
	if j.first {
		data = bytes.TrimPrefix(data, []byte(markUTF8))
		if bytes.HasPrefix(data, []byte(markUTF16High)) || bytes.HasPrefix(data, []byte(markUTF16Low)) {
			j.bad.Add(Problem{Where: at(name, 1), Why: "the file is written in UTF-16; save it as UTF-8"})
			return
		}
	}
	j.events = make([]ledger.Encoded, 0, bytes.Count(data, []byte{'\n'})+1)
	for n := j.line; len(data) > 0; n++ {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		data = rest
		if line = bytes.TrimSpace(line); len(line) > 0 {
			j.event(d, name, n, line)
		}
	}
}

// event decodes one line.
func (j *job) event(d *ledger.Decoder, name string, n int, line []byte) {
	_, enc, err := d.Check(line)
	if err != nil {
		if bytes.IndexByte(line, '\r') >= 0 {
			j.bad.Add(Problem{Where: at(name, n), Why: "there is a carriage return inside the line; end lines with a line feed"})
			return
		}
		j.bad.Add(problemsOf(at(name, n), err)...)
		return
	}
	if bytes.Equal(enc.Bytes, line) {
		enc.Bytes = slices.Clip(line)
	} else {
		enc.Bytes = bytes.Clone(enc.Bytes)
	}
	j.events = append(j.events, enc)
	j.lines = append(j.lines, n)
}

func at(name string, line int) string { return name + ":" + strconv.Itoa(line) }

// collector puts the jobs together again.
type collector struct {
	name   string
	events []ledger.Encoded
	lineOf map[ledger.EventID]place
	bad    Problems
}

// place is where an event stands.
type place struct {
	index int32 // among the events
	line  int32
}

func (c *collector) take(j *job) {
	c.bad.Add(j.bad.List...)
	c.bad.More += j.bad.More
	for i := range j.events {
		e := &j.events[i]
		here := place{int32(len(c.events) + i), int32(j.lines[i])}
		before, ok := c.lineOf[e.ID]
		if !ok {
			c.lineOf[e.ID] = here
			continue
		}
		c.twice(j, e, before, here)
	}
	c.events = append(c.events, j.events...)
}

// twice reports an id that stands twice with different content. The same event
// twice does no harm: the log keeps one.
func (c *collector) twice(j *job, e *ledger.Encoded, before, here place) {
	var other *ledger.Encoded
	if int(before.index) < len(c.events) {
		other = &c.events[before.index]
	} else {
		other = &j.events[int(before.index)-len(c.events)]
	}
	if !bytes.Equal(other.Bytes, e.Bytes) {
		c.bad.Add(Problem{at(c.name, int(here.line)), "id", e.ID.String(), fmt.Sprintf(
			"line %d has this id with other content; give each event its own", before.line)})
	}
}
