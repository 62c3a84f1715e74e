// Command golang reads two pages as any Go program would.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
)

func main() {
	next := regexp.MustCompile(`<([^>]*)>; rel="next"`)
	for address := os.Getenv("SOURCE_URL") + "/api/orders"; address != ""; {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			fail(err)
		}
		req.Header.Set("X-Token", os.Getenv("TOKEN"))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			fail(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			fail(fmt.Errorf("%d %s %w", res.StatusCode, body, err))
		}
		fmt.Print(string(body))
		address = ""
		if found := next.FindStringSubmatch(res.Header.Get("Link")); found != nil {
			address = found[1]
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
