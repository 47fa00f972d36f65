package ledger

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeFacts: what is left out is left out, the rest is the same, and the
// decoder decodes whole again afterwards.
func TestDecodeFacts(t *testing.T) {
	var d Decoder
	for _, typ := range Types() {
		b, err := os.ReadFile(filepath.Join("testdata", "golden", string(typ)+".json"))
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.TrimSpace(b)
		for range 2 {
			whole, err := d.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := d.DecodeFacts(b)
			if err != nil {
				t.Fatal(err)
			}
			if facts.Citations != nil || facts.Note != "" || facts.Quote != "" {
				t.Fatalf("%s: citations, note or quote were read", typ)
			}
			whole.Citations, whole.Note, whole.Quote = nil, "", ""
			if c, ok := whole.Payload.(*RecordCorrected); ok {
				c.Replacement.Citations, c.Replacement.Note, c.Replacement.Quote = nil, "", ""
			}
			if diff := cmp.Diff(whole, facts, cmp.AllowUnexported(When{})); diff != "" {
				t.Fatalf("%s: (-whole +facts)\n%s", typ, diff)
			}
		}
	}
}
