package adopt

import (
	"fmt"
	"strings"
)

// mostNamed is how many names a line of the summary has at most.
const mostNamed = 8

// Summary says in a few lines how much was found.
func (p *Proposal) Summary() string {
	var tables, objects, covered, columns, fields int
	var low, missing, unsure []string
	for _, t := range p.Tables {
		if t.Table.Child == nil {
			objects++
		}
		if !t.Found.Claimed() {
			missing = append(missing, t.Table.Name)
			continue
		}
		tables++
		if t.Table.Child == nil {
			covered++
		}
		if t.Found.Confidence < sure {
			low = append(low, fmt.Sprintf("table %s as %s (%.2f)", t.Found.Name, t.Table.Name, round(t.Found.Confidence)))
		}
		fields += len(t.Fields)
		for _, f := range t.Fields {
			switch {
			case !f.Found.Claimed():
				unsure = append(unsure, t.Table.Name+"."+f.Column)
			case f.Found.Confidence < sure:
				low = append(low, fmt.Sprintf("%s.%s as %s.%s (%.2f)", t.Found.Name, f.Found.Name, t.Table.Name, f.Column, round(f.Found.Confidence)))
				columns++
			default:
				columns++
			}
			if f.Kept != "" && f.Found.Claimed() && f.KeptBy.Confidence < sure {
				low = append(low, fmt.Sprintf("%s.%s keeps %s (%.2f)", t.Found.Name, f.Found.Name, f.Kept, round(f.KeptBy.Confidence)))
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "found in schema %s: %d of %d objects, %d of %d tables, %d of the %d columns of these\n",
		p.Database.Schema, covered, objects, tables, len(p.Tables), columns, fields)
	list(&b, "low confidence", low)
	list(&b, "tables not found", missing)
	list(&b, "columns not found", unsure)
	var lacks []string
	for _, l := range p.lacks() {
		lacks = append(lacks, string(l.what))
	}
	list(&b, "no sign of", lacks)
	if columns*4 < fields {
		fmt.Fprintf(&b, "note: that is little: is this the schema that %s is copied to?\n", p.Manifest.Source)
	}
	for _, n := range p.Database.Notes {
		fmt.Fprintf(&b, "note: %s\n", one(n))
	}
	return b.String()
}

func list(b *strings.Builder, what string, names []string) {
	if len(names) == 0 {
		return
	}
	more := ""
	if len(names) > mostNamed {
		more = fmt.Sprintf(", and %d more", len(names)-mostNamed)
	}
	fmt.Fprintf(b, "%s (%d): %s%s\n", what, len(names), one(strings.Join(names[:min(mostNamed, len(names))], ", ")), more)
}
