package ledger

import "hash/maphash"

// cache shares what is decoded again and again: the names, short texts and
// dates of a log are few. Each text has one slot, and a newcomer takes it over,
// so memory is bounded and nothing has to be cleared.
type cache[T any] struct {
	seed  maphash.Seed
	slots []T
}

// newCache returns a cache of n slots, a power of two.
func newCache[T any](n int) cache[T] {
	return cache[T]{maphash.MakeSeed(), make([]T, n)}
}

// slot returns the place of b. Whether it holds b or another text the caller
// finds out by comparing.
func (c *cache[T]) slot(b []byte) *T {
	return &c.slots[maphash.Bytes(c.seed, b)&uint64(len(c.slots)-1)]
}

// caches are those of one [Decoder]; nil keeps nothing.
type caches struct {
	names cache[string] // checked identifiers only
	texts cache[string]
	dates cache[When]
}

// The sizes are those of the field: some two hundred states, under a thousand
// alliances, a few hundred sources. They take about 64 KiB.
const (
	nameSlots = 2048
	textSlots = 1024
	dateSlots = 512
	maxShared = 48 // a longer text hardly ever comes again
)

func newCaches() *caches {
	return &caches{newCache[string](nameSlots), newCache[string](textSlots), newCache[When](dateSlots)}
}

// identifier returns b as a checked identifier, or why it is none.
func (c *caches) identifier(b []byte) (s, why string) {
	var slot *string
	if c != nil {
		slot = c.names.slot(b)
	}
	if slot != nil && *slot == string(b) && len(b) > 0 {
		return *slot, ""
	}
	if why := CheckName(string(b)); why != "" {
		return "", why
	}
	s = string(b)
	if slot != nil {
		*slot = s
	}
	return s, ""
}

// text returns b as a string, the one given out before if it was short.
func (c *caches) text(b []byte) string {
	if c == nil || len(b) > maxShared {
		return string(b)
	}
	slot := c.texts.slot(b)
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// when returns b as a date, or why it is none.
func (c *caches) when(b []byte) (When, error) {
	var slot *When
	if c != nil {
		slot = c.dates.slot(b)
	}
	if slot != nil && slot.text == string(b) {
		return *slot, nil
	}
	v, err := ParseWhen(string(b))
	if err == nil && slot != nil {
		*slot = v
	}
	return v, err
}
