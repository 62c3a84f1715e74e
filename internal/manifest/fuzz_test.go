package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse looks for texts that make the loader panic, return neither a manifest nor Errors, or return a manifest
// whose views cannot be taken.
func FuzzParse(f *testing.F) {
	f.Add([]byte(shop))
	f.Add([]byte(store))
	f.Add([]byte(aliasBomb(4)))
	f.Add([]byte("a: &a [*a]\n<<: *a\n? [x]\n: !!binary x\n"))
	f.Add([]byte("objects: [{fields: {a: !!int x, b: {type: 1}}, webhooks: [{when: {}}], children: [{}]}]\nscopes: *x\n"))
	for _, name := range []string{"woocommerce.yaml", "shopify.yaml"} {
		if text, err := os.ReadFile(filepath.Join(specs, name)); err == nil {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("fuzz.yaml", data)
		if err == nil {
			if len(m.Tables()) == 0 || m.RawTable() == "" {
				t.Error("a valid manifest has tables")
			}
			m.Topics()
			m.Registrable()
			for _, function := range m.Functions() {
				if len(m.ObjectsForFunction(function)) == 0 {
					t.Errorf("%s copies nothing", function)
				}
			}
			return
		}
		problems, ok := errors.AsType[Errors](err)
		if m != nil || !ok || len(problems) == 0 {
			t.Fatalf("neither a manifest nor problems: %v, %v", m, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("a problem without a place or a message: %+v", p)
			}
		}
	})
}
