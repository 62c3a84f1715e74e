package artifact

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ check, subject, want string }{
		{"accuracy/fields", "shopify_order", "accuracy/fields/shopify_order"},
		{"dedupe/hash-unique", "orders", "dedupe/hash-unique/orders"},
		{"webhook/registered", "order.updated", "webhook/registered/order.updated"},
		{"webhook/registered", "orders/create", "webhook/registered/orders-create-ada50dd6"},
	} {
		if got := nameOf(c.check, c.subject); got != c.want {
			t.Errorf("%s [%s] is in %s, want %s", c.check, c.subject, got, c.want)
		}
	}
	long := strings.Repeat("long", 100)
	all := []string{
		"", ".", "..", "...", "/", "//", "a/b", "a//b", "a\\b", "a-b", "a_b", "a.b", "a b", "a:b", "A", "a", "Ab", "aB", "ab", "ab.", "ab ", ".ab", "-ab", "~ab",
		"con", "CON", "con.txt", "nul", "com1", "com10", "orders-create", "orders/create", "orders.create", "orders-create-ada50dd6", "ada50dd6",
		"Größe", "Grösse", "größe", "注文", "注文書", "a\x00b", "a\nb", "*", "?", long, long + "x", "../" + long, "ａ",
	}
	seen := map[string]string{}
	for _, name := range all {
		got := safe(name)
		low := strings.ToLower(got)
		if other, taken := seen[low]; taken {
			t.Errorf("%q and %q are both in %s", name, other, got)
		}
		seen[low] = name
		if !filepath.IsLocal(got) || len(got) > 80 || strings.ContainsAny(got, `/\:*?"<>| `) || strings.HasSuffix(got, ".") || strings.HasPrefix(got, ".") || reserved.MatchString(got) {
			t.Errorf("%q is in %q", name, got)
		}
		if again := safe(name); again != got {
			t.Errorf("%q is once in %s and once in %s", name, got, again)
		}
	}
}
