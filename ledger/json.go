package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// A strict JSON reader (RFC 8259, with the stricter choices of RFC 7493): one
// pass, no reflection, no allocation for what is not kept. It exists because
// replaying a log is bound by decoding: encoding/json takes several times as
// long as the server takes to deliver. The fuzz test holds it against
// encoding/json.
//
// It refuses what encoding/json lets pass: text that is not UTF-8, half a
// surrogate pair, and nesting deeper than maxDepth. Names that stand twice in
// one object are refused where the object is read (see wire.leftover).

// node is one JSON value. The values of a document lie in a tape, parents
// before their children, so that a subtree is one stretch of it. Offsets rather
// than slices keep the tape free of pointers.
type node struct {
	name, nameEnd int32 // the inside of the member name; empty in an array
	start, end    int32 // the raw value, for a string the inside of its quotes
	next          int32 // the node behind this one's subtree
	count         int32 // members or elements
	kind          byte  // '{' '[' '"' 't' 'f' 'n', '0' for a number
	escaped       bool  // the string contains escapes
	nameEscaped   bool
	used          bool // a field has asked for it
}

// maxDepth bounds nesting; no event needs half of it.
const maxDepth = 64

var errJSON = errors.New("not JSON")

// scanner makes a tape of a text of at most 2 GiB.
type scanner struct {
	src  []byte
	tape []node
}

// scan reads the whole text as one value and leaves it at tape[0].
func (s *scanner) scan() error {
	s.tape = append(s.tape, node{})
	i, err := s.value(0, s.space(0), 1)
	if err != nil {
		return err
	}
	if i = s.space(i); i != len(s.src) {
		return s.at(i, "unexpected text after the value")
	}
	return nil
}

func (s *scanner) at(i int, why string) error {
	if i >= len(s.src) {
		return fmt.Errorf("%w: %s, but the text ends", errJSON, why)
	}
	return fmt.Errorf("%w: %s at byte %d, not %q", errJSON, why, i+1, s.src[i])
}

