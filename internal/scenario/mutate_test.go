package scenario

import (
	"testing"

	"github.com/syncspec/syncspec/internal/canonical"
)

func TestReversedIsTheSameValueInAnotherOrder(t *testing.T) {
	in := []byte(`{"a":1.10,"b":[{"y":"\u00fc","x":null}],"c":{"d":9007199254740993,"e":true}}`)
	out, err := reversed(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"c":{"e":true,"d":9007199254740993},"b":[{"y":"ü","x":null}],"a":1.10}`; string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
	if !canonical.Equal(in, out) {
		t.Error("it is another value")
	}
}

func TestChangedIsAnotherValue(t *testing.T) {
	in := []byte(`{"id":1,"name":"x","updated":"2026-01-01"}`)
	out, err := changed(in, "name")
	if err != nil {
		t.Fatal(err)
	}
	if canonical.Equal(in, out) || !canonical.Equal(in, out, "name") {
		t.Errorf("not exactly the name changed: %s", out)
	}
	if _, err := changed(in, ""); err == nil {
		t.Error("an object without a text field was changed")
	}
	if _, err := changed([]byte(`[1]`), "name"); err == nil {
		t.Error("what is no object was changed")
	}
}
