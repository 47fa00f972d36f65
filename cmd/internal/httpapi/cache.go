package httpapi

import (
	"net/http"
	"sync"

	"foedus/ledger"
)

// What the caches may hold. An answer at a pinned point never changes, so an
// entry never goes stale: it only goes.
const (
	cacheBytes = 32 << 20 // of bodies, for each generation
	keepBytes  = 1 << 20  // the largest body that is kept
)

// rawKey is a request as it came, at a head and on a day: what it answers
// depends on nothing else.
type rawKey struct {
	path, query, accept string
	head                ledger.Seq
	today               ledger.Date
}

// rawKey returns the key of a request; ok is false for one whose answer is
// never kept.
func (s *server) rawKey(r *http.Request, head ledger.Seq) (key rawKey, ok bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || len(r.URL.Path)+len(r.URL.RawQuery) > 1024 {
		return rawKey{}, false
	}
	accept := r.Header["Accept"]
	if len(accept) > 1 || len(accept) == 1 && len(accept[0]) > 256 {
		return rawKey{}, false
	}
	key = rawKey{path: r.URL.Path, query: r.URL.RawQuery, head: head, today: s.today()}
	if len(accept) == 1 {
		key.accept = accept[0]
	}
	return key, true
}

// cache keeps answers in two generations: when the young one is full it
// becomes the old one, and the old one goes. What is asked for survives.
type cache[K comparable] struct {
	limit int

	mu    sync.Mutex // guards what follows
	bytes int        // of the young
	young map[K]*answer
	old   map[K]*answer
}

func newCache[K comparable](limit int) *cache[K] {
	return &cache[K]{limit: limit, young: make(map[K]*answer)}
}

// get returns the answer kept under k, nil if there is none. O(1).
func (c *cache[K]) get(k K) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.young[k]; a != nil {
		return a
	}
	a := c.old[k]
	if a != nil {
		c.add(k, a)
	}
	return a
}

// put keeps an answer, unless it is very large.
func (c *cache[K]) put(k K, a *answer) {
	if len(a.body) > keepBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k, a)
}

// add is put; the caller holds mu.
func (c *cache[K]) add(k K, a *answer) {
	const overhead = 1 << 10 // of a key, the headers and the map
	if c.bytes += len(a.body) + overhead; c.bytes > c.limit {
		c.old, c.young, c.bytes = c.young, make(map[K]*answer), len(a.body)+overhead
	}
	c.young[k] = a
}