// space returns the first position from i on that is not white space.
func (s *scanner) space(i int) int {
	b := s.src
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// is reports whether c stands at i.
func (s *scanner) is(i int, c byte) bool { return i < len(s.src) && s.src[i] == c }

// value reads the value at i into tape[self], the last node, and appends what is
// in it. It returns its end.
func (s *scanner) value(self, i, depth int) (end int, err error) {
	if i >= len(s.src) {
		return 0, s.at(i, "expected a value")
	}
	n := &s.tape[self]
	n.kind, n.start, n.next = s.src[i], int32(i), int32(self+1)
	switch n.kind {
	case '"':
		end, n.escaped, err = s.str(i)
		n.start, n.end = int32(i+1), int32(end-1)
		return end, err
	case '{', '[':
		return s.composite(self, i, depth)
	case 't':
		end, err = s.literal(i, "true")
	case 'f':
		end, err = s.literal(i, "false")
	case 'n':
		end, err = s.literal(i, "null")
	default:
		n.kind = '0'
		end, err = s.number(i)
	}
	n.end = int32(end)
	return end, err
}

func (s *scanner) literal(i int, word string) (int, error) {
	if len(s.src)-i < len(word) || string(s.src[i:i+len(word)]) != word {
		return 0, s.at(i, "expected a value")
	}
	return i + len(word), nil
}

// composite appends all that is in the object or array at i, which is
// tape[self].
func (s *scanner) composite(self, i, depth int) (end int, err error) {
	if depth > maxDepth {
		return 0, fmt.Errorf("%w: nested deeper than %d", errJSON, maxDepth)
	}
	closer := s.src[i] + 2 // ']' and '}' in ASCII
	if i = s.space(i + 1); s.is(i, closer) {
		return s.close(self, 0, i), nil
	}
	for count := int32(1); ; count++ {
		child := len(s.tape)
		s.tape = append(s.tape, node{})
		if closer == '}' {
			if i, err = s.name(child, i); err != nil {
				return 0, err
			}
		}
		if i, err = s.value(child, i, depth+1); err != nil {
			return 0, err
		}
		i = s.space(i)
		if s.is(i, closer) {
			return s.close(self, count, i), nil
		}
		if !s.is(i, ',') {
			return 0, s.at(i, "expected ',' or '"+string(rune(closer))+"'")
		}
		i = s.space(i + 1)
	}
}

// close completes a composite whose children are all in the tape and whose
// closing bracket is at i.
func (s *scanner) close(self int, count int32, i int) (end int) {
	n := &s.tape[self]
	n.end, n.count, n.next = int32(i+1), count, int32(len(s.tape))
	return i + 1
}

// name reads a member name and the colon behind it into tape[self] and returns
// where the value begins.
func (s *scanner) name(self, i int) (int, error) {
	if !s.is(i, '"') {
		return 0, s.at(i, "expected a name in double quotes")
	}
	end, escaped, err := s.str(i)
	if err != nil {
		return 0, err
	}
	n := &s.tape[self]
	n.name, n.nameEnd, n.nameEscaped = int32(i+1), int32(end-1), escaped
	if i = s.space(end); !s.is(i, ':') {
		return 0, s.at(i, "expected ':'")
	}
	return s.space(i + 1), nil
}

func (s *scanner) number(i int) (int, error) {
	start := i
	if s.is(i, '-') {
		i++
	}
	first := i
	i = s.digits(i)
	if i == first || (s.src[first] == '0' && i > first+1) {
		return 0, s.at(start, "expected a value")
	}
	if s.is(i, '.') {
		fraction := i + 1
		if i = s.digits(fraction); i == fraction {
			return 0, s.at(i, "expected a digit")
		}
	}
	if s.is(i, 'e') || s.is(i, 'E') {
		i++
		if s.is(i, '+') || s.is(i, '-') {
			i++
		}
		exponent := i
		if i = s.digits(i); i == exponent {
			return 0, s.at(i, "expected a digit")
		}
	}
	return i, nil
}

func (s *scanner) digits(i int) int {
	for i < len(s.src) && s.src[i] >= '0' && s.src[i] <= '9' {
		i++
	}
	return i
}

// ones has every byte 1; times a byte it is that byte eight times.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// special marks, with its high bit, the first byte of x that is a quote, a
// backslash, a control character or not ASCII. Bytes above the first mark may
// be marked wrongly.
func special(x uint64) uint64 {
	return ((x - ' '*ones) | ((x ^ '"'*ones) - ones) | ((x ^ '\\'*ones) - ones) | x) & highs
}

// plain returns the first position from i on that special marks. Eight bytes at
// a time: most of a log is the inside of strings.
func plain(b []byte, i int) int {
	for i+8 <= len(b) {
		if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// str returns the end of the string literal at i and whether it contains
// escapes. If not, its bytes are its value.
func (s *scanner) str(i int) (end int, escaped bool, err error) {
	b := s.src
	ascii, start := true, i+1
	for i = plain(b, start); i < len(b); i = plain(b, i) {
		switch c := b[i]; {
		case c == '"':
			if !ascii && !utf8.Valid(b[start:i]) {
				return 0, false, fmt.Errorf("%w: the string at byte %d is not UTF-8", errJSON, start)
			}
			return i + 1, escaped, nil
		case c == '\\':
			n, err := s.escape(i)
			if err != nil {
				return 0, false, err
			}
			escaped = true
			i += n
		case c < ' ':
			return 0, false, s.at(i, "a control character must be escaped")
		default:
			ascii = false
			for i < len(b) && b[i] >= utf8.RuneSelf {
				i++
			}
		}
	}
	return 0, false, fmt.Errorf("%w: the string at byte %d does not end", errJSON, start)
}

// escape checks the escape at i and returns its length. A lone surrogate is
// refused (RFC 7493, 2.1).
func (s *scanner) escape(i int) (int, error) {
	b := s.src
	if i+1 >= len(b) {
		return 0, s.at(i+1, "expected an escape")
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		r, ok := hex4(b, i+2)
		if !ok {
			return 0, s.at(i, "expected \\u and four hexadecimal digits")
		}
		if !utf16.IsSurrogate(r) {
			return 6, nil
		}
		if i+8 <= len(b) && b[i+6] == '\\' && b[i+7] == 'u' {
			if low, ok := hex4(b, i+8); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
				return 12, nil
			}
		}
		return 0, s.at(i, "half of a surrogate pair")
	}
	return 0, s.at(i+1, "unknown escape")
}

func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape appends the value of the checked inside of a string literal.
func unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex4(s, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				low, _ := hex4(s, i+3)
				r = utf16.DecodeRune(r, low)
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
		default: // '"', '\\', '/'
			dst = append(dst, s[i])
		}
	}
	return dst
}

// appendString appends s as a JSON string literal in the one canonical form,
// that of RFC 8785: only what must be escaped is, and as shortly as possible.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := len(dst)
	dst = append(dst, s...)
	for i := plain(dst, start); i < len(dst); i = plain(dst, i) {
		if dst[i] < utf8.RuneSelf {
			return appendEscaped(dst[:i], s[i-start:])
		}
		i++
	}
	return append(dst, '"')
}

// appendEscaped appends the rest of a string literal, byte by byte.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}
