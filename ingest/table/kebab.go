package table

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"foedus/ledger"
)

// The letters that are kept without their accents: in each word the first is
// the letter, the others are what it stands for.
const accented = "aàáâãäåāăą cçćĉċč dďđð eèéêëēĕėęě gĝğġģ hĥħ iìíîïĩīĭįı jĵ kķ lĺļľŀł nñńņňŋ oòóôõöøōŏő rŕŗř " +
	"sśŝşšș tţťŧț uùúûüũūŭůűų wŵ yýÿŷ zźżž"

// unaccented returns what a small letter becomes in an id, "" if nothing.
func unaccented(r rune) string {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return string(r)
	case r < 0x80:
		return ""
	case r == 'æ':
		return "ae"
	case r == 'œ':
		return "oe"
	case r == 'ß':
		return "ss"
	case r == 'þ':
		return "th"
	}
	for word := range strings.SplitSeq(accented, " ") {
		if strings.ContainsRune(word, r) {
			return word[:1]
		}
	}
	return ""
}

// kebab makes an id of a text, by the rule of the package documentation; "" if
// nothing is left of it. O(len(s)).
func kebab(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		switch u := unaccented(r); {
		case u != "":
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteString(u)
			gap = false
		case r != '\'' && r != '’' && (r < 0x300 || r > 0x36f): // an accent by itself
			gap = true
		}
	}
	id := b.String()
	if len(id) <= ledger.MaxName {
		return id
	}
	const sum = 8
	hash := sha256.Sum256([]byte(s))
	return strings.TrimRight(id[:ledger.MaxName-sum-1], "-") + "-" + hex.EncodeToString(hash[:sum/2])
}
