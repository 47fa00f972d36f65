package export

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// groupLimit bounds a row group, which is what a Parquet writer keeps in memory.
type groupLimit struct {
	rows int64
	text int64 // bytes of all texts
}

// parquetBatch is how many rows are turned into columns at a time, and
// parquetArena after how many bytes of text the batch ends early.
const (
	parquetBatch = 256
	parquetArena = 1 << 20
)

// Parquet writes t as a Parquet file in row groups of at most 131,072 rows or
// 64 MiB of text, compressed with zstd. An integer is INT(32, signed), whatever its
// bounds, so that no reader calculates in 8 bits; a date is DATE, a text is
// STRING; a column that is not Required is optional, and a missing cell null.
//
// The key-value metadata hold the Provenance (foedus.product and so on), the
// title (foedus.title), and for each column its label (label.NAME) and its
// value labels as a JSON object (values.NAME).
//
// It returns the number of rows and the first error.
func Parquet(w io.Writer, t *Table, o Options) (int64, error) {
	n := counter{tell: o.Progress}
	if err := writeParquet(w, t, &n, o.Provenance, groupLimit{rows: 128 << 10, text: 64 << 20}); err != nil {
		return n.rows, wrap("Parquet", t, err)
	}
	return n.done(), nil
}

// orderedGroup is a group whose fields stand in the order of the columns;
// parquet.Group sorts them by name.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g *orderedGroup) Fields() []parquet.Field { return g.fields }

func parquetSchema(t *Table) *parquet.Schema {
	g := &orderedGroup{Group: parquet.Group{}}
	for i := range t.Columns {
		c := &t.Columns[i]
		var node parquet.Node
		switch c.Kind {
		case KindInt:
			node = parquet.Encoded(parquet.Int(32), &parquet.RLEDictionary)
		case KindDate:
			node = parquet.Encoded(parquet.Date(), &parquet.RLEDictionary)
		default:
			node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		}
		if !c.Required {
			node = parquet.Optional(node)
		}
		g.Group[c.Name] = node
	}
	byName := map[string]parquet.Field{}
	for _, f := range g.Group.Fields() {
		byName[f.Name()] = f
	}
	for i := range t.Columns {
		g.fields = append(g.fields, byName[t.Columns[i].Name])
	}
	return parquet.NewSchema(t.Name, g)
}

func parquetMetadata(t *Table, prov *Provenance) (map[string]string, error) {
	meta := map[string]string{}
	for _, f := range prov.facts() {
		meta["foedus."+f.key] = f.value
	}
	if t.Title != "" {
		meta["foedus.table"] = t.Title
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Label != "" {
			meta["label."+c.Name] = c.Label
		}
		if len(c.Values) > 0 {
			b, err := json.Marshal(c.Values)
			if err != nil {
				return nil, err
			}
			meta["values."+c.Name] = string(b)
		}
	}
	return meta, nil
}

// batch turns rows into columns of values.
type batch struct {
	file    *parquet.GenericWriter[any]
	columns [][]parquet.Value
	arena   []byte // the texts of the values
	rows    int64  // in the row group
	text    int64  // bytes in the row group
}

func writeParquet(w io.Writer, t *Table, n *counter, prov *Provenance, limit groupLimit) error {
	if err := t.check(); err != nil {
		return err
	}
	meta, err := parquetMetadata(t, prov)
	if err != nil {
		return err
	}
	config := parquet.DefaultWriterConfig()
	config.Schema = parquetSchema(t)
	config.CreatedBy = "foedus"
	config.KeyValueMetadata = meta
	config.Compression = &zstd.Codec{Level: zstd.SpeedFastest}
	config.DictionaryMaxBytes = 1 << 20
	b := &batch{
		file:    parquet.NewGenericWriter[any](w, config),
		columns: make([][]parquet.Value, len(t.Columns)),
		arena:   make([]byte, 0, sinkBytes),
	}
	for i := range b.columns {
		b.columns[i] = make([]parquet.Value, 0, parquetBatch)
	}
	if err := t.each(n, func(_ int64, cells []Cell) error { return b.add(t, cells, limit) }); err != nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.file.Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (b *batch) add(t *Table, cells []Cell, limit groupLimit) error {
	for i := range cells {
		v := &cells[i]
		present := 1
		if t.Columns[i].Required {
			present = 0
		}
		var out parquet.Value
		switch v.kind {
		case KindInt, KindDate:
			out = parquet.Int32Value(int32(v.num)).Level(0, present, i)
		case KindText:
			from := len(b.arena)
			b.arena = append(b.arena, v.text...)
			b.text += int64(len(v.text))
			out = parquet.ByteArrayValue(b.arena[from:]).Level(0, present, i)
		default:
			out = parquet.NullValue().Level(0, 0, i)
		}
		b.columns[i] = append(b.columns[i], out)
	}
	b.rows++
	full := b.rows >= limit.rows || b.text >= limit.text
	if len(b.columns[0]) == parquetBatch || len(b.arena) >= parquetArena || full {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if !full {
		return nil
	}
	b.rows, b.text = 0, 0
	if err := b.file.Flush(); err != nil {
		return fmt.Errorf("write: row group: %w", err)
	}
	return nil
}

// flush hands the columns to the file, which copies them.
func (b *batch) flush() error {
	for i, c := range b.file.ColumnWriters() {
		if len(b.columns[i]) == 0 {
			continue
		}
		if _, err := c.WriteRowValues(b.columns[i]); err != nil {
			return fmt.Errorf("write: column %s: %w", strconv.Itoa(i+1), err)
		}
		b.columns[i] = b.columns[i][:0]
	}
	if b.arena = b.arena[:0]; cap(b.arena) > 4*parquetArena {
		b.arena = make([]byte, 0, sinkBytes)
	}
	return nil
}
