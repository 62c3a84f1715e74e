package scenario

import (
	"math"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/syncspec/syncspec/internal/profile"
)

// offered turns the text of a column that keeps another form of a value back into what the source offers. What is no such
// form stays as it is: it differs from any expected value, and the difference shows it.
func offered(kept profile.Kept, text *string) *string {
	if text == nil {
		return nil
	}
	var turned string
	switch kept {
	case profile.MinorUnits:
		turned = scaled(*text, -2)
	case profile.Unix:
		turned = instant(*text)
	case profile.UnixMillis:
		turned = instant(scaled(*text, -3))
	default: // a timestamp without zone reads as UTC
		return text
	}
	if turned == "" {
		return text
	}
	return &turned
}

// scaled is a number times a power of ten, exactly; empty for what is no number.
func scaled(text string, exponent int32) string {
	d, _, err := apd.NewFromString(strings.TrimSpace(text))
	if err != nil || d.Form != apd.Finite {
		return ""
	}
	d.Exponent += exponent
	return d.String()
}

// instant is the time at a number of seconds since 1970; empty for what is no number, or beyond the years that have four digits.
func instant(text string) string {
	const lastDigits, last = 12, 253_402_300_799
	seconds, _, err := apd.NewFromString(text)
	if err != nil || seconds.Form != apd.Finite || seconds.Exponent > lastDigits {
		return ""
	}
	var whole, fraction apd.Decimal
	seconds.Modf(&whole, &fraction)
	n, err := whole.Int64()
	part, fractionErr := fraction.Float64()
	if err != nil || fractionErr != nil || n < -last || n > last {
		return ""
	}
	return time.Unix(n, int64(math.Round(part*1e9))).UTC().Format(time.RFC3339Nano)
}
