package recording

import "testing"

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(wooDir); err != nil {
			b.Fatal(err)
		}
	}
}
