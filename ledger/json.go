package ledger

import (
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// A strict JSON reader (RFC 8259, with the stricter choices of RFC 7493): one
// pass, no reflection, no allocation for what is not kept. It exists because
// replaying a log is bound by decoding: encoding/json takes several times as
// long as the server takes to deliver. The fuzz test holds it against
// encoding/json.

// member is one name and raw value of a JSON object.
type member struct {
	name  []byte
	value []byte
	used  bool
}

// maxDepth bounds nesting; no event needs a tenth of it.
const maxDepth = 64

var errJSON = errors.New("not JSON")

// parseObject splits a JSON object into its members, appended to buf. Names
// must be unique. The slices alias b unless a name contains escapes.
func parseObject(b []byte, buf []member) ([]member, error) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return nil, fmt.Errorf("%w: expected an object", errJSON)
	}
	start := len(buf)
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return buf, endOf(b, i+1)
	}
	for {
		name, next, err := scanName(b, i)
		if err != nil {
			return nil, err
		}
		for _, m := range buf[start:] {
			if string(m.name) == string(name) {
				return nil, fmt.Errorf("%w: the name %q stands twice in one object", errJSON, clip(string(name)))
			}
		}
		v := skipSpace(b, next)
		end, err := skipValue(b, v, 1)
		if err != nil {
			return nil, err
		}
		buf = append(buf, member{name: name, value: b[v:end]})
		i = skipSpace(b, end)
		if i < len(b) && b[i] == '}' {
			return buf, endOf(b, i+1)
		}
		if i >= len(b) || b[i] != ',' {
			return nil, jsonAt(b, i, "expected ',' or '}'")
		}
		i = skipSpace(b, i+1)
	}
}

// scanName reads a member name and the colon behind it.
func scanName(b []byte, i int) (name []byte, next int, err error) {
	if i >= len(b) || b[i] != '"' {
		return nil, 0, jsonAt(b, i, "expected a name in double quotes")
	}
	end, plain, err := skipString(b, i)
	if err != nil {
		return nil, 0, err
	}
	name = b[i+1 : end-1]
	if !plain {
		name = unescape(nil, name)
	}
	i = skipSpace(b, end)
	if i >= len(b) || b[i] != ':' {
		return nil, 0, jsonAt(b, i, "expected ':'")
	}
	return name, i + 1, nil
}

// eachElement calls f for every raw element of a JSON array.
func eachElement(b []byte, f func(i int, v []byte) error) error {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '[' {
		return fmt.Errorf("%w: expected an array", errJSON)
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == ']' {
		return endOf(b, i+1)
	}
	for n := 0; ; n++ {
		end, err := skipValue(b, i, 1)
		if err != nil {
			return err
		}
		if err := f(n, b[i:end]); err != nil {
			return err
		}
		i = skipSpace(b, end)
		if i < len(b) && b[i] == ']' {
			return endOf(b, i+1)
		}
		if i >= len(b) || b[i] != ',' {
			return jsonAt(b, i, "expected ',' or ']'")
		}
		i = skipSpace(b, i+1)
	}
}

func endOf(b []byte, i int) error {
	if i = skipSpace(b, i); i != len(b) {
		return jsonAt(b, i, "unexpected text after the value")
	}
	return nil
}

func jsonAt(b []byte, i int, why string) error {
	if i >= len(b) {
		return fmt.Errorf("%w: %s, but the text ends", errJSON, why)
	}
	return fmt.Errorf("%w: %s at byte %d, not %q", errJSON, why, i+1, b[i])
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the end of the JSON value that starts at i.
func skipValue(b []byte, i, depth int) (int, error) {
	if i >= len(b) {
		return 0, jsonAt(b, i, "expected a value")
	}
	if depth > maxDepth {
		return 0, fmt.Errorf("%w: nested deeper than %d", errJSON, maxDepth)
	}
	switch c := b[i]; {
	case c == '"':
		end, _, err := skipString(b, i)
		return end, err
	case c == '{' || c == '[':
		return skipComposite(b, i, depth)
	case c == '-' || c >= '0' && c <= '9':
		return skipNumber(b, i)
	}
	for _, lit := range [...]string{"true", "false", "null"} {
		if len(b)-i >= len(lit) && string(b[i:i+len(lit)]) == lit {
			return i + len(lit), nil
		}
	}
	return 0, jsonAt(b, i, "expected a value")
}

func skipComposite(b []byte, i, depth int) (int, error) {
	object := b[i] == '{'
	closer := byte(']')
	if object {
		closer = '}'
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == closer {
		return i + 1, nil
	}
	for {
		if object {
			_, next, err := scanName(b, i)
			if err != nil {
				return 0, err
			}
			i = skipSpace(b, next)
		}
		end, err := skipValue(b, i, depth+1)
		if err != nil {
			return 0, err
		}
		i = skipSpace(b, end)
		if i < len(b) && b[i] == closer {
			return i + 1, nil
		}
		if i >= len(b) || b[i] != ',' {
			return 0, jsonAt(b, i, "expected ',' or the closing bracket")
		}
		i = skipSpace(b, i+1)
	}
}

func skipNumber(b []byte, i int) (int, error) {
	start := i
	if b[i] == '-' {
		i++
	}
	n := i
	i = skipDigits(b, i)
	if i == n || (b[n] == '0' && i > n+1) {
		return 0, jsonAt(b, start, "expected a number")
	}
	if i < len(b) && b[i] == '.' {
		n = i + 1
		if i = skipDigits(b, n); i == n {
			return 0, jsonAt(b, i, "expected a digit")
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		n = i
		if i = skipDigits(b, n); i == n {
			return 0, jsonAt(b, i, "expected a digit")
		}
	}
	return i, nil
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

// skipString returns the end of the string literal at i and whether it is
// plain: free of escapes, so that its bytes are its value.
func skipString(b []byte, i int) (end int, plain bool, err error) {
	plain = true
	ascii := true
	start := i + 1
	for i = start; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			if !ascii && !utf8.Valid(b[start:i]) {
				return 0, false, fmt.Errorf("%w: a string is not UTF-8", errJSON)
			}
			return i + 1, plain, nil
		case c < ' ':
			return 0, false, jsonAt(b, i, "a control character must be escaped")
		case c >= utf8.RuneSelf:
			ascii = false
		case c == '\\':
			plain = false
			n, err := escapeLen(b, i)
			if err != nil {
				return 0, false, err
			}
			i += n - 1
		}
	}
	return 0, false, fmt.Errorf("%w: a string does not end", errJSON)
}

// escapeLen checks the escape at i and returns its length. A lone surrogate is
// refused (RFC 7493, 2.1).
func escapeLen(b []byte, i int) (int, error) {
	if i+1 >= len(b) {
		return 0, fmt.Errorf("%w: a string does not end", errJSON)
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		r, ok := hex4(b, i+2)
		if !ok {
			return 0, jsonAt(b, i, "expected \\u and four hexadecimal digits")
		}
		if !utf16.IsSurrogate(r) {
			return 6, nil
		}
		if i+8 <= len(b) && b[i+6] == '\\' && b[i+7] == 'u' {
			if low, ok := hex4(b, i+8); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
				return 12, nil
			}
		}
		return 0, jsonAt(b, i, "half of a surrogate pair")
	}
	return 0, jsonAt(b, i+1, "unknown escape")
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

// appendString appends s as a JSON string literal in the one canonical form:
// only what must be escaped is.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
