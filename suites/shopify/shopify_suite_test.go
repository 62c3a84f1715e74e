package shopify_test

import (
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/syncspec/syncspec/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestShopify(t *testing.T) {
	harness.Specs(t, harness.Suite{Manifest: "../../specs/shopify.yaml"})
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "shopify")
}
