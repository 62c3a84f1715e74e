package main

import (
	"os/exec"
	"strings"
	"testing"
)

// events are lines of go test -json, shortened to what is read of them.
const events = `{"Action":"build-output","ImportPath":"m/c","Output":"c.go:1: does not compile\n"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"=== RUN   TestFine\n"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"chatter\n"}
{"Action":"pass","Package":"m/a","Test":"TestFine"}
{"Action":"output","Package":"m/a","Test":"TestLeft","Output":"=== RUN   TestLeft\n"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"SKIPPED TestLeft: cannot test containers\n"}
{"Action":"output","Package":"m/a","Test":"TestLeft","Output":"--- SKIP: TestLeft (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestLeft"}
{"Action":"output","Package":"m/a","Test":"TestSays","Output":"    a_test.go:7: no named pipes here\n"}
{"Action":"skip","Package":"m/a","Test":"TestSays"}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t0.1s\n"}
{"Action":"pass","Package":"m/a"}
{"Action":"output","Package":"m/b","Test":"TestFine","Output":"chatter\n"}
{"Action":"pass","Package":"m/b","Test":"TestFine"}
{"Action":"output","Package":"m/b","Test":"TestPanics","Output":"=== RUN   TestPanics\n"}
{"Action":"output","Package":"m/b","Test":"TestPanics","Output":"panic: b\n"}
{"Action":"output","Package":"m/b","Output":"FAIL\tm/b\t0.1s\n"}
{"Action":"fail","Package":"m/b"}
{"Action":"output","Package":"m/d","Test":"TestKilled","Output":"last words\n"}
`

func TestShow(t *testing.T) {
	const want = `c.go:1: does not compile
ok  	m/a	0.1s
panic: b
FAIL	m/b	0.1s
last words

NOT RUN on this machine (2):
  m/a TestLeft: cannot test containers
  m/a TestSays: a_test.go:7: no named pipes here
`
	var got strings.Builder
	if err := show(strings.NewReader(events), &got); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

// TestSameAsGoTest shows that nothing of go test's own words is lost.
func TestSameAsGoTest(t *testing.T) {
	const packages = "../../internal/result"
	plain, err := exec.Command("go", "test", "-run", "^$", packages).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, plain)
	}
	command := exec.Command("go", "test", "-json", "-run", "^$", packages)
	events, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := show(events, &got); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	name := func(line string) string {
		fields := strings.Fields(line)
		return strings.Join(fields[:min(2, len(fields))], " ")
	}
	if name(got.String()) != name(string(plain)) || strings.Count(got.String(), "\n") != strings.Count(string(plain), "\n") {
		t.Errorf("go test says %q, and this %q", plain, got.String())
	}
}
