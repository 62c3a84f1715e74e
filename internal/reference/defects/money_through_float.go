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
	rewrite(&row, doc.Object.Fields, doc.Object.Children, func(field manifest.Field, text string) string {
		amount, notNumber := strconv.ParseFloat(text, 64)
		if field.Type != manifest.Decimal || notNumber != nil {
			return text
		}
		f.fired()
		return strconv.FormatFloat(float64(int64(amount*100))/100, 'f', -1, 64)
	})
	return row, err
}
