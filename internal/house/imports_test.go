package house

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/syncspec/syncspec/"

// anything stands for every room: those who put the whole together, and the tests' own.
const anything = "all"

// rooms says for each room which others it may import, tests excepted. It is the one truth; docs/architecture.md shows it.
// A pattern with a star stands for all packages below a room that are not named themselves.
var rooms = map[string]string{
	"result":    "",
	"canonical": "",
	"manifest":  "",
	"supervise": "",
	"reach":     "",

	"recording": "manifest, dialect",
	"dialect":   "manifest",
	"profile":   "manifest",
	"postgres":  "supervise, reach",
	"report":    "result",

	"waiver": "manifest, result",
	"adopt":  "manifest, profile",

	"gateway":           "manifest, dialect, recording, gateway/faults, reach",
	"gateway/faults":    "manifest",
	"sandbox":           "manifest, dialect, recording",
	"recorder":          "manifest, dialect, sandbox, recording",
	"target":            "manifest, profile, supervise",
	"reference":         "manifest",
	"reference/defects": "manifest, reference",
	"oracle":            "manifest, dialect, canonical",

	"scenario": "manifest, profile, dialect, canonical, recording, gateway, gateway/faults, sandbox, target, postgres, oracle, result",
	"check":    "manifest, profile, scenario, result",
	"checks/*": "manifest, profile, canonical, oracle, scenario, check, result",
	// They judge with the accuracy checks' comparison: one way to compare, not two.
	"checks/realtime": "manifest, profile, canonical, oracle, scenario, check, result, checks/accuracy",
	"checks/sync":     "manifest, profile, canonical, oracle, scenario, check, result, checks/accuracy",
	// For tests alone: a test of this package holds that.
	"checks/checktest": "manifest, profile, supervise, postgres, gateway, target, canonical, oracle, scenario, check, checks, result, reference/defects",
	"checks":           "check, checks/*",
	"artifact":         "manifest, profile, gateway, oracle, scenario, check, result",
	"plan":             "manifest, profile, check, checks, result, specs",
	"engine":           anything,
	"house":            "",
	"specs":            "",
	"fixtures":         "",
	"cassettes":        "",
	"sources":          "manifest, recording, specs, fixtures, cassettes",

	"harness":      anything,
	"cmd/syncspec": anything,
	"suites/*":     "harness",
	"scripts/*":    "",

	"kills":              "plan, engine, scenario, result, reference/defects",
	"fixtures/targets/*": "",
	"scripts/killmatrix": "kills, plan, engine, sources, reference/defects",
}

// mayImportGinkgo are the rooms that know of Ginkgo outside of their tests. Suites are tests altogether.
var mayImportGinkgo = []string{"harness"}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Name string
	Imports, Deps    []string
}

// packages are the module's, by room.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Name,Imports,Deps", module+"...")
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, said.String())
	}
	all := map[string]pkg{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[room(p.ImportPath)] = p
	}
}

// room shortens an import path of the module; others are "".
func room(importPath string) string {
	below, ok := strings.CutPrefix(importPath, module)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(below, "internal/")
}

// rule finds a room's entry in the table.
func rule(name string) (allowed []string, ok bool) {
	text, ok := rooms[name]
	for pattern := range rooms {
		if !ok && strings.HasSuffix(pattern, "/*") && strings.HasPrefix(name, strings.TrimSuffix(pattern, "*")) {
			return split(rooms[pattern]), true
		}
	}
	return split(text), ok
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// permits tells whether a list of rooms and patterns has the room in it.
func permits(allowed []string, name string) bool {
	return slices.ContainsFunc(allowed, func(pattern string) bool {
		below, star := strings.CutSuffix(pattern, "*")
		return pattern == anything || pattern == name || star && strings.HasPrefix(name, below)
	})
}

func TestRoomsImportWhatTheyMay(t *testing.T) {
	found := packages(t)
	for name, p := range found {
		allowed, ok := rule(name)
		if !ok {
			t.Errorf("%s is in no room: enter it into the table of internal/house and into docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			to := room(imported)
			if to == "" || permits(allowed, to) {
				continue
			}
			t.Errorf("%s imports %s, and may import of the other rooms: %s", name, to, orNone(strings.Join(allowed, ", ")))
		}
	}
	for name := range rooms {
		below, star := strings.CutSuffix(name, "*")
		if _, ok := found[name]; !ok && !star {
			t.Errorf("the table has a room %q, and there is no such package", name)
		}
		if star && !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(n string) bool { return strings.HasPrefix(n, below) }) {
			t.Errorf("the table has %q, and there is no such package", name)
		}
	}
}

func TestOnlyTheHarnessKnowsGinkgo(t *testing.T) {
	for name, p := range packages(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "github.com/onsi/") && !slices.Contains(mayImportGinkgo, name) {
				t.Errorf("%s imports %s; only %v and tests may", name, imported, mayImportGinkgo)
			}
		}
	}
}

// forTests are the rooms that only tests may import.
var forTests = []string{"checks/checktest"}

func TestOnlyTestsImportWhatIsForTests(t *testing.T) {
	for name, p := range packages(t) {
		for _, imported := range p.Imports {
			if slices.Contains(forTests, room(imported)) {
				t.Errorf("%s imports %s outside of its tests", name, imported)
			}
		}
	}
}

// TestReferenceAndOracleAreStrangers: what both computed with one function would be wrong in both, and nobody would see.
func TestReferenceAndOracleAreStrangers(t *testing.T) {
	found := packages(t)
	reach := func(name string) []string {
		rooms := []string{name}
		for _, d := range found[name].Deps {
			if r := room(d); r != "" {
				rooms = append(rooms, r)
			}
		}
		return rooms
	}
	ours := slices.Concat(reach("oracle"), reach("canonical"), reach("dialect"))
	for _, theirs := range slices.Concat(reach("reference"), reach("reference/defects")) {
		if theirs != "manifest" && slices.Contains(ours, theirs) {
			t.Errorf("the reference and the oracle both compute with %s; only the manifest may be common to them", theirs)
		}
	}
}

// row is a line of the rooms' table in docs/architecture.md: | `room` | what is in it | imports |
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| ([^|]*) \\|$")

func TestDocsShowTheTable(t *testing.T) {
	const file = "../../docs/architecture.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, match := range row.FindAllStringSubmatch(string(text), -1) {
		if _, twice := shown[match[1]]; twice {
			t.Errorf("%s has two rows of %s", path.Base(file), match[1])
		}
		shown[match[1]] = match[2]
	}
	for _, name := range slices.Sorted(maps.Keys(rooms)) {
		if want := orNone(rooms[name]); shown[name] != want {
			t.Errorf("%s says that %s may import %q; the table says %q", path.Base(file), name, shown[name], want)
		}
		delete(shown, name)
	}
	for name := range shown {
		t.Errorf("%s has a row of %s, which the table does not have", path.Base(file), name)
	}
}

func orNone(list string) string {
	if list == "" {
		return "–"
	}
	return list
}
