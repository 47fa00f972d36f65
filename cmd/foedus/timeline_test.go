package main

import (
	"bytes"
	"testing"
)

func TestTogether(t *testing.T) {
	entry := func(summary string) told {
		return told{Date: "1955-05-14", Type: "instrument.signed", Summary: summary}
	}
	tests := []struct {
		name string
		list []told
		n    int
		want string
	}{
		{"alone", []told{entry("Albania signed the pact")}, 1, "Albania signed the pact"},
		{"several", []told{entry("Albania signed the pact"), entry("The Soviet Union signed the pact")}, 2, "Albania and the Soviet Union signed the pact"},
		{"another act", []told{entry("Albania signed the pact"), entry("Poland signed the protocol")}, 1, "Albania signed the pact"},
		{"the same end of a sentence", []told{entry("The pact: help, at once, to all parties"), entry("The protocol: consult, then help, to all parties")}, 1, "The pact: help, at once, to all parties"},
		{"half a name", []told{entry("Côte d'Ivoire signed it in Accra"), entry("Congo signed it in Accra")}, 2, "Côte d'Ivoire and Congo signed it in Accra"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := alike(tt.list)
			if n != tt.n {
				t.Fatalf("alike = %d, want %d", n, tt.n)
			}
			if got := together(tt.list[:n]); got != tt.want {
				t.Errorf("together = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	var b bytes.Buffer
	c := columns{w: &b, widths: []int{4, 9, 3}}
	c.row("a", "one two three", "x y\nz")
	c.row("longer than it may be", "b", "c")
	want := "a     one two    x y\n      three      z\nlonger  b          c\nthan\nit\nmay\nbe\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
