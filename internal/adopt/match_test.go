package adopt

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"order_lineItems2": "order line item 2", "OrderItems": "order item", "HTTPServerURL": "http server url", "address_1": "address 1", "address1": "address 1",
		"statuses": "status", "status": "status", "addresses": "address", "taxes": "tax", "categories": "category", "sms": "sms", "Größe": "größe",
		"__a--b  c": "a b c", "": "", "___": "", "analysis": "analysis", "totalUSD": "total usd",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words of %q: %q, want %q", name, got, want)
		}
	}
}

func TestAliases(t *testing.T) {
	m := &manifest.Manifest{Source: "woocommerce", Title: "WooCommerce REST API v3"}
	all := aliases(m)
	for name, want := range map[string]string{
		"woocommerce_order": "order", "woo_orders": "order", "wc_orders": "order", "WooCommerceOrder": "order", "order_woo_id": "order id", "woo": "woo", "wood_orders": "wood order",
	} {
		if got := strings.Join(without(words(name), all, true), " "); got != want {
			t.Errorf("%s without the source's name is %q, want %q", name, got, want)
		}
	}
}

// TestAlike: what is surely the same, what may be, and what only shares words.
func TestAlike(t *testing.T) {
	field := func(path, column string, kind manifest.FieldType) manifest.Field {
		return manifest.Field{Path: path, Column: column, Type: kind}
	}
	aliases := [][]string{{"shopify"}}
	for _, x := range []struct {
		field       manifest.Field
		column      *Column
		least, most float64
	}{
		{field("total_price", "total_price", manifest.Decimal), &Column{Name: "total_price", Kind: Decimal}, 1, 1},
		{field("total_price", "total_price", manifest.Decimal), &Column{Name: "totalPrice", Kind: Decimal}, 0.95, 1},
		{field("total_price", "total_price", manifest.Decimal), &Column{Name: "total_price_cents", Kind: Whole}, 0.85, 0.97},
		{field("total_price", "total_price", manifest.Decimal), &Column{Name: "total_tax", Kind: Decimal}, 0.1, partly},
		{field("status", "status", manifest.Text), &Column{Name: "order_status", Kind: Text}, 0.9, 0.95},
		{field("updated_at", "shopify_updated_at", manifest.Timestamp), &Column{Name: "modified_on", Kind: Time}, 0.8, 0.95},
		{field("updated_at", "shopify_updated_at", manifest.Timestamp), &Column{Name: "created_at", Kind: Time}, 0, partly},
		{field("zip", "zip", manifest.Text), &Column{Name: "postal_code", Kind: Text}, 0, partly},
		{field("zip", "zip", manifest.Text), &Column{Name: "postcode", Kind: Text}, 0.85, 0.95},
		{field("billing.city", "billing_city", manifest.Text), &Column{Name: "city", Kind: Text}, 0.85, 0.92},
		{field("first_name", "first_name", manifest.Text), &Column{Name: "firstname", Kind: Text}, 0.9, 1},
		{field("name", "name", manifest.Text), &Column{Name: "flavour", Kind: Text}, 0, 0},
	} {
		got := alike(fieldForms(x.field, aliases), columnForms(x.column, []string{"order"}, aliases))
		if got < x.least-1e-9 || got > x.most+1e-9 {
			t.Errorf("%s and %s are alike by %.3f, want %.2f to %.2f", x.field.Column, x.column.Name, got, x.least, x.most)
		}
	}
}

// TestAssign holds the assignment against trying everything.
func TestAssign(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		rows, columns := 1+random.IntN(5), random.IntN(6)
		scores := make([][]float64, rows)
		for i := range scores {
			scores[i] = make([]float64, columns)
			for j := range scores[i] {
				if random.IntN(3) > 0 {
					scores[i][j] = float64(random.IntN(100)) / 100
				}
			}
		}
		pairs := assign(scores)
		sum, used := 0.0, map[int]bool{}
		for i, j := range pairs {
			if j < 0 {
				continue
			}
			if used[j] || scores[i][j] == 0 {
				t.Fatalf("%d: %v pairs %v", n, scores, pairs)
			}
			used[j] = true
			sum += scores[i][j]
		}
		if most := everything(scores, nil); sum < most-1e-9 || sum > most+1e-9 {
			t.Fatalf("%d: %v pairs %v for %.2f, and %.2f is possible", n, scores, pairs, sum, most)
		}
	}
}

func everything(scores [][]float64, used []int) float64 {
	if len(scores) == 0 {
		return 0
	}
	most := everything(scores[1:], used)
	for j, s := range scores[0] {
		if !slices.Contains(used, j) {
			most = max(most, s+everything(scores[1:], append(slices.Clone(used), j)))
		}
	}
	return most
}

func TestDoubt(t *testing.T) {
	for _, x := range []struct {
		own, rival float64
		claimed    bool
		want       string
	}{
		{0.9, 0.2, true, "0.90: name"},
		{0.9, 0.85, true, "0.85: name, or r 0.85"},
		{0.9, 0.89, false, "0.55: name, as likely r"},
		{1, 0.95, true, "1.00: name"},
		{1, 1, false, "0.55: name, as likely r"},
		{0.5, 0, false, "0.50: name"},
	} {
		g := Guess{"x", x.own, []string{"name"}}.doubt([]Guess{{"r", x.rival, nil}})
		if g.Claimed() != x.claimed || g.String() != x.want {
			t.Errorf("%v beside %v: %s, claimed: %v", x.own, x.rival, g, g.Claimed())
		}
	}
}

func TestJudge(t *testing.T) {
	for _, x := range []struct {
		column string
		kind   manifest.FieldType
		values string
		want   string
	}{
		{"email", manifest.Text, "a@b.c|x|", "1 of 2"},
		{"currency", manifest.Text, "EUR|USD", "2 of 2"},
		{"name", manifest.Text, "EUR", "0 of 0"},
		{"updated", manifest.Timestamp, "2026-01-02|2026-01-02T03:04:05.123+02:00|yesterday", "2 of 3"},
		{"number", manifest.Integer, "12|-3|1.5", "2 of 3"},
		{"admin_graphql_api_id", manifest.Text, "gid://shop/1", "1 of 1"},
	} {
		right, judged := judge(manifest.Field{Column: x.column, Type: x.kind}, &Column{Kind: Text, Values: strings.Split(x.values, "|")})
		if got := fmt.Sprintf("%d of %d", right, judged); got != x.want {
			t.Errorf("%s: %s, want %s", x.column, got, x.want)
		}
	}
}
