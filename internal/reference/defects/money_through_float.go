package defects

import (
	"strconv"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func moneyThroughFloat() Defect {
	return Defect{
		Name:     "money-through-float",
		Breaks:   "amounts become cents by int(float(text) * 100), which makes 1998 of 19.99",
		KilledBy: "accuracy/fields", Cause: "money-through-float",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Refiner = floating{p.Refiner, fired}
			return p
		},
	}
}

type floating struct {
	reference.Refiner
	fired func()
}

func (f floating) Refine(doc reference.Document) (reference.Row, error) {
	row, err := f.Refiner.Refine(doc)
	if err == nil {
		f.row(&row, doc.Object.Fields, doc.Object.Children)
	}
	return row, err
}

func (f floating) row(row *reference.Row, fields manifest.Fields, children []manifest.Child) {
	for _, field := range fields {
		text := row.Values[field.Column]
		if field.Type != manifest.Decimal || text == nil {
			continue
		}
		amount, err := strconv.ParseFloat(*text, 64)
		if err != nil {
			continue
		}
		cents := strconv.FormatFloat(float64(int64(amount*100))/100, 'f', -1, 64)
		f.fired()
		row.Values[field.Column] = &cents
	}
	for _, below := range row.Children {
		for i := range children {
			if children[i].Table == below.Table {
				for j := range below.Rows {
					f.row(&below.Rows[j], children[i].Fields, children[i].Children)
				}
			}
		}
	}
}
